"""China Mobile: reading replies."""

from __future__ import annotations

import json
from typing import Any

from cases import Vectors, error
from ciphertexts import sealed as rsa
from cmcc_app import APP_KEY, APP_SECRET, FETCH, NUMBER, OPTIONS, PROTOCOL, RSA_OPTIONS, VERIFY
from tools import DERIVED, OPENSSL

ONE_ERROR = "the number could not be decrypted"
SECRETS = [APP_KEY, APP_SECRET]
MSG_ID = "335e06a28f064b999d6a25e403991e4c"

# the samples of both interfaces, which the document prints as a console shows them
LOGIN_SAMPLE = {
    "inresponseto": MSG_ID,
    "msisdn": "14700000000",
    "resultCode": "103000",
    "systemtime": "20180129112955477",
}
VERIFY_SAMPLE = {
    "body": {"message": "", "resultDesc": "是本机号码"},
    "header": {
        "appId": "3000******76",
        "msgId": "f11585580266414fbde9f755451fb7a7",
        "resultCode": "000",
        "timestamp": "20180129105523701",
    },
}
LOGIN_DUMP = """{
    inresponseto = 335e06a28f064b999d6a25e403991e4c;
    msisdn = 14700000000;
    resultCode = 103000;
    systemtime = 20180129112955477;
}"""
ESCAPED_DUMP = '{"header":{"resultCode":"000"},"body":{"resultDesc":"\\U662f\\U672c\\U673a\\U53f7\\U7801"}}'


def text(value: Any) -> str:
    """Compact JSON, as gateways write it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def login(**fields: Any) -> str:
    """A successful reply of loginTokenValidate; None leaves a field out."""
    whole = {"inresponseto": MSG_ID, "resultCode": "103000", "msisdn": NUMBER} | fields
    return text({name: value for name, value in whole.items() if value is not None})


def check(code: Any = "000", header: dict | None = None, body: dict | None = None) -> str:
    """A reply of tokenValidate."""
    return text(
        {
            "header": {"msgId": MSG_ID, "resultCode": code} | (header or {}),
            "body": {"resultDesc": "是本机号码"} | (body or {}),
        }
    )


def answers() -> Vectors:
    v = Vectors("cmcc/read", "read", "Numbers come in clear or under RSA; a check's yes and no are both answers.")

    def fetched(case: str, why: str, body: str, source: str = DERIVED, options: dict = OPTIONS, **facts: Any) -> None:
        v.add(
            case,
            why,
            source,
            {"result": {"number": NUMBER, "code": "103000"} | facts},
            options=options,
            operation=FETCH,
            status=200,
            body=body,
        )

    def verified(case: str, why: str, body: str, matches: bool = True, source: str = DERIVED, **facts: Any) -> None:
        result = {"verdict": "match" if matches else "mismatch", "matches": matches, "charge": "yes"} | facts
        v.add(case, why, source, {"result": result}, options=OPTIONS, operation=VERIFY, status=200, body=body)

    receipt = {"charge": "unknown", "request_id": MSG_ID, "trade_no": None}
    fetched(
        "the-login-sample-is-read",
        "The document's sample, as the JSON that it was.",
        text(LOGIN_SAMPLE),
        f"{PROTOCOL} §3.5",
        number="14700000000",
        **receipt,
    )
    fetched(
        "the-result-code-may-be-in-small-letters",
        "The table says resultcode, the samples resultCode.",
        login(resultCode=None, resultcode="103000"),
        f"{PROTOCOL} §3.5",
    )
    fetched("the-result-code-may-be-a-number", "Relays re-encode it.", login(resultCode=103000))
    fetched("the-number-may-be-a-number", "Relays re-encode it.", login(msisdn=int(NUMBER)))
    fetched(
        "a-task-id-is-a-billing-record",
        "话单流水号, since 2019.",
        login(taskId="20261122123456000017"),
        charge="yes",
        trade_no="20261122123456000017",
    )
    fetched("desc-is-the-message", "Official demos read it.", login(desc="success"), message="success")
    fetched(
        "unknown-fields-are-kept",
        "What the vendor adds is not lost.",
        login(respSign="MEUCIQ", carrier=1),
        extra={"respSign": "MEUCIQ", "carrier": 1},
    )
    fetched(
        "rsa-in-upper-hex-is-opened",
        "What RSA mode answers.",
        login(msisdn=rsa("number").upper()),
        OPENSSL,
        RSA_OPTIONS,
    )
    fetched("rsa-mode-takes-a-number-in-clear", "The portal may have no 应用公钥2.", login(), options=RSA_OPTIONS)

    sample = {"request_id": "f11585580266414fbde9f755451fb7a7", "message": "是本机号码", "code": "000"}
    verified(
        "the-check-sample-is-read",
        "The document's sample, as the JSON that it was.",
        text(VERIFY_SAMPLE),
        source=f"{PROTOCOL} §4.6",
        **sample,
    )
    verified(
        "not-this-number-is-an-answer",
        "001 is billed, and no error.",
        check("001", body={"resultDesc": "非本机号码"}),
        False,
        f"{PROTOCOL} §6.3",
        code="001",
        message="非本机号码",
    )
    doubly = {"header": text({"resultCode": "000", "msgId": MSG_ID}), "body": text({"resultDesc": "是本机号码"})}
    verified(
        "header-and-body-may-be-json-strings",
        "Back ends were written for it.",
        text(doubly),
        request_id=MSG_ID,
        message="是本机号码",
    )
    verified(
        "the-result-code-may-stand-at-the-top",
        "Some failures come without header, some answers too.",
        text({"resultCode": "001", "resultDesc": "非本机号码"}),
        False,
    )
    verified(
        "letter-case-of-the-result-code-is-free",
        "The older interface writes resultcode.",
        text({"header": {"ResultCode": "000"}}),
    )
    verified(
        "a-task-id-is-the-trade-number",
        "话单流水号 is the billing record.",
        check(body={"taskId": "T1"}),
        trade_no="T1",
    )
    verified(
        "an-sms-token-is-kept",
        "With 001 and SMS assistance on, accessToken is for the next step.",
        check("001", body={"accessToken": "AT26"}),
        False,
        extra={"accessToken": "AT26"},
    )
    return v


def codes() -> Vectors:
    v = Vectors("cmcc/codes", "read", "Each documented code is a kind of error, and says what may be retried.")

    def code(number: str, kind: str, body: str, operation: str, why: str, source: str, **facts: Any) -> None:
        retry = "new_token" if kind in ("token", "unavailable") else "never"
        expect = error(kind, retry=retry, vendor_code=number, **facts)
        v.add(f"{number}-is-{kind}", why, source, expect, options=OPTIONS, operation=operation, status=200, body=body)

    for kind, (why, numbers) in LOGIN_CODES.items():
        for number in numbers:
            code(number, kind, text({"inresponseto": MSG_ID, "resultCode": number}), FETCH, why, f"{PROTOCOL} §6.2")
    for kind, (why, numbers) in CHECK_CODES.items():
        for number in numbers:
            code(number, kind, check(number, body={"resultDesc": "失败"}), VERIFY, why, f"{PROTOCOL} §6.3", charge="no")
    return v


LOGIN_CODES = {
    "credentials": (
        "App id, secret or key are not those of the app that got the token.",
        ("103101", "103119", "103133"),
    ),
    "forbidden": ("Allow list or capability on the portal.", ("103511", "105019", "105012", "105013")),
    "token": (
        "Expired, reused, cut short or of the other capability.",
        ("103113", "103505", "103811", "104201", "105018"),
    ),
    "quota": ("Too many unused tokens of this number.", ("103911",)),
    "input": ("The request as sent is malformed.", ("103211", "103412", "103414")),
    "unavailable": (
        "Gateway or carrier failed; the token may be spent.",
        ("103205", "103214", "103413", "103903", "103905", "105001", "105002", "105003"),
    ),
}
CHECK_CODES = {
    "unavailable": ("Gateway or carrier failed; the document bills only 000 and 001.", ("002", "999")),
    "token": ("The token is spent, expired or of a login.", ("003", "606")),
    "input": ("The request as sent is malformed.", ("004", "102", "303")),
    "forbidden": ("The server's address is not on the allow list.", ("124",)),
    "credentials": ("The signature does not hold.", ("302",)),
    "quota": ("The trial or the contract is used up.", ("102315",)),
}


def broken() -> Vectors:
    v = Vectors("cmcc/read-broken", "read", "What breaks the gateway's contract is an error, never a quiet answer.")

    def breaks(
        case: str,
        why: str,
        body: str,
        operation: str = FETCH,
        kind: str = "protocol",
        status: int = 200,
        source: str = DERIVED,
        options: dict = OPTIONS,
        **facts: Any,
    ) -> None:
        retry = "new_token" if kind in ("protocol", "unavailable") else "never"
        expect = error(kind, *([ONE_ERROR] if kind == "decrypt" else []), retry=retry, **{"never": SECRETS} | facts)
        v.add(case, why, source, expect, options=options, operation=operation, status=status, body=body)

    breaks("a-console-dump-is-not-json", "The document's sample as printed.", LOGIN_DUMP, source=f"{PROTOCOL} §3.5")
    breaks(
        "capital-u-escapes-are-not-json",
        "The document's sample shows a console's escapes; the wire has UTF-8.",
        ESCAPED_DUMP,
        VERIFY,
        source=f"{PROTOCOL} §4.6",
    )
    breaks("html-is-protocol", "A captive portal answered.", "<html></html>")
    breaks(
        "html-with-502-is-unavailable",
        "The gateway's front is up, the gateway is not.",
        "<html>502</html>",
        kind="unavailable",
        status=502,
    )
    breaks("an-empty-body-is-protocol", "200 and nothing.", "")
    breaks("a-cut-reply-is-protocol", "The connection broke.", login()[:40])
    breaks("a-reply-without-a-code-is-protocol", "Nothing says that it succeeded.", login(resultCode=None))
    breaks(
        "an-unknown-login-code-is-protocol",
        "A new code must not pass as anything known.",
        login(resultCode="199999"),
        vendor_code="199999",
    )
    breaks("the-old-sdks-success-is-no-success-here", "102000 is a code of the client SDK.", login(resultCode="102000"))
    breaks(
        "the-checks-success-is-no-login", "000 belongs to tokenValidate.", login(resultCode="000"), vendor_code="000"
    )
    breaks("success-without-msisdn-is-protocol", "There is no number in it.", login(msisdn=None))
    breaks("success-with-an-empty-msisdn-is-protocol", "There is no number in it.", login(msisdn=""))
    breaks(
        "an-open-id-is-no-number",
        "A very early reply had openID instead.",
        login(msisdn=None, openID="9M7RaoZH1Qx0nLbkT4e2"),
    )
    keyed = {"options": RSA_OPTIONS}
    breaks(
        "a-masked-msisdn-is-decrypt",
        "It is neither a number nor a ciphertext.",
        login(msisdn="138****8000"),
        kind="decrypt",
        **keyed,
    )
    breaks(
        "a-msisdn-with-country-code-is-decrypt-under-a-key",
        "Nothing is stripped, and it is no ciphertext.",
        login(msisdn="8613800138000"),
        kind="decrypt",
        **keyed,
        never=NUMBER,
    )
    breaks(
        "a-msisdn-of-another-key-is-decrypt",
        "Key 1 was used for key 2.",
        login(msisdn=rsa("number-for-other-key").upper()),
        kind="decrypt",
        source=OPENSSL,
        **keyed,
    )
    breaks(
        "a-msisdn-that-opens-to-words-is-decrypt",
        "The key is right, the content is not.",
        login(msisdn=rsa("words").upper()),
        kind="decrypt",
        source=OPENSSL,
        **keyed,
    )
    breaks(
        "a-sealed-msisdn-without-a-key-is-config",
        "The portal encrypts, the client has no private key.",
        login(msisdn=rsa("number").upper()),
        kind="config",
        hint="decrypt_key",
    )

    check_ = {"operation": VERIFY}
    breaks(
        "zero-is-not-000", "A number loses the zeros, and with them the meaning.", check(0), **check_, vendor_code="0"
    )
    breaks(
        "one-is-not-001", "A number loses the zeros, and with them the meaning.", check(1), **check_, vendor_code="1"
    )
    breaks("an-empty-result-code-is-protocol", "It is neither yes nor no.", check(""), **check_)
    breaks("a-true-result-code-is-protocol", "It is neither yes nor no.", check(True), **check_)
    breaks(
        "the-logins-success-is-no-match",
        "103000 says that a number was fetched.",
        check("103000"),
        **check_,
        vendor_code="103000",
    )
    breaks(
        "an-unknown-check-code-is-protocol",
        "A new code must not pass as anything known.",
        check("007"),
        **check_,
        vendor_code="007",
    )
    breaks(
        "a-header-in-words-is-protocol", "A string, but no JSON in it.", text({"header": "000", "body": {}}), **check_
    )
    breaks("a-header-as-a-list-is-protocol", "Documented as an object.", text({"header": ["000"]}), **check_)
    breaks(
        "a-second-result-code-does-not-make-a-match",
        "Duplicate keys are read differently by every parser.",
        '{"header":{"resultCode":"000","resultCode":"777"},"body":{}}',
        **check_,
    )
    breaks(
        "a-message-is-no-verdict",
        "Only the code decides.",
        text({"header": {}, "body": {"resultDesc": "是本机号码"}}),
        **check_,
    )
    return v


def files() -> list[Vectors]:
    return [answers(), codes(), broken()]
