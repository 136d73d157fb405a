"""ShanYan V2: replies, read with the call that asked and without it."""

from __future__ import annotations

import json
from typing import Any

from cases import MOMENT, Vectors, error, key_file
from shanyan_app import APP_KEY, FETCH, NUMBER, OPTIONS, PROTOCOL, VERIFY, with_
from shanyan_read import TRADE_NO, reply
from shanyan_v2_app import OTHER_TOKEN, TOKEN, sealed
from tools import DERIVED, OPENSSL

KEYED = with_(private_key=key_file("rsa1024.pkcs8.pem"))
KEYED_2048 = with_(private_key=key_file("rsa2048.pkcs8.pem"))
ASKED_AES, ASKED_RSA = {"token": TOKEN}, {"token": TOKEN, "encryptType": "1"}


def query(**data: Any) -> dict[str, Any]:
    """The data of a native app's reply; None takes a field away."""
    return {
        name: value
        for name, value in ({"mobileName": sealed(), "tradeNo": TRADE_NO} | data).items()
        if value is not None
    }


def said(code: str, message: str) -> str:
    return json.dumps({"code": code, "message": message}, ensure_ascii=False, separators=(",", ":"))


class Read:
    """The file, and the three kinds of its cases; `asked` are the params of the call that reads, if there is one."""

    def __init__(self) -> None:
        about = "V2's replies: the number is in mobileName or mobile, its cipher told by the call or by its shape."
        self.v = Vectors("shanyan/v2-read", "read", about)

    def add(
        self,
        case: str,
        why: str,
        source: str,
        expect: dict,
        body: str,
        asked: Any,
        options: dict,
        operation: str,
        status: int = 200,
    ) -> None:
        given = {} if asked is None else {"params": asked, "moment": MOMENT}
        self.v.add(case, why, source, expect, options=options, operation=operation, **given, status=status, body=body)

    def fetched(
        self,
        case: str,
        why: str,
        body: str,
        asked: Any = None,
        source: str = OPENSSL,
        options: dict = OPTIONS,
        **facts: Any,
    ) -> None:
        result = {"number": NUMBER, "code": "200000", "extra": {}} | facts
        self.add(case, why, source, {"result": result}, body, asked, options, FETCH)

    def verified(self, case: str, why: str, data: Any, matches: bool, asked: Any = None, **facts: Any) -> None:
        result = {"verdict": "match" if matches else "mismatch", "matches": matches} | facts
        self.add(case, why, f"{PROTOCOL} §6.1", {"result": result}, reply(data), asked, OPTIONS, VERIFY)

    def fails(
        self,
        case: str,
        why: str,
        kind: str,
        body: str,
        *has: str,
        asked: Any = None,
        source: str = DERIVED,
        options: dict = OPTIONS,
        operation: str = FETCH,
        status: int = 200,
        **facts: Any,
    ) -> None:
        retry = "new_token" if kind in ("token", "unavailable", "protocol") else "never"
        never = [APP_KEY, TOKEN, OTHER_TOKEN, NUMBER, *facts.pop("never", ())]
        expect = error(kind, *has, retry=retry, never=never, **facts)
        self.add(case, why, source, expect, body, asked, options, operation, status)
