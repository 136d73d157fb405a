"""ShanYan: the phone's signature, and what is posted."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, NOW, Vectors, error
from shanyan_app import (
    APP_KEY,
    FETCH,
    NUMBER,
    OPTIONS,
    PROTOCOL,
    TOKEN,
    VERIFY,
    base_of,
    damaged,
    phone,
    sign,
    with_,
    without,
)
from tools import DERIVED, JCE, OPENSSL, STDLIB

PATHS = {"CMCC": "m", "CTCC": "t", "CUCC": "u"}
OTHER_NUMBER = "19912345678"


def signatures() -> Vectors:
    v = Vectors(
        "shanyan/sign",
        "sign",
        "What the phone's SDK signs: base64(HMAC-SHA1[app_key](k₁v₁k₂v₂…)), keys in byte order, sign left out.",
    )

    def signed(
        case: str, why: str, params: dict[str, str], operation: str = FETCH, key: str = APP_KEY, source: str = STDLIB
    ) -> None:
        expect = {"algorithm": "HmacSHA1", "base": base_of(params), "value": sign(params, key)}
        v.add(case, why, source, expect, options=with_(app_key=key), operation=operation, params=params, moment=MOMENT)

    bare = without(phone(), "sign")
    signed("a-query-is-signed-over-seven-fields", "The known answer of the scheme.", bare)
    signed(
        "a-validation-is-signed-with-code-and-mobile",
        "accessCode takes accessToken's place, mobile joins.",
        without(phone(VERIFY), "sign"),
        VERIFY,
        source=OPENSSL,
    )
    signed("a-sign-already-there-is-left-out", "It cannot be part of what it signs.", phone())
    signed(
        "capitals-sort-before-small-letters",
        "Byte order, not the order of a dictionary.",
        bare | {"SDKVersion": "9", "tradeNo": "18112115031414011"},
    )
    signed(
        "values-are-signed-as-utf-8",
        "An old SDK sends the device's name in Chinese.",
        bare | {"device": "小米手机 14"},
        source=JCE,
    )
    signed("the-whole-app-key-signs", "Only DES cuts it to eight bytes.", bare, key=APP_KEY + "EXTRA", source=OPENSSL)
    return v


def prepared() -> Vectors:
    v = Vectors(
        "shanyan/prepare",
        "prepare",
        "The phone's map is posted as a form, exactly as it came, after lossless damage is repaired.",
    )

    def posts(
        case: str,
        why: str,
        params: dict,
        form: dict | None = None,
        operation: str = FETCH,
        source: str = STDLIB,
        base: str = "https://api.253.com",
        **more: Any,
    ) -> None:
        options = with_(base_url=None if base == "https://api.253.com" else base)
        form = params if form is None else form
        path = "mobile-query" if operation == FETCH else "mobile-validate"
        url = f"{base}/open/flashsdk/{path}-{PATHS[form['telecom']]}"
        expect = {"method": "POST", "url": url, "content_type": "application/x-www-form-urlencoded", "form": form}
        v.add(case, why, source, expect, options=options, operation=operation, params=params, moment=MOMENT, **more)

    for telecom, letter in PATHS.items():
        posts(
            f"{telecom.lower()}-is-queried-at-{letter}",
            "CTCC is t and CUCC is u; they are easily swapped.",
            phone(telecom=telecom),
            source=f"{PROTOCOL} §2.1",
        )
        posts(
            f"{telecom.lower()}-is-validated-at-{letter}",
            "One URL per carrier and function.",
            phone(VERIFY, telecom),
            operation=VERIFY,
            source=f"{PROTOCOL} §2.1",
        )
    posts(
        "the-base-url-keeps-the-path",
        "It replaces scheme, host and port only.",
        phone(),
        base="https://gateway.example:8443",
    )
    posts("the-sandbox-on-loopback-is-posted-to", "Plain http is allowed there.", phone(), base="http://127.0.0.1:8253")
    posts(
        "trade-no-of-an-older-sdk-is-relayed",
        "Version 2.0's map has it, signed with the rest.",
        phone(tradeNo="18112115031414011"),
    )
    posts(
        "a-field-that-the-signature-covers-is-relayed", "Leaving it out would break the signature.", phone(netType="4G")
    )
    posts(
        "a-field-that-the-app-added-is-dropped",
        "The signature holds without it: not more and not fewer fields.",
        phone() | {"platform": "android"},
        phone(),
    )
    posts(
        "plus-signs-are-restored",
        "A form decoder on the way made them blanks.",
        damaged(phone(), "+", " ", "accessToken", "device", "sign"),
        phone(),
    )
    posts(
        "a-device-name-with-a-blank-is-left-alone",
        "iPhone+8 would be Base64 too; the signature covers the blank.",
        phone(device="iPhone 8"),
    )
    posts(
        "the-same-number-may-be-given-twice",
        "As argument and in the map.",
        phone(VERIFY),
        operation=VERIFY,
        number=NUMBER,
    )
    posts(
        "a-signature-that-does-not-hold-is-still-posted",
        "Whether the phone's key is the console's is not documented.",
        phone(key="w8Yq5nRc"),
    )
    posts("two-minutes-are-fresh-for-china-mobile", "The limit itself is allowed.", phone(timestamp=str(NOW - 120_000)))
    posts(
        "three-minutes-are-fresh-for-china-telecom",
        "The limit itself is allowed.",
        phone(telecom="CTCC", timestamp=str(NOW - 180_000)),
    )
    posts("three-minutes-ahead-are-allowed", "The phone's clock is fast.", phone(timestamp=str(NOW + 180_000)))
    return v


def not_prepared() -> Vectors:
    v = Vectors(
        "shanyan/prepare-refused", "prepare", "What the gateway would refuse is told before any I/O, naming the field."
    )

    def refused(
        case: str,
        why: str,
        params: Any,
        field: str | None,
        operation: str = FETCH,
        retry: str | None = "never",
        never: Any = (),
        kind: str = "input",
        source: str = DERIVED,
        **more: Any,
    ) -> None:
        facts = {"retry": retry} if retry else {}
        never = [APP_KEY, TOKEN, *([never] if isinstance(never, str) else never)]
        expect = error(kind, *([field] if field else []), **facts, never=never)
        v.add(case, why, source, expect, options=OPTIONS, operation=operation, params=params, moment=MOMENT, **more)

    for field in ("accessToken", "telecom", "timestamp", "version"):
        params = phone(**{field: None})
        refused(
            f"a-query-needs-{field.lower()}",
            "Not fewer fields than the SDK gave.",
            params,
            field,
            source=f"{PROTOCOL} §2.2",
        )
    for field in ("accessCode", "mobile"):
        refused(
            f"a-validation-needs-{field.lower()}",
            "Not fewer fields than the SDK gave.",
            phone(VERIFY, **{field: None}),
            field,
            VERIFY,
            source=f"{PROTOCOL} §2.2",
        )
    refused(
        "a-validation-map-is-no-query-map",
        "Login and validation tokens are different capabilities.",
        without(phone(VERIFY), "mobile"),
        "accessToken",
    )
    refused("an-empty-map-is-refused", "The app posted JSON where the back end reads a form.", {}, None)

    for case, why, telecom in (
        ("an-unknown-telecom-is-refused", "There is no URL for it; the vendor's demo crashes here.", "CBN"),
    ):
        refused(case, why, phone(telecom=telecom), "telecom")

    stale = {"field": "timestamp", "retry": "new_token"}
    refused(
        "two-minutes-and-a-millisecond-are-stale-for-china-mobile",
        "Its tokens live two minutes.",
        phone(timestamp=str(NOW - 120_001)),
        **stale,
    )
    for telecom in ("CTCC", "CUCC"):
        refused(
            f"three-minutes-and-a-millisecond-are-stale-for-{telecom.lower()}",
            "The gateway's own limit.",
            phone(telecom=telecom, timestamp=str(NOW - 180_001)),
            **stale,
        )
    for case, why, stamp in (
        ("a-timestamp-far-ahead-is-refused", "The phone's clock is wrong, or the server's.", str(NOW + 180_001)),
        ("a-timestamp-in-seconds-is-refused", "The app made its own instead of relaying the SDK's.", str(NOW // 1000)),
        ("a-negative-timestamp-is-refused", "Digits only.", "-1795322076789"),
        ("full-width-digits-are-refused", "Digits to Unicode, not to the wire.", "１７９５３２２０７６７８９"),
        ("a-timestamp-of-forty-digits-is-refused", "No integer holds it, and nothing may overflow.", "9" * 40),
    ):
        refused(case, why, phone(timestamp=stamp), "timestamp", retry=None)

    good = phone()["sign"]
    for case, why, value in (
        ("a-signature-without-padding-is-refused", "27 characters: the relay cut it.", good.rstrip("=")),
        (
            "a-hex-signature-is-refused",
            "V1 signs in Base64; hex belongs to V2.",
            "45c068f8d28d392265fa81be9cf8ab8bdbff5513",
        ),
        (
            "a-signature-that-is-not-base64-is-refused",
            "28 characters, one of them impossible.",
            good[:9] + "#" + good[10:],
        ),
    ):
        refused(case, why, phone() | {"sign": value}, "sign")
    refused(
        "the-first-of-two-causes-is-told",
        "Findings go by field name, errors tell one.",
        phone(timestamp=str(NOW - 600_000)) | {"sign": good[:16]},
        "sign",
    )
    refused(
        "a-field-that-neither-way-signs-is-refused",
        "With and without it the signature fails: which one broke it is unknown.",
        phone(key="w8Yq5nRc") | {"platform": "android"},
        "platform",
    )

    for case, why, number in (
        ("another-number-than-the-map-has-is-refused", "Which one the user meant is not ours to decide.", OTHER_NUMBER),
        ("a-number-with-country-code-is-refused", "Nothing is stripped from an argument.", "+8613800138000"),
        ("a-number-with-blanks-is-refused", "What was checked must be what was meant.", "138 0013 8000"),
    ):
        refused(case, why, phone(VERIFY), "number", VERIFY, never=[number, NUMBER], number=number)
    for case, why, number in (
        ("a-mobile-with-country-code-is-refused", "The app let the user type +86.", "+8613800138000"),
        ("a-mobile-with-blanks-is-refused", "The app formats for display.", "138 0013 8000"),
    ):
        refused(case, why, phone(VERIFY, mobile=number), "mobile", VERIFY, never=number)
    refused(
        "identities-are-not-this-vendors-business",
        "No interface of it takes a name.",
        None,
        None,
        "verify_identity",
        kind="config",
        number=NUMBER,
        name="张三",
        id_card="990000199003070009",
    )
    return v


def files() -> list[Vectors]:
    return [signatures(), prepared(), not_prepared()]
