"""ShanYan: reading answers and documented failures."""

from __future__ import annotations

import json
from typing import Any

from cases import Vectors, error, key_file
from ciphertexts import sealed as rsa
from shanyan_app import FETCH, NUMBER, OPTIONS, PROTOCOL, TRICKY, TRICKY_NUMBER, VERIFY, sealed, with_
from shanyan_replies import QUERY_SAMPLE, QUOTES, TRADE_NO, VALIDATE_SAMPLE, query, reply
from tools import DERIVED, OPENSSL


def answers() -> Vectors:
    v = Vectors(
        "shanyan/read", "read", "Answers are read leniently: numbers or strings, objects or JSON text, absent or null."
    )

    def fetched(case: str, why: str, body: str, source: str = OPENSSL, options: dict = OPTIONS, **facts: Any) -> None:
        result = {"number": NUMBER, "code": "200000"} | facts
        v.add(case, why, source, {"result": result}, options=options, operation=FETCH, status=200, body=body)

    def verified(case: str, why: str, body: str, matches: bool, source: str = DERIVED, **facts: Any) -> None:
        result = {"verdict": "match" if matches else "mismatch", "matches": matches, "code": "200000"} | facts
        v.add(case, why, source, {"result": result}, options=OPTIONS, operation=VERIFY, status=200, body=body)

    sample = QUERY_SAMPLE.translate(QUOTES).replace(
        "OaLj8kkXPwFGp/eRk+3vQQ\\u003d\\u003d", sealed().replace("=", "\\u003d")
    )
    trusted = {"level": "trusted", "code": "1", "tags": []}
    receipt = {"message": "成功", "charge": "yes", "trade_no": TRADE_NO}
    fetched(
        "the-query-sample-is-read",
        "The document's sample, its typographic quotes repaired, with a number of ours: its own key is not published.",
        sample,
        **receipt,
        risk=trusted,
    )
    validated = VALIDATE_SAMPLE.translate(QUOTES)
    verified(
        "the-validation-sample-is-read",
        "The document's sample, its typographic quotes repaired.",
        validated,
        True,
        f"{PROTOCOL} §3.3",
        **receipt,
    )
    verified(
        "not-this-number-is-an-answer",
        "isVerify 0 is billed, and no error.",
        validated.replace('"isVerify":"1"', '"isVerify":"0"'),
        False,
        **receipt,
    )
    verified("is-verify-may-be-a-number", "The table says String, gateways write both.", reply({"isVerify": 1}), True)
    verified("is-verify-zero-may-be-a-number", "The negative answer as well.", reply({"isVerify": 0}), False)
    fetched("the-code-may-be-a-number", "The official demos compare it both ways.", reply(query(), code=200000))
    fetched(
        "data-may-be-a-json-string", "Fastjson back ends re-parse it.", reply(json.dumps(query())), trade_no=TRADE_NO
    )
    fetched(
        "a-trade-number-keeps-all-its-digits",
        "17 digits do not fit into a double.",
        reply(query(tradeNo=int(TRADE_NO))),
        trade_no=TRADE_NO,
    )
    fetched(
        "a-byte-order-mark-is-skipped",
        "A PHP relay was saved with one; the answer is paid for.",
        "\ufeff" + reply(query()),
    )
    fetched(
        "ret-msg-stands-in-for-message",
        "Old hosts write retMsg.",
        reply(query(), message="absent", retMsg="成功"),
        message="成功",
    )
    for case, value, charge in (
        ("one-as-text", "1", "yes"),
        ("zero", 0, "no"),
        ("zero-as-text", "0", "no"),
        ("absent", "absent", "unknown"),
        ("another-value", 7, "unknown"),
    ):
        fetched(
            f"charge-status-{case}-is-{charge}",
            "String in the table, number in the sample.",
            reply(query(), chargeStatus=value),
            charge=charge,
        )

    escaped = sealed().replace("=", "\\u003d")
    fetched(
        "a-mobile-name-escaped-twice-is-opened",
        "After JSON a literal \\u003d is left.",
        reply(query(mobileName=escaped)),
    )
    fetched(
        "a-mobile-name-with-blanks-is-opened",
        "A relay made + a blank.",
        reply(query(mobileName=TRICKY.replace("+", " "))),
        number=TRICKY_NUMBER,
    )
    fetched("an-empty-encrypt-type-means-des", "It is documented as empty by default.", reply(query(encryptType="")))
    fetched("a-null-encrypt-type-means-des", "Java writes absent fields as null.", reply(query(encryptType=None)))
    keyed = with_(private_key=key_file("rsa1024.pkcs8.pem"))
    fetched(
        "encrypt-type-rsa-opens-with-the-private-key",
        "The console has a public key.",
        reply(query(mobileName=rsa("number").upper(), encryptType="RSA")),
        options=keyed,
    )

    for code, level in ((2, "denied"), (3, "low_trust"), (4, "not_found"), (9, "undocumented")):
        fetched(
            f"fanqizha-{code}-is-{level.replace('_', '-')}",
            "The fraud service's verdict; a new one must not be lost.",
            reply(query(fanqizha=code)),
            risk={"level": level, "code": str(code), "tags": []},
        )
    labels = {"level": "denied", "code": "2", "tags": ["批量操作", "系统环境异常", "信用低", "小号养号"]}
    fetched(
        "tags-are-split-at-semicolons-and-blanks",
        "The document's sample.",
        reply(query(fanqizha="2", tag="批量操作;系统环境异常 信用低 小号养号")),
        risk=labels,
    )
    fetched(
        "tags-are-split-at-full-width-marks",
        "Chinese input methods write them.",
        reply(query(fanqizha="2", tag="批量操作； 系统环境异常\u3000信用低；；小号养号")),
        risk=labels,
    )
    fetched("no-fraud-verdict-is-no-risk", "Most consoles have it off.", reply(query()), risk=None)
    fetched(
        "unknown-fields-are-kept",
        "What the vendor adds is not lost.",
        reply({"mobileName": sealed(), "carrier": {"id": 1}}, hint="x"),
        extra={"carrier": {"id": 1}, "hint": "x"},
    )
    return v


def refusals() -> Vectors:
    v = Vectors("shanyan/codes", "read", "Each documented code is a kind of error, and says what may be retried.")

    def code(
        case: str, why: str, kind: str, body: str, source: str = f"{PROTOCOL} §8.1", status: int = 200, **facts: Any
    ) -> None:
        retry = "new_token" if kind in ("token", "unavailable", "protocol") else "never"
        expect = error(kind, *facts.pop("says", ()), retry=retry, **facts)
        v.add(case, why, source, expect, options=OPTIONS, operation=FETCH, status=status, body=body)

    def said(code: str, message: str) -> str:
        return json.dumps({"message": message, "code": code}, ensure_ascii=False, separators=(",", ":"))

    for name, kind, message in (
        ("an-app-id-left-out-is-input", "input", "请求非法，appId不能为空"),
        ("a-failed-signature-is-credentials", "credentials", "请求非法，签名验证不通过"),
        ("an-expired-timestamp-is-token", "token", "请求非法，timestamp超时"),
        ("a-repeated-request-is-token", "token", "请求非法，重复请求"),
    ):
        code(
            name,
            "403000 has many causes; the message tells them apart.",
            kind,
            said("403000", message),
            f"{PROTOCOL} §8.2",
            vendor_code="403000",
            says=[message],
        )
    code(
        "a-mixed-up-capability-is-token",
        "Login and validation tokens are not the same.",
        "token",
        said("403000", "应用能力不匹配"),
        vendor_code="403000",
    )
    code(
        "another-403000-is-credentials",
        "The table's own words are 用户校验失败.",
        "credentials",
        said("403000", "用户校验失败"),
        vendor_code="403000",
    )
    code(
        "ret-msg-tells-causes-apart-too",
        "Old hosts write retMsg.",
        "token",
        '{"code":403000,"retMsg":"请求非法，timestamp超时"}',
        DERIVED,
        vendor_code="403000",
    )
    for kind, codes in {
        "input": ("400001", "415000", "400201"),
        "unavailable": ("500000", "500002", "500003", "500004", "500006", "504000"),
        "quota": ("500005", "510101"),
        "credentials": ("400101", "400901", "400902"),
        "forbidden": ("403101", "403102", "400102", "400200", "500901", "500902", "500903"),
    }.items():
        for number in codes:
            code(f"{number}-is-{kind}", WHYS[kind], kind, said(number, "失败"), vendor_code=number)

    for value, charge in ((1, "yes"), ("0", "no")):
        body = json.dumps({"code": "500004", "message": "远程调用失败", "chargeStatus": value}, ensure_ascii=False)
        code(
            f"a-failure-may-be-charged-{charge}",
            "The gateway says so itself.",
            "unavailable",
            body,
            DERIVED,
            charge=charge,
        )
    code(
        "a-failure-that-does-not-say-is-charged-unknown",
        "Silence is not no.",
        "unavailable",
        said("504000", "系统超时"),
        DERIVED,
        charge="unknown",
    )
    code(
        "a-failure-with-null-data-keeps-its-code",
        "Error bodies have data null or none.",
        "quota",
        '{"code":"500005","message":"账户余额异常","data":null}',
        DERIVED,
        vendor_code="500005",
    )
    code(
        "a-code-beside-http-500-is-still-the-code",
        "The body says more than the status.",
        "quota",
        said("500005", "账户余额异常"),
        DERIVED,
        500,
        vendor_code="500005",
    )
    code(
        "a-number-in-the-message-is-masked",
        "Gateways quote it; errors end up in logs.",
        "input",
        said("400001", f"手机号{NUMBER}格式错误"),
        DERIVED,
        never=NUMBER,
    )
    code(
        "an-unknown-code-is-protocol",
        "A new code must not pass as anything known.",
        "protocol",
        said("777777", "未知"),
        DERIVED,
        vendor_code="777777",
    )
    return v


WHYS = {
    "input": "The request as asked is wrong.",
    "unavailable": "The carrier or the gateway failed; the token may be spent.",
    "quota": "Balance or volume is used up.",
    "credentials": "Account or app are not known.",
    "forbidden": "The account may not do this.",
}


def files() -> list[Vectors]:
    return [answers(), refusals()]
