"""The awaited client: cancellation, many at once, loops that come and go."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import quhao
import uvloop
from quhao import _loop

PROGRAMS = Path(__file__).parent / "programs"
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(params=[*LOOPS, "asyncio without add_reader"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine on a fresh loop of each kind, in debug mode."""
    # As on Windows, whose Proactor loop listens to no descriptor.
    monkeypatch.setattr(_loop, "LISTENS", request.param in LOOPS)
    loops = LOOPS | {"asyncio without add_reader": Deaf}

    def run(main: Coroutine[Any, Any, Any]) -> Any:
        loop = loops[request.param]()
        loop.set_debug(True)
        try:
            return loop.run_until_complete(main)
        finally:
            loop.close()

    return run


class Deaf(asyncio.SelectorEventLoop):
    """A loop that cannot be asked to listen to a descriptor."""

    def add_reader(self, *_: object) -> None:
        raise NotImplementedError


Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def client(sandbox: quhao.Sandbox) -> quhao.AsyncClient:
    return quhao.AsyncClient("shanyan", **sandbox.options("shanyan"))


def params(sandbox: quhao.Sandbox, number: str = "13800138000") -> dict[str, str]:
    return sandbox.phone(number, "cmcc").params("shanyan")


def test_every_operation_is_awaited(run: Run, sandbox: quhao.Sandbox) -> None:
    sandbox.add_person(number="13800138000", name="张三", id_card="11010519491231002X")

    async def main() -> None:
        async with quhao.AsyncClient("shanyan", **sandbox.options("shanyan")) as client:
            assert (await client.fetch_number(params(sandbox))).number == "13800138000"
            asked = sandbox.phone("13800138000", "cmcc").params("shanyan", "verify_number")
            assert (await client.verify_number(asked)).matches
        await client.close()
        yuxin = quhao.AsyncClient("yuxin", **sandbox.options("yuxin"))
        assert (await yuxin.verify_identity(number="13800138000", name="张三", id_card="11010519491231002X")).matches

    run(main())


def test_a_failure_is_raised_where_it_is_awaited(run: Run, sandbox: quhao.Sandbox, client: quhao.AsyncClient) -> None:
    async def main() -> None:
        spent = params(sandbox)
        await client.fetch_number(spent)
        with pytest.raises(quhao.TokenError) as caught:
            await client.fetch_number(spent)
        assert any("main" in entry.name for entry in caught.traceback)
        with pytest.raises(TypeError):
            await client.fetch_number(None)  # type: ignore[arg-type]

    run(main())


def test_every_answer_goes_to_its_asker(run: Run, sandbox: quhao.Sandbox, client: quhao.AsyncClient) -> None:
    numbers = [f"138{last:08}" for last in range(200)]

    async def main() -> list[quhao.FetchedNumber]:
        return await asyncio.gather(*(client.fetch_number(params(sandbox, number)) for number in numbers))

    assert [fetched.number for fetched in run(main())] == numbers


def test_a_cancelled_call_hangs_up(run: Run) -> None:
    async def main() -> None:
        arrived, hung_up = asyncio.Event(), asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            arrived.set()
            await reader.read()
            hung_up.set()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            client = quhao.AsyncClient(
                "cmcc", app_id="300012345678", app_secret="s3cret", base_url=url, timeout_ms=30_000
            )
            call = asyncio.ensure_future(client.fetch_number("STsid" + "0" * 60))
            await asyncio.wait_for(arrived.wait(), 5)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await asyncio.wait_for(hung_up.wait(), 5)

    run(main())


def test_a_call_cancelled_before_it_began_sends_nothing(
    run: Run, sandbox: quhao.Sandbox, client: quhao.AsyncClient
) -> None:
    async def main() -> None:
        calls = [asyncio.ensure_future(client.fetch_number(params(sandbox))) for _ in range(20)]
        for call in calls:
            call.cancel()
        assert all(
            isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*calls, return_exceptions=True)
        )
        await asyncio.sleep(0.1)

    run(main())
    assert sandbox.ledger() == []


def test_a_timeout_around_a_call_sends_nothing_more(
    run: Run, sandbox: quhao.Sandbox, client: quhao.AsyncClient
) -> None:
    async def main() -> None:
        sandbox.fail_next("fault:stall=1000")
        begun = time.monotonic()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.fetch_number(params(sandbox)), 0.2)
        assert time.monotonic() - begun < 0.9
        await asyncio.sleep(0.3)

    run(main())
    assert len(sandbox.ledger()) == 1


def test_a_loop_closed_with_calls_in_flight_leaves_no_trace(
    sandbox: quhao.Sandbox, client: quhao.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        sandbox.fail_next("fault:stall=200")
    loop = asyncio.new_event_loop()
    calls = [loop.create_task(client.fetch_number(params(sandbox))) for _ in range(3)]
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()
    for call in calls:
        # What asyncio itself says of a pending task is not under test.
        call._log_destroy_pending = False  # type: ignore[attr-defined]
    del calls, call, loop
    gc.collect()
    time.sleep(0.4)
    assert caplog.records == []
    other = asyncio.new_event_loop()
    assert other.run_until_complete(client.fetch_number(params(sandbox))).number == "13800138000"
    other.close()


def test_a_client_serves_loops_in_several_threads(sandbox: quhao.Sandbox, client: quhao.AsyncClient) -> None:
    answers: dict[str, str] = {}

    def serve(number: str, given: dict[str, str]) -> None:
        answers[number] = asyncio.run(client.fetch_number(given)).number

    numbers = [f"139{last:08}" for last in range(8)]
    threads = [threading.Thread(target=serve, args=[number, params(sandbox, number)]) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in numbers}


@pytest.mark.parametrize("listens", [True, False])
def test_loops_that_are_gone_leave_nothing(
    sandbox: quhao.Sandbox, client: quhao.AsyncClient, listens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_loop, "LISTENS", listens)

    def descriptors() -> int:
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    asyncio.run(client.fetch_number(params(sandbox)))
    before, queues = descriptors(), len(_loop._queues)
    for _ in range(20):
        asyncio.run(client.fetch_number(params(sandbox)))
    assert descriptors() <= before
    assert len(_loop._queues) <= queues


def test_a_thousand_calls_in_flight_take_one_thread() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAMS / "thousand.py")],
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {"most_at_once": 1000, "answers": {"CredentialsError": 1000}, "threads": [1, 2]}


def test_a_program_that_ends_with_calls_in_flight_ends_quietly(sandbox: quhao.Sandbox) -> None:
    for _ in range(10):
        sandbox.fail_next("fault:stall=100")
    given = json.dumps({"options": sandbox.options("shanyan"), "params": [params(sandbox) for _ in range(10)]})
    command = [sys.executable, "-X", "dev", "-W", "error", str(PROGRAMS / "unfinished.py")]
    done = subprocess.run(command, input=given, check=False, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
