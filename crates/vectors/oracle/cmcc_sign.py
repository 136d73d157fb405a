"""China Mobile: options and signatures."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, Vectors, at, error, key_file
from cmcc_app import (
    APP_ID,
    APP_KEY,
    APP_SECRET,
    FETCH,
    NUMBER,
    OPTIONS,
    RSA_OPTIONS,
    TOKEN,
    VERIFY,
    login_fields,
    md5_sign,
    verify,
    verify_base,
    with_,
)
from tools import DERIVED, JCE, OPENSSL, STDLIB, rsa_sign

OK = {"ok": True}


def options() -> Vectors:
    v = Vectors(
        "cmcc/options", "new", "A login is signed with app_secret, app_key or private_key: one of them must be there."
    )

    def new(case: str, why: str, expect: dict, options: dict = OPTIONS, **more: Any) -> None:
        v.add(case, why, DERIVED, expect, options=with_(options, **more))

    new("app-key-alone-is-enough", "Apps made before 2018-12 have no APPSecret.", OK, app_secret=None)
    new("app-secret-alone-is-enough", "Logins need no more.", OK, app_key=None)
    new("private-key-alone-is-enough", "RSA signs, and opens the number.", OK, RSA_OPTIONS)
    new(
        "all-keys-may-be-there",
        "The portal hands out all of them.",
        OK,
        private_key=key_file("rsa2048.pkcs1.pem"),
        decrypt_key=key_file("other1024.pkcs8.pem"),
        strict_check="1",
    )

    new(
        "no-key-at-all-is-refused",
        "Nothing could be signed.",
        error("config", "app_key", retry="never"),
        app_key=None,
        app_secret=None,
    )
    new(
        "a-decrypt-key-signs-nothing",
        "It opens numbers only.",
        error("config", "app_key"),
        {"app_id": APP_ID, "decrypt_key": key_file("rsa1024.pkcs8.pem")},
    )
    new("app-id-is-required", "No request can be made without it.", error("config", "app_id"), app_id=None)
    for wrong, near in (("appkey", "app_key"), ("appSecret", "app_secret"), ("strictcheck", "strict_check")):
        new(
            f"unknown-option-{wrong.lower()}-names-the-nearest",
            "The vendor's spelling is not ours.",
            error("config", wrong, near),
            **{wrong: "1"},
        )
    for case, value in (("2", "2"), ("true", "true"), ("nothing", "")):
        new(
            f"strict-check-of-{case}-is-refused",
            "The wire knows 0 and 1.",
            error("config", "strict_check"),
            strict_check=value,
        )
    new(
        "app-secret-with-a-line-end-is-refused",
        "The gateway would answer only 103101.",
        error("config", "app_secret", never=APP_SECRET),
        app_secret=APP_SECRET + "\n",
    )
    new(
        "app-key-with-a-blank-inside-is-refused",
        "The gateway would answer only 302.",
        error("config", "app_key", never="D8F2 A61B"),
        app_key="D8F2 A61B",
    )
    new(
        "an-empty-app-secret-is-refused",
        "It would be an unset variable, not the wish for app_key.",
        error("config", "app_secret"),
        app_secret="",
    )
    new(
        "a-public-private-key-is-refused",
        "应用公钥1 is what the portal keeps.",
        error("config", "private_key", "public"),
        private_key=key_file("rsa1024.pub.pem"),
    )
    new(
        "a-public-decrypt-key-is-refused-by-its-own-name",
        "应用公钥2 is what the portal keeps.",
        error("config", "decrypt_key", "public"),
        decrypt_key=key_file("rsa1024.pub.pem"),
    )
    new(
        "a-512-bit-key-is-refused",
        "The portal asks for 1024 bits or more.",
        error("config", "private_key", "1024"),
        private_key=key_file("rsa512.pkcs8.pem"),
    )
    new(
        "plain-http-to-another-machine-is-refused",
        "A token sent there could be spent by whoever listens.",
        error("config", "base_url"),
        base_url="http://www.cmpassport.com",
    )
    return v


def signatures() -> Vectors:
    v = Vectors(
        "cmcc/sign", "sign", "MD5 or SHA256withRSA for logins, HmacSHA256 for the number check; hex in capitals."
    )

    def signed(
        case: str,
        why: str,
        algorithm: str,
        base: str,
        value: str,
        params: Any = TOKEN,
        options: dict = OPTIONS,
        source: str = STDLIB,
        operation: str = FETCH,
        moment: dict = MOMENT,
        **more: Any,
    ) -> None:
        expect = {"algorithm": algorithm, "base": base, "value": value}
        v.add(case, why, source, expect, options=options, operation=operation, params=params, **more, moment=moment)

    def by_md5(
        case: str,
        why: str,
        moment: dict = MOMENT,
        name: str = "app_secret",
        secret: str = APP_SECRET,
        options: dict = OPTIONS,
        strict: str = "0",
        source: str = STDLIB,
    ) -> None:
        fields = login_fields(strict=strict, moment=moment)
        base = "".join(fields.values()) + "{" + name + "}"
        signed(case, why, "MD5", base, md5_sign(fields, secret), moment=moment, options=options, source=source)

    by_md5("md5-ends-in-app-secret", "The known answer of the scheme.")
    by_md5(
        "md5-ends-in-app-key-where-there-is-no-secret",
        "Apps made before 2018-12.",
        name="app_key",
        secret=APP_KEY,
        options=with_(app_secret=None),
        source=OPENSSL,
    )
    by_md5(
        "strict-check-is-signed", "It stands before the token.", strict="1", options=with_(strict_check="1"), source=JCE
    )
    for form in ("rsa1024.pkcs8.pem", "rsa1024.pkcs1.pem", "rsa1024.pkcs8.b64", "rsa2048.pkcs8.pem"):
        key = form.split(".")[0]
        value = rsa_sign(key, f"{APP_ID}{TOKEN}".encode()).hex().upper()
        why = "Only app id and token are signed; every form of a key gives the same."
        signed(
            f"{form.replace('.', '-')}-signs-app-id-and-token",
            why,
            "SHA256withRSA",
            APP_ID + TOKEN,
            value,
            options={"app_id": APP_ID, "private_key": key_file(form)},
            source=OPENSSL,
        )
    request = verify()
    signed(
        "the-number-check-signs-six-values",
        "phoneNum is signed as sent.",
        "HmacSHA256",
        verify_base(request),
        request["body"]["sign"],
        operation=VERIFY,
        number=NUMBER,
        source=JCE,
    )
    signed(
        "the-number-check-never-uses-app-secret",
        "It stayed with appKey when logins moved on.",
        "HmacSHA256",
        verify_base(request),
        request["body"]["sign"],
        options=with_(app_secret=None),
        operation=VERIFY,
        number=NUMBER,
        source=OPENSSL,
    )

    for case, why, moment in (
        (
            "the-year-is-the-calendars-on-december-29",
            "A week-year pattern (YYYY) says 2027 already.",
            at("2026-12-29 08:00:00.000"),
        ),
        (
            "the-year-is-the-calendars-on-december-31",
            "The last millisecond of the year.",
            at("2026-12-31 23:59:59.999"),
        ),
        ("the-year-is-the-calendars-on-january-1", "The ISO week-year says 2026 still.", at("2027-01-01 00:00:00.000")),
        ("the-week-year-of-2025-is-no-trap", "ISO week 1 of 2025 begins on 2024-12-30.", at("2024-12-30 12:00:00.001")),
        (
            "the-day-turns-at-midnight-in-beijing",
            "At 16:00 UTC, whatever zone the host is in.",
            at("2026-11-23 00:00:00.000"),
        ),
        (
            "at-midnight-utc-it-is-eight-in-beijing",
            "The date is the same there, the hour is not.",
            at("2026-11-22 08:00:00.000"),
        ),
        ("milliseconds-keep-their-zeros", "17 digits, always.", at("2026-03-04 05:06:07.008")),
        ("a-leap-day-is-a-day", "2028-02-29 exists.", at("2028-02-29 23:00:00.500")),
        ("summer-has-no-daylight-saving", "China had it from 1986 to 1991 only.", at("2026-07-01 00:30:00.000")),
    ):
        by_md5(case, why, moment)
    return v


def files() -> list[Vectors]:
    return [options(), signatures()]
