"""Writes `data/cmcc/key-type-1*.json`: `python3 oracle/cmcc_rsa.py`.

Under key_type 1 phoneNum is RSA-encrypted, each time to other bytes: the expectation names what it opens to under the
platform's private key, and what the signature verifies over.
"""

from __future__ import annotations

import re
from typing import Any

from cases import MOMENT, Vectors, at, error, key_file
from tools import DERIVED, KEYS, OPENSSL, beijing, openssl, rsa_sign

APP_ID, APP_KEY = "300012081234", "D8F2A61B4C7E93057A1E6B2C9D40F385"
NUMBER = "13800138000"
TOKEN = "STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe"
OTHER_TOKEN = "STsid0000001795322076789Xk2mP9wQd7RgB4tYs1VnJ6zLf3HcE8aUo"
PROTOCOL = "cmcc/PROTOCOL.md §4.4"
FETCH, VERIFY = "fetch_number", "verify_number"
URL = "https://www.cmpassport.com/openapi/rs/tokenValidate"
LOGIN_URL = "https://www.cmpassport.com/unisdk/rsapi/loginTokenValidate"

# the platform's pair is the one that data/keys calls other
OPTIONS = {
    "app_id": APP_ID,
    "app_key": APP_KEY,
    "key_type": "1",
    "platform_key": key_file("other1024.pub.pem"),
    "private_key": key_file("rsa1024.pkcs8.pem"),
}


def with_(options: dict[str, Any] = OPTIONS, **more: Any) -> dict[str, Any]:
    """The options with some more, None taking one away."""
    return {name: value for name, value in (options | more).items() if value is not None}


def public(name: str, *form: str) -> str:
    """A public key of `data/keys` in another form, by OpenSSL."""
    return openssl("pkey", "-in", str(KEYS / name), "-pubout", *form).decode()


def fits(app_key: str, name: str = "other1024.pub.pem") -> bool:
    """Tells whether OpenSSL encrypts number, key and time in one block."""
    args = ["-pubin", "-inkey", str(KEYS / name), "-pkeyopt", "rsa_padding_mode:pkcs1"]
    return (
        openssl("pkeyutl", "-encrypt", *args, stdin=f"{NUMBER}{app_key}{beijing(MOMENT['now_ms'])}".encode())
        is not None
    )


def prepared() -> Vectors:
    v = Vectors(
        "cmcc/key-type-1",
        "prepare",
        "keyType 1: phoneNum = RSA(number ‖ appKey ‖ timestamp), sign = MD5withRSA over six values.",
    )

    def posts(
        case: str,
        why: str,
        options: dict = OPTIONS,
        pair: tuple[str, str] = ("rsa1024.pub.pem", "other1024.pkcs8.pem"),
        encoding: str = "base64",
        params: Any = TOKEN,
        number: str = NUMBER,
        moment: dict = MOMENT,
        url: str = URL,
        **where: Any,
    ) -> None:
        time, token = beijing(moment["now_ms"]), params if isinstance(params, str) else params["token"]
        named = {
            "header.version": "1.0",
            "header.msgId": moment["nonce"],
            "header.timestamp": time,
            "header.appId": APP_ID,
            "body.openType": "0",
            "body.requesterType": "0",
            "body.keyType": "1",
            "body.token": token,
            "body.message": None,
            "body.expandParams": None,
        }
        base = f"{APP_ID}{moment['nonce']}{{body.phoneNum}}{time}{token}1.0"
        verifying, opening = (key_file(name) for name in pair)
        expect = {
            "method": "POST",
            "url": url,
            "content_type": "application/json",
            "json_where": named | where,
            "opens": {
                "path": "body.phoneNum",
                "key": opening,
                "encoding": encoding,
                "plaintext": f"{number}{options['app_key']}{time}",
            },
            "verifies": {
                "path": "body.sign",
                "key": verifying,
                "algorithm": "MD5withRSA",
                "encoding": encoding,
                "base": base,
            },
        }
        v.add(
            case, why, PROTOCOL, expect, options=options, operation=VERIFY, params=params, number=number, moment=moment
        )

    posts("the-number-opens-under-the-platforms-key", "The known answer of the scheme.")
    posts("base64-is-the-default-of-rsa-encoding", "The only public code writes it so.", with_(rsa_encoding="base64"))
    posts(
        "rsa-encoding-hex-writes-both-in-hex",
        "As the other interface does; no document decides.",
        with_(rsa_encoding="hex"),
        encoding="hex",
    )
    big = {"platform_key": key_file("other2048.pub.pem"), "private_key": key_file("rsa2048.pkcs8.pem")}
    posts(
        "keys-of-2048-bits-serve-as-well",
        "A newer console may issue them.",
        with_(**big),
        ("rsa2048.pub.pem", "other2048.pkcs8.pem"),
    )
    mixed = with_(private_key=key_file("rsa2048.pkcs1.pem"), rsa_encoding="hex")
    posts(
        "the-two-keys-may-differ-in-size",
        "They are of two owners.",
        mixed,
        ("rsa2048.pub.pem", "other1024.pkcs8.pem"),
        "hex",
    )
    pair = ("other1024.pub.pem", "rsa1024.pkcs8.pem")
    swapped = {"private_key": key_file("other1024.pkcs8.pem")}
    body = re.sub("-----.*?-----|\n", "", public("rsa1024.pub.pem", "-pubin"))
    for name, why, text in (
        ("spki-pem", "OpenSSL's usual form.", key_file("rsa1024.pub.pem")),
        ("pkcs1-pem", "Other tools' form.", key_file("rsa1024.pub.pkcs1.pem")),
        ("bare-base64", "Consoles show it without its lines.", body),
        ("base64-with-line-ends", "Copied out of a narrow column.", re.sub("(.{40})", "\\1\r\n\t", body)),
        (
            "one-line-pem",
            "Written into an environment variable.",
            f"-----BEGIN PUBLIC KEY-----\\n{body}\\n-----END PUBLIC KEY-----",
        ),
        (
            "a-mislabelled-pem",
            "The content decides, not the label.",
            f"-----BEGIN RSA PUBLIC KEY-----\n{body}\n-----END RSA PUBLIC KEY-----\n",
        ),
    ):
        posts(
            f"a-platform-key-in-{name}-is-read".replace("in-a-", "in-"), why, with_(platform_key=text, **swapped), pair
        )
    posts(
        "the-options-of-the-request-are-relayed",
        "Neither is signed.",
        params={"token": TOKEN, "openType": "3", "requesterType": "1", "message": "订单 7", "expandParams": "a=b"},
        **{
            "body.openType": "3",
            "body.requesterType": "1",
            "body.message": "%E8%AE%A2%E5%8D%95%207",
            "body.expandParams": "a%3Db",
        },
    )
    posts(
        "another-number-another-token-another-time",
        "Nothing is constant.",
        params=OTHER_TOKEN,
        number="19912345678",
        moment=at("2026-12-31 23:59:59.999", "00112233445566778899aabbccddeeff"),
    )
    posts(
        "the-base-url-keeps-the-path",
        "It replaces scheme, host and port only.",
        with_(base_url="https://gateway.example"),
        url="https://gateway.example/openapi/rs/tokenValidate",
    )
    posts("app-secret-has-no-part-in-it", "It signs logins only.", with_(app_secret="5B0C9E7D21F84A3696E1D7C0B8A4F263"))
    posts(
        "decrypt-key-has-no-part-in-it",
        "It opens logins' numbers only.",
        with_(decrypt_key=key_file("other2048.pkcs8.pem")),
    )
    longest = "K" * 89
    assert fits(longest) and not fits(longest + "K") and fits(longest + "K", "other2048.pub.pem")
    posts("117-bytes-fit-into-1024-bits", "11 of PKCS#1's own; the limit itself is allowed.", with_(app_key=longest))

    login = {
        "version": "2.0",
        "msgid": MOMENT["nonce"],
        "systemtime": beijing(MOMENT["now_ms"]),
        "strictcheck": "0",
        "appid": APP_ID,
        "token": TOKEN,
    }
    login |= {"sign": rsa_sign("rsa1024", f"{APP_ID}{TOKEN}".encode()).hex().upper(), "encryptionalgorithm": "RSA"}
    for case, options in (("key-type-1", OPTIONS), ("rsa-encoding-hex", with_(rsa_encoding="hex"))):
        expect = {"method": "POST", "url": LOGIN_URL, "content_type": "application/json", "json": login}
        v.add(
            f"{case}-changes-no-login",
            "Logins have encryptionalgorithm instead, in hex.",
            OPENSSL,
            expect,
            options=options,
            operation=FETCH,
            params=TOKEN,
            moment=MOMENT,
        )
    without = {
        "method": "POST",
        "url": URL,
        "content_type": "application/json",
        "json_where": {"body.keyType": None, "header.appId": APP_ID},
    }
    for case, why, options in (
        ("key-type-0-leaves-key-type-out", "Left out it means SHA.", with_(key_type="0")),
        ("no-key-type-leaves-it-out", "0 is the default, keys or not.", with_(key_type=None)),
    ):
        v.add(
            case, why, PROTOCOL, without, options=options, operation=VERIFY, params=TOKEN, number=NUMBER, moment=MOMENT
        )
    return v


def refused() -> Vectors:
    v = Vectors(
        "cmcc/key-type-1-refused",
        "prepare",
        "keyType 1 needs three keys, each of its own kind; nothing is sent with less.",
    )
    der = openssl("pkey", "-pubin", "-in", str(KEYS / "other1024.pub.pem"), "-outform", "DER")
    secret = re.sub("-----.*?-----|\n", "", (KEYS / "rsa1024.pkcs8.pem").read_text())[60:100]

    def refuses(
        case: str,
        why: str,
        has: list[str],
        options: dict = OPTIONS,
        kind: str = "config",
        source: str = DERIVED,
        operation: str = VERIFY,
        never: Any = (),
        **more: Any,
    ) -> None:
        given = {"params": TOKEN, "number": NUMBER} | more
        expect = error(kind, *has, retry="never", charge="no", never=[APP_KEY, NUMBER, secret, TOKEN, *never])
        v.add(case, why, source, expect, options=options, operation=operation, **given, moment=MOMENT)

    for name in ("platform_key", "private_key", "app_key"):
        dashed = name.replace("_", "-")
        refuses(
            f"key-type-1-needs-{dashed}",
            "Told when the client is made, not when a user waits.",
            [name, "key_type"],
            with_(**{name: None}),
        )
        refuses(
            f"key-type-1-needs-{dashed}-for-logins-too",
            "The client is refused, whatever it is made for.",
            [name],
            with_(**{name: None}),
            operation=FETCH,
            number=None,
        )
        refuses(f"an-empty-{dashed}-is-refused", "It would be an unset variable.", [name], with_(**{name: ""}))
        refuses(
            f"a-{dashed}-of-blanks-is-refused".replace("a-app", "an-app"),
            "It would be an unset variable.",
            [name],
            with_(**{name: " \n"}),
        )
    refuses(
        "a-decrypt-key-is-no-private-key",
        "It opens numbers, it does not sign.",
        ["private_key"],
        with_(private_key=None, decrypt_key=key_file("rsa1024.pkcs8.pem")),
    )
    refuses(
        "app-secret-is-no-app-key",
        "It stayed with appKey when logins moved on.",
        ["app_key"],
        with_(app_key=None, app_secret="5B0C9E7D21F84A3696E1D7C0B8A4F263"),
        never=["5B0C9E7D21F84A3696E1D7C0B8A4F263"],
    )

    for form in ("pkcs8.pem", "pkcs1.pem", "pkcs8.b64", "pkcs1.b64"):
        refuses(
            f"a-private-key-as-platform-key-is-refused-in-{form.replace('.', '-')}",
            "平台公钥 is China Mobile's public key; nobody else has its private one.",
            ["platform_key", "private"],
            with_(platform_key=key_file(f"rsa1024.{form}")),
        )
    small = public("rsa512.pkcs8.pem")
    refuses(
        "a-platform-key-of-512-bits-is-refused",
        "A laptop factors it.",
        ["platform_key", "1024", "512"],
        with_(platform_key=small),
        source=OPENSSL,
    )
    for case, why, text in (
        ("a-certificate-as-platform-key-is-refused", "The console shows a bare key.", key_file("rsa2048.cert.pem")),
        ("an-elliptic-platform-key-is-refused", "keyType 1 is RSA.", public("ec256.pkcs8.pem")),
        (
            "a-cut-platform-key-is-refused",
            "The last line was not copied.",
            public("other1024.pub.pem", "-pubin").replace("-----END PUBLIC KEY-----\n", "")[:-30],
        ),
        (
            "a-platform-key-with-a-wrong-letter-is-refused",
            "It is not Base64.",
            public("other1024.pub.pem", "-pubin").replace("MIG", "M*G", 1),
        ),
        ("a-platform-key-in-hex-is-refused", "Base64 or PEM only.", der.hex()),
        ("a-platform-key-in-words-is-refused", "The name of the key instead of it.", "平台公钥"),
        ("a-path-as-platform-key-is-refused", "The option takes the text, not the file.", "/etc/quhao/platform.pem"),
        (
            "an-encrypted-platform-key-is-refused",
            "A private key of somebody's, with a passphrase.",
            key_file("rsa1024.encrypted.pem"),
        ),
    ):
        refuses(case, why, ["platform_key"], with_(platform_key=text))
    for case, why, name, text in (
        (
            "a-public-private-key-is-refused",
            "应用公钥 is what the portal keeps.",
            "public",
            key_file("rsa1024.pub.pem"),
        ),
        ("a-private-key-of-512-bits-is-refused", "A laptop factors it.", "512", key_file("rsa512.pkcs8.pem")),
        ("an-elliptic-private-key-is-refused", "MD5withRSA is RSA.", "elliptic", key_file("ec256.pkcs8.pem")),
        (
            "an-encrypted-private-key-is-refused",
            "Nobody can type its passphrase here.",
            "encrypted",
            key_file("rsa1024.encrypted.pem"),
        ),
    ):
        refuses(case, why, ["private_key", name], with_(private_key=text))

    for case, why, name, value in (
        ("rsa-encoding-of-an-unknown-word-is-refused", "base64url is not offered.", "rsa_encoding", "base64url"),
        ("rsa-encoding-in-capitals-is-refused", "Words are compared as they are.", "rsa_encoding", "HEX"),
        ("an-empty-rsa-encoding-is-refused", "It would be an unset variable.", "rsa_encoding", ""),
        ("rsa-encoding-1-is-refused", "A word, not a number.", "rsa_encoding", "1"),
        ("key-type-2-is-refused", "国密 is not publicly documented.", "key_type", "2"),
        ("key-type-rsa-is-refused", "The wire knows 0 and 1.", "key_type", "RSA"),
        ("key-type-true-is-refused", "The wire knows 0 and 1.", "key_type", "true"),
        ("an-empty-key-type-is-refused", "It would be an unset variable.", "key_type", ""),
    ):
        refuses(case, why, [name], with_(**{name: value}))
    refuses(
        "an-unknown-rsa-encoding-is-refused-under-key-type-0-too",
        "Options are checked, used or not.",
        ["rsa_encoding"],
        with_(key_type="0", rsa_encoding="base32"),
    )
    refuses(
        "an-app-key-too-long-for-the-platforms-key-is-refused",
        "118 bytes do not fit into 1024 bits.",
        [],
        with_(app_key="K" * 90),
        source=OPENSSL,
        never=["K" * 20],
    )
    refuses("a-missing-number-is-refused", "The params do not carry it.", ["number"], kind="input", number=None)
    for case, value in (
        ("with-country-code", "+8613800138000"),
        ("of-twelve-digits", "138001380001"),
        ("in-full-width-digits", "１３８００１３８０００"),
        ("of-nothing", ""),
    ):
        refuses(
            f"a-number-{case}-is-refused",
            "It is checked before it is sealed.",
            ["number"],
            kind="input",
            number=value,
            never=[value] if value else (),
        )
    for case, params, field in (
        ("an-empty-token", "", "token"),
        ("another-apps-id", {"token": TOKEN, "appId": "300099990000"}, "appId"),
        ("a-phone-that-failed", {"token": TOKEN, "resultCode": "200023"}, "resultCode"),
        ("an-unknown-open-type", {"token": TOKEN, "openType": "4"}, "openType"),
    ):
        refuses(f"{case}-is-refused", "As under key_type 0.", [field], kind="input", params=params)
    return v


def files() -> list[Vectors]:
    return [prepared(), refused()]


if __name__ == "__main__":
    for vectors in files():
        vectors.write()
