"""ShanYan V2: refusals, and replies that break the gateway's contract."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from cases import NOW
from ciphertexts import sealed as rsa
from shanyan_app import APP_ID, NUMBER, ONE_ERROR, PROTOCOL, VERIFY
from shanyan_app import opens as opens_des
from shanyan_app import sealed as des
from shanyan_read import TRADE_NO, reply
from shanyan_v2_app import OPAQUE, OTHER_APP_KEY, OTHER_TOKEN, TOKEN, envelope, opens, sealed
from shanyan_v2_reply import ASKED_AES, ASKED_RSA, KEYED, Read, query, said
from tools import OPENSSL


def failures(r: Read) -> None:
    for code, kind, message in (
        ("403000", "credentials", "请求非法，签名验证不通过"),
        ("403000", "token", "请求非法，重复请求"),
        ("403000", "token", "应用能力不匹配"),
        ("403000", "input", "请求非法，appId不能为空"),
        ("500004", "unavailable", "远程调用失败"),
        ("500005", "quota", "账户余额异常"),
        ("400102", "forbidden", "商户IP地址在下游系统中不合法"),
        ("400201", "input", "手机号码不能为空"),
        ("400902", "credentials", "应用类型信息不存在"),
    ):
        case = {
            "重复请求": "a-repeated-request",
            "应用能力不匹配": "a-mixed-up-capability",
            "appId不能为空": "an-app-id-left-out",
            "签名验证不通过": "a-failed-signature",
        }.get(message.split("，")[-1], code)
        r.fails(
            f"{case}-is-{kind}",
            "V2 answers V1's codes.",
            kind,
            said(code, message),
            message,
            asked=ASKED_AES,
            source=f"{PROTOCOL} §8.1",
            vendor_code=code,
        )
    r.fails(
        "a-code-as-number-is-still-the-code",
        "Both types are seen.",
        "quota",
        '{"code":500005,"message":"账户余额异常"}',
        asked=ASKED_AES,
        vendor_code="500005",
    )
    r.fails(
        "an-unknown-code-is-protocol",
        "A new code must not pass as anything known.",
        "protocol",
        said("403999", "未知"),
        asked=ASKED_AES,
        vendor_code="403999",
    )

    refused, signature = said("403000", "请求非法，重复请求"), said("403000", "请求非法，签名验证不通过")
    stale, wrong = envelope(ud=str(NOW - 600_000)), "app id " + APP_ID
    r.fails(
        "a-refused-stale-token-is-said-to-be-stale",
        "The gateway says only that it was made before.",
        "token",
        refused,
        asked=stale,
        hint=["CMCC", "2 minutes", "600 seconds", "中国移动"],
        never=[stale],
    )
    r.fails(
        "a-refused-token-of-another-app-is-said-to-be-one",
        "The gateway says only that the signature fails.",
        "credentials",
        signature,
        asked=OTHER_TOKEN,
        hint=[wrong, "iOS"],
    )
    r.fails(
        "a-refused-cut-token-is-said-to-be-cut",
        "The gateway says only that it was made before.",
        "token",
        refused,
        asked=TOKEN[:-5],
        hint=["cut short", "截断"],
        never=[TOKEN[:-5]],
    )
    r.fails(
        "a-refused-unknown-token-keeps-the-codes-hint",
        "Nothing is suspected without a reason.",
        "token",
        refused,
        asked=OPAQUE,
        hint=["a set of parameters is good for one call"],
        never=[OPAQUE, "cut short", "does not seem"],
    )
    r.fails(
        "a-fresh-token-is-not-suspected",
        "Nothing is suspected without a reason.",
        "token",
        refused,
        asked=TOKEN,
        never=["cut short", "does not seem", "seconds ago"],
    )
    r.fails(
        "a-balance-has-nothing-to-do-with-the-token",
        "Suspicions go with refused tokens and credentials only.",
        "quota",
        said("500005", "账户余额异常"),
        asked=OTHER_TOKEN,
        never=["iOS"],
    )

    assert not opens(sealed(key=OTHER_APP_KEY))
    aes = reply(query(mobileName=sealed(key=OTHER_APP_KEY)))
    one = reply(query(mobileName=rsa("number")))
    for name, asked in (("by-its-call", ASKED_AES), ("without-the-call", None)):
        r.fails(
            f"a-number-under-another-key-is-refused-{name}",
            "The app key of the other platform; it is billed all the same.",
            "decrypt",
            aes,
            ONE_ERROR,
            asked=asked,
            source=OPENSSL,
            charge="yes",
        )
        r.fails(
            f"rsa-for-another-key-is-refused-{name}",
            "OpenSSL 3.2 and later answer it with random bytes.",
            "decrypt",
            reply(query(mobileName=rsa("number-for-other-key"))),
            ONE_ERROR,
            asked=ASKED_RSA if asked else None,
            options=KEYED,
            source=OPENSSL,
            charge="yes",
        )
        r.fails(
            f"rsa-without-a-private-key-is-a-matter-of-options-{name}",
            "The console has a public key and the client no private one.",
            "config",
            one,
            "private_key",
            asked=ASKED_RSA if asked else None,
            charge="yes",
            hint="private_key",
        )
    r.fails(
        "rsa-that-nobody-asked-for-is-told-in-the-hint",
        "The console decided; the error alone would look like a wrong setting.",
        "config",
        one,
        "private_key",
        asked=ASKED_AES,
        hint=["asked for AES, came as RSA"],
    )
    r.fails(
        "aes-under-another-key-that-nobody-asked-for-is-told-in-the-hint",
        "Two causes at once.",
        "decrypt",
        aes,
        ONE_ERROR,
        asked=ASKED_RSA,
        options=KEYED,
        source=OPENSSL,
        hint=["asked for RSA, came as AES"],
    )
    three_blocks = des(NUMBER + "000000")
    assert len(three_blocks) == 32 and not opens_des(b64decode(three_blocks))
    r.fails(
        "base64-as-long-as-a-block-in-hex-is-told-to-be-des",
        "32 characters, but not all of them hex digits.",
        "decrypt",
        reply(query(mobileName=three_blocks)),
        ONE_ERROR,
        asked=ASKED_AES,
        source=OPENSSL,
        hint=["asked for AES, came as DES"],
    )
    base64 = b64encode(bytes.fromhex(sealed())).decode()
    assert not opens_des(b64decode(base64))
    for case, why, value in (
        ("a-number-in-clear-is-refused", "It must never pass through unopened.", NUMBER),
        ("a-masked-number-is-refused", "The front end's form is no ciphertext.", "138****8000"),
        ("base64-of-aes-is-refused", "It has the shape of DES, and fails.", base64),
        ("a-cut-ciphertext-is-refused", "A column of 31 characters.", sealed()[:31]),
        ("a-ciphertext-of-twelve-digits-is-refused", "The key is right, the content is not.", sealed("138001380001")),
    ):
        r.fails(
            case,
            why,
            "decrypt",
            reply(query(mobileName=value)),
            ONE_ERROR,
            asked=ASKED_AES,
            source=OPENSSL,
            charge="yes",
        )
    for case, why, data in (
        ("no-number-at-all-is-refused", "A success without one is none.", {"tradeNo": TRADE_NO}),
        ("an-empty-number-is-refused", "A success without one is none.", query(mobileName="")),
        ("two-empty-numbers-are-refused", "A success without one is none.", query(mobileName="", mobile="")),
        ("a-number-in-a-list-is-refused", "Which one is not ours to decide.", query(mobileName=[sealed()])),
        ("a-number-at-the-top-is-not-looked-for", "It is documented inside data.", {}),
        ("data-as-a-list-is-refused", "It is an object or its text.", [query()]),
        ("data-as-broken-text-is-refused", "It is an object or its text.", json.dumps(query())[:-1]),
    ):
        body = reply(data, mobileName=sealed()) if "top" in case else reply(data)
        r.fails(case, why, "protocol", body, asked=ASKED_AES, charge="yes")
    r.fails(
        "an-undocumented-encrypt-type-is-refused-without-the-call",
        "A new cipher must not be guessed.",
        "protocol",
        reply(query(encryptType="SM4")),
        charge="yes",
    )

    for case, value in (
        ("2", "2"),
        ("true", True),
        ("yes", "yes"),
        ("nothing", ""),
        ("null", None),
        ("minus-one", -1),
        ("one-point-zero", 1.0),
        ("a-list", ["1"]),
    ):
        r.fails(
            f"is-verify-{case}-is-neither",
            "Anything but 1 and 0 is no verdict, never a quiet match.",
            "protocol",
            reply({"isVerify": value}),
            asked={"token": TOKEN, "mobile": NUMBER},
            operation=VERIFY,
            charge="yes",
        )
    r.fails(
        "a-query-reply-is-no-verdict",
        "The URLs were swapped.",
        "protocol",
        reply(query()),
        "isVerify",
        operation=VERIFY,
        asked={"token": TOKEN, "mobile": NUMBER},
    )
    r.fails(
        "a-verdict-is-no-number",
        "The URLs were swapped.",
        "protocol",
        reply({"isVerify": "1"}),
        "mobileName",
        asked=ASKED_AES,
    )

    for case, why, body, status, kind in (
        ("html-is-no-reply", "A proxy answered.", "<html>502</html>", 200, "protocol"),
        (
            "html-beside-502-is-unavailable",
            "A proxy answered for a gateway that is down.",
            "<html>502</html>",
            502,
            "unavailable",
        ),
        ("an-empty-body-is-no-reply", "The connection closed early.", "", 200, "protocol"),
        ("a-redirect-is-no-reply", "A captive network; redirects are off.", "", 302, "protocol"),
        ("a-reply-that-breaks-off-is-none", "Half of a JSON object.", reply(query())[:-20], 200, "protocol"),
        (
            "a-reply-without-a-code-is-none",
            "Success is said, not assumed.",
            reply(query(), code="absent"),
            200,
            "protocol",
        ),
        ("a-code-of-http-is-not-the-vendors", "200 is not 200000.", reply(query(), code="200"), 200, "protocol"),
        (
            "a-code-with-a-blank-is-undocumented",
            "Codes are compared as they are.",
            reply(query(), code="200000 "),
            200,
            "protocol",
        ),
        (
            "a-code-as-fraction-is-undocumented",
            "Codes are compared as they are.",
            reply(query(), code=200000.0),
            200,
            "protocol",
        ),
    ):
        r.fails(case, why, kind, body, asked=ASKED_AES, status=status)
