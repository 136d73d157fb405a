"""ShanYan V2: replies that answer."""

from __future__ import annotations

import json

from cases import Vectors
from ciphertexts import sealed as rsa
from shanyan_app import NUMBER, with_
from shanyan_app import sealed as des
from shanyan_read import TRADE_NO, reply
from shanyan_v2_app import TOKEN, sealed
from shanyan_v2_broken import failures
from shanyan_v2_reply import ASKED_AES, ASKED_RSA, KEYED, KEYED_2048, Read, query


def answers(r: Read) -> None:
    receipt = {"message": "成功", "charge": "yes", "trade_no": TRADE_NO}
    r.fetched(
        "a-native-apps-reply-holds-mobile-name",
        "The known answer of the interface.",
        reply(query()),
        ASKED_AES,
        **receipt,
        request_id=None,
    )
    web = reply({"mobile": sealed(), "tradeNo": TRADE_NO})
    r.fetched(
        "a-pages-reply-holds-mobile",
        "Pages and mini-programs have another name for it.",
        web,
        ASKED_AES,
        options=with_(channel="web"),
        **receipt,
    )
    r.fetched("mobile-is-read-without-the-call-too", "The name tells nothing of the cipher.", web)
    r.fetched(
        "an-empty-mobile-name-leaves-it-to-mobile",
        "Java writes absent fields as empty.",
        reply(query(mobileName="", mobile=sealed())),
        ASKED_AES,
    )
    r.fetched(
        "a-null-mobile-name-leaves-it-to-mobile",
        "Java writes absent fields as null.",
        reply({"mobileName": None, "mobile": sealed()}),
    )
    both = {"mobile": sealed("19912345678")}
    r.fetched(
        "mobile-name-goes-before-mobile", "The documented order; the other is kept.", reply(query(**both)), extra=both
    )
    r.fetched(
        "the-out-id-is-the-request-id",
        "Under it the vendor finds the call.",
        reply(query()),
        {"token": TOKEN, "outId": "order-7"},
        request_id="order-7",
    )
    r.fetched("a-code-as-number-is-read", "The demos compare it both ways.", reply(query(), code=200000), ASKED_AES)
    r.fetched(
        "data-as-json-text-is-read",
        "Fastjson back ends re-parse it.",
        reply(json.dumps(query())),
        ASKED_AES,
        trade_no=TRADE_NO,
    )
    r.fetched("small-hex-letters-are-read", "Relays change them.", reply(query(mobileName=sealed().lower())), ASKED_AES)
    r.fetched(
        "blanks-around-the-ciphertext-are-no-other-cipher",
        "Trimmed, it is what was asked for.",
        reply(query(mobileName=sealed() + "\r\n")),
        ASKED_AES,
    )
    r.fetched("not-charged-is-told", "chargeStatus 0.", reply(query(), chargeStatus="0"), ASKED_AES, charge="no")
    risk = {"level": "denied", "code": "2", "tags": ["批量操作", "小号养号"]}
    r.fetched(
        "the-fraud-verdict-is-read",
        "It needs clientIp and the console.",
        reply(query(fanqizha=2, tag="批量操作;小号养号")),
        {"token": TOKEN, "clientIp": "203.0.113.9"},
        risk=risk,
    )

    why = "No field of V2's reply names the cipher; the call asked for one."
    one, two = (query(mobileName=rsa(name).upper()) for name in ("number", "number-2048"))
    r.fetched("rsa-asked-for-in-the-params-is-opened", why, reply(one), ASKED_RSA, options=KEYED)
    r.fetched(
        "rsa-asked-for-by-the-option-is-opened", why, reply(two), TOKEN, options=KEYED_2048 | {"encrypt_type": "rsa"}
    )
    r.fetched(
        "aes-asked-for-against-the-option-is-opened",
        why,
        reply(query()),
        {"token": TOKEN, "encryptType": "0"},
        options=KEYED | {"encrypt_type": "rsa"},
    )
    r.fetched(
        "rsa-is-told-by-its-length-without-the-call",
        "256 hex digits are one block of 1024 bits.",
        reply(one),
        options=KEYED,
    )
    r.fetched("rsa-2048-is-told-by-its-length-without-the-call", "512 hex digits.", reply(two), options=KEYED_2048)
    why = "The console decides over the request; the answer is paid for, so it is opened and told."
    r.fetched(
        "rsa-where-aes-was-asked-for-is-opened-and-told",
        why,
        reply(one),
        ASKED_AES,
        options=KEYED,
        extra={"encryptType": "asked for AES, came as RSA"},
    )
    r.fetched(
        "aes-where-rsa-was-asked-for-is-opened-and-told",
        why,
        reply(query()),
        ASKED_RSA,
        options=KEYED,
        extra={"encryptType": "asked for RSA, came as AES"},
    )
    r.fetched(
        "aes-where-rsa-was-asked-for-needs-no-private-key",
        why,
        reply(query()),
        TOKEN,
        options=with_(encrypt_type="rsa"),
        extra={"encryptType": "asked for RSA, came as AES"},
    )
    r.fetched(
        "des-without-the-call-is-opened",
        "V1's reply, read in another process.",
        reply(query(mobileName=des("19912345678"))),
        number="19912345678",
    )

    asked = {"token": TOKEN, "mobile": NUMBER}
    for name, value in (("text", "1"), ("number", 1)):
        r.verified(
            f"is-verify-1-as-{name}-matches",
            "Gateways write both.",
            {"isVerify": value, "tradeNo": TRADE_NO},
            True,
            asked,
            trade_no=TRADE_NO,
            charge="yes",
        )
    for name, value in (("text", "0"), ("number", 0)):
        r.verified(
            f"is-verify-0-as-{name}-is-an-answer",
            "Billed, and no error.",
            {"isVerify": value},
            False,
            asked,
            charge="yes",
        )
    r.verified(
        "a-validation-is-read-by-its-call",
        "outId comes back as the request's id.",
        {"isVerify": "1"},
        True,
        asked | {"outId": "order-8"},
        request_id="order-8",
    )


def files() -> list[Vectors]:
    r = Read()
    answers(r)
    failures(r)
    return [r.v]
