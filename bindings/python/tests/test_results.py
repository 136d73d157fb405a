"""Results: frozen, equal by value, masked when shown."""

from __future__ import annotations

import dataclasses
import json
import pickle
from typing import Any

import pytest
import quhao

RECEIPT: dict[str, Any] = {
    "provider": "shanyan",
    "code": "200000",
    "message": "13800138000",
    "charge": "yes",
    "trade_no": "t1",
    "request_id": "r1",
    "risk": quhao.Risk("denied", "2", ("羊毛党",)),
    "extra": {"mobile": "13800138000", "n": 1},
}
FETCHED = quhao.FetchedNumber(number="13800138000", **RECEIPT)
VERIFIED = quhao.Verification(verdict=quhao.Verdict.MATCH, **RECEIPT)


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_a_shown_result_holds_no_number(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for shown in (repr(result), str(result), f"{result}", f"{[result]}"):
        assert "13800138000" not in shown
        assert "shanyan code 200000, charge yes" in shown
    assert "138****8000" in repr(FETCHED)


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_a_result_cannot_be_changed(result: quhao.FetchedNumber | quhao.Verification) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.code = "0"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        result.other = 1  # type: ignore[union-attr]


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_equal_facts_make_equal_results(result: quhao.FetchedNumber | quhao.Verification) -> None:
    assert pickle.loads(pickle.dumps(result)) == result
    assert dataclasses.replace(result) == result
    assert dataclasses.replace(result, code="0") != result


def test_a_dict_of_a_result_is_plain_data_with_the_number_in_clear() -> None:
    assert json.loads(json.dumps(FETCHED.to_dict())) == {
        "number": "13800138000",
        **RECEIPT,
        "risk": {"level": "denied", "code": "2", "tags": ["羊毛党"]},
    }
    plain = VERIFIED.to_dict()
    assert (type(plain["verdict"]), plain["verdict"], plain["matches"]) == (str, "match", True)


def test_a_verdict_is_text_and_no_truth_value() -> None:
    assert [str(verdict) for verdict in quhao.Verdict] == ["match", "mismatch", "unknown"]
    assert quhao.Verdict("match") == str(quhao.Verdict.MATCH)
    mismatch = dataclasses.replace(VERIFIED, verdict=quhao.Verdict.MISMATCH)
    for result in (VERIFIED, mismatch):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(result)
    assert [result.matches for result in (VERIFIED, mismatch)] == [True, False]
