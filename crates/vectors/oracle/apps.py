"""Several apps in one client, at every provider: `data/*/apps.json`."""

from __future__ import annotations

from cases import MOMENT, Vectors, error, key_file
from shanyan_app import FETCH, NUMBER, VERIFY
from shanyan_apps import ABOUT, shanyan
from tools import DERIVED, OPENSSL, STDLIB, beijing, digest, rsa_sign

MOBILE_APPS = [
    {
        "app_id": "300012081234",
        "app_secret": "5B0C9E7D21F84A3696E1D7C0B8A4F263",
        "app_key": "D8F2A61B4C7E93057A1E6B2C9D40F385",
    },
    {"app_id": "300012085678", "private_key": key_file("rsa1024.pkcs8.pem")},
]
STSID = "STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe"


def cmcc() -> Vectors:
    v = Vectors("cmcc/apps", "apps", ABOUT)
    url, time, nonce = (
        "https://www.cmpassport.com/unisdk/rsapi/loginTokenValidate",
        beijing(MOMENT["now_ms"]),
        MOMENT["nonce"],
    )
    first = {
        "appid": "300012081234",
        "sign": digest("md5", f"3000120812342.0{nonce}{time}0{STSID}{MOBILE_APPS[0]['app_secret']}".encode())
        .hex()
        .upper(),
    }
    second = {
        "appid": "300012085678",
        "sign": rsa_sign("rsa1024", f"300012085678{STSID}".encode()).hex().upper(),
        "encryptionalgorithm": "RSA",
    }
    mobile = {"common": {}, "apps": MOBILE_APPS, "operation": FETCH, "moment": MOMENT}
    for case, why, where, more, source in (
        (
            "the-apps-id-beside-the-token-finds-it",
            "China Mobile's tokens tell nothing, so the app relays its id.",
            first,
            {"params": {"token": STSID, "appId": "300012081234"}},
            STDLIB,
        ),
        (
            "an-appid-in-small-letters-does-too",
            "The vendor writes it both ways; this app signs by RSA.",
            second,
            {"params": {"token": STSID, "appid": "300012085678"}},
            OPENSSL,
        ),
        ("a-named-app-is-taken", "For a bare token.", second, {"app": "300012085678", "params": STSID}, OPENSSL),
    ):
        v.add(
            case,
            why,
            source,
            {"method": "POST", "url": url, "content_type": "application/json", "json_where": where},
            **mobile | more,
        )
    header = {"header.appId": "300012081234", "body.token": STSID, "body.keyType": None}
    expect = {
        "method": "POST",
        "url": "https://www.cmpassport.com/openapi/rs/tokenValidate",
        "content_type": "application/json",
        "json_where": header,
    }
    v.add(
        "a-check-finds-its-app",
        "The id is in the header there.",
        DERIVED,
        expect,
        **mobile | {"operation": VERIFY, "params": {"token": STSID, "appId": "300012081234"}, "number": NUMBER},
    )

    numbers = ["300012081234", "300012085678"]
    for case, why, params, more in (
        ("a-bare-token-names-the-known-ids", "It tells nothing of its app.", STSID, {}),
        (
            "an-unknown-app-id-names-the-known-ids",
            "Another environment's app.",
            {"token": STSID, "appId": "300099990000"},
            {},
        ),
        (
            "an-unknown-app-id-of-a-check-names-the-known-ids",
            "The same for the other function.",
            {"token": STSID, "appId": "300099990000"},
            {"operation": VERIFY, "number": NUMBER},
        ),
        ("an-unknown-named-app-names-the-known-ids", "A typing error.", STSID, {"app": "300012081235"}),
    ):
        v.add(
            case,
            why,
            DERIVED,
            error("input", *numbers, retry="never", charge="no", never=[STSID, NUMBER]),
            **mobile | {"params": params} | more,
        )
    expect = error("input", "appId", retry="never", charge="no", never=[STSID])
    v.add(
        "a-named-apps-own-check-still-holds",
        "Naming an app does not make the params its own.",
        DERIVED,
        expect,
        **mobile | {"params": {"token": STSID, "appId": "300012081234"}, "app": "300012085678"},
    )
    expect = error("config", "app_key", retry="never", charge="no", never=[STSID, NUMBER])
    v.add(
        "the-app-that-is-found-must-have-the-checks-key",
        "The other app's app_key is not lent to it.",
        DERIVED,
        expect,
        **mobile | {"operation": VERIFY, "params": {"token": STSID, "appId": "300012085678"}, "number": NUMBER},
    )
    v.add(
        "each-app-is-checked-when-the-client-is-made",
        "Not when its first user waits.",
        DERIVED,
        error("config", "private_key", retry="never"),
        **mobile | {"apps": [MOBILE_APPS[0], {"app_id": "300012085678", "private_key": "x"}], "params": STSID},
    )
    return v


def yuxin() -> Vectors:
    v = Vectors("yuxin/apps", "apps", "This vendor does not tell apps apart: two accounts are two clients.")
    common = {
        "token": "t0k3n-of-ours",
        "key": "0123456789abcdef",
        "cipher": "aes-128-cbc",
        "base_url": "https://yuxin.example",
    }
    identity = {
        "operation": "verify_identity",
        "number": NUMBER,
        "name": "张三",
        "id_card": "990000199003070009",
        "moment": MOMENT,
    }
    for case, why, apps in (
        ("two-apps-are-refused", "Nothing in a call would tell which one is meant.", [{}, {"token": "another-t0k3n"}]),
        ("no-app-at-all-is-refused", "Nothing could be sent.", []),
    ):
        expect = error("config", "apps", retry="never", charge="no", never=[common["key"], common["token"], NUMBER])
        v.add(case, why, DERIVED, expect, common=common, apps=apps, **identity)
    v.add(
        "an-unknown-id-is-refused",
        "No app has one.",
        DERIVED,
        error("input", "app", never=[NUMBER]),
        common=common,
        apps=[{}],
        app="a",
        **identity,
    )
    return v


def files() -> list[Vectors]:
    return [shanyan(), cmcc(), yuxin()]
