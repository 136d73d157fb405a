"""Yuxin: reading replies."""

from __future__ import annotations

import json
from typing import Any

from cases import Vectors, error
from tools import DERIVED
from yuxin_app import ID_CARD, KEY, NUMBER, OPTIONS, PROTOCOL, TOKEN

SECRETS = [TOKEN, KEY]


def reply(error_code: Any, detail: str | None, code: Any = "0", said: str | None = None) -> str:
    """A reply with the six fields of the document's samples, in their order."""
    fields = {"errorCode": error_code, "errorDetail": detail, "errorReason": None, "info": None}
    return json.dumps(fields | {"returnCode": code, "returnDesc": said}, ensure_ascii=False)


def answers() -> Vectors:
    v = Vectors("yuxin/read", "read", "Match, mismatch and unknown are answers; nobody says what is billed.")

    def verified(case: str, why: str, body: str, code: str, source: str = DERIVED, **facts: Any) -> None:
        verdict = {"10000": "match", "10001": "mismatch", "10002": "unknown"}[code]
        result = {
            "verdict": verdict,
            "matches": verdict == "match",
            "code": code,
            "charge": "unknown",
            "trade_no": None,
        }
        v.add(
            case,
            why,
            source,
            {"result": result | facts},
            options=OPTIONS,
            operation="verify_identity",
            status=200,
            body=body,
        )

    verified(
        "the-sample-of-a-match-is-read",
        "The document's sample.",
        reply("200", "查询成功", "10000", "一致的"),
        "10000",
        f"{PROTOCOL} §5.2",
        message="一致的",
    )
    verified(
        "the-sample-of-a-mismatch-is-read",
        "The document's sample.",
        reply("200", "查询成功", "10001", "不一致的"),
        "10001",
        f"{PROTOCOL} §5.2",
        message="不一致的",
    )
    verified(
        "the-platform-may-not-know",
        "10002 is neither yes nor no, and documented.",
        reply("200", "查询成功", "10002", "未知的"),
        "10002",
        f"{PROTOCOL} §7.2",
        message="未知的",
    )
    verified(
        "codes-may-be-numbers",
        "The table says Number, the samples are strings.",
        reply(200, "查询成功", 10001, "不一致的"),
        "10001",
        f"{PROTOCOL} §5.1",
    )
    verified("a-description-may-be-null", "The code decides.", reply("200", "查询成功", "10000"), "10000")
    verified(
        "unknown-fields-are-kept",
        "What the platform adds is not lost.",
        '{"errorCode":"200","returnCode":"10000","returnDesc":"一致的","seqNo":"A1"}',
        "10000",
        extra={"seqNo": "A1"},
    )
    return v


def refusals() -> Vectors:
    v = Vectors(
        "yuxin/codes", "read", "errorCode says whose fault it is; the token service passes its own codes through."
    )

    def code(case: str, why: str, kind: str, body: str, number: str, source: str, *said: str) -> None:
        retry = "new_token" if kind in ("token", "unavailable", "protocol") else "never"
        expect = error(kind, *said, retry=retry, charge="unknown", vendor_code=number, never=SECRETS)
        v.add(case, why, source, expect, options=OPTIONS, operation="verify_identity", status=200, body=body)

    samples = (
        ("302", "credentials", "请求账号不存在", "§5.2"),
        ("306", "input", "请求参数logon为空或格式错误", "§5.2"),
        ("311", "forbidden", "权限不足", "§5.2"),
        ("305", "forbidden", "帐号没有此接口访问权限", "§5.2"),
        ("105", "token", "无效token", "§7.3"),
        ("104", "quota", "账户余额不足", "§7.3"),
        ("103", "forbidden", "账户已下线", "§7.3"),
    )
    for number, kind, detail, where in samples:
        body = reply(number, detail) if where == "§5.2" else reply(number, detail, "", "")
        code(
            f"the-sample-of-{number}-is-{kind}", "The document's sample.", kind, body, number, f"{PROTOCOL} {where}", detail
        )
    for kind, numbers in {
        "input": ("301", "308", "309", "310", "315"),
        "credentials": ("303", "307"),
        "forbidden": ("304",),
        "quota": ("312", "313", "314"),
        "unavailable": ("500", "501", "502", "503", "504"),
    }.items():
        for number in numbers:
            code(f"{number}-is-{kind}", WHYS[kind], kind, reply(number, "失败"), number, f"{PROTOCOL} §7.1")
    code(
        "a-code-may-be-a-number",
        "The table says Number.",
        "credentials",
        reply(307, "请求验签失败"),
        "307",
        f"{PROTOCOL} §5.1",
    )
    code(
        "a-failed-signature-under-200-is-credentials",
        "The sibling interface says 55 for a wrong key or iv.",
        "credentials",
        reply("200", "查询成功", "55", "验签失败"),
        "55",
        DERIVED,
    )
    code(
        "201-is-protocol",
        "Partial success means nothing for a single check.",
        "protocol",
        reply("201", "部分成功", "10000", "一致的"),
        "201",
        f"{PROTOCOL} §7.1",
    )
    code(
        "an-unknown-error-code-is-protocol",
        "A new code must not pass as anything known.",
        "protocol",
        reply("999", "未知"),
        "999",
        DERIVED,
    )
    for case, number in (("zero", "0"), ("88", "88"), ("10003", "10003"), ("1000", "1000")):
        code(
            f"a-return-code-of-{case}-is-protocol",
            "Only 10000 to 10002 are verdicts.",
            "protocol",
            reply("200", "查询成功", number, "x"),
            number,
            DERIVED,
        )
    return v


WHYS = {
    "input": "The request as asked is wrong.",
    "credentials": "Password, key or iv are not the platform's.",
    "forbidden": "The account may not do this.",
    "quota": "Balance, volume or contract is used up.",
    "unavailable": "The platform or its source failed.",
}


def broken() -> Vectors:
    v = Vectors("yuxin/read-broken", "read", "What breaks the contract is an error, never a quiet answer.")

    def breaks(case: str, why: str, body: str, kind: str = "protocol", status: int = 200, **facts: Any) -> None:
        retry = "new_token" if kind in ("protocol", "unavailable") else "never"
        expect = error(kind, retry=retry, charge="unknown", **{"never": SECRETS} | facts)
        v.add(case, why, DERIVED, expect, options=OPTIONS, operation="verify_identity", status=status, body=body)

    breaks(
        "a-failure-beside-a-match-is-a-failure",
        "returnCode means something under 200 only.",
        reply("308", "请求没有查询到结果", "10000", "一致的"),
        "input",
        vendor_code="308",
    )
    breaks(
        "success-without-a-return-code-is-protocol",
        "There is no verdict in it.",
        '{"errorCode":"200","errorDetail":"查询成功"}',
    )
    breaks("success-with-a-null-return-code-is-protocol", "There is no verdict in it.", reply("200", "查询成功", None))
    breaks("success-with-an-empty-return-code-is-protocol", "There is no verdict in it.", reply("200", "查询成功", ""))
    breaks("a-true-return-code-is-protocol", "true is no verdict.", reply("200", "查询成功", True))
    breaks("words-are-no-verdict", "Only the code decides.", reply("200", "查询成功", "0", "一致的"))
    breaks(
        "a-return-code-alone-is-protocol",
        "Nothing says that the call succeeded.",
        '{"returnCode":"10000","returnDesc":"一致的"}',
    )
    breaks("a-return-code-in-a-list-is-protocol", "Documented as a number.", reply("200", "查询成功", ["10000"]))
    breaks("html-is-protocol", "A captive portal answered.", "<html></html>")
    breaks(
        "html-with-503-is-unavailable",
        "The platform's front is up, the platform is not.",
        "<html>503</html>",
        "unavailable",
        503,
    )
    breaks("an-empty-body-is-protocol", "200 and nothing.", "")
    breaks("a-cut-reply-is-protocol", "The connection broke.", reply("200", "查询成功", "10000")[:50])
    breaks("a-list-is-protocol", "JSON, but no reply.", "[200,10000]")
    personal = f"号码{NUMBER}与{ID_CARD}不符"
    breaks(
        "personal-data-in-the-words-is-masked",
        "Platforms quote what was asked; errors end up in logs.",
        reply("310", personal),
        "input",
        never=[NUMBER, ID_CARD],
    )
    return v


def files() -> list[Vectors]:
    return [answers(), refusals(), broken()]
