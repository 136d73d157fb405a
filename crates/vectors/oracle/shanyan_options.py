"""ShanYan: options and keys."""

from __future__ import annotations

from base64 import b64encode

from cases import DATA, Vectors, error, key_file
from ciphertexts import sealed as rsa
from shanyan_app import APP_KEY, NUMBER, with_
from tools import DERIVED, OPENSSL

OK = {"ok": True}


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
        ("app-id-with-a-line-end", "app_id", "Qh7kT2vX\n"),
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
    cut = (DATA / "keys" / "rsa1024.pkcs8.b64").read_text()
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
            error("config", "private_key", retry="never", **({"never": inner} if inner in text else {})),
            options=with_(private_key=text),
        )
    return v


def files() -> list[Vectors]:
    return [options(), keys(), bad_keys()]
