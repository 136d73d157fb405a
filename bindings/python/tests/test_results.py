"""Results: frozen, equal by value, masked when shown."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from dataclasses import replace
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


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_a_shown_result_holds_no_number(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for shown in (repr(result), str(result), f"{result}", f"{[result]}"):
        assert "13800138000" not in shown
        assert "shanyan code 200000, charge yes" in shown
    assert "138****8000" in repr(FETCHED)


def test_an_id_is_shown_unless_it_is_a_number() -> None:
    for trade_no, shown in [("18112115031414011", "18112115031414011"), ("13800138000", "138****8000")]:
        for result in (FETCHED, VERIFIED):
            assert f"trade_no {shown}, " in repr(replace(result, trade_no=trade_no, code=trade_no))
            assert f"code {shown}, " in repr(replace(result, trade_no=trade_no, code=trade_no))


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_a_result_cannot_be_changed(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for field in dataclasses.fields(result):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(result, field.name, 1)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(result, field.name)
    # Some versions of dataclasses raise TypeError for a name that is no field.
    for name in ("other",):
        with pytest.raises((AttributeError, TypeError)):
            setattr(result, name, 1)
        with pytest.raises((AttributeError, TypeError)):
            delattr(result, name)


@pytest.mark.parametrize("result", [FETCHED, VERIFIED])
def test_equal_facts_make_equal_results(result: quhao.FetchedNumber | quhao.Verification) -> None:
    for same in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result), replace(result)):
        assert same == result
    assert replace(result, code="0") != result
    others: list[object] = [FETCHED if result is VERIFIED else VERIFIED, result.to_dict()]
    assert all(other != result for other in others)
    assert RECEIPT["risk"] in {replace(RECEIPT["risk"])}


def test_a_result_is_made_of_all_its_fields_and_no_other() -> None:
    for fields in ({}, {"verdict": quhao.Verdict.MATCH} | RECEIPT, {"number": "1", "n": 1} | RECEIPT):
        with pytest.raises(TypeError):
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
    mismatch = replace(VERIFIED, verdict=quhao.Verdict.MISMATCH)
    for result in (VERIFIED, mismatch):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(result)
    assert [result.matches for result in (VERIFIED, mismatch)] == [True, False]
