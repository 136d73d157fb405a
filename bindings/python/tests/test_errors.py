"""One tree of exceptions, with all facts, that survives a process boundary."""

from __future__ import annotations

import copy
import pickle

import pytest
import quhao
from quhao._types import Option

KINDS = {
    "config": quhao.ConfigError,
    "credentials": quhao.CredentialsError,
    "decrypt": quhao.DecryptError,
    "forbidden": quhao.ForbiddenError,
    "input": quhao.InputError,
    "protocol": quhao.ProtocolError,
    "quota": quhao.QuotaError,
    "token": quhao.TokenError,
    "transport": quhao.TransportError,
    "unavailable": quhao.UnavailableError,
}


def refusal(sandbox: quhao.Sandbox, failure: str, **options: Option) -> quhao.QuhaoError:
    client = quhao.Client("shanyan", **sandbox.options("shanyan") | options)
    sandbox.fail_next(failure)
    with pytest.raises(quhao.QuhaoError) as caught:
        client.fetch_number(sandbox.phone("13800138000", "cmcc").params("shanyan"))
    return caught.value


def test_each_kind_is_a_class_of_its_own() -> None:
    assert {error.kind: error for error in quhao.QuhaoError.__subclasses__()} == KINDS
    assert quhao.TransportTimeoutError.__mro__[1:4] == (quhao.TransportError, quhao.QuhaoError, TimeoutError)
    assert not issubclass(quhao.QuhaoError, OSError)


def test_every_documented_failure_is_raised_as_its_kind(sandbox: quhao.Sandbox) -> None:
    codes = {row["code"] for row in (row for code in SHANYAN_CODES for row in quhao.explain(code))}
    for code in sorted(codes):
        row = next(row for row in quhao.explain(code) if row["provider"] == "shanyan" and row["fragment"] is None)
        error = refusal(sandbox, code)
        assert type(error) is KINDS[row["meaning"]], code
        assert (error.vendor_code, error.provider, error.hint) == (code, "shanyan", row["hint"])


SHANYAN_CODES = ["403101", "403102", "403103", "404001", "405001", "500000", "500005"]


def test_all_facts_of_a_refusal_are_there(sandbox: quhao.Sandbox) -> None:
    error = refusal(sandbox, "403101:13900139000")
    assert str(error) == "shanyan: forbidden: 139****9000 (code 403101)"
    assert vars(error) == {
        "retry": "never",
        "charge": error.charge,
        "provider": "shanyan",
        "vendor_code": "403101",
        "message": error.message,
        "hint": error.hint,
        "request_id": sandbox.ledger()[-1].request_id,
    }
    assert error.kind == "forbidden"
    assert error.charge in ("yes", "no", "unknown")
    chinese, slash, english = error.hint.partition(" / ")
    assert slash and not chinese.isascii() and english.isascii()


@pytest.mark.parametrize("failure", ["403101", "500005", "fault:reset", "fault:stall=1000", "fault:html-200"])
def test_an_error_survives_pickle_and_copy(sandbox: quhao.Sandbox, failure: str) -> None:
    error = refusal(sandbox, failure, timeout_ms=300)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        same = pickle.loads(pickle.dumps(error, protocol))
        assert (type(same), str(same), vars(same)) == (type(error), str(error), vars(error))
    assert vars(copy.deepcopy(error)) == vars(error)


def test_an_error_is_told_in_one_line_whatever_the_vendor_says(sandbox: quhao.Sandbox) -> None:
    client = quhao.Client("shanyan", **sandbox.options("shanyan"))
    body = '{"code": "403101", "message": "line\\nfeed 13800138000\\r\\u0007", "chargeStatus": 0}'
    with pytest.raises(quhao.ForbiddenError) as caught:
        client.read("fetch_number", 200, body)
    told = str(caught.value)
    assert told.isprintable()
    assert "13800138000" not in told + repr(caught.value)


def test_a_transport_error_has_a_phase() -> None:
    client = quhao.Client("cmcc", app_id="300012345678", app_secret="s3cret", base_url="http://127.0.0.1:9")
    with pytest.raises(quhao.TransportError) as caught:
        client.fetch_number("STsid" + "0" * 60)
    error = caught.value
    assert (error.phase, error.retry, error.charge, error.timeout) == ("connect", "same_token", "no", False)
    assert not isinstance(error, TimeoutError)


def test_callers_make_errors_for_their_own_tests() -> None:
    error = quhao.TokenError("expired", retry="new_token")
    assert (str(error), error.message, error.kind, error.retry, error.charge) == (
        "expired",
        "expired",
        "token",
        "new_token",
        "unknown",
    )
    late = quhao.TransportTimeoutError("late")
    assert (str(late), late.phase, late.timeout) == ("late", None, True)
