"""ShanYan V2: what is signed, and what is posted."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, NOW, Vectors, error
from shanyan_app import APP_ID, APP_KEY, FETCH, NUMBER, OPTIONS, PROTOCOL, VERIFY, base_of, phone, with_
from shanyan_v2_app import (
    API,
    OPAQUE,
    OTHER_TOKEN,
    QUERY_URL,
    TOKEN,
    VALIDATE_URL,
    WSFLASH,
    envelope,
    form,
    sign,
)
from shanyan_v2_refused import refusals
from tools import DERIVED, JCE, OPENSSL, STDLIB

FORM = "application/x-www-form-urlencoded"
PUBLIC_IP, OUT_ID = "203.0.113.9", "order-20261122-7"


def signatures() -> Vectors:
    v = Vectors(
        "shanyan/v2-sign",
        "sign",
        "What the back end signs: HEX(HMAC-SHA256[app_key](k₁v₁k₂v₂…)), all fields that are sent, keys in byte order.",
    )

    def signed(
        case: str,
        why: str,
        fields: dict[str, str],
        params: Any = None,
        source: str = STDLIB,
        key: str = APP_KEY,
        **more: Any,
    ) -> None:
        fields = {"appId": APP_ID, "token": TOKEN} | fields
        params = {"token": TOKEN} | {k: v for k, v in fields.items() if k != "appId"} if params is None else params
        given = {"options": with_(app_key=key), "operation": FETCH} | more
        expect = {"algorithm": "HmacSHA256", "base": base_of(fields), "value": sign(fields, key)}
        v.add(case, why, source, expect, **given, params=params, moment=MOMENT)

    signed("a-bare-token-is-signed-with-the-app-id", "The known answer of the scheme.", {}, TOKEN)
    signed(
        "a-map-with-the-token-is-signed-alike",
        "The phone's other fields are not sent, so not signed.",
        {},
        {"token": TOKEN, "code": 1000, "netType": "4G"},
        JCE,
    )
    every = {"clientIp": PUBLIC_IP, "encryptType": "0", "outId": OUT_ID}
    signed(
        "options-stand-between-app-id-and-token", "appId, clientIp, encryptType, outId, token.", every, source=OPENSSL
    )
    signed(
        "a-timestamp-stands-before-the-token",
        "Mini-programs send one.",
        {"timestamp": str(NOW)},
        options=with_(channel="wxprog"),
    )
    signed(
        "a-validation-signs-mobile-before-the-token",
        "appId, mobile, token.",
        {"mobile": NUMBER},
        TOKEN,
        OPENSSL,
        operation=VERIFY,
        number=NUMBER,
    )
    signed(
        "a-validations-out-id-stands-after-mobile",
        "appId, mobile, outId, token.",
        {"mobile": NUMBER, "outId": OUT_ID},
        operation=VERIFY,
    )
    signed(
        "empty-options-are-not-signed",
        "They are not sent either; the vendor's demos do both.",
        {},
        {"token": TOKEN, "clientIp": "", "outId": "", "encryptType": ""},
    )
    signed(
        "the-options-cipher-is-signed",
        "Sent but not signed, the gateway answers 403000.",
        {"encryptType": "1"},
        TOKEN,
        options=with_(encrypt_type="rsa"),
    )
    signed(
        "values-are-signed-before-form-encoding",
        "As UTF-8, with the blank and the marks that a form would encode.",
        {"outId": "订单 42&a=b+c%"},
        source=JCE,
    )
    signed("the-whole-app-key-signs", "Only V1's DES cuts it to eight bytes.", {}, TOKEN, OPENSSL, APP_KEY + "EXTRA")
    signed("a-phones-own-sign-is-no-part-of-it", "The back end's takes its place.", {}, {"token": TOKEN, "sign": "x"})
    signed(
        "a-repaired-token-is-signed-as-it-is-sent",
        "The signature is over what goes out.",
        {},
        TOKEN.replace("-", "%2D", 1) + "\n",
    )
    refusals(v)
    return v


def prepared() -> Vectors:
    v = Vectors("shanyan/v2-prepare", "prepare", "A token becomes a signed form; V1's maps still go V1's way.")

    def posts(
        case: str,
        why: str,
        fields: dict[str, str],
        params: Any = None,
        url: str = QUERY_URL,
        source: str = STDLIB,
        key: str = APP_KEY,
        **more: Any,
    ) -> None:
        params = {"token": TOKEN} | fields if params is None else params
        whole = form(key=key, **fields)
        given = {"options": OPTIONS, "operation": VERIFY if "validate" in url else FETCH} | more
        expect = {"method": "POST", "url": url, "content_type": FORM, "form": whole, "request_id": whole.get("outId")}
        v.add(case, why, source, expect, **given, params=params, moment=MOMENT)

    posts("a-bare-token-is-v2", "The phone's SDK returns only that.", {}, TOKEN)
    posts("a-map-with-a-token-is-v2", "The same token in a map.", {}, {"token": TOKEN})
    posts(
        "the-maps-app-id-is-not-sent-twice",
        "It is the client's own.",
        {},
        {"token": TOKEN, "appId": APP_ID},
        source=OPENSSL,
    )
    posts(
        "the-phones-other-fields-stay-here",
        "Not even a sign of its own is relayed.",
        {},
        {"token": TOKEN, "code": 1000, "sign": "x", "telecom": "CMCC"},
    )
    every = {"clientIp": PUBLIC_IP, "encryptType": "0", "outId": OUT_ID}
    posts("every-option-is-posted", "And outId is the id under which the vendor finds the call.", every, source=JCE)
    posts("an-ipv6-address-is-posted", "Phones have them.", {"clientIp": "2001:db8::9"})
    posts(
        "a-private-client-ip-is-posted",
        "It is noted only: whether fraud checks are on is not known here.",
        {"clientIp": "10.0.0.7"},
    )
    posts(
        "empty-options-are-dropped",
        "Sent empty, they would have to be signed as well.",
        {},
        {"token": TOKEN} | dict.fromkeys(every, ""),
    )
    posts(
        "numbers-become-text",
        "The app's JSON writes them so.",
        {"encryptType": "1", "outId": "42"},
        {"token": TOKEN, "encryptType": 1, "outId": 42},
    )
    posts(
        "encrypt-type-aes-is-0",
        "The option's word on the wire.",
        {"encryptType": "0"},
        TOKEN,
        options=with_(encrypt_type="aes"),
    )
    posts(
        "encrypt-type-rsa-is-1",
        "The option's word on the wire.",
        {"encryptType": "1"},
        TOKEN,
        options=with_(encrypt_type="rsa"),
    )
    posts(
        "the-params-cipher-goes-before-the-option",
        "Who asks for this call knows best.",
        {"encryptType": "0"},
        options=with_(encrypt_type="rsa"),
    )
    posts(
        "an-empty-cipher-leaves-it-to-the-option",
        "Empty is left out.",
        {"encryptType": "1"},
        {"token": TOKEN, "encryptType": ""},
        options=with_(encrypt_type="rsa"),
    )

    mobile = {"mobile": NUMBER}
    posts("a-validation-has-the-maps-mobile", "One of the two ways to give it.", mobile, url=VALIDATE_URL)
    posts(
        "a-validation-has-the-arguments-number", "The other way.", mobile, TOKEN, VALIDATE_URL, OPENSSL, number=NUMBER
    )
    posts("the-same-number-may-be-given-twice", "As argument and in the map.", mobile, url=VALIDATE_URL, number=NUMBER)
    posts(
        "a-validation-relays-out-id-only",
        "Neither clientIp nor encryptType is a field of it.",
        mobile | {"outId": OUT_ID},
        {"token": TOKEN} | every | mobile,
        VALIDATE_URL,
        options=with_(encrypt_type="rsa"),
    )
    posts("a-query-has-no-mobile", "It is what is asked for.", {}, {"token": TOKEN, "mobile": NUMBER})

    for channel, url in (
        ("web", f"{API}/open/web/mobile-query"),
        ("web", f"{API}/open/flashsdk/web-mobile-validate"),
        ("wxprog", f"{WSFLASH}/open/web/wxprog-mobile-query"),
        ("app", QUERY_URL),
    ):
        verb, fields = ("validates", mobile) if "validate" in url else ("queries", {"timestamp": str(NOW)})
        posts(
            f"channel-{channel}-{verb}-at-its-own-url",
            "Native apps, pages and mini-programs have endpoints of their own.",
            fields,
            url=url,
            source=f"{PROTOCOL} §5.1",
            options=with_(channel=channel),
        )
    for channel, path in (
        ("app", "flashsdk/mobile-query"),
        ("web", "web/mobile-query"),
        ("wxprog", "web/wxprog-mobile-query"),
    ):
        options = with_(channel=channel, base_url="https://gateway.example:8443")
        posts(
            f"the-base-url-replaces-the-host-of-{channel}",
            "Of both hosts; the path is kept.",
            {},
            TOKEN,
            f"https://gateway.example:8443/open/{path}",
            options=options,
        )

    for case, why, damaged in (
        ("percent-encoding-is-undone", "The app encoded it once too often.", TOKEN.replace("-", "%2D", 1)),
        ("percent-encoding-twice-is-undone", "Two layers of it.", TOKEN.replace("-", "%252D", 1)),
        ("surrounding-blanks-are-trimmed", "Read from a form field or a log.", f" \t{TOKEN}\r\n"),
    ):
        posts(case, why, {}, {"token": damaged})
    for case, why, token in (
        ("a-token-of-no-known-form-is-posted", "The envelope is not documented for every SDK.", OPAQUE),
        ("a-token-of-another-app-is-posted", "The gateway decides; the envelope only advises.", OTHER_TOKEN),
        ("a-cut-token-is-posted", "The gateway decides.", TOKEN[:-5]),
        ("a-stale-token-is-posted", "The gateway decides.", envelope(ud=str(NOW - 600_000))),
        ("a-token-with-padding-is-posted-as-it-is", "Nothing is taken off it.", TOKEN + "=="),
    ):
        posts(case, why, {"token": token}, token)

    first = phone()
    v1 = {"method": "POST", "content_type": FORM, "form": first, "url": f"{API}/open/flashsdk/mobile-query-m"}
    for case, why, params, options in (
        (
            "an-access-token-is-v1-whatever-the-channel",
            "Old apps stay in use for years; V1 had no other channel.",
            first,
            with_(channel="web", encrypt_type="rsa"),
        ),
        (
            "a-token-beside-an-access-token-is-v1s",
            "V1's fields decide; this one the phone signed.",
            phone(token="x"),
            OPTIONS,
        ),
    ):
        expect = v1 | {"form": params}
        v.add(case, why, STDLIB, expect, options=options, operation=FETCH, params=params, moment=MOMENT)
    code = phone(VERIFY)
    expect = v1 | {"form": code, "url": f"{API}/open/flashsdk/mobile-validate-m"}
    v.add(
        "an-access-code-is-v1",
        "The other function's field tells as well.",
        STDLIB,
        expect,
        options=with_(channel="wxprog"),
        operation=VERIFY,
        params=code,
        moment=MOMENT,
    )

    refusals(v)
    for case, why, params, names in (
        (
            "a-map-without-any-token-is-refused",
            "Of which generation it is cannot matter.",
            {"appId": APP_ID},
            ["Token"],
        ),
        (
            "a-token-under-another-name-is-refused",
            "Names are the SDK's: letter case counts.",
            {"Token": TOKEN},
            ["Token"],
        ),
        (
            "half-a-v1-map-is-not-taken-for-v2",
            "It has V1's token, so V1's fields are missing.",
            {"accessToken": "x", "token": TOKEN},
            [],
        ),
        (
            "a-v1-code-is-no-v2-token",
            "A check's code where a login's is due.",
            {"accessCode": "x", "token": TOKEN},
            ["accessToken"],
        ),
    ):
        v.add(
            case,
            why,
            DERIVED,
            error("input", *names, retry="never", never=[TOKEN]),
            options=OPTIONS,
            operation=FETCH,
            params=params,
            moment=MOMENT,
        )
    for case, why, option in (
        ("an-unknown-channel-is-refused", "h5 is the vendor's word for web.", {"channel": "h5"}),
        ("a-channel-in-capitals-is-refused", "Words are compared as they are.", {"channel": "WEB"}),
        ("an-empty-channel-is-refused", "It would be an unset variable.", {"channel": ""}),
        ("the-wires-digit-is-no-encrypt-type", "The option's words are aes and rsa.", {"encrypt_type": "1"}),
        ("an-unknown-encrypt-type-is-refused", "SM4 is not offered.", {"encrypt_type": "sm4"}),
        ("an-encrypt-type-in-capitals-is-refused", "Words are compared as they are.", {"encrypt_type": "RSA"}),
    ):
        v.add(
            case,
            why,
            DERIVED,
            error("config", *option, retry="never"),
            options=with_(**option),
            operation=FETCH,
            params=TOKEN,
            moment=MOMENT,
        )
    return v


def files() -> list[Vectors]:
    return [signatures(), prepared()]
