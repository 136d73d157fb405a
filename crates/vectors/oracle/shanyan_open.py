"""ShanYan: options, keys, and opening a number."""

from __future__ import annotations

from base64 import b64decode, b64encode
from itertools import count

from cases import Vectors, error, key_file
from ciphertexts import sealed as rsa
from shanyan_app import APP_KEY, IV, NUMBER, ONE_ERROR, OPTIONS, TRICKY, TRICKY_NUMBER, opens, sealed, with_
from tools import CRYPTOGRAPHY, DERIVED, JCE, OPENSSL, is_number, rsa_open, seal, unseal

OK = {"ok": True}
SEED = "seeds/shanyan-v1-server-api.txt"


def options() -> Vectors:
    v = Vectors("shanyan/options", "new", "Options are checked when the client is made, before any I/O.")

    def new(case: str, why: str, expect: dict, **more: str | None) -> None:
        v.add(case, why, DERIVED, expect, options=with_(**more))

    new("app-id-and-app-key-are-enough", "Every other option has a default.", OK)
    new(
        "every-common-option-is-known",
        "A common option that one provider forgets is a typo to its users.",
        OK,
        base_url="https://gateway.example:8443",
        timeout_ms="3000",
        connect_timeout_ms="1000",
        user_agent_suffix="shop/1.4",
    )
    new(
        "a-long-app-key-is-taken",
        "Only its first eight bytes make the DES key; signatures use it whole.",
        OK,
        app_key="k9Tz3mWqEXTRA",
    )
    new("eight-bytes-need-not-be-eight-characters", "The length counts UTF-8 bytes.", OK, app_key="密钥k9")
    for name, host in (("ipv4", "127.0.0.1:8253"), ("ipv6", "[::1]:8253"), ("name", "localhost:8253")):
        new(
            f"plain-http-to-loopback-{name}-is-allowed",
            "The sandbox listens there without TLS.",
            OK,
            base_url=f"http://{host}",
        )
    new("a-base-url-may-end-in-a-slash", "The empty path and / are the same URL.", OK, base_url="https://api.253.com/")

    new(
        "app-id-is-required",
        "No request can be made without it.",
        error("config", "app_id", retry="never"),
        app_id=None,
    )
    new(
        "app-key-is-required",
        "No number can be opened without it.",
        error("config", "app_key", retry="never"),
        app_key=None,
    )
    for wrong, near, value in (
        ("appid", "app_id", "Qh7kT2vX"),
        ("appKey", "app_key", APP_KEY),
        ("timeout", "timeout_ms", "3000"),
        ("baseurl", "base_url", "https://api.253.com"),
    ):
        new(
            f"unknown-option-{wrong.lower().replace('_', '-')}-names-the-nearest",
            "A typo that is ignored leaves a default in force that nobody chose.",
            error("config", wrong, near, never=APP_KEY),
            **{wrong: value},
        )
    new(
        "an-option-like-no-other-is-named",
        "Far from every known name there is nothing to suggest.",
        error("config", "zzzzzzzz"),
        zzzzzzzz="1",
    )
    new(
        "an-option-of-another-provider-is-unknown",
        "`app_secret` belongs to China Mobile.",
        error("config", "app_secret"),
        app_secret="x",
    )

    for name, what, value in (
        ("empty-app-id", "app_id", ""),
        ("empty-app-key", "app_key", ""),
        ("empty-private-key", "private_key", ""),
        ("app-id-with-a-line-end", "app_id", "Qh7kT2vX\n"),
        ("app-id-with-a-blank-inside", "app_id", "Qh7k T2vX"),
        ("app-key-with-a-trailing-blank", "app_key", "k9Tz3mWq "),
        ("app-key-with-a-control-character", "app_key", "k9Tz3mWq\x00"),
        ("app-key-with-an-ideographic-blank", "app_key", "k9Tz3mWq\u3000"),
    ):
        never = {"never": value} if what == "app_key" and value else {}
        new(
            f"{name}-is-refused",
            "Pasted from a console page; the gateway would answer only 403000.",
            error("config", what, retry="never", **never),
            **{what: value},
        )
    new(
        "an-app-key-of-seven-bytes-is-refused",
        "DES needs eight; padding with zeros would open nothing, and no vendor code does it.",
        error("config", "app_key", never="k9Tz3mW"),
        app_key="k9Tz3mW",
    )

    for name, url in (
        ("plain-http-to-a-remote-host", "http://api.253.com"),
        ("plain-http-to-a-host-named-like-loopback", "http://127.0.0.1.example.com"),
        ("plain-http-to-a-host-behind-loopback-as-user", "http://127.0.0.1@example.com"),
        ("no-scheme", "api.253.com"),
        ("a-path", "https://api.253.com/open/flashsdk"),
        ("a-query", "https://api.253.com?x=1"),
        ("no-host", "https://"),
    ):
        new(
            f"base-url-with-{name}-is-refused",
            "base_url replaces scheme, host and port, and never sends numbers in clear.",
            error("config", "base_url"),
            base_url=url,
        )
    for name, value in (("words", "soon"), ("a-fraction", "1.5")):
        new(
            f"a-timeout-in-{name}-is-refused",
            "Milliseconds, digits only.",
            error("config", "timeout_ms"),
            timeout_ms=value,
        )
    new(
        "a-line-end-in-the-user-agent-is-refused",
        "It would write a header of its own.",
        error("config", "user_agent_suffix"),
        user_agent_suffix="shop\r\nX-Injected: 1",
    )
    return v


def keys() -> Vectors:
    v = Vectors(
        "shanyan/keys",
        "decrypt",
        "Private keys are read in every form that consoles hand out, by content and not by label.",
    )

    def opens_with(case: str, why: str, file: str, ciphertext: str = "number") -> None:
        text = rsa(ciphertext)
        v.add(case, why, OPENSSL, {"number": NUMBER}, options=with_(private_key=key_file(file)), ciphertext=text)

    opens_with("pkcs8-pem-opens", "What `openssl genpkey` writes.", "rsa1024.pkcs8.pem")
    opens_with(
        "pkcs1-pem-opens", "What `openssl genrsa -traditional` and the vendor's PHP demo have.", "rsa1024.pkcs1.pem"
    )
    opens_with(
        "pkcs8-of-2048-bits-opens",
        "Two crypto libraries share the work by key size.",
        "rsa2048.pkcs8.pem",
        "number-2048",
    )
    opens_with(
        "pkcs1-of-2048-bits-opens",
        "Two crypto libraries share the work by key size.",
        "rsa2048.pkcs1.pem",
        "number-2048",
    )
    for form in ("pkcs8", "pkcs1"):
        opens_with(
            f"bare-base64-of-{form}-opens", "Consoles show the DER as one line without armour.", f"rsa1024.{form}.b64"
        )
        opens_with(f"{form}-pem-with-crlf-opens", "Saved on Windows.", f"rsa1024.{form}.crlf.pem")
        opens_with(
            f"{form}-pem-on-one-line-opens",
            "Environment variables often lose the line ends.",
            f"rsa1024.{form}.oneline.pem",
        )
        opens_with(f"indented-base64-of-{form}-opens", "Copied out of a YAML file.", f"rsa1024.{form}.indented.b64")
        opens_with(
            f"{form}-under-the-other-label-opens",
            "The label is often wrong; the DER says what it is.",
            f"rsa1024.{form}.mislabelled.pem",
        )
    return v


def bad_keys() -> Vectors:
    v = Vectors(
        "shanyan/bad-keys", "new", "A key that cannot open anything is told when the client is made, and told apart."
    )
    pem = (key_file("rsa1024.pkcs8.pem"), "rsa1024.pkcs8.b64")
    cut = (v.path.parent.parent / "keys" / pem[1]).read_text()
    inner = cut[40:72]
    for case, why, value, said in (
        (
            "a-public-key-is-refused",
            "The console's field is for the public key, this option for the private one.",
            "rsa1024.pub.pem",
            "public",
        ),
        ("a-pkcs1-public-key-is-refused", "The same in the older form.", "rsa1024.pub.pkcs1.pem", "public"),
        (
            "an-encrypted-pkcs8-key-is-refused",
            "There is no option for its password.",
            "rsa1024.encrypted.pem",
            "encrypted",
        ),
        (
            "an-encrypted-pkcs1-key-is-refused",
            "Proc-Type: 4,ENCRYPTED is PEM's older way.",
            "rsa1024.encrypted.pkcs1.pem",
            "encrypted",
        ),
        ("an-elliptic-curve-key-is-refused", "It opens no RSA ciphertext.", "ec256.pkcs8.pem", "elliptic"),
        (
            "an-elliptic-curve-key-in-its-own-form-is-refused",
            "SEC 1, as `openssl ecparam -genkey` writes it.",
            "ec256.sec1.pem",
            "elliptic",
        ),
        (
            "a-key-of-512-bits-is-refused",
            "Factored in minutes; the vendors ask for 1024 or more.",
            "rsa512.pkcs8.pem",
            "1024",
        ),
        ("a-certificate-is-refused", "It holds a public key only.", "rsa2048.cert.pem", None),
    ):
        v.add(
            case,
            why,
            DERIVED,
            error("config", "private_key", *([said] if said else []), retry="never"),
            options=with_(private_key=key_file(value)),
        )
    for case, why, text in (
        ("words-are-no-key", "A path or a name where the key's text is due.", "/etc/app/private.pem"),
        ("a-cut-key-is-refused", "The clipboard lost the end.", cut[:600]),
        (
            "an-armour-without-body-is-refused",
            "An empty secret in the deployment.",
            "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        ),
        ("base64-of-something-else-is-refused", "It decodes, but to no key.", b64encode(b"not a key " * 20).decode()),
    ):
        v.add(
            case,
            why,
            DERIVED,
            error("config", "private_key", retry="never", never=inner),
            options=with_(private_key=text),
        )
    return v


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
    plus = next(number for number in map(str, count(13700001000)) if sealed(number).startswith("+"))
    opened("a-blank-at-the-start-may-be-a-plus", "Trimming it would cut the ciphertext.", " " + sealed(plus)[1:], plus)
    opened("surrounding-white-space-is-ignored", "Read from a file or a log.", f"\r\n\t {plain} \n")
    opened("missing-padding-is-tolerated", "Some relays strip the equals signs.", plain.rstrip("="))

    def refused(case: str, why: str, ciphertext: str, never: str = APP_KEY, source: str = DERIVED, **more: str) -> None:
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
    assert not opens(raw, "w8Yq5nRc")
    lucky = next(k for k in (f"wrong{n:03}" for n in count()) if unseal("des-cbc", k.encode(), IV, raw) is not None)
    assert not opens(raw, lucky)
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
        source=f"{SEED} §4.4",
    )
    assert not opens(b64decode("OaLj8kkXPwFGp/eRk+3vQQ=="))

    for case, why, text in (
        ("an-empty-text-is-refused", "Nothing to open is no number.", ""),
        ("blanks-only-are-refused", "After trimming nothing is left.", "  \n"),
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
        (
            "double-padding-is-refused",
            "What is left after one is no number.",
            b"13800138000" + b"\x05" * 5 + b"\x08" * 8,
        ),
    ):
        text = sealed(blocks, padded=False)
        assert not opens(b64decode(text)), case
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
        assert not opens(b64decode(cipher)), case
        refused(case, why, cipher, ["13800138000"[:10], APP_KEY], OPENSSL)

    zero_iv = b64encode(seal("des-cbc", APP_KEY.encode(), bytes(8), NUMBER.encode())).decode()
    assert not opens(b64decode(zero_iv))
    refused(
        "another-iv-is-refused",
        "Zeros where 01…08 are due spoil the first block only.",
        zero_iv,
        ["0138000", APP_KEY],
        OPENSSL,
    )
    return v


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

    opened("lower-hex-opens", "The known answer of the scheme.", rsa("number"))
    opened("upper-hex-opens", "Java's usual form.", rsa("number").upper())
    opened("hex-of-mixed-case-opens", "Each digit stands alone.", rsa("number").upper().replace("A", "a"))
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
    assert not is_number(rsa_open("rsa1024", bytes.fromhex(reversed_)))
    refused("reversed-bytes-are-refused", "The document's 反转 means hex to bytes, not byte order.", reversed_)
    refused("an-odd-count-of-hex-digits-is-refused", "The last byte is cut.", one[:-1])
    refused("one-byte-less-is-refused", "A block is as long as the modulus.", one[:-2])
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
    return [options(), keys(), bad_keys(), des(), rsa_numbers()]
