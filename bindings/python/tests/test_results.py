"""Results: frozen, equal by value, masked when shown."""

from __future__ import annotations

import copy
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
    "risk": quhao.Risk(level="denied", code="2", tags=("羊毛党 13800138000",)),
    "extra": {"mobile": "13800138000", "n": 1},
}
FETCHED = quhao.FetchedNumber(number="13800138000", **RECEIPT)
VERIFIED = quhao.Verification(verdict=quhao.Verdict.MATCH, **RECEIPT)


def with_(result: Any, **changes: Any) -> Any:
    """As ``copy.replace`` does it, which came with Python 3.13."""
    return result.__replace__(**changes)


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_a_shown_result_holds_no_number(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for shown in (repr(result), str(result), f"{result}", f"{[result]}"):
        assert "13800138000" not in shown
        assert "shanyan code 200000, charge yes" in shown
    assert "138****8000" in repr(FETCHED)


def test_an_id_is_shown_unless_it_is_a_number() -> None:
    for trade_no, shown in [("18112115031414011", "18112115031414011"), ("13800138000", "138****8000")]:
        for result in (FETCHED, VERIFIED):
            assert f"trade_no {shown}, " in repr(with_(result, trade_no=trade_no, code=trade_no))
            assert f"code {shown}, " in repr(with_(result, trade_no=trade_no, code=trade_no))


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_a_result_cannot_be_changed(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for name in ("code", "other"):
        with pytest.raises(AttributeError, match=f"is frozen: {name} cannot be assigned to"):
            setattr(result, name, 1)
        with pytest.raises(AttributeError, match=f"is frozen: {name} cannot be deleted"):
            delattr(result, name)


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_equal_facts_make_equal_results(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for same in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result), with_(result)):
        assert same == result
    assert with_(result, code="0") != result
    assert FETCHED != VERIFIED and result != vars(result)
    assert RECEIPT["risk"] in {quhao.Risk(**vars(RECEIPT["risk"]))}


def test_a_result_is_made_of_all_its_fields_and_no_other() -> None:
    for fields in ({}, {"verdict": quhao.Verdict.MATCH} | RECEIPT, {"number": "1", "n": 1} | RECEIPT):
        with pytest.raises(TypeError, match="FetchedNumber: expected number, provider, code, "):
            quhao.FetchedNumber(**fields)


def test_a_dict_of_a_result_is_plain_data_with_the_number_in_clear() -> None:
    assert json.loads(json.dumps(FETCHED.to_dict())) == {
        "number": "13800138000",
        **RECEIPT,
        "risk": {"level": "denied", "code": "2", "tags": ["羊毛党 13800138000"]},
    }
    plain = VERIFIED.to_dict()
    assert (type(plain["verdict"]), plain["verdict"], plain["matches"]) == (str, "match", True)


def test_a_verdict_is_text_and_no_truth_value() -> None:
    assert [str(verdict) for verdict in quhao.Verdict] == ["match", "mismatch", "unknown"]
    assert quhao.Verdict("match") == str(quhao.Verdict.MATCH)
    mismatch = with_(VERIFIED, verdict=quhao.Verdict.MISMATCH)
    for result in (VERIFIED, mismatch):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(result)
    assert [result.matches for result in (VERIFIED, mismatch)] == [True, False]
