"""Python's own hashlib, hmac and integers agree with the vectors and with what is really prepared."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, get_args
from urllib.parse import parse_qsl

import oracle
import pytest
import quhao
import vectors
from quhao._types import Carrier

SIGNED = [(name, case) for name, run, case in vectors.cases() if run == "sign" and "error" not in case["expect"]]
DECRYPTED = [
    (name, case["input"]["options"], case["input"]["ciphertext"], case["expect"]["number"])
    for name, run, case in vectors.cases()
    if run == "decrypt" and "number" in case["expect"]
]


def blocks(ciphertext: str) -> bytes:
    """The bytes of hex or Base64 that stand for whole blocks of RSA; of anything else none."""
    try:
        data = (
            bytes.fromhex(ciphertext)
            if re.fullmatch(r"[0-9a-fA-F]+", ciphertext)
            else base64.b64decode(ciphertext, validate=True)
        )
    except ValueError:
        return b""
    return data if len(data) % 128 == 0 else b""


@pytest.mark.parametrize("case", [case for _, case in SIGNED], ids=[name for name, _ in SIGNED])
def test_a_vectors_signature_is_recomputed(case: vectors.Json) -> None:
    options, expect = case["input"]["options"], case["expect"]
    base, value = expect["base"], expect["value"]
    for name in ("app_key", "app_secret"):
        base = base.replace(f"{{{name}}}", options.get(name, ""))
    match expect["algorithm"]:
        case "HmacSHA1":
            assert oracle.hmac_sha1(base, options["app_key"]) == value
        case "HmacSHA256":
            assert oracle.hmac_sha256(base, options["app_key"]) == value
        case "MD5":
            assert oracle.md5(base) == value
        case "SHA256withRSA":
            assert oracle.is_signed_by(options["private_key"], base, bytes.fromhex(value))
        case other:
            raise AssertionError(f"no oracle for {other}")


def test_every_algorithm_was_recomputed() -> None:
    algorithms = {case["expect"]["algorithm"] for _, case in SIGNED}
    assert algorithms >= {"HmacSHA1", "HmacSHA256", "MD5", "SHA256withRSA"}


def test_the_vectors_rsa_numbers_are_recomputed() -> None:
    recomputed = 0
    for name, options, ciphertext, number in DECRYPTED:
        if data := blocks(ciphertext):
            key = options.get("decrypt_key") or options["private_key"]
            assert oracle.rsa_decrypted(key, data).decode() == number, name
            recomputed += 1
    assert recomputed >= 10


@pytest.mark.parametrize("operation", ["fetch_number", "verify_number"])
def test_a_prepared_shanyan_request_relays_a_signature_that_holds(sandbox: quhao.Sandbox, operation: Any) -> None:
    options = sandbox.options("shanyan")
    client = quhao.Client("shanyan", **options)
    for carrier in get_args(Carrier):
        params = sandbox.phone("13800138000", carrier).params("shanyan", operation)
        form = dict(parse_qsl(vectors.prepared(client, {"operation": operation, "params": params} | now(sandbox)).body))
        sign = form.pop("sign")
        assert oracle.hmac_sha1("".join(name + form[name] for name in sorted(form)), options["app_key"]) == sign


@pytest.mark.parametrize("app", ["cmcc", "cmcc-legacy", "cmcc-rsa", "cmcc-rsa2048"])
def test_a_prepared_china_mobile_login_is_signed_right(sandbox: quhao.Sandbox, app: str) -> None:
    options = sandbox.options(app)
    client = quhao.Client("cmcc", **options)
    call = client.prepare_fetch_number(sandbox.phone("13800138000", "cmcc").params(app))
    sent = json.loads(call.body)
    if "private_key" in options:
        assert oracle.is_signed_by(options["private_key"], sent["appid"] + sent["token"], bytes.fromhex(sent["sign"]))
        return
    signed = ("appid", "version", "msgid", "systemtime", "strictcheck", "token")
    secret = options.get("app_secret") or options["app_key"]
    assert oracle.md5("".join(sent[name] for name in signed) + secret) == sent["sign"]
    assert sent["msgid"] == call.request_id


def test_a_prepared_china_mobile_check_is_signed_right(sandbox: quhao.Sandbox) -> None:
    options = sandbox.options("cmcc")
    params = sandbox.phone("13800138000", "cmcc").params("cmcc", "verify_number")
    sent = json.loads(quhao.Client("cmcc", **options).prepare_verify_number(params, "13800138000").body)
    fields = sent["header"] | sent["body"]
    assert fields["phoneNum"] == oracle.sha256("13800138000" + options["app_key"] + fields["timestamp"])
    signed = ("appId", "msgId", "phoneNum", "timestamp", "token", "version")
    assert oracle.hmac_sha256("".join(fields[name] for name in signed), options["app_key"]) == fields["sign"]


def test_two_requests_never_share_a_nonce(sandbox: quhao.Sandbox) -> None:
    client = quhao.Client("cmcc", **sandbox.options("cmcc"))
    ids = {client.prepare_fetch_number("STsid" + "0" * 60).request_id for _ in range(200)}
    assert len(ids) == 200


def now(sandbox: quhao.Sandbox) -> vectors.Json:
    """A moment that the gateways take for the present."""
    nonce = base64.b16encode(bytes(16)).decode()
    return {"moment": {"now_ms": sandbox.now_ms(), "nonce": nonce}}
