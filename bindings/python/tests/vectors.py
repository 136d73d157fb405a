"""The vectors that every language loops over, and how a case is run here."""

from __future__ import annotations

import base64
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import oracle
import quhao
from quhao._native import Ask

ROOT = Path(__file__).parents[3]
DATA = ROOT / "crates" / "vectors" / "data"

Json = dict[str, Any]


def suites() -> Iterator[tuple[str, Json]]:
    """Every file of cases, by its topic: ``shanyan/sign``."""
    for provider in quhao.providers():
        for path in sorted((DATA / provider["id"]).glob("*.json")):
            yield f"{provider['id']}/{path.stem}", json.loads(path.read_text("utf-8"))


def cases() -> Iterator[tuple[str, str, Json]]:
    """Every case, by its topic and id, with the name of its runner."""
    for topic, suite in suites():
        for case in suite["cases"]:
            yield f"{topic}: {case['id']}", suite["run"], with_files(case)


def with_files(value: Any) -> Any:
    """The same value, with a file's text where ``{"$file": …}`` stands."""
    if isinstance(value, dict):
        if "$file" in value:
            return (DATA / value["$file"]).read_bytes().decode()
        return {name: with_files(each) for name, each in value.items()}
    return [with_files(each) for each in value] if isinstance(value, list) else value


def run(runner: str, given: Json) -> Json:
    """What the case's runner answers; raises what the client raises."""
    if runner == "apps":
        client = quhao.Client.with_apps(given["provider"], given["apps"], **given.get("common", {}))
        if "app" in given:
            client = client.app(given["app"])
        return decrypt(client, given) if given["operation"] == "decrypt_number" else prepare(client, given)
    client = quhao.Client(given.get("provider", ""), **given.get("options", {}))
    runners = {"decrypt": decrypt, "sign": sign, "prepare": prepare, "read": read, "inspect": inspect}
    return {"ok": True} if runner == "new" else runners[runner](client, given)


def decrypt(client: quhao.Client, given: Json) -> Json:
    return {"number": client.decrypt_number(given["ciphertext"])}


def sign(client: quhao.Client, given: Json) -> Json:
    params, number = given.get("params", {}), given.get("number")
    ask = Ask.fetch_number(params) if given["operation"] == "fetch_number" else Ask.verify_number(params, number)
    return client._native.signature(ask, moment(given))


def prepare(client: quhao.Client, given: Json) -> Json:
    call = prepared(client, given)
    content_type = call.headers["content-type"]
    if content_type == "application/json":
        body = {"json": json.loads(call.body)}
    else:
        body = {"form": dict(parse_qsl(call.body, keep_blank_values=True, strict_parsing=True))}
    facts = {"method": call.method, "url": call.url, "content_type": content_type, "request_id": call.request_id}
    return facts | body


def prepared(client: quhao.Client, given: Json) -> quhao.Call[Any]:
    """The signed request, at the case's moment."""
    if given["operation"] == "verify_identity":
        person = {name: given.get(name, "") for name in ("number", "name", "id_card")}
        return client.prepare_verify_identity(**person, _moment=moment(given))
    params = given.get("params", {})
    if given["operation"] == "verify_number":
        return client.prepare_verify_number(params, given.get("number"), _moment=moment(given))
    return client.prepare_fetch_number(params, _moment=moment(given))


def read(client: quhao.Client, given: Json) -> Json:
    if "params" in given:
        answer: quhao.FetchedNumber | quhao.Verification = prepared(client, given).read(given["status"], given["body"])
        return answer.to_dict()
    return client.read(given["operation"], given.get("status", 200), given["body"]).to_dict()


def inspect(client: quhao.Client, given: Json) -> Json:
    found = client.inspect(given["operation"], given["params"], _moment=moment(given))
    findings = [{"field": each.field, "cause": each.cause, "action": each.action} for each in found.findings]
    return {"findings": findings, "params": found.params, "carrier": found.carrier}


def same(answer: Json, expect: Json) -> None:
    """Compares what the case names, and what a request that differs each time must hold."""
    expect = dict(expect.get("result", expect))
    for part in ("form", "json"):
        for path, value in expect.pop(f"{part}_where", {}).items():
            assert at(answer[part], path) == value, path
    if opens := expect.pop("opens", None):
        assert oracle.rsa_decrypted(opens["key"], decoded(answer["json"], opens)).decode() == opens["plaintext"]
    if verifies := expect.pop("verifies", None):
        assert verifies["algorithm"] == "MD5withRSA"
        base = re.sub(r"\{(.*?)\}", lambda field: str(at(answer["json"], field[1])), verifies["base"])
        assert oracle.is_signed_by(verifies["key"], base, decoded(answer["json"], verifies), "md5")
    assert {name: answer.get(name) for name in expect} == expect


def decoded(sent: Json, field: Json) -> bytes:
    """The bytes of one field."""
    text = str(at(sent, field["path"]))
    if field["encoding"] == "base64":
        return base64.b64decode(text, validate=True)
    assert (field["encoding"], text) == ("hex", text.upper())
    return bytes.fromhex(text)


def at(sent: Json, path: str) -> Any:
    """The value at a path such as ``body.sign``, if there is one."""
    value: Any = sent
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def moment(given: Json) -> tuple[int, str]:
    """The case's fixed time and nonce."""
    fixed = given.get("moment", {})
    return fixed.get("now_ms", 0), fixed.get("nonce", "0" * 32)


def differences(error: quhao.QuhaoError, expected: Json) -> list[str]:
    """The facts of an error that are not what the case names."""
    shown = [str(error), repr(error), error.hint, error.message, pickle.dumps(error).decode("utf-8", "replace")]
    found = []
    for fact, want in expected.items():
        if fact == "message_has":
            holds = all(part in error.message for part in want)
        elif fact == "hint_has":
            holds = all(part in error.hint for part in want)
        elif fact == "never_has":
            holds = not any(part in text for part in want for text in shown)
        else:
            holds = getattr(error, fact, None) == want
        if not holds:
            found.append(f"{fact}: expected {want}, got {error!r} {vars(error)}")
    return found
