"""China Mobile: opening a number."""

from __future__ import annotations

from base64 import b64encode

from cases import Vectors, error, key_file, key_name
from ciphertexts import sealed as rsa
from cmcc_app import APP_ID, APP_KEY, APP_SECRET, NUMBER, OPTIONS, RSA_OPTIONS
from tools import DERIVED, OPENSSL, opens_by_rsa

ONE_ERROR = "the number could not be decrypted"
SECRETS = [APP_KEY, APP_SECRET]


def decrypted() -> Vectors:
    v = Vectors(
        "cmcc/decrypt", "decrypt", "msisdn in RSA mode: PKCS#1 v1.5 in hex, under the private key of 应用公钥2."
    )
    two_keys = RSA_OPTIONS | {"decrypt_key": key_file("other1024.pkcs8.pem")}
    big = {"app_id": APP_ID, "private_key": key_file("rsa2048.pkcs8.pem")}

    def opened(case: str, why: str, ciphertext: str, options: dict = RSA_OPTIONS) -> None:
        v.add(case, why, OPENSSL, {"number": NUMBER}, options=options, ciphertext=ciphertext)

    opened("upper-hex-opens", "What the gateway writes.", rsa("number").upper())
    opened("lower-hex-opens", "Some relays change the case.", rsa("number"))
    opened(
        "base64-opens-too",
        "Not documented here, but other interfaces of the vendor have it.",
        b64encode(bytes.fromhex(rsa("number"))).decode(),
    )
    opened("a-2048-bit-key-opens", "The length comes from the key.", rsa("number-2048").upper(), big)
    opened(
        "decrypt-key-goes-before-private-key",
        "The portal has a public key for each direction.",
        rsa("number-for-other-key").upper(),
        two_keys,
    )

    def refused(case: str, why: str, ciphertext: str, options: dict = RSA_OPTIONS, source: str = OPENSSL) -> None:
        assert not opens_by_rsa(key_name(options), ciphertext), case
        v.add(
            case,
            why,
            source,
            error("decrypt", ONE_ERROR, retry="never", never=NUMBER),
            options=options,
            ciphertext=ciphertext,
        )

    refused(
        "the-signing-key-opens-nothing-beside-a-decrypt-key",
        "Key 1 was used for key 2.",
        rsa("number").upper(),
        two_keys,
    )
    refused("a-wrong-key-is-refused", "The key of another app.", rsa("number-for-other-key").upper())
    refused(
        "a-wrong-key-of-2048-bits-is-refused",
        "OpenSSL 3.2 and later answer it with random bytes.",
        rsa("number-for-other-2048-key"),
        big,
    )
    refused("words-are-refused", "The key is right, the content is not.", rsa("words"))
    refused("utf-16-is-refused", "Read as UTF-8 it has zero bytes in it.", rsa("utf16"))
    refused("an-odd-count-of-hex-digits-is-refused", "The last digit is cut.", rsa("number")[:-1], source=DERIVED)
    refused("an-empty-text-is-refused", "Nothing to open is no number.", "", source=DERIVED)
    refused("another-alphabet-is-refused", "Neither hex nor Base64.", "号" * 256, source=DERIVED)
    v.add(
        "no-private-key-is-a-matter-of-options",
        "In MD5 mode numbers come in clear.",
        DERIVED,
        error("config", hint="decrypt_key", never=SECRETS),
        options=OPTIONS,
        ciphertext=rsa("number"),
    )
    return v


def files() -> list[Vectors]:
    return [decrypted()]
