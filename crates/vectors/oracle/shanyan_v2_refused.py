"""ShanYan V2: what is neither signed nor posted."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, Vectors, error
from shanyan_app import APP_ID, APP_KEY, FETCH, NUMBER, OPTIONS, PROTOCOL, VERIFY, with_
from shanyan_v2_app import OTHER_APP_ID, TOKEN
from tools import DERIVED

OTHER_NUMBER = "19912345678"

# what neither a signature nor a request is made of: id, why, params, what the message names, more input
REFUSED: list[tuple[str, str, Any, str, dict[str, Any]]] = [
    ("an-empty-token-is-refused", "The app forwarded an unset variable.", {"token": ""}, "token", {}),
    ("an-empty-bare-token-is-refused", "The same without a map around it.", "", "token", {}),
    ("a-token-of-blanks-is-refused", "Trimmed, nothing is left.", " \t\n", "token", {}),
    (
        "a-blank-inside-the-token-is-refused",
        "URL-safe Base64 has no + that it might have been.",
        TOKEN[:40] + " " + TOKEN[40:],
        "token",
        {},
    ),
    (
        "a-line-end-inside-the-token-is-refused",
        "A mail or a log wrapped it.",
        TOKEN[:76] + "\n" + TOKEN[76:],
        "token",
        {},
    ),
    ("a-full-width-letter-in-the-token-is-refused", "Printable, but not ASCII.", "Ａ" + TOKEN[1:], "token", {}),
    ("a-zero-byte-in-the-token-is-refused", "C strings would end there.", TOKEN + "\0", "token", {}),
    ("an-encoded-blank-inside-the-token-is-refused", "Decoded, it is a blank inside.", TOKEN + "%20x", "token", {}),
    (
        "another-apps-id-is-refused",
        "An iOS map under the Android app id.",
        {"token": TOKEN, "appId": OTHER_APP_ID},
        "appId",
        {},
    ),
    (
        "an-app-id-in-small-letters-is-refused",
        "Ids are compared as they are.",
        {"token": TOKEN, "appId": APP_ID.lower()},
        "appId",
        {},
    ),
    *(
        (f"encrypt-type-{name}-is-refused", why, {"token": TOKEN, "encryptType": value}, "encryptType", {})
        for name, value, why in (
            ("2", "2", "The wire knows 0 and 1."),
            ("rsa", "RSA", "That word belongs to V1's reply."),
            ("aes", "aes", "That word belongs to our option."),
            ("with-a-blank", " 1", "The gateway would sign another text."),
            ("of-two-digits", "01", "A number to some, to the wire a text."),
        )
    ),
    *(
        (f"client-ip-{name}-is-refused", why, {"token": TOKEN, "clientIp": value}, "clientIp", {})
        for name, value, why in (
            ("unknown", "unknown", "Some proxies write this word."),
            ("with-a-port", "203.0.113.9:51820", "Taken from a socket as it is printed."),
            ("of-two-hops", "203.0.113.9, 10.0.0.1", "The whole X-Forwarded-For header."),
            ("out-of-range", "203.0.113.256", "Not an address."),
            ("with-a-blank", "203.0.113.9 ", "It would be signed and sent with the blank."),
            ("in-octal", "203.0.113.011", "Read as 9 by some and as 11 by others."),
        )
    ),
    (
        "a-validation-needs-a-number",
        "Neither an argument nor in the map.",
        TOKEN,
        "mobile",
        {"operation": VERIFY},
    ),
    (
        "a-validations-empty-mobile-is-no-number",
        "The app forwarded an unset variable.",
        {"token": TOKEN, "mobile": ""},
        "mobile",
        {"operation": VERIFY},
    ),
    *(
        (f"a-number-{name}-is-refused", why, TOKEN, "number", {"operation": VERIFY, "number": value})
        for name, value, why in (
            ("with-country-code", "+8613800138000", "Nothing is stripped from an argument."),
            ("with-blanks", "138 0013 8000", "What was checked must be what was meant."),
            ("of-twelve-digits", "138001380001", "A finger slipped."),
            ("in-full-width-digits", "１３８００１３８０００", "Digits to Unicode, not to the wire."),
            ("of-nothing", "", "An empty argument is no left-out one."),
            ("with-a-line-end", "13800138000\n", "`$` in some regular expressions lets it pass."),
        )
    ),
    (
        "a-mobile-with-country-code-is-refused",
        "The same rule in the map.",
        {"token": TOKEN, "mobile": "8613800138000"},
        "mobile",
        {"operation": VERIFY},
    ),
    (
        "another-number-than-the-map-has-is-refused",
        "Which one is meant is not ours to decide.",
        {"token": TOKEN, "mobile": NUMBER},
        "number",
        {"operation": VERIFY, "number": OTHER_NUMBER},
    ),
]


def refusals(v: Vectors) -> None:
    """The same refusals for signing and for posting."""
    for case, why, params, names, more in REFUSED:
        never = [APP_KEY, TOKEN, *([more["number"]] if more.get("number") else [])]
        given = {"options": OPTIONS, "operation": FETCH} | more
        expect = error("input", names, retry="never", charge="no", never=never)
        v.add(case, why, DERIVED, expect, **given, params=params, moment=MOMENT)
    case, why = "a-mini-program-checks-no-number", "No endpoint is documented for it: no signature, no request."
    given = {"options": with_(channel="wxprog"), "operation": VERIFY, "params": TOKEN, "number": NUMBER}
    v.add(case, why, f"{PROTOCOL} §5.1", error("config", "wxprog", retry="never", never=[NUMBER]), **given, moment=MOMENT)
