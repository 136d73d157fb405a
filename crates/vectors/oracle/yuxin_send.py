"""Yuxin: options, and what is posted."""

from __future__ import annotations

from base64 import b64encode

from cases import MOMENT, NOW, Vectors, error
from tools import CRYPTOGRAPHY, DERIVED, JCE, OPENSSL
from yuxin_app import ID_CARD, KEY, KEYS, NAME, NUMBER, OPTIONS, PROTOCOL, TOKEN, URL, id_card, request

OK = {"ok": True}


def with_(**more: str | None) -> dict[str, str]:
    """The options with some more, None taking one away."""
    return {name: value for name, value in (OPTIONS | more).items() if value is not None}


def options() -> Vectors:
    v = Vectors(
        "yuxin/options",
        "new",
        "The document names neither host nor cipher, so both must be given; a key is never padded or cut.",
    )

    def new(case: str, why: str, expect: dict, **more: str | None) -> None:
        v.add(case, why, DERIVED, expect, options=with_(**more))

    for cipher, key in KEYS.items():
        new(
            f"{cipher}-takes-a-key-of-{len(key)}-bytes",
            "The platform hands the cipher out with the key.",
            OK,
            cipher=cipher,
            key=key,
        )
    new("a-hex-key-may-be-in-capitals", "Consoles print both.", OK, key=KEY.encode().hex().upper(), key_encoding="hex")
    new(
        "a-base64-key-is-taken",
        "24 characters are 16 bytes.",
        OK,
        key=b64encode(KEY.encode()).decode(),
        key_encoding="base64",
    )
    new("a-key-is-counted-in-bytes", "Five Chinese characters and a letter are 16 bytes.", OK, key="密钥密钥密k")

    for name in ("base_url", "token", "key", "cipher"):
        new(
            f"{name.replace('_', '-')}-is-required",
            "There is no default that could be right.",
            error("config", name, retry="never"),
            **{name: None},
        )
    new("an-empty-token-is-refused", "An unset variable.", error("config", "token"), token="")
    for case, value in (
        ("aes-128-ecb", "aes-128-ecb"),
        ("aes-128-gcm", "aes-128-gcm"),
        ("nothing", ""),
    ):
        new(
            f"a-cipher-of-{case}-is-refused",
            "The iv tells that it is CBC; the key's size must be named.",
            error("config", "cipher", never=KEY),
            cipher=value,
        )
    for case, value in (
        ("15-bytes", KEY[:15]),
        ("17-bytes", KEY + "1"),
        ("32-bytes", KEYS["aes-256-cbc"]),
        ("16-chinese-characters", "密" * 16),
    ):
        new(
            f"a-key-of-{case}-is-refused-for-aes-128",
            "Padding or cutting would seal under a key that nobody issued.",
            error("config", "key", never=value),
            key=value,
        )
    new(
        "a-two-key-triple-des-key-is-refused",
        "16 bytes are not 24; the platform would have to say K1 K2 K1.",
        error("config", "key", never=KEY),
        cipher="des-ede3-cbc",
    )
    new(
        "an-odd-hex-key-is-refused",
        "Its last digit is cut.",
        error("config", "key"),
        key=KEY.encode().hex()[:-1],
        key_encoding="hex",
    )
    new(
        "a-hex-key-read-as-text-is-refused",
        "32 bytes for 16: key_encoding was forgotten.",
        error("config", "key"),
        key=KEY.encode().hex(),
    )
    new(
        "a-broken-base64-key-is-refused",
        "It is no Base64.",
        error("config", "key"),
        key="!" * 24,
        key_encoding="base64",
    )
    for name, value in (
        ("key_encoding", "base32"),
        ("iv_encoding", "raw"),
        ("logon_encoding", "base58"),
        ("body", "xml"),
    ):
        new(
            f"{name.replace('_', '-')}-{value}-is-refused",
            "Only the named values exist.",
            error("config", name),
            **{name: value},
        )
    new(
        "plain-http-to-another-machine-is-refused",
        "The token would go in clear.",
        error("config", "base_url"),
        base_url="http://yuxin.example",
    )
    new(
        "a-base-url-with-the-path-is-refused",
        "The documented path is added.",
        error("config", "base_url"),
        base_url=URL,
    )
    new(
        "an-unknown-option-names-the-nearest",
        "A typo that is ignored leaves a default in force.",
        error("config", "keyEncoding", "key_encoding"),
        keyEncoding="hex",
    )
    return v


def prepared() -> Vectors:
    v = Vectors(
        "yuxin/prepare",
        "prepare",
        "token, iv and logon; logon is compact JSON in UTF-8, sealed with the issued key and this call's iv.",
    )

    def posts(
        case: str,
        why: str,
        fields: dict[str, str],
        source: str = OPENSSL,
        moment: dict = MOMENT,
        person: dict | None = None,
        **more: str,
    ) -> None:
        is_json = more.get("body") == "json"
        content_type = "application/json" if is_json else "application/x-www-form-urlencoded"
        expect = {"method": "POST", "url": URL, "content_type": content_type, "json" if is_json else "form": fields}
        given = {"number": NUMBER, "name": NAME, "id_card": ID_CARD} | (person or {})
        v.add(case, why, source, expect, options=with_(**more), operation="verify_identity", **given, moment=moment)

    sources = {
        "aes-128-cbc": OPENSSL,
        "aes-192-cbc": JCE,
        "aes-256-cbc": CRYPTOGRAPHY,
        "des-cbc": JCE,
        "des-ede3-cbc": JCE,
        "sm4-cbc": OPENSSL,
    }
    for cipher, key in KEYS.items():
        posts(
            f"{cipher}-seals-the-identity",
            "The known answer of the cipher.",
            request(cipher),
            sources[cipher],
            cipher=cipher,
            key=key,
        )
    for iv in ("hex", "base64"):
        posts(
            f"an-iv-in-{iv}-is-the-nonces-first-bytes",
            "The iv is sent as the platform reads it.",
            request(iv=iv),
            iv_encoding=iv,
        )
    posts(
        "an-iv-for-des-has-eight-bytes",
        "As long as the cipher's block.",
        request("des-cbc", iv="hex"),
        JCE,
        cipher="des-cbc",
        key=KEYS["des-cbc"],
        iv_encoding="hex",
    )
    zero, ones = "0" * 32, "f" * 32
    posts(
        "a-nonce-of-zeros-makes-sixteen-zeros",
        "No digit is left out.",
        request(nonce=zero),
        CRYPTOGRAPHY,
        moment={"now_ms": NOW, "nonce": zero},
    )
    posts(
        "the-largest-nonce-fits",
        "128 bits are read unsigned.",
        request(nonce=ones),
        moment={"now_ms": NOW, "nonce": ones},
    )
    for logon in ("base64url", "hex", "hex-upper"):
        posts(
            f"logon-may-be-{logon}",
            "The ciphertext is written as the platform reads it.",
            request(logon=logon),
            CRYPTOGRAPHY,
            logon_encoding=logon,
        )
    posts("the-body-may-be-json", "The document leaves the request's type open.", request(), body="json")
    posts(
        "a-hex-key-is-decoded", "The bytes seal, not the digits.", request(), key=KEY.encode().hex(), key_encoding="hex"
    )
    key = bytes(range(0x80, 0x90))
    posts(
        "a-base64-key-may-hold-any-bytes",
        "Not every key is text.",
        request(key=key),
        JCE,
        key=b64encode(key).decode(),
        key_encoding="base64",
    )

    def person(case: str, why: str, **who: str) -> None:
        posts(
            case,
            why,
            request(**{name: value.upper() if name == "id_card" else value for name, value in who.items()}),
            person=who,
        )

    card = next(card for order in range(100) if (card := id_card(order=f"{order:03}")).endswith("X"))
    person("a-check-letter-is-sent-in-capitals", "The standard has X; keyboards have x.", id_card=card.lower())
    person("a-leap-day-is-a-birthday", "2000 was a leap year.", id_card=id_card("20000229"))
    person(
        "a-name-with-a-middle-dot-is-sent-as-it-is", "Names of Uyghurs and Tibetans have it.", name="阿卜杜拉·买买提"
    )
    person("a-rare-character-is-one-character", "𠮷 lies outside the first plane.", name="𠮷田")
    person("quotes-and-slashes-are-escaped-as-json-asks", "No more and no less.", name='A"B\\C/D')
    person("a-name-of-fifty-characters-is-the-longest", "Counted in characters, not bytes.", name="王" * 50)
    return v


def refused() -> Vectors:
    v = Vectors(
        "yuxin/prepare-refused",
        "prepare",
        "A wrong form is told before anything is sent, and never repeated in the error.",
    )

    def refuses(case: str, why: str, field: str, value: str, source: str = DERIVED, never: str | None = None) -> None:
        given = {"number": NUMBER, "name": NAME, "id_card": ID_CARD} | {field: value}
        hidden = [text for text in (TOKEN, KEY, never or value, given["number"], given["id_card"]) if text.strip()]
        expect = error("input", field, retry="never", never=list(dict.fromkeys(hidden)))
        v.add(case, why, source, expect, options=OPTIONS, operation="verify_identity", **given, moment=MOMENT)

    gb = "The standard's check digit catches what fingers do."
    wrong = ID_CARD[:-1] + str((int(ID_CARD[-1]) + 1) % 10)
    refuses("a-wrong-check-digit-is-refused", gb, "id_card", wrong)
    refuses("two-digits-swapped-are-refused", gb, "id_card", ID_CARD[:11] + ID_CARD[12] + ID_CARD[11] + ID_CARD[13:])
    refuses("a-check-letter-other-than-x-is-refused", gb, "id_card", ID_CARD[:-1] + "Y")
    for case, date in (
        ("february-30", "19900230"),
        ("february-29-of-a-common-year", "19910229"),
        ("february-29-of-1900", "19000229"),
        ("april-31", "19900431"),
        ("month-13", "19901301"),
    ):
        refuses(f"{case}-is-no-birthday", "The check digit holds, the calendar does not.", "id_card", id_card(date))
    for case, value in (
        ("of-15-digits", "990000900307001"),
        ("of-17-digits", ID_CARD[:-1]),
        ("with-blanks", f"{ID_CARD[:6]} {ID_CARD[6:14]} {ID_CARD[14:]}"),
        ("with-a-line-end", ID_CARD + "\n"),
        ("with-a-letter-inside", ID_CARD[:5] + "O" + ID_CARD[6:]),
        ("in-full-width-digits", "".join(chr(ord(c) + 0xFEE0) for c in ID_CARD)),
        ("that-is-empty", ""),
    ):
        refuses(f"an-id-card-{case}-is-refused", "18 characters, and only these.", "id_card", value)
    refuses("an-empty-name-is-refused", "The document asks for one.", "name", "", f"{PROTOCOL} §3.3")
    refuses("a-name-of-blanks-is-refused", "It is as good as empty.", "name", "\u3000 ")
    refuses("a-name-with-a-line-end-inside-is-refused", "Two fields were pasted into one.", "name", "张\n三")
    refuses("a-name-of-51-characters-is-refused", "Nobody has it; a whole form was pasted.", "name", "王" * 51)
    for case, value in (
        ("with-country-code", "+8613800138000"),
        ("with-blanks", "138 0013 8000"),
        ("beginning-with-2", "23800138000"),
        ("in-full-width-digits", "１３８００１３８０００"),
        ("that-is-empty", ""),
    ):
        refuses(f"a-number-{case}-is-refused", "1 and ten more digits.", "number", value)
    for operation in ("fetch_number", "verify_number"):
        number = {"number": NUMBER} if operation == "verify_number" else {}
        v.add(
            f"{operation.replace('_', '-')}-is-not-this-platforms-business",
            "It knows no phone tokens.",
            DERIVED,
            error("config", retry="never"),
            options=OPTIONS,
            operation=operation,
            params="STsid1",
            **number,
            moment=MOMENT,
        )
    return v


def files() -> list[Vectors]:
    return [options(), prepared(), refused()]
