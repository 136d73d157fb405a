"""ShanYan: replies to build cases from."""

from __future__ import annotations

import json
from typing import Any

from shanyan_app import sealed

TRADE_NO = "18112115031414011"

# the document's samples; its typographic quotes are kept here and repaired where a case says so
QUERY_SAMPLE = """{
"code": "200000",
"chargeStatus": 1,
"message": "成功",
"data": {
    "tradeNo": "18112115031414011",
    "mobileName": "OaLj8kkXPwFGp/eRk+3vQQ\\u003d\\u003d",
“fanqizha”:1
}
}"""
VALIDATE_SAMPLE = """{
"code": "200000",
"chargeStatus": 1,
"message": "成功",
"data": {
    "tradeNo": "18112115031414011",
“isVerify”:”1”
}
}"""
QUOTES = str.maketrans("“”", '""')


def reply(data: Any = None, **fields: Any) -> str:
    """A successful reply as the gateway writes it, compact."""
    whole = {"code": "200000", "message": "成功", "chargeStatus": 1} | fields
    if data is not None:
        whole["data"] = data
    return json.dumps({k: v for k, v in whole.items() if v != "absent"}, ensure_ascii=False, separators=(",", ":"))


def query(**data: Any) -> dict[str, Any]:
    """The data of a query's reply."""
    return {"mobileName": sealed(), "tradeNo": TRADE_NO} | data
