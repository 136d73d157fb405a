"""ShanYan V2: what the token's envelope and the fields beside it tell."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from cases import MOMENT, NOW, Vectors
from shanyan_app import APP_ID, FETCH, NUMBER, OPTIONS, PROTOCOL, VERIFY
from shanyan_v2_app import OPAQUE, OTHER_APP_ID, OTHER_TOKEN, TOKEN, envelope, halves, wrapped
from tools import CRYPTOGRAPHY, DERIVED, JCE, OPENSSL, seal

CARRIERS = {"A1": ("CMCC", 2), "A2": ("CUCC", 30), "A3": ("CTCC", 10)}


def inspected() -> Vectors:
    v = Vectors(
        "shanyan/v2-inspect",
        "inspect",
        "What a V2 token and the fields beside it tell: damage is repaired or refused, the envelope is only noted.",
    )

    def finds(
        case: str,
        why: str,
        params: Any,
        findings: list[tuple[str, str, str]],
        carrier: str | None = "CMCC",
        source: str = OPENSSL,
        repaired: str = "",
        operation: str = FETCH,
    ) -> None:
        fields = {"token": params} if isinstance(params, str) else params
        expect = {"findings": [dict(zip(("field", "cause", "action"), row, strict=True)) for row in findings]}
        if not any(action == "refused" for _, _, action in findings):
            expect |= {"params": fields | ({"token": repaired} if repaired else {}), "carrier": carrier}
        v.add(case, why, source, expect, options=OPTIONS, operation=operation, params=params, moment=MOMENT)

    def notes(case: str, why: str, token: str, cause: str, carrier: str | None = None, source: str = OPENSSL) -> None:
        finds(case, why, token, [("token", cause, "noted")], carrier, source)

    for prefix, (carrier, minutes) in CARRIERS.items():
        name, limit = carrier.lower(), minutes * 60_000
        finds(
            f"{prefix.lower()}-is-a-token-of-{name}",
            "A1, A2, A3 are not in the carriers' usual order.",
            envelope(prefix),
            [],
            carrier,
            JCE,
        )
        finds(
            f"{minutes}-minutes-are-fresh-for-{name}",
            "The limit itself is allowed.",
            envelope(prefix, ud=str(NOW - limit)),
            [],
            carrier,
        )
        notes(
            f"{minutes}-minutes-and-a-millisecond-are-stale-for-{name}",
            f"{PROTOCOL} §5.4; noted, since a clock may be wrong.",
            envelope(prefix, ud=str(NOW - limit - 1)),
            "stale",
            carrier,
        )
    finds("a-time-may-be-a-number", "Native SDKs write either.", envelope(ud=NOW - 20_000), [], source=CRYPTOGRAPHY)
    notes(
        "a-stale-time-may-be-a-number",
        "The same past the limit.",
        envelope(ud=NOW - 120_001),
        "stale",
        "CMCC",
        CRYPTOGRAPHY,
    )
    for case, why, ud in (
        ("a-token-without-a-time-is-clean", "Pages' tokens have none.", None),
        ("a-time-in-seconds-is-not-judged", "Ten digits are not the documented form.", str(NOW // 1000)),
        ("a-time-in-words-is-not-judged", "Not the documented form.", "yesterday"),
        ("a-time-ahead-is-not-judged", "The phone's clock is fast; the gateway keeps its own.", str(NOW + 3_600_000)),
        ("a-time-of-forty-digits-is-not-judged", "No integer holds it, and nothing may overflow.", "9" * 40),
        ("a-negative-time-is-not-judged", "Not the documented form.", -NOW),
    ):
        finds(case, why, envelope(ud=ud), [])
    finds("a-token-without-an-app-id-is-clean", "That it opens is proof enough.", envelope(ap=None), [])
    finds(
        "unknown-fields-are-no-matter",
        "The set is not documented for native SDKs.",
        envelope(nlt="0", fp="x", **{"新": {"a": [1]}}),
        [],
    )
    finds(
        "a-name-that-comes-twice-is-no-matter",
        "Whatever the SDK wrote, it is this app's.",
        wrapped(json.dumps({"ap": APP_ID, "ud": str(NOW - 20_000)})[:-1] + ', "tk": "a", "tk": "b"}'),
        [],
    )
    notes(
        "of-a-time-that-comes-twice-the-last-counts",
        "As JSON's readers have it.",
        wrapped(f'{{"ap": "{APP_ID}", "ud": {NOW}, "ud": {NOW - 120_001}}}'),
        "stale",
        "CMCC",
    )
    finds(
        "a-token-with-padding-is-clean",
        "Base64 with its equals signs is whole.",
        TOKEN + "=" * (-len(TOKEN[3:]) % 4),
        [],
    )
    for case, why, token in (
        ("a-token-of-no-known-form-is-clean", "It proves nothing.", OPAQUE),
        ("a-token-of-an-unknown-carrier-is-clean", "China Broadnet may become A4.", envelope("A4")),
        ("a-small-a-is-no-known-form", "Prefixes are compared as they are.", "a1" + TOKEN[2:]),
        ("a-token-without-a-dash-is-clean", "It has no envelope.", TOKEN.replace("-", "", 1).replace("-", "")),
        ("a-jwt-is-clean", "Some other SDK's, and it has dashes.", "eyJhbGciOiJub25lIn0.eyJhIjoiQTEtIn0.a-b"),
    ):
        finds(case, why, token, [], None, DERIVED)
    finds(
        "every-option-is-clean",
        "As documented.",
        {"token": TOKEN, "appId": APP_ID, "clientIp": "203.0.113.9", "encryptType": "1", "outId": "7"},
        [],
    )
    finds("a-validation-map-is-clean", "As documented.", {"token": TOKEN, "mobile": NUMBER}, [], operation=VERIFY)
    finds(
        "empty-options-are-clean",
        "They are left out when it is sent.",
        {"token": TOKEN, "clientIp": "", "encryptType": "", "outId": ""},
        [],
    )

    notes("another-apps-token-is-noted", "An iOS token under the Android app id.", OTHER_TOKEN, "other_app")
    notes(
        "another-apps-id-in-our-envelope-is-noted",
        "It opens, but says it is another's.",
        envelope(ap=OTHER_APP_ID),
        "other_app",
    )
    notes(
        "an-app-id-of-another-case-is-another",
        "Ids are compared as they are.",
        envelope(ap=APP_ID.lower()),
        "other_app",
    )
    notes(
        "an-opened-text-that-is-no-json-is-noted",
        "A damaged envelope opens to anything.",
        wrapped("no JSON at all"),
        "other_app",
    )
    notes(
        "a-changed-last-block-is-noted",
        "Its padding fails.",
        TOKEN[:-4] + ("AAAA" if not TOKEN.endswith("AAAA") else "BBBB"),
        "other_app",
    )
    notes(
        "a-token-cut-between-characters-is-noted", "No whole number of blocks.", TOKEN[:-5], "truncated", source=DERIVED
    )
    notes(
        "a-token-cut-at-a-column-of-64-is-noted",
        "VARCHAR(64) is too short for it.",
        TOKEN[:64],
        "truncated",
        source=DERIVED,
    )
    whole = urlsafe_b64encode(
        seal("aes-128-cbc", *halves(APP_ID), b'{"ap":"' + APP_ID.encode() + b'","tk":"' + b"x" * 40)[:48]
    ).decode()
    notes(
        "a-token-cut-between-blocks-is-noted-as-another-apps",
        "Whole blocks cannot tell: the padding fails.",
        f"A1-{whole}",
        "other_app",
    )
    notes("an-ellipsis-is-noted", "Copied from a log that shortens.", TOKEN[:40] + "...", "truncated", source=DERIVED)
    notes(
        "an-envelope-with-nothing-in-it-is-noted", "The prefix alone came through.", "A1-", "truncated", source=DERIVED
    )
    notes(
        "standard-base64-is-noted",
        "Plus and slash are not the envelope's alphabet.",
        "A1-" + "ab+/" * 32,
        "truncated",
        source=DERIVED,
    )

    percent = TOKEN.replace("-", "%2D", 1)
    finds(
        "percent-encoding-is-repaired",
        "The app encoded it once too often.",
        percent,
        [("token", "percent_encoded", "repaired")],
        repaired=TOKEN,
    )
    finds(
        "percent-encoding-twice-is-repaired",
        "Two layers of it.",
        TOKEN.replace("-", "%252D", 1),
        [("token", "percent_encoded", "repaired")],
        repaired=TOKEN,
    )
    finds(
        "surrounding-blanks-are-repaired",
        "Read from a form field or a log.",
        f" \t{TOKEN}\r\n",
        [("token", "surrounding_blank", "repaired")],
        repaired=TOKEN,
    )
    padding = -len(TOKEN[3:]) % 4
    assert padding
    finds(
        "escaped-equals-signs-are-repaired",
        "Gson's \\u003d was relayed as text.",
        TOKEN + "\\u003d" * padding,
        [("token", "unicode_escape", "repaired")],
        repaired=TOKEN + "=" * padding,
    )
    finds(
        "percent-encoding-under-a-line-end-is-repaired",
        "Two layers, undone from the outside.",
        f"{percent}\r\n",
        [("token", "percent_encoded", "repaired"), ("token", "surrounding_blank", "repaired")],
        repaired=TOKEN,
    )
    finds(
        "an-encoded-line-end-is-repaired",
        "A text file was URL-encoded whole.",
        TOKEN + "%0A",
        [("token", "percent_encoded", "repaired"), ("token", "surrounding_blank", "repaired")],
        repaired=TOKEN,
    )
    finds(
        "a-repaired-token-of-another-app-is-told-twice",
        "The envelope is read after the repair.",
        OTHER_TOKEN + "\n",
        [("token", "surrounding_blank", "repaired"), ("token", "other_app", "noted")],
        None,
        repaired=OTHER_TOKEN,
    )

    def refuses(
        case: str, why: str, params: Any, field: str, cause: str, operation: str = FETCH, more: tuple = ()
    ) -> None:
        finds(case, why, params, [(field, cause, "refused"), *more], source=DERIVED, operation=operation)

    refuses(
        "a-blank-inside-the-token-is-refused",
        "URL-safe Base64 has no + that it might have been.",
        TOKEN[:40] + " " + TOKEN[41:],
        "token",
        "garbled",
    )
    refuses(
        "a-tab-inside-the-token-is-refused",
        "Copied out of a table.",
        TOKEN[:40] + "\t" + TOKEN[41:],
        "token",
        "garbled",
    )
    refuses("a-chinese-mark-in-the-token-is-refused", "An input method put it there.", TOKEN + "。", "token", "garbled")
    refuses("an-empty-token-is-refused", "The app forwarded an unset variable.", {"token": ""}, "token", "empty")
    refuses(
        "another-apps-id-is-refused",
        "An iOS map under the Android app id.",
        {"token": TOKEN, "appId": OTHER_APP_ID},
        "appId",
        "other_app",
    )
    refuses("a-missing-mobile-is-refused", "A validation needs it.", TOKEN, "mobile", "missing", VERIFY)
    refuses(
        "an-empty-mobile-is-refused",
        "The app forwarded an unset variable.",
        {"token": TOKEN, "mobile": ""},
        "mobile",
        "empty",
        VERIFY,
    )
    refuses(
        "a-mobile-with-country-code-is-refused",
        "Eleven digits, nothing before them.",
        {"token": TOKEN, "mobile": "+8613800138000"},
        "mobile",
        "not_a_number",
        VERIFY,
    )
    for value in ("2", "AES", "00"):
        refuses(
            f"encrypt-type-{value.lower()}-is-refused",
            "The wire knows 0 and 1.",
            {"token": TOKEN, "encryptType": value},
            "encryptType",
            "unknown_value",
        )
    for name, value in (
        ("of-a-name", "localhost"),
        ("with-a-port", "203.0.113.9:443"),
        ("of-two-hops", "203.0.113.9,10.0.0.1"),
    ):
        refuses(
            f"a-client-ip-{name}-is-refused",
            "It is not an address.",
            {"token": TOKEN, "clientIp": value},
            "clientIp",
            "garbled",
        )
    refuses(
        "what-is-refused-is-told-beside-what-is-noted",
        "By field name, so that every language tells the same.",
        {"token": OTHER_TOKEN, "clientIp": "x"},
        "clientIp",
        "garbled",
        more=[("token", "other_app", "noted")],
    )

    for name, ip in (
        ("of-a-private-network", "10.0.0.7"),
        ("of-a-home-network", "192.168.1.2"),
        ("of-a-container-network", "172.17.0.1"),
        ("of-loopback", "127.0.0.1"),
        ("of-link-local", "169.254.10.1"),
        ("of-nothing", "0.0.0.0"),
        ("of-ipv6-loopback", "::1"),
        ("of-unique-local-ipv6", "fd00::7"),
        ("of-link-local-ipv6", "fe80::1"),
        ("mapped-into-ipv6", "::ffff:10.0.0.7"),
    ):
        why = "A load balancer's address instead of the user's; a dual-stack socket maps it."
        finds(
            f"a-client-ip-{name}-is-noted",
            why if "mapped" in name else "A load balancer's address instead of the user's.",
            {"token": TOKEN, "clientIp": ip},
            [("clientIp", "unknown_value", "noted")],
            source=DERIVED,
        )
    for name, ip in (
        ("of-ipv4", "203.0.113.9"),
        ("beside-a-private-network", "172.32.0.1"),
        ("of-ipv6", "2001:db8::9"),
        ("mapped-into-ipv6", "::ffff:203.0.113.9"),
    ):
        finds(
            f"a-public-client-ip-{name}-is-clean",
            "The user's own.",
            {"token": TOKEN, "clientIp": ip},
            [],
            source=DERIVED,
        )
    return v


def files() -> list[Vectors]:
    return [inspected()]
