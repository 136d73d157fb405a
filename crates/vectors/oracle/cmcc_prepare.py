"""China Mobile: what is posted, and what is told before."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, Vectors, at, error, key_file
from cmcc_app import (
    APP_KEY,
    APP_SECRET,
    FETCH,
    LOGIN_URL,
    NUMBER,
    OPTIONS,
    PROTOCOL,
    RSA_OPTIONS,
    SDK_MAP,
    TOKEN,
    TRICKY_TOKEN,
    VERIFY,
    VERIFY_URL,
    login,
    verify,
    with_,
)
from tools import DERIVED, JCE, OPENSSL, STDLIB


def prepared() -> Vectors:
    v = Vectors("cmcc/prepare", "prepare", "JSON in which every value is a string; msgid and time are this call's own.")

    def posts(
        case: str,
        why: str,
        url: str,
        body: dict,
        params: Any = TOKEN,
        options: dict = OPTIONS,
        source: str = STDLIB,
        moment: dict = MOMENT,
        **more: Any,
    ) -> None:
        operation = VERIFY if "openapi" in url else FETCH
        expect = {"method": "POST", "url": url, "content_type": "application/json", "json": body}
        v.add(case, why, source, expect, options=options, operation=operation, params=params, **more, moment=moment)

    posts("a-bare-token-is-exchanged", "The known answer of the interface.", LOGIN_URL, login())
    sample = {"token": "STsid00000015275642798949tUyg6KsmyEWKk005bCfuxUmCXeqeFRK", "app_id": "10000001"}
    sample["moment"] = at("2018-05-29 11:24:43.243", "34a5588136d6404784831609cdcdc633")
    posts(
        "the-documents-request-has-these-fields",
        "The sample of the login, with a secret of ours.",
        LOGIN_URL,
        login(**sample),
        params=sample["token"],
        options=with_(app_id="10000001"),
        source=JCE,
        moment=sample["moment"],
    )
    posts("the-sdks-other-fields-stay-here", "Only the token goes to the gateway.", LOGIN_URL, login(), params=SDK_MAP)
    posts(
        "app-key-signs-where-there-is-no-secret",
        "Apps made before 2018-12.",
        LOGIN_URL,
        login(APP_KEY),
        options=with_(app_secret=None),
    )
    posts(
        "rsa-mode-says-so",
        "Without encryptionalgorithm the gateway checks MD5 in silence.",
        LOGIN_URL,
        login(None),
        options=RSA_OPTIONS,
        source=OPENSSL,
    )
    posts(
        "a-private-key-goes-before-a-secret",
        "Whoever configures it has registered its public key.",
        LOGIN_URL,
        login(None, "rsa2048"),
        options=with_(private_key=key_file("rsa2048.pkcs8.pem")),
        source=OPENSSL,
    )
    posts(
        "strict-check-is-a-string",
        "Numbers are answered by 103211.",
        LOGIN_URL,
        login(strict="1"),
        options=with_(strict_check="1"),
    )
    for name in ("expandparams", "expandParams"):
        posts(
            f"{name.lower() + ('' if name.islower() else '-in-camel-case')}-are-relayed-unsigned",
            "Optional, and left out unless given.",
            LOGIN_URL,
            login(expandparams="channel=7"),
            params={"token": TOKEN, name: "channel=7"},
        )
    for case, why, token in (
        ("blanks-in-the-token-become-plus-signs", "A form decoder on the way.", TRICKY_TOKEN.replace("+", " ")),
        (
            "percent-signs-in-the-token-are-decoded",
            "Encoded once too often.",
            TRICKY_TOKEN.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        ),
        ("a-line-end-after-the-token-is-cut", "Read from a line.", TRICKY_TOKEN + "\r\n"),
    ):
        posts(case, why, LOGIN_URL, login(token=TRICKY_TOKEN), params=token)
    posts(
        "the-base-url-keeps-the-path",
        "The newer host has the same paths.",
        LOGIN_URL.replace("www", "onekey2"),
        login(),
        options=with_(base_url="https://onekey2.cmpassport.com"),
    )

    posts(
        "a-number-is-checked",
        "The known answer of the interface: openType unknown, from an app.",
        VERIFY_URL,
        verify(),
        number=NUMBER,
    )
    sample = {"token": "STsid0000001517194515125yghlPllAetv4YXx0v6vW2grV1v0votvD", "app_id": "30000001234576"}
    sample["moment"] = at("2018-01-29 10:55:23.519", "f11585580266414fbde9f755451fb7a7")
    posts(
        "the-documents-check-has-these-fields",
        "The sample of the check, with an app and a number of ours.",
        VERIFY_URL,
        verify("14700000000", **sample, openType="1"),
        params={"token": sample["token"], "openType": "1"},
        options=with_(app_id="30000001234576"),
        source=JCE,
        moment=sample["moment"],
        number="14700000000",
    )
    posts(
        "carrier-and-requester-may-be-given",
        "A WAP page on China Telecom.",
        VERIFY_URL,
        verify(openType="3", requesterType="1"),
        params={"token": TOKEN, "openType": "3", "requesterType": "1"},
        number=NUMBER,
    )
    echoed = {"message": "订单 42+1", "expandParams": "shop=7|city=北京"}
    encoded = {"message": "%E8%AE%A2%E5%8D%95%2042%2B1", "expandParams": "shop%3D7%7Ccity%3D%E5%8C%97%E4%BA%AC"}
    posts(
        "message-and-expand-params-are-url-encoded",
        "The document asks for it; neither is signed.",
        VERIFY_URL,
        verify(**encoded),
        params={"token": TOKEN} | echoed,
        number=NUMBER,
        source=f"{PROTOCOL} §4.2",
    )
    posts(
        "a-private-key-changes-nothing-here",
        "The check keeps HmacSHA256 under app_key.",
        VERIFY_URL,
        verify(),
        options=with_(private_key=key_file("rsa1024.pkcs8.pem")),
        number=NUMBER,
    )
    return v


def refused() -> Vectors:
    v = Vectors("cmcc/prepare-refused", "prepare", "What cannot succeed is told before the token is spent.")

    def refuses(
        case: str,
        why: str,
        params: Any,
        *said: str,
        kind: str = "input",
        operation: str = FETCH,
        options: dict = OPTIONS,
        never: Any = (),
        **more: Any,
    ) -> None:
        never = [APP_KEY, APP_SECRET, TOKEN, *([never] if isinstance(never, str) else never)]
        v.add(
            case,
            why,
            DERIVED,
            error(kind, *said, retry="never", never=never),
            options=options,
            operation=operation,
            params=params,
            **more,
            moment=MOMENT,
        )

    refuses("an-empty-token-is-refused", "The gateway would answer 103811.", "", "token")
    refuses("a-blank-token-is-refused", "The gateway would answer 103811.", "  ", "token")
    refuses("a-map-without-token-is-refused", "The app forwarded something else.", {"authType": "2"}, "token")
    refuses("an-empty-map-is-refused", "The back end read a form where JSON came.", {}, "token")
    refuses(
        "an-empty-token-in-the-map-is-refused",
        "The SDK failed and the app did not look.",
        SDK_MAP | {"token": ""},
        "token",
    )
    for code in ("200020", "102101", "103100"):
        refuses(
            f"an-sdk-result-of-{code}-is-refused",
            "The phone got no token; its code says why.",
            {"resultCode": code, "authType": "0", "token": TOKEN},
            code,
        )
    refuses(
        "an-sdk-failure-is-refused-for-checks-too",
        "Both operations take the SDK's map.",
        {"resultCode": "200023", "token": TOKEN},
        "200023",
        operation=VERIFY,
        number=NUMBER,
    )

    check = {"operation": VERIFY}
    refuses("a-check-needs-a-number", "The SDK's map does not carry it.", TOKEN, "number", **check)
    refuses("a-check-needs-a-token", "A number alone proves nothing.", "", "token", **check, number=NUMBER)
    refuses(
        "a-check-needs-app-key",
        "app_secret does not stand in for it.",
        TOKEN,
        "app_key",
        kind="config",
        options=with_(app_key=None),
        **check,
        number=NUMBER,
    )
    refuses(
        "a-check-by-private-key-alone-is-refused",
        "RSA mode of this interface is another option.",
        TOKEN,
        "app_key",
        kind="config",
        options=RSA_OPTIONS,
        **check,
        number=NUMBER,
    )
    for case, number in (
        ("with-country-code", "+8613800138000"),
        ("with-country-code-without-plus", "8613800138000"),
        ("with-blanks", "138 0013 8000"),
        ("with-a-line-end", "13800138000\n"),
        ("beginning-with-2", "23800138000"),
        ("in-full-width-digits", "１３８００１３８０００"),
        ("that-is-empty", ""),
    ):
        never = [number.strip(), NUMBER] if number else []
        refuses(
            f"a-number-{case}-is-refused",
            "The hash of another text never matches: the user would be told no.",
            TOKEN,
            "number",
            never=never,
            **check,
            number=number,
        )
    refuses(
        "an-unknown-open-type-is-refused",
        "The document knows 0 to 3.",
        {"token": TOKEN, "openType": "9"},
        "openType",
        **check,
        number=NUMBER,
    )
    refuses(
        "identities-are-not-this-vendors-business",
        "No interface of it takes a name.",
        None,
        kind="config",
        operation="verify_identity",
        number=NUMBER,
        name="张三",
        id_card="990000199003070009",
    )
    return v


def inspected() -> Vectors:
    v = Vectors("cmcc/inspect", "inspect", "What transport did to the token, and what the SDK's map says.")

    def finds(case: str, why: str, params: Any, *findings: tuple[str, str, str], repaired: dict | None = None) -> None:
        rows = [dict(zip(("field", "cause", "action"), finding, strict=True)) for finding in findings]
        expect = {"findings": rows} | ({"params": repaired} if repaired else {})
        v.add(case, why, DERIVED, expect, options=OPTIONS, operation=FETCH, params=params, moment=MOMENT)

    whole = {"token": TRICKY_TOKEN}
    finds("the-sdks-map-is-clean", "Nothing is found where nothing is wrong.", SDK_MAP, repaired=SDK_MAP)
    finds(
        "blanks-are-repaired",
        "A form decoder made + a blank.",
        {"token": TRICKY_TOKEN.replace("+", " ")},
        ("token", "blank_for_plus", "repaired"),
        repaired=whole,
    )
    finds(
        "percent-encoding-is-undone",
        "Encoded once too often.",
        {"token": TRICKY_TOKEN.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")},
        ("token", "percent_encoded", "repaired"),
        repaired=whole,
    )
    finds(
        "surrounding-line-ends-are-cut",
        "Read from a line.",
        {"token": f"\n{TRICKY_TOKEN}\r\n"},
        ("token", "surrounding_blank", "repaired"),
        repaired=whole,
    )
    finds(
        "a-missing-token-is-refused",
        "There is nothing to exchange.",
        {"resultCode": "103000"},
        ("token", "missing", "refused"),
    )
    finds(
        "an-empty-token-is-refused",
        "There is nothing to exchange.",
        SDK_MAP | {"token": ""},
        ("token", "empty", "refused"),
    )
    finds(
        "a-failed-sdk-is-refused",
        "The phone's own code decides.",
        SDK_MAP | {"resultCode": "200020"},
        ("resultCode", "phone_failed", "refused"),
    )
    finds(
        "another-apps-id-is-refused",
        "The gateway would answer 103133.",
        SDK_MAP | {"appId": "300099999999"},
        ("appId", "other_app", "refused"),
    )
    return v


def files() -> list[Vectors]:
    return [prepared(), refused(), inspected()]
