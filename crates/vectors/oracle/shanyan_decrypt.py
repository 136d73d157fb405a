"""ShanYan: opening a number."""

from __future__ import annotations

from base64 import b64decode, b64encode

from cases import Vectors, error, key_file, key_name
from ciphertexts import sealed as rsa
from shanyan_app import APP_KEY, IV, NUMBER, ONE_ERROR, OPTIONS, PROTOCOL, TRICKY, TRICKY_NUMBER, opens, sealed, with_
from tools import CRYPTOGRAPHY, DERIVED, JCE, OPENSSL, opens_by_rsa, seal, unseal


def des() -> Vectors:
    v = Vectors(
        "shanyan/decrypt-des",
        "decrypt",
        "mobileName: DES-CBC, IV 01…08, PKCS#7, Base64, under the first eight bytes of the app key.",
    )

    def opened(case: str, why: str, ciphertext: str, number: str = NUMBER, source: str = OPENSSL, **more: str) -> None:
        v.add(case, why, source, {"number": number}, options=with_(**more), ciphertext=ciphertext)

    plain = sealed()
    opened("the-documented-cipher-opens", "The known answer of the scheme.", plain)
    opened(
        "what-the-jdk-seals-opens",
        "The gateway is written in Java: JCE is its reference.",
        sealed("19912345678"),
        "19912345678",
        JCE,
    )
    opened(
        "only-the-first-eight-bytes-of-the-key-count",
        "Java refuses a longer key, iOS and C# cut it.",
        plain,
        app_key=APP_KEY + "EXTRA",
    )
    opened(
        "a-character-may-be-cut-by-the-eighth-byte",
        "Bytes are cut, not characters.",
        sealed_bytes("密钥密"),
        app_key="密钥密",
        source=CRYPTOGRAPHY,
    )
    opened(
        "parity-bits-of-the-key-are-ignored", "DES uses seven bits of each byte.", plain, app_key="j9Tz3mWq", source=JCE
    )
    assert opens(b64decode(plain), "j9Tz3mWq")

    why = "Gson writes = as \\u003d, and some relays do not undo it."
    opened("a-literal-unicode-escape-is-undone", why, plain.replace("=", "\\u003d"))
    opened("an-upper-case-escape-escaped-twice-is-undone", why, plain.replace("=", "\\\\u003D"))
    every = TRICKY.replace("+", "\\u002b").replace("/", "\\u002f").replace("=", "\\u003d")
    opened("plus-and-slash-may-be-escaped-too", "HTML-safe writers escape them as well.", every, TRICKY_NUMBER)
    opened(
        "a-blank-stands-for-plus",
        "A form decoder between gateway and caller turned it.",
        TRICKY.replace("+", " "),
        TRICKY_NUMBER,
    )
    percent = TRICKY.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    opened("percent-encoding-is-undone", "Copied out of an URL.", percent, TRICKY_NUMBER)
    lower = percent.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")
    opened("lower-case-percent-encoding-is-undone", "Both cases are legal.", lower, TRICKY_NUMBER)
    plus = "13700051000"
    assert sealed(plus).startswith("+")
    opened("a-blank-at-the-start-may-be-a-plus", "Trimming it would cut the ciphertext.", " " + sealed(plus)[1:], plus)
    opened("surrounding-white-space-is-ignored", "Read from a file or a log.", f"\r\n\t {plain} \n")
    opened("missing-padding-is-tolerated", "Some relays strip the equals signs.", plain.rstrip("="))

    def refused(case: str, why: str, ciphertext: str, never: str = APP_KEY, source: str = DERIVED, **more: str) -> None:
        assert not opens(base64_or_nothing(ciphertext), more.get("app_key", APP_KEY)), case
        v.add(
            case,
            why,
            source,
            error("decrypt", ONE_ERROR, retry="never", never=never),
            options=with_(**more),
            ciphertext=ciphertext,
        )

    raw = b64decode(plain)
    refused("a-wrong-key-is-refused", "The app key of the other platform.", plain, "w8Yq5nRc", app_key="w8Yq5nRc")
    lucky = "wrong068"
    assert unseal("des-cbc", lucky.encode(), IV, raw) is not None and not opens(raw, lucky)
    refused(
        "a-wrong-key-with-padding-right-by-luck-is-refused",
        "One wrong key in 256 passes the padding: only the grammar tells.",
        plain,
        lucky,
        OPENSSL,
        app_key=lucky,
    )
    refused(
        "the-documents-sample-does-not-open-under-our-key",
        "Its own key is not published; the escape is undone first.",
        "OaLj8kkXPwFGp/eRk+3vQQ\\u003d\\u003d",
        source=f"{PROTOCOL} §3.2",
    )
    assert not opens(b64decode("OaLj8kkXPwFGp/eRk+3vQQ=="))

    for case, why, text in (
        ("an-empty-text-is-refused", "Nothing to open is no number.", ""),
        ("a-number-in-clear-is-refused", "It must never pass through unopened.", NUMBER),
        ("a-character-outside-base64-is-refused", "Skipping it would shift the rest.", plain[:5] + "#" + plain[6:]),
        ("full-width-letters-are-refused", "Looks right in a console, is not ASCII.", plain[:5] + "Ａ" + plain[6:]),
        ("a-cut-ciphertext-is-refused", "Fifteen bytes are no whole blocks.", b64encode(raw[:15]).decode()),
        (
            "an-impossible-length-is-refused",
            "One character more than whole groups is not Base64.",
            plain.rstrip("=")[:21],
        ),
        ("an-equals-sign-in-the-middle-is-refused", "Padding ends a text.", plain[:8] + "=" + plain[9:]),
        ("one-block-only-is-refused", "Eight digits at most fit in it.", b64encode(raw[:8]).decode()),
        ("half-an-escape-is-refused", "A log line was cut there.", plain.rstrip("=") + "\\u003"),
        ("a-broken-percent-sign-is-refused", "Neither Base64 nor percent-encoding.", plain.rstrip("=") + "%3"),
        (
            "hex-of-the-des-bytes-is-refused",
            "V1 writes DES as Base64; hex of 32 characters is another protocol's.",
            raw.hex(),
        ),
    ):
        refused(case, why, text, NUMBER if text == NUMBER else APP_KEY)

    for case, why, blocks in (
        ("zero-padding-is-refused", "PKCS#7 only.", b"13800138000" + bytes(5)),
        ("ansi-x923-padding-is-refused", "Only its last byte looks right.", b"13800138000" + bytes(4) + b"\x05"),
        ("padding-longer-than-a-block-is-refused", "Nine bytes of nine.", b"1380013" + b"\x09" * 9),
        ("padding-of-zero-length-is-refused", "A last byte of zero is no padding.", b"138001380001234\x00"),
    ):
        text = sealed(blocks, padded=False)
        refused(case, why, text, ["13800138000", "1380013"], OPENSSL)

    for case, why, text in (
        ("twelve-digits-are-refused", "A wrong key can give digits too; the grammar is all we have.", "138001380001"),
        ("eleven-digits-not-beginning-with-1-are-refused", "Not a mobile number.", "23800138000"),
        ("a-country-code-is-refused", "Nothing is stripped from what was opened.", "+8613800138000"),
        ("a-line-end-after-the-number-is-refused", "`$` in some regular expressions lets it pass.", "13800138000\n"),
        ("a-zero-byte-after-the-number-is-refused", "C strings would end there.", "13800138000\0"),
        ("full-width-digits-are-refused", "They are digits to Unicode, not to the wire.", "１３８００１３８０００"),
        ("bytes-that-are-no-utf8-are-refused", "They must not panic or be replaced.", b"1380013800\xff"),
        ("an-empty-plaintext-is-refused", "A whole block of padding.", ""),
    ):
        cipher = sealed(text)
        refused(case, why, cipher, ["13800138000"[:10], APP_KEY], OPENSSL)

    zero_iv = b64encode(seal("des-cbc", APP_KEY.encode(), bytes(8), NUMBER.encode())).decode()
    refused(
        "another-iv-is-refused",
        "Zeros where 01…08 are due spoil the first block only.",
        zero_iv,
        ["0138000", APP_KEY],
        OPENSSL,
    )
    return v


def base64_or_nothing(text: str) -> bytes:
    """The bytes of padded Base64; none for anything else."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def sealed_bytes(key: str) -> str:
    """The number sealed under a key whose eighth byte lies inside a character."""
    return b64encode(seal("des-cbc", key.encode()[:8], IV, NUMBER.encode())).decode()


def rsa_numbers() -> Vectors:
    v = Vectors(
        "shanyan/decrypt-rsa",
        "decrypt",
        "mobileName where the console has a public key: PKCS#1 v1.5, hex, the block as long as the modulus.",
    )
    small, big = with_(private_key=key_file("rsa1024.pkcs8.pem")), with_(private_key=key_file("rsa2048.pkcs8.pem"))

    def opened(case: str, why: str, ciphertext: str, options: dict = small) -> None:
        v.add(case, why, OPENSSL, {"number": NUMBER}, options=options, ciphertext=ciphertext)

    opened("upper-hex-opens", "Java's usual form.", rsa("number").upper())
    opened("surrounding-white-space-is-ignored", "Read from a file or a log.", f" {rsa('number')}\r\n")
    opened(
        "a-2048-bit-block-is-not-cut-at-128-bytes",
        "The vendor's Java demo cuts there and fails.",
        rsa("number-2048"),
        big,
    )
    opened(
        "two-blocks-each-yield-a-part",
        "Long plaintexts are sealed block by block; the parts are joined.",
        rsa("first-part") + rsa("second-part"),
    )
    plain = sealed()
    v.add(
        "des-still-opens-with-a-private-key-set",
        "Old replies are decided by what they are.",
        OPENSSL,
        {"number": NUMBER},
        options=small,
        ciphertext=plain,
    )

    def refused(case: str, why: str, ciphertext: str, options: dict = small, source: str = DERIVED) -> None:
        assert not opens_by_rsa(key_name(options), ciphertext), case
        v.add(
            case,
            why,
            source,
            error("decrypt", ONE_ERROR, retry="never", never=[NUMBER, APP_KEY]),
            options=options,
            ciphertext=ciphertext,
        )

    one = rsa("number")
    refused(
        "a-wrong-key-is-refused",
        "OpenSSL 3.2 and later answer it with random bytes.",
        rsa("number-for-other-key"),
        source=OPENSSL,
    )
    refused(
        "a-wrong-2048-bit-key-is-refused",
        "The same in the other crypto library.",
        rsa("number-for-other-2048-key"),
        big,
        OPENSSL,
    )
    refused("a-1024-bit-block-under-a-2048-bit-key-is-refused", "Half a block is none.", one, big)
    refused(
        "a-2048-bit-block-under-a-1024-bit-key-is-refused",
        "Two halves are not two blocks.",
        rsa("number-2048"),
        source=OPENSSL,
    )
    refused(
        "two-blocks-that-make-no-number-are-refused",
        "Each opens; joined they have 22 digits.",
        one + one,
        source=OPENSSL,
    )
    refused(
        "two-blocks-in-the-wrong-order-are-refused",
        "38000138001 is no mobile number.",
        rsa("second-part") + rsa("first-part"),
        source=OPENSSL,
    )
    refused(
        "one-good-block-of-two-is-not-enough",
        "A part of a number is none.",
        one + rsa("number-for-other-key"),
        source=OPENSSL,
    )
    reversed_ = bytes.fromhex(one)[::-1].hex()
    refused("reversed-bytes-are-refused", "The document's 反转 means hex to bytes, not byte order.", reversed_)
    refused("an-odd-count-of-hex-digits-is-refused", "The last byte is cut.", one[:-1])
    refused("a-letter-that-is-no-hex-digit-is-refused", "G looks like 6 in a screenshot.", "G" + one[1:])
    refused(
        "base64-of-the-block-is-refused",
        "No document has it; it is taken for DES, and fails.",
        b64encode(bytes.fromhex(one)).decode(),
    )
    refused("a-block-of-zeros-is-refused", "It decrypts to itself.", "00" * 128)
    refused("a-block-above-the-modulus-is-refused", "Out of range, not reduced.", "ff" * 128)
    for name, case, why in (
        ("words", "an-opened-text-that-is-no-number-is-refused", "The key is right, the content is not."),
        ("twelve-digits", "twelve-digits-are-refused", "The grammar is exact."),
        ("country-code", "a-country-code-is-refused", "Nothing is stripped from what was opened."),
        ("first-digit-2", "eleven-digits-not-beginning-with-1-are-refused", "Not a mobile number."),
        ("not-utf8", "bytes-that-are-no-utf8-are-refused", "They must not panic or be replaced."),
        ("empty", "an-empty-plaintext-is-refused", "Legal in PKCS#1, but no number."),
        ("utf16", "utf-16-is-refused", "Read as UTF-8 it has zero bytes in it."),
        ("oaep", "oaep-padding-is-refused", "The scheme is PKCS#1 v1.5 only."),
        ("unpadded", "textbook-rsa-is-refused", "No padding, no number."),
        ("signing-block", "a-block-of-type-1-is-refused", "That is the padding of signatures."),
        ("no-separator", "a-block-without-a-separator-is-refused", "No zero byte ends the padding."),
        ("short-padding", "padding-under-eight-bytes-is-refused", "PKCS#1 asks for eight or more."),
    ):
        refused(case, why, rsa(name), source=OPENSSL)
    v.add(
        "an-rsa-ciphertext-without-a-private-key-is-a-matter-of-options",
        "The console has a public key and the client no private one: say so.",
        DERIVED,
        error("config", retry="never", hint="private_key", never=APP_KEY),
        options=OPTIONS,
        ciphertext=one,
    )
    return v


def files() -> list[Vectors]:
    return [des(), rsa_numbers()]
