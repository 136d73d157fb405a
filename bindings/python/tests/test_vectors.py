"""Every vector holds: the same files that the other languages loop over."""

from __future__ import annotations

from typing import Any

import pytest
import quhao
import vectors

CASES = list(vectors.cases())


@pytest.mark.parametrize(("runner", "case"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_vector(runner: str, case: vectors.Json) -> None:
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(quhao.QuhaoError) as caught:
            vectors.run(runner, case["input"])
        assert vectors.differences(caught.value, expect["error"]) == []
        return
    vectors.same(vectors.run(runner, case["input"]), expect)


def test_every_runner_and_no_small_part_of_the_vectors_ran() -> None:
    ran: dict[str, Any] = {}
    for _, runner, case in CASES:
        ran.setdefault(runner, []).append(case)
    assert len(CASES) >= 200
    assert set(ran) == {"new", "decrypt", "sign", "prepare", "apps", "read", "inspect"}
