"""ShanYan: what is told about a damaged map."""

from __future__ import annotations

from cases import MOMENT, NOW, Vectors
from shanyan_app import DEVICE, FETCH, OPTIONS, PROTOCOL, TOKEN, VERIFY, damaged, phone, without
from tools import DERIVED, STDLIB


def percent(params: dict[str, str], *fields: str) -> dict[str, str]:
    """The map with the named fields percent-encoded once too often."""
    for was, now in (("+", "%2B"), ("/", "%2F"), ("=", "%3D")):
        params = damaged(params, was, now, *fields)
    return params


def inspected() -> Vectors:
    v = Vectors(
        "shanyan/inspect",
        "inspect",
        "What transport did to the phone's map: repaired where nothing is lost, refused, or only noted.",
    )

    def finds(
        case: str,
        why: str,
        params: dict,
        findings: list[tuple[str, str, str]],
        repaired: dict | None = None,
        operation: str = FETCH,
        source: str = STDLIB,
    ) -> None:
        rows = [dict(zip(("field", "cause", "action"), finding, strict=True)) for finding in findings]
        expect = {"findings": rows}
        if not any(action == "refused" for _, _, action in findings):
            expect["params"] = params if repaired is None else repaired
        v.add(case, why, source, expect, options=OPTIONS, operation=operation, params=params, moment=MOMENT)

    finds("an-untouched-query-map-is-clean", "Nothing is found where nothing is wrong.", phone(), [])
    finds(
        "an-untouched-validation-map-is-clean", "The same for the other function.", phone(VERIFY), [], operation=VERIFY
    )
    finds(
        "a-device-name-with-a-blank-is-clean", "A blank is damage only where Base64 was.", phone(device="iPhone 8"), []
    )
    finds("a-signed-trade-no-is-clean", "An older SDK's map has it.", phone(tradeNo="18112115031414011"), [])

    blank, coded, escaped = "blank_for_plus", "percent_encoded", "unicode_escape"
    for field in ("accessToken", "device", "sign"):
        finds(
            f"blanks-in-{field.lower()}-are-repaired",
            "A form decoder made + a blank.",
            damaged(phone(), "+", " ", field),
            [(field, blank, "repaired")],
            phone(),
        )
    every = ("accessToken", "device", "sign")
    finds(
        "percent-encoding-is-undone",
        "The app encoded the values twice.",
        percent(phone(), *every),
        [(field, coded, "repaired") for field in every],
        phone(),
    )
    finds(
        "unicode-escapes-are-undone",
        "Gson's \\u003d was relayed as text.",
        damaged(phone(), "=", "\\u003d", *every),
        [(field, escaped, "repaired") for field in every],
        phone(),
    )
    finds(
        "escapes-escaped-twice-are-repaired",
        "Two layers of JSON, one of them read.",
        damaged(phone(), "=", "\\\\u003D", "sign"),
        [("sign", escaped, "repaired")],
        phone(),
    )
    finds(
        "blanks-in-accesscode-are-repaired",
        "The validation's token is Base64 as well.",
        damaged(phone(VERIFY), "+", " ", "accessCode"),
        [("accessCode", blank, "repaired")],
        phone(VERIFY),
        VERIFY,
    )
    finds(
        "a-line-end-after-the-token-is-repaired",
        "Read from a line-based log.",
        phone() | {"accessToken": TOKEN + "\r\n"},
        [("accessToken", "surrounding_blank", "repaired")],
        phone(),
    )
    finds(
        "a-line-end-after-the-signature-is-repaired",
        "Base64 writers append it.",
        phone() | {"sign": phone()["sign"] + "\n"},
        [("sign", "surrounding_blank", "repaired")],
        phone(),
    )
    finds(
        "each-damaged-field-is-told-in-order",
        "By field name, so that every language tells the same.",
        damaged(phone(), "+", " ", "sign", "device", "accessToken"),
        [(field, blank, "repaired") for field in every],
        phone(),
    )
    finds(
        "an-added-field-is-dropped",
        "The signature holds without it.",
        phone() | {"platform": "android"},
        [("platform", "extra", "repaired")],
        phone(),
    )

    def refuses(
        case: str, why: str, params: dict, field: str, cause: str, operation: str = FETCH, source: str = DERIVED
    ) -> None:
        finds(case, why, params, [(field, cause, "refused")], operation=operation, source=source)

    refuses(
        "a-missing-field-is-refused", "Not fewer fields than the SDK gave.", phone(version=None), "version", "missing"
    )
    refuses("a-missing-signature-is-refused", "Only the SDK can make it.", without(phone(), "sign"), "sign", "missing")
    refuses("an-empty-field-is-refused", "The app forwarded an unset variable.", phone(device=""), "device", "empty")
    refuses(
        "a-cut-signature-is-refused",
        "20 bytes are 28 characters.",
        phone() | {"sign": phone()["sign"][:27]},
        "sign",
        "truncated",
    )
    refuses(
        "an-unknown-telecom-is-refused", "There is no URL for it.", phone(telecom="cmcc"), "telecom", "unknown_telecom"
    )
    refuses(
        "another-apps-map-is-refused",
        "An iOS map under the Android app id.",
        phone(appId="Ios9pQ3z"),
        "appId",
        "other_app",
    )
    refuses(
        "a-stale-timestamp-is-refused",
        "Two minutes for China Mobile.",
        phone(timestamp=str(NOW - 120_001)),
        "timestamp",
        "stale",
        source=f"{PROTOCOL} §2.5",
    )
    refuses(
        "a-timestamp-ahead-is-refused",
        "Three minutes either way.",
        phone(telecom="CUCC", timestamp=str(NOW + 180_001)),
        "timestamp",
        "future",
        source=f"{PROTOCOL} §2.5",
    )
    refuses(
        "a-timestamp-in-seconds-is-refused",
        "Ten digits are seconds.",
        phone(timestamp=str(NOW // 1000)),
        "timestamp",
        "seconds",
    )
    refuses(
        "a-timestamp-in-letters-is-refused",
        "Milliseconds, digits only.",
        phone(timestamp="2026-11-22T12:34:36"),
        "timestamp",
        "not_a_time",
    )
    refuses(
        "a-calendar-timestamp-is-no-time",
        "17 digits are China Mobile's form; clocks are not to blame.",
        phone(timestamp="20261122123436789"),
        "timestamp",
        "not_a_time",
    )
    refuses(
        "a-mobile-with-country-code-is-refused",
        "Eleven digits, nothing before them.",
        phone(VERIFY, mobile="+8613800138000"),
        "mobile",
        "not_a_number",
        VERIFY,
    )
    finds(
        "two-causes-are-both-told",
        "A caller fixes both at once.",
        phone(appId="Ios9pQ3z", timestamp=str(NOW - 600_000)),
        [("appId", "other_app", "refused"), ("timestamp", "stale", "refused")],
        source=DERIVED,
    )
    refuses(
        "an-added-field-under-a-broken-signature-is-refused",
        "It holds neither with nor without it.",
        phone(key="w8Yq5nRc") | {"platform": "android"},
        "platform",
        "extra",
    )

    noted = [("sign", "bad_signature", "noted")]
    finds(
        "a-signature-of-another-key-is-noted",
        "Advisory: the phone's key need not be the console's.",
        phone(key="w8Yq5nRc"),
        noted,
    )
    finds(
        "a-changed-value-is-noted",
        "The app replaced the device by its own text.",
        phone() | {"device": "Pixel 8"},
        noted,
    )
    finds(
        "a-base64-device-that-lost-its-padding-is-noted",
        "What was cut cannot be known.",
        phone() | {"device": DEVICE.rstrip("=")},
        noted,
    )
    return v


def files() -> list[Vectors]:
    return [inspected()]
