"""ShanYan: several apps in one client."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, Vectors, error
from shanyan_app import APP_ID, APP_KEY, FETCH, NUMBER, VERIFY, phone
from shanyan_v2_app import OPAQUE, OTHER_APP_ID, OTHER_APP_KEY, OTHER_TOKEN, TOKEN, envelope, form, sealed
from shanyan_v2_send import FORM
from tools import DERIVED, JCE, OPENSSL, STDLIB

NOTHING: dict[str, str] = {}
THIRD_ID, THIRD_KEY = "Web4rT7y", "b2Hn6vLs"
ANDROID, IOS = {"app_id": APP_ID, "app_key": APP_KEY}, {"app_id": OTHER_APP_ID, "app_key": OTHER_APP_KEY}
WEB = {"app_id": THIRD_ID, "app_key": THIRD_KEY, "channel": "web"}
ABOUT = "A client of several apps finds the one that the params were made for, or names those it knows."
APPS = [ANDROID, IOS, WEB]
IDS = [APP_ID, OTHER_APP_ID, THIRD_ID]
HOST = "https://wsflash.253.com"
QUERY, VALIDATE = f"{HOST}/open/flashsdk/mobile-query", f"{HOST}/open/flashsdk/mobile-validate"


def shanyan() -> Vectors:
    v = Vectors("shanyan/apps", "apps", ABOUT)

    def given(apps: list, common: dict, operation: str, params: Any, more: dict) -> dict[str, Any]:
        given = {"common": common, "apps": apps, "operation": operation} | more
        return given if params is None else given | {"params": params, "moment": MOMENT}

    def picks(
        case: str,
        why: str,
        params: Any,
        where: dict[str, str],
        url: str = QUERY,
        source: str = STDLIB,
        apps: list = APPS,
        common: Any = NOTHING,
        **more: Any,
    ) -> None:
        operation = VERIFY if "validate" in url else FETCH
        expect = {"method": "POST", "url": url, "content_type": FORM, "form_where": where}
        v.add(case, why, source, expect, **given(apps, common, operation, params, more))

    def of(app: dict[str, str], **fields: str) -> dict[str, str]:
        return form(app["app_id"], app["app_key"], **fields)

    ios = of(IOS, token=OTHER_TOKEN)
    web_token = envelope("A3", THIRD_ID)
    picks("a-token-finds-its-app", "Its envelope opens under one id only.", TOKEN, of(ANDROID))
    picks("another-token-finds-the-other-app", "And that app's key signs.", OTHER_TOKEN, ios, source=OPENSSL)
    picks(
        "a-third-token-goes-the-third-apps-way",
        "Its channel is its own as well.",
        web_token,
        of(WEB, token=web_token),
        "https://api.253.com/open/web/mobile-query",
        JCE,
    )
    picks("the-order-of-the-apps-does-not-matter", "The envelope decides.", OTHER_TOKEN, ios, apps=APPS[::-1])
    picks(
        "the-params-app-id-finds-its-app",
        "Relayed by an app whose token tells nothing.",
        {"token": OPAQUE, "appId": OTHER_APP_ID},
        of(IOS, token=OPAQUE),
    )
    picks(
        "the-params-app-id-goes-before-the-envelope",
        "What is said goes before what is guessed.",
        {"token": OTHER_TOKEN, "appId": APP_ID},
        of(ANDROID, token=OTHER_TOKEN),
    )
    picks(
        "a-validation-finds-its-app",
        "The same for the other function.",
        OTHER_TOKEN,
        of(IOS, token=OTHER_TOKEN, mobile=NUMBER),
        VALIDATE,
        number=NUMBER,
    )
    picks("a-named-app-is-taken", "For a token that tells nothing.", OPAQUE, of(IOS, token=OPAQUE), app=OTHER_APP_ID)
    picks("a-named-app-goes-before-the-envelope", "Whoever names it knows.", TOKEN, of(IOS), app=OTHER_APP_ID)
    picks("the-only-app-is-taken", "There is no choice.", OPAQUE, of(ANDROID, token=OPAQUE), apps=[ANDROID])
    picks(
        "the-only-app-may-be-named",
        "By the id that it has.",
        OPAQUE,
        of(ANDROID, token=OPAQUE),
        apps=[ANDROID],
        app=APP_ID,
    )
    old = phone(appId=OTHER_APP_ID, key=OTHER_APP_KEY)
    picks("a-v1-map-finds-its-app", "Its appId is in it.", old, old, "https://api.253.com/open/flashsdk/mobile-query-m")
    asked = of(IOS, token=OTHER_TOKEN, encryptType="1")
    picks(
        "common-options-hold-for-each-app",
        "They are given once.",
        OTHER_TOKEN,
        asked,
        "https://gateway.example/open/flashsdk/mobile-query",
        common={"encrypt_type": "rsa", "base_url": "https://gateway.example"},
    )
    own = [ANDROID | {"encrypt_type": "aes"}, IOS]
    picks(
        "an-apps-own-option-goes-before-the-common-one",
        "It says so of itself.",
        TOKEN,
        of(ANDROID, encryptType="0"),
        apps=own,
        common={"encrypt_type": "rsa"},
    )
    picks(
        "the-common-option-still-holds-for-the-other-app",
        "Only one app has its own.",
        OTHER_TOKEN,
        asked,
        apps=own,
        common={"encrypt_type": "rsa"},
    )
    v.add(
        "a-named-app-opens-its-number",
        "A ciphertext does not tell whose it is.",
        OPENSSL,
        {"number": NUMBER},
        common={},
        apps=APPS,
        app=OTHER_APP_ID,
        operation="decrypt_number",
        ciphertext=sealed(key=OTHER_APP_KEY),
    )

    refused(v)
    return v


def refused(v: Vectors) -> None:
    def refuses(
        case: str,
        why: str,
        has: list[str],
        params: Any = None,
        kind: str = "input",
        apps: list = APPS,
        common: Any = NOTHING,
        operation: str = FETCH,
        never: Any = (),
        **more: Any,
    ) -> None:
        given = {"common": common, "apps": apps, "operation": operation, "params": params, "moment": MOMENT} | more
        keys = [app["app_key"] for app in apps if "app_key" in app]
        v.add(case, why, DERIVED, error(kind, *has, retry="never", charge="no", never=[*keys, TOKEN, *never]), **given)

    foreign = envelope(app_id="Unknown1")
    refuses(
        "a-token-of-no-known-form-names-the-known-ids",
        "It tells nothing, and nothing is guessed.",
        IDS,
        OPAQUE,
        never=[OPAQUE],
    )
    refuses("a-token-of-another-app-names-the-known-ids", "It opens under none.", IDS, foreign, never=[foreign])
    refuses("a-cut-token-names-the-known-ids", "It opens under none.", IDS, TOKEN[:-5], never=[TOKEN[:-5]])
    refuses(
        "an-unknown-app-id-names-the-known-ids",
        "Another environment's app.",
        IDS,
        {"token": TOKEN, "appId": "Unknown1"},
    )
    refuses(
        "an-app-id-in-capitals-is-unknown",
        "Ids are compared as they are.",
        IDS,
        {"token": OPAQUE, "appId": APP_ID.upper()},
    )
    refuses("an-empty-app-id-is-unknown", "The app forwarded an unset variable.", IDS, {"token": OPAQUE, "appId": ""})
    refuses("an-empty-token-names-the-known-ids", "It tells nothing.", IDS, "")
    refuses("a-v1-map-of-another-app-names-the-known-ids", "Its appId is in it.", IDS, phone(appId="Unknown1"))
    refuses("a-v1-map-without-an-app-id-names-the-known-ids", "It tells nothing.", IDS, phone(appId=None))
    refuses(
        "a-validation-of-another-app-names-the-known-ids",
        "The same for the other function.",
        IDS,
        foreign,
        operation=VERIFY,
        number=NUMBER,
        never=[NUMBER],
    )
    refuses("an-unknown-named-app-names-the-known-ids", "A typing error.", IDS, TOKEN, app="Unknown1")
    refuses("an-empty-named-app-is-unknown", "An unset variable.", IDS, TOKEN, app="")
    refuses(
        "a-named-apps-own-check-still-holds",
        "Naming an app does not make the params its own.",
        ["appId"],
        {"token": TOKEN, "appId": APP_ID},
        app=OTHER_APP_ID,
    )
    refuses(
        "the-only-apps-own-check-still-holds",
        "One app is no reason to take another's params.",
        ["appId", APP_ID],
        {"token": TOKEN, "appId": OTHER_APP_ID},
        apps=[ANDROID],
    )
    refuses(
        "an-unknown-named-app-of-one-names-it", "One id is known.", [APP_ID], TOKEN, apps=[ANDROID], app=OTHER_APP_ID
    )
    refuses(
        "a-ciphertext-does-not-tell-its-app",
        "Trying every key would be guessing.",
        IDS,
        operation="decrypt_number",
        ciphertext=sealed(),
        moment=None,
    )
    wrong = error("decrypt", retry="never", never=[NUMBER, OTHER_APP_KEY])
    v.add(
        "a-named-app-does-not-open-another-apps-number",
        "Its own key only.",
        OPENSSL,
        wrong,
        common={},
        apps=APPS,
        app=OTHER_APP_ID,
        operation="decrypt_number",
        ciphertext=sealed(),
    )
    identity = {"number": NUMBER, "name": "张三", "id_card": "990000199003070009"}
    refuses(
        "identities-tell-no-app",
        "And no interface of this vendor takes a name.",
        [],
        kind="config",
        apps=[ANDROID],
        operation="verify_identity",
        **identity,
    )

    refuses("no-app-at-all-is-refused", "Nothing could be sent.", ["apps"], TOKEN, "config", [])
    refuses(
        "one-id-twice-is-refused",
        "Which of the keys is meant, nobody could tell.",
        ["app_id"],
        TOKEN,
        "config",
        [ANDROID, IOS, ANDROID],
    )
    refuses(
        "an-app-without-an-id-is-refused",
        "The common options do not have one either.",
        ["app_id"],
        TOKEN,
        "config",
        [ANDROID, {"app_key": OTHER_APP_KEY}],
    )
    refuses(
        "a-common-id-is-no-id-of-its-own",
        "Two apps would have it.",
        ["app_id"],
        TOKEN,
        "config",
        [{"app_key": APP_KEY}, {"app_key": OTHER_APP_KEY}],
        {"app_id": APP_ID},
    )
    refuses(
        "an-app-without-a-key-is-refused",
        "Keys are each app's own.",
        ["app_key"],
        TOKEN,
        "config",
        [ANDROID, {"app_id": OTHER_APP_ID}],
    )
    refuses(
        "an-unknown-option-of-the-second-app-is-refused",
        "Every app's options are checked.",
        ["appkey", "app_key"],
        TOKEN,
        "config",
        [ANDROID, {"app_id": OTHER_APP_ID, "appkey": OTHER_APP_KEY}],
        never=[OTHER_APP_KEY],
    )
    refuses(
        "an-unknown-common-option-is-refused", "As anywhere.", ["app_kee"], TOKEN, "config", common={"app_kee": "x"}
    )
    refuses(
        "a-bad-common-option-is-refused",
        "As anywhere.",
        ["channel"],
        TOKEN,
        "config",
        [ANDROID, IOS],
        {"channel": "h5"},
    )
