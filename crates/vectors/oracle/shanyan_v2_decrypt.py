"""ShanYan V2: opening a number."""

from __future__ import annotations

from base64 import b64decode, b64encode
from itertools import count
from typing import Any

from cases import Vectors, error, key_file
from ciphertexts import sealed as rsa
from shanyan_app import APP_KEY, NUMBER, ONE_ERROR, OPTIONS, with_
from shanyan_app import opens as opens_des
from shanyan_app import sealed as des
from shanyan_v2_app import OTHER_APP_KEY, halves, opens, sealed
from tools import CRYPTOGRAPHY, DERIVED, JCE, OPENSSL, digest, seal, unseal

RSA_1024, RSA_2048 = (with_(private_key=key_file(f"{name}.pkcs8.pem")) for name in ("rsa1024", "rsa2048"))


def decrypted() -> Vectors:
    v = Vectors(
        "shanyan/v2-decrypt",
        "decrypt",
        "AES-128-CBC in hex under the halves of hex(MD5(app_key)), PKCS#7; told from RSA and V1's DES by its shape.",
    )

    def opened(
        case: str, why: str, text: str, number: str = NUMBER, source: str = OPENSSL, options: Any = OPTIONS
    ) -> None:
        v.add(case, why, source, {"number": number}, options=options, ciphertext=text)

    plain = sealed()
    opened("the-documented-cipher-opens", "The known answer of the scheme.", plain)
    opened(
        "what-the-jdk-seals-opens",
        "The gateway is written in Java: JCE is its reference.",
        sealed("19912345678"),
        "19912345678",
        JCE,
    )
    opened("small-hex-letters-open", "The gateway writes capitals, relays do not always.", plain.lower())
    opened("hex-of-mixed-case-opens", "Each digit stands alone.", plain.replace("A", "a").replace("C", "c"))
    opened("surrounding-white-space-is-ignored", "Read from a file or a log.", f"\r\n\t {plain} \n")
    key = APP_KEY + "EXTRA"
    opened(
        "the-whole-app-key-counts",
        "Only V1's DES cuts it to eight bytes.",
        sealed(key=key),
        source=CRYPTOGRAPHY,
        options=with_(app_key=key),
    )
    opened(
        "an-app-key-is-hashed-as-utf-8",
        "Nobody promises ASCII.",
        sealed(key="密钥密"),
        source=CRYPTOGRAPHY,
        options=with_(app_key="密钥密"),
    )
    opened(
        "aes-opens-with-a-private-key-set",
        "The console has a public key, the call asked for AES.",
        plain,
        options=RSA_1024,
    )
    opened("v1s-des-opens-beside-it", "One back end serves old and new apps.", des("13912345678"), "13912345678")
    opened(
        "a-1024-bit-block-is-rsa",
        "256 hex digits.",
        rsa("number").upper(),
        options=with_(private_key=key_file("rsa1024.pkcs8.b64")),
    )
    opened("a-2048-bit-block-is-rsa", "512 hex digits.", rsa("number-2048").upper(), options=RSA_2048)

    def refused(
        case: str, why: str, text: str, source: str = DERIVED, never: Any = (NUMBER, APP_KEY), options: Any = OPTIONS
    ) -> None:
        v.add(
            case,
            why,
            source,
            error("decrypt", ONE_ERROR, retry="never", charge="no", never=never),
            options=options,
            ciphertext=text,
        )

    assert not opens(plain, OTHER_APP_KEY)
    refused(
        "a-wrong-key-is-refused",
        "The app key of the other platform.",
        plain,
        OPENSSL,
        [OTHER_APP_KEY, NUMBER],
        with_(app_key=OTHER_APP_KEY),
    )
    raw = bytes.fromhex(plain)
    lucky = next(k for k in (f"wrong{n:03}" for n in count()) if unseal("aes-128-cbc", *halves(k), raw) is not None)
    assert not opens(plain, lucky)
    refused(
        "a-wrong-key-with-padding-right-by-luck-is-refused",
        "One wrong key in 256 passes the padding: only the grammar tells.",
        plain,
        OPENSSL,
        [lucky, NUMBER],
        with_(app_key=lucky),
    )

    md5 = digest("md5", APP_KEY.encode())
    upper = md5.hex().upper().encode()
    key, iv = halves(APP_KEY)
    for case, why, other_key, other_iv in (
        ("capitals-in-the-digest-are-another-key", "MD5's hex is in small letters.", upper[:16], upper[16:]),
        ("the-digests-bytes-are-another-key", "Its hex digits are the key, not what they stand for.", md5, iv),
        ("swapped-halves-are-another-key", "The first is the key, the second the iv.", iv, key),
        ("a-zero-iv-is-refused", "In one block it spoils every digit.", key, bytes(16)),
        ("the-key-as-iv-is-refused", "A habit of old snippets.", key, key),
        ("the-app-key-itself-is-no-key", "Padded with zeros, as some do.", APP_KEY.encode().ljust(16, b"\0"), iv),
    ):
        text = seal("aes-128-cbc", other_key, other_iv, NUMBER.encode()).hex().upper()
        assert not opens(text), case
        refused(case, why, text, OPENSSL)
    whole = md5.hex().encode()
    text = seal("aes-256-cbc", whole, iv, NUMBER.encode()).hex().upper()
    assert not opens(text)
    refused("aes-256-under-the-whole-digest-is-refused", "32 characters would be a key of 256 bits.", text, OPENSSL)

    for case, why, text in (
        ("a-number-in-hex-is-refused", "Encoded is not sealed.", NUMBER.encode().hex()),
        ("32-digits-that-begin-with-a-number-are-refused", "A clear number must never pass.", NUMBER + "0" * 21),
        ("an-odd-count-of-hex-digits-is-refused", "The last one is cut.", plain[:-1]),
        ("one-digit-more-is-refused", "33 digits are no bytes.", plain + "0"),
        ("half-a-block-is-refused", "Sixteen digits are eight bytes.", plain[:16]),
        ("a-block-and-a-half-is-refused", "48 digits are no whole blocks.", plain + plain[:16]),
        ("a-letter-that-is-no-hex-digit-is-refused", "G looks like 6 in a screenshot.", "G" + plain[1:]),
        ("the-letter-o-for-zero-is-refused", "Nothing is guessed.", plain[:31] + "O"),
        ("full-width-digits-are-refused", "They are digits to Unicode, not to the wire.", "１" + plain[1:]),
        ("a-hex-prefix-is-refused", "0x is how programs write it, not the wire.", "0x" + plain),
        ("a-sign-before-hex-is-refused", "Some integer parsers take it.", "+" + plain[1:]),
        ("a-blank-inside-is-refused", "No hex has one.", plain[:16] + " " + plain[16:]),
        ("a-line-end-inside-is-refused", "No hex has one.", plain[:16] + "\n" + plain[16:]),
        ("quotes-around-are-refused", "The value was cut out of JSON with them.", f'"{plain}"'),
    ):
        refused(case, why, text, never=[APP_KEY, NUMBER])

    base64 = b64encode(raw).decode()
    assert not opens_des(b64decode(base64))
    refused("base64-of-the-aes-bytes-is-refused", "It is taken for V1's DES, and fails.", base64, OPENSSL)
    assert not opens(plain.encode().hex()[:64])
    refused("hex-of-the-hex-is-refused", "Encoded once too often.", plain.encode().hex(), OPENSSL)
    assert not opens(plain + plain)
    refused("two-ciphertexts-in-one-are-refused", "Chained they make no number.", plain + plain, OPENSSL)
    for case, why, blocks in (
        ("zero-padding-is-refused", "PKCS#7 only.", NUMBER.encode() + bytes(5)),
        ("blank-padding-is-refused", "PKCS#7 only.", NUMBER.encode() + b" " * 5),
        ("ansi-x923-padding-is-refused", "Only its last byte looks right.", NUMBER.encode() + bytes(4) + b"\x05"),
        ("iso-7816-padding-is-refused", "A one bit, then zeros.", NUMBER.encode() + b"\x80" + bytes(4)),
        ("padding-longer-than-a-block-is-refused", "Seventeen is more than there is.", NUMBER.encode() + b"\x11" * 5),
        ("padding-of-zero-length-is-refused", "A last byte of zero is no padding.", b"138001380001234\x00"),
        (
            "padding-one-too-short-is-refused",
            "What is left has twelve characters.",
            NUMBER.encode() + b"\x05" + b"\x04" * 4,
        ),
        ("a-block-of-padding-alone-is-refused", "An empty text is no number.", b"\x10" * 16),
        (
            "double-padding-is-refused",
            "What is left after one is no number.",
            NUMBER.encode() + b"\x05" * 5 + b"\x10" * 16,
        ),
    ):
        text = sealed(blocks, padded=False)
        assert not opens(text), case
        refused(case, why, text, OPENSSL, [NUMBER, APP_KEY])
    for case, why, text in (
        ("twelve-digits-are-refused", "A wrong key can give digits too; the grammar is all we have.", "138001380001"),
        ("ten-digits-are-refused", "A digit is lost.", "1380013800"),
        ("eleven-digits-not-beginning-with-1-are-refused", "Not a mobile number.", "23800138000"),
        ("a-country-code-is-refused", "Nothing is stripped from what was opened.", "+8613800138000"),
        ("a-masked-number-is-refused", "The front end's form is no number.", "138****8000"),
        ("a-line-end-after-the-number-is-refused", "`$` in some regular expressions lets it pass.", NUMBER + "\n"),
        ("a-zero-byte-after-the-number-is-refused", "C strings would end there.", NUMBER + "\0"),
        ("a-number-in-quotes-is-refused", "JSON in the plaintext is not documented.", f'"{NUMBER}"'),
        ("a-byte-order-mark-is-refused", "Invisible, and no digit.", "\ufeff" + NUMBER),
        ("full-width-digits-inside-are-refused", "Digits to Unicode, not to the wire.", "１３８００１３８０００"),
        ("bytes-that-are-no-utf8-are-refused", "They must not panic or be replaced.", b"1380013800\xff"),
        ("utf-16-is-refused", "Read as UTF-8 it has zero bytes in it.", NUMBER.encode("utf-16-be")),
    ):
        text = sealed(text)
        assert not opens(text), case
        refused(case, why, text, OPENSSL, ["1380013800", APP_KEY])

    for case, why, name, options in (
        (
            "rsa-for-another-key-is-refused",
            "OpenSSL 3.2 and later answer it with random bytes.",
            "number-for-other-key",
            RSA_1024,
        ),
        (
            "rsa-2048-for-another-key-is-refused",
            "The same in the other crypto library.",
            "number-for-other-2048-key",
            RSA_2048,
        ),
        ("a-1024-bit-block-under-a-2048-bit-key-is-refused", "Half a block is none.", "number", RSA_2048),
        ("a-2048-bit-block-under-a-1024-bit-key-is-refused", "Two halves are not two blocks.", "number-2048", RSA_1024),
        ("rsa-of-words-is-refused", "The key is right, the content is not.", "words", RSA_1024),
        ("rsa-with-oaep-padding-is-refused", "The scheme is PKCS#1 v1.5 only.", "oaep", RSA_1024),
    ):
        refused(case, why, rsa(name).upper(), OPENSSL, options=options)
    one = rsa("number")
    refused(
        "rsa-with-a-byte-cut-off-is-refused",
        "254 digits have the shape of no cipher.",
        one[:-2].upper(),
        options=RSA_1024,
    )
    refused(
        "rsa-with-a-block-of-aes-cut-off-is-refused",
        "224 digits have the shape of AES, and fail as it.",
        one[:-32],
        OPENSSL,
        options=RSA_1024,
    )
    assert not opens(one[:-32])
    why = "The console has a public key and the client no private one: say so."
    for size, name in (("1024", "number"), ("2048", "number-2048")):
        expect = error("config", "private_key", retry="never", hint="private_key", never=APP_KEY)
        v.add(
            f"a-{size}-bit-block-without-a-private-key-is-a-matter-of-options",
            why,
            DERIVED,
            expect,
            options=OPTIONS,
            ciphertext=rsa(name).upper(),
        )
    return v


def files() -> list[Vectors]:
    return [decrypted()]
