"""ShanYan: replies outside the documentation."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from cases import Vectors, error, key_file
from ciphertexts import sealed as rsa
from shanyan_app import APP_KEY, FETCH, NUMBER, ONE_ERROR, OPTIONS, PROTOCOL, VERIFY, sealed, with_
from shanyan_replies import QUERY_SAMPLE, QUOTES, TRADE_NO, query, reply
from tools import DERIVED, OPENSSL


def broken() -> Vectors:
    v = Vectors("shanyan/read-broken", "read", "What breaks the gateway's contract is an error, never a quiet answer.")

    def breaks(
        case: str,
        why: str,
        body: str,
        operation: str = FETCH,
        kind: str = "protocol",
        status: int = 200,
        source: str = DERIVED,
        options: dict = OPTIONS,
        **facts: Any,
    ) -> None:
        retry = "new_token" if kind in ("protocol", "unavailable") else "never"
        expect = error(kind, *([ONE_ERROR] if kind == "decrypt" else []), retry=retry, **{"never": APP_KEY} | facts)
        v.add(case, why, source, expect, options=options, operation=operation, status=status, body=body)

    breaks("typographic-quotes-are-not-json", "The document's sample as printed.", QUERY_SAMPLE, source=f"{PROTOCOL} §3.2")
    breaks(
        "the-samples-number-does-not-open-under-our-key",
        "Its key is not published.",
        QUERY_SAMPLE.translate(QUOTES),
        kind="decrypt",
        source=f"{PROTOCOL} §3.2",
        charge="yes",
    )
    breaks("html-is-protocol", "A captive portal or a proxy answered.", "<html><body>ok</body></html>")
    breaks(
        "html-with-502-is-unavailable",
        "The gateway's front is up, the gateway is not.",
        "<html><body>502 Bad Gateway</body></html>",
        kind="unavailable",
        status=502,
    )
    breaks("html-with-404-is-protocol", "The base URL is another host's.", "<html><body>404</body></html>", status=404)
    breaks("a-redirect-is-protocol", "Tokens are not carried to another place.", "", status=302)
    breaks("an-empty-body-is-protocol", "200 and nothing.", "")
    breaks("an-empty-body-with-503-is-unavailable", "Overload answers so.", "", kind="unavailable", status=503)
    breaks("an-array-is-protocol", "JSON, but no reply.", "[]")
    breaks("a-json-string-is-protocol", "A back end encoded the reply once more.", json.dumps(reply(query())))
    breaks("a-cut-reply-is-protocol", "The connection broke after the header.", reply(query())[:60])
    breaks("text-after-the-reply-is-protocol", "Two replies glued together.", reply(query()) + reply(query()))
    breaks(
        "deep-nesting-does-not-overflow-the-stack",
        "Hostile or broken, it must end as an error.",
        '{"code":"200000","data":' + "[" * 600 + "]" * 600 + "}",
    )
    breaks("a-reply-without-a-code-is-protocol", "Nothing says that it succeeded.", reply(query(), code="absent"))
    breaks("a-true-code-is-protocol", "true is no code.", reply(query(), code=True))
    breaks("a-code-of-forty-digits-is-protocol", "No integer holds it.", '{"code":' + "9" * 40 + "}")
    breaks("a-code-with-a-fraction-is-protocol", "200000.5 is not 200000.", '{"code":200000.5}')

    breaks("success-without-data-is-protocol", "There is no number in it.", reply())
    breaks(
        "success-with-null-data-is-protocol",
        "There is no number in it.",
        '{"code":"200000","message":"成功","data":null}',
    )
    breaks("data-as-a-list-is-protocol", "Documented as an object.", reply([query()]))
    breaks("data-as-words-is-protocol", "A string, but no JSON in it.", reply("成功"))
    breaks(
        "success-without-mobile-name-is-protocol",
        "There is no number in it.",
        reply({"tradeNo": TRADE_NO}),
        charge="yes",
    )
    breaks(
        "a-mobile-name-outside-data-is-not-read",
        "A well-known client looks for it there.",
        reply({}, mobileName=sealed()),
    )
    breaks(
        "a-lone-surrogate-is-protocol",
        "No text has half a character.",
        '{"code":"200000","data":{"mobileName":"\\ud800"}}',
    )
    breaks(
        "half-an-escape-in-mobile-name-is-decrypt",
        "A log line was cut there.",
        reply(query(mobileName=sealed().rstrip("=") + "\\u003")),
        kind="decrypt",
    )
    breaks(
        "a-mobile-name-in-clear-is-decrypt",
        "It must never pass through unopened.",
        reply(query(mobileName=NUMBER)),
        kind="decrypt",
        never=NUMBER,
    )
    breaks("an-unknown-encrypt-type-is-protocol", "V1 has DES and RSA.", reply(query(encryptType="SM4")))
    breaks(
        "rsa-without-a-private-key-is-config",
        "The console has a public key, the client no private one.",
        reply(query(mobileName=rsa("number"), encryptType="RSA")),
        kind="config",
        hint="private_key",
        charge="yes",
    )
    keyed = with_(private_key=key_file("rsa1024.pkcs8.pem"))
    breaks(
        "rsa-of-another-key-is-decrypt",
        "Keys of two apps were mixed up.",
        reply(query(mobileName=rsa("number-for-other-key"), encryptType="RSA")),
        kind="decrypt",
        source=OPENSSL,
        options=keyed,
    )
    breaks(
        "des-called-rsa-is-decrypt",
        "The reply contradicts itself.",
        reply(query(encryptType="RSA")),
        kind="decrypt",
        options=keyed,
    )

    for case, plain in (
        ("twelve-digits", "138001380001"),
        ("eleven-digits-not-beginning-with-1", "23800138000"),
        ("bytes-that-are-no-utf8", b"1380013800\xff"),
        ("words", "not a number"),
    ):
        breaks(
            f"{case}-in-mobile-name-are-decrypt",
            "What opens must be a number, or the key is wrong.",
            reply(query(mobileName=sealed(plain))),
            kind="decrypt",
            source=OPENSSL,
            never="1380013800",
        )
    fifteen = b64encode(b"\0" * 15).decode()
    breaks(
        "a-mobile-name-of-fifteen-bytes-is-decrypt",
        "No whole blocks.",
        reply(query(mobileName=fifteen)),
        kind="decrypt",
    )

    for case, value in (
        ("two", 2),
        ("true", True),
        ("empty", ""),
        ("null", None),
        ("in-words", "yes"),
    ):
        breaks(
            f"is-verify-{case}-is-protocol",
            "Neither 1 nor 0 is neither yes nor no.",
            reply({"isVerify": value}),
            VERIFY,
        )
    breaks("success-without-is-verify-is-protocol", "Silence is no verdict.", reply({"tradeNo": TRADE_NO}), VERIFY)
    breaks("a-query-reply-is-no-validation-reply", "The URLs were swapped.", reply(query()), VERIFY)
    breaks(
        "a-second-is-verify-does-not-make-a-match",
        "Duplicate keys are read differently by every parser.",
        '{"code":"200000","data":{"isVerify":"1","isVerify":"2"}}',
        VERIFY,
    )
    return v


def files() -> list[Vectors]:
    return [broken()]
