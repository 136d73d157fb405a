"""What a call tells besides its answer: a record of the logger ``quhao``, and a counter."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import quhao
import vectors

NUMBER = "13800138000"
FACTS = {
    "provider",
    "operation",
    "outcome",
    "kind",
    "retry",
    "phase",
    "vendor_code",
    "charge",
    "request_id",
    "duration_ms",
    "shared",
}

Fetch = Callable[[Any], quhao.FetchedNumber]


@pytest.fixture(params=["waited for", "awaited"])
def fetch(request: pytest.FixtureRequest, sandbox: quhao.Sandbox) -> Fetch:
    """``fetch_number`` of either client."""
    if request.param == "waited for":
        return quhao.Client("shanyan", **sandbox.options("shanyan")).fetch_number
    client = quhao.AsyncClient("shanyan", **sandbox.options("shanyan"))
    return lambda params: asyncio.run(client.fetch_number(params))


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The logger, afterwards as it was before."""
    logger = logging.getLogger("quhao")
    level, filters = logger.level, list(logger.filters)
    yield logger
    logger.setLevel(level)
    logger.filters[:] = filters


def params(sandbox: quhao.Sandbox) -> dict[str, str]:
    return sandbox.phone(NUMBER, "cmcc").params("shanyan")


def facts(record: logging.LogRecord) -> vectors.Json:
    return {name: vars(record)[name] for name in FACTS}


def test_an_answer_is_information_and_a_failure_a_warning(
    fetch: Fetch, sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = params(sandbox)
    answer = fetch(given)
    with pytest.raises(quhao.TokenError) as caught:
        fetch(given)
    records = [record for record in caplog.records if record.name == "quhao"]
    assert [record.levelname for record in records] == ["INFO", "WARNING"]
    answered, failed = (facts(record) for record in records)
    for told in (answered, failed):
        assert 0 < told.pop("duration_ms") < 5000
    assert answered == {
        "provider": "shanyan",
        "operation": "fetch_number",
        "outcome": "fetched",
        "kind": None,
        "retry": None,
        "phase": None,
        "vendor_code": answer.code,
        "charge": answer.charge,
        "request_id": answer.request_id,
        "shared": False,
    }
    assert failed == {
        "provider": "shanyan",
        "operation": "fetch_number",
        "outcome": "token",
        "kind": "token",
        "retry": "new_token",
        "phase": None,
        "vendor_code": caught.value.vendor_code,
        "charge": caught.value.charge,
        "request_id": caught.value.request_id,
        "shared": False,
    }
    assert records[0].getMessage().startswith("shanyan fetch_number: fetched in ")
    assert records[1].getMessage().startswith(f"shanyan fetch_number: token (code {caught.value.vendor_code}) in ")


def test_a_verdict_and_a_phase_are_told(sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "quhao")
    given = sandbox.phone(NUMBER, "cmcc", typed="13900139000").params("shanyan", "verify_number")
    quhao.Client("shanyan", **sandbox.options("shanyan")).verify_number(given)
    refused = quhao.Client("shanyan", **sandbox.options("shanyan") | sandbox.endpoint("refused"))
    with pytest.raises(quhao.TransportError):
        refused.fetch_number(params(sandbox))
    told = [facts(record) for record in caplog.records]
    assert [(each["outcome"], each["phase"], each["retry"]) for each in told] == [
        ("mismatch", None, None),
        ("transport", "connect", "same_token"),
    ]


def test_nothing_is_put_into_words_for_a_level_that_is_off(
    fetch: Fetch,
    sandbox: quhao.Sandbox,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[int] = []
    monkeypatch.setattr("quhao._events._log", lambda _logger, level, _event: told.append(level))
    given = params(sandbox)
    for level, heard in ((logging.ERROR, []), (logging.WARNING, [logging.WARNING])):
        logger.setLevel(level)
        given, told[:] = params(sandbox), []
        fetch(given)
        with pytest.raises(quhao.TokenError):
            fetch(given)
        assert told == heard
    assert caplog.records == []


def test_a_call_that_is_cancelled_has_no_record(sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "quhao")
    client = quhao.AsyncClient("shanyan", **sandbox.options("shanyan"))
    sandbox.fail_next("fault:stall=1000")

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.fetch_number(params(sandbox)), 0.1)

    asyncio.run(main())
    assert [record for record in caplog.records if record.name == "quhao"] == []


def test_a_filter_that_fails_does_not_cost_the_answer(
    fetch: Fetch, sandbox: quhao.Sandbox, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(record: logging.LogRecord) -> bool:
        raise LookupError(f"a filter of {record.name}")

    logger.setLevel(logging.INFO)
    logger.addFilter(fails)
    given = params(sandbox)
    assert fetch(given).number == NUMBER
    with pytest.raises(quhao.TokenError):
        fetch(given)
    assert capsys.readouterr().err.count("LookupError: a filter of quhao") == 2


QUIET = """
import sys
import quhao
sandbox = quhao.Sandbox()
client = quhao.Client("shanyan", **sandbox.options("shanyan"))
params = sandbox.phone("13800138000", "cmcc").params("shanyan")
assert "logging" not in sys.modules
client.fetch_number(params)
assert "logging" not in sys.modules
import logging
try:
    client.fetch_number(params)
except quhao.TokenError:
    pass
root, ours = logging.getLogger(), logging.getLogger("quhao")
assert root.handlers == [] and root.level == logging.WARNING
assert [type(handler) for handler in ours.handlers] == [logging.NullHandler]
assert ours.level == logging.NOTSET and ours.propagate
assert logging.Logger.manager.loggerDict.keys() == {"quhao"}
"""


def test_a_program_that_does_not_log_hears_nothing_and_logging_stays_as_it_is() -> None:
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", QUIET]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_call_is_counted_by_how_it_ended(fetch: Fetch, sandbox: quhao.Sandbox) -> None:
    def counted(outcome: str) -> tuple[int, float]:
        rows = [row for row in quhao.counters() if (row["provider"], row["outcome"]) == ("shanyan", outcome)]
        return sum(row["calls"] for row in rows), sum(row["duration_ms"] for row in rows)

    before = counted("fetched"), counted("token")
    given = params(sandbox)
    fetch(given)
    for _ in range(2):
        with pytest.raises(quhao.TokenError):
            fetch(given)
    for (calls, _), (calls_before, _), more in zip((counted("fetched"), counted("token")), before, (1, 2), strict=True):
        assert calls == calls_before + more
    assert counted("token")[1] > before[1][1]
    with pytest.raises(quhao.UnavailableError):
        sandbox.fail_next("fault:html-502")
        fetch(params(sandbox))
    assert {row["outcome"] for row in quhao.counters()} >= {"fetched", "token", "unavailable"}
