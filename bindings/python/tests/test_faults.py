"""The fault matrix: what becomes of a call when network, proxy, TLS or gateway fail, in both clients."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import quhao
import vectors

FAULTS: list[vectors.Json] = json.loads((vectors.DATA / "behaviours/faults.json").read_text("utf-8"))["cases"]
ASKED = [(provider["id"], operation) for provider in quhao.providers() for operation in provider["operations"]]
PERSON = {"name": "张三", "id_card": "11010519491231002X"}
NUMBER = "13800138000"
MOST_MEMORY_KIB = 32 * 1024

Ask = Callable[[str, Any], Awaitable[object]]


class Game:
    """One operation of one app on a sandbox of its own, asked by either client."""

    def __init__(self, kind: type[Any], app: str, operation: str, given: vectors.Json) -> None:
        self.sandbox, self.kind, self.app, self.operation, self.given = quhao.Sandbox(), kind, app, operation, given
        options: vectors.Json = dict(self.sandbox.options(app))
        options |= self.sandbox.endpoint(given["endpoint"]) if "endpoint" in given else {}
        options |= {"proxy": self.sandbox.endpoint(given["proxy"])["base_url"]} if "proxy" in given else {}
        self.client = kind(app, **options | given.get("options", {}))

    def params(self, number: str) -> Any:
        """What the phone returns; for an identity, the person is made known."""
        if self.operation == "verify_identity":
            self.sandbox.add_person(number=number, **PERSON)
            return None
        return self.sandbox.phone(number, "cmcc").params(self.app, self.operation)  # type: ignore[arg-type]

    async def ask(self, number: str, params: Any) -> None:
        """Asks, and checks that an answer is this number's."""
        method = getattr(self.client, self.operation)
        arguments: list[Any] = {"fetch_number": [params], "verify_number": [params, number]}.get(self.operation, [])
        named = {} if arguments else {"number": number} | PERSON
        if self.kind is quhao.AsyncClient:
            answer = await method(*arguments, **named)
        else:
            answer = await asyncio.to_thread(method, *arguments, **named)
        assert answer.number == number if self.operation == "fetch_number" else answer.matches

    async def play(self, expect: vectors.Json) -> None:
        """The call, or the many of a load, and what holds of it."""
        first = self.given.get("first")
        if first is not None:
            params = self.params("13900139000")
            self.fail_next(first)
            await self.ask("13900139000", params)
            await asyncio.sleep(first["pause_ms"] / 1000)
        params = self.params(NUMBER)
        self.fail_next(self.given)
        begun, (least, most) = time.monotonic(), expect["ends_ms"]
        late = asyncio.create_task(lateness_ms(least))
        if "load" in self.given:
            await self.load(self.given["load"], expect["errors"])
        elif "error" in expect:
            with pytest.raises(quhao.QuhaoError) as caught:
                await self.ask(NUMBER, params)
            assert facts(caught.value) == {"phase": None, "timeout": False} | expect["error"]
        else:
            await self.ask(NUMBER, params)
        took_ms = (time.monotonic() - begun) * 1000
        assert least <= took_ms <= most + await late
        ledger = self.sandbox.ledger()
        assert "ledger" not in expect or len(ledger) == expect["ledger"]
        assert not any(entry.token_seen_before for entry in ledger)

    def fail_next(self, given: vectors.Json) -> None:
        for failure in given.get("fail_next", []):
            self.sandbox.fail_next(failure)

    async def load(self, load: vectors.Json, errors: list[vectors.Json]) -> None:
        """Many users, so many at a time, each of whom does as ``retry`` says until the call succeeds."""
        through, turns = 0, asyncio.Semaphore(load["concurrency"])

        async def log_in(number: str) -> None:
            nonlocal through
            params = self.params(number)
            for _ in range(100):
                try:
                    await self.ask(number, params)
                except quhao.QuhaoError as error:
                    assert facts(error) in errors
                    if error.retry == "same_token":
                        await asyncio.sleep(load["pause_ms"] / 1000)
                    else:
                        params = self.params(number)
                else:
                    through += 1
                    if through == load["after"]:
                        self.fail_next(load)
                    return
            raise AssertionError("a login never succeeded")

        async def in_turn(number: str) -> None:
            async with turns:
                await log_in(number)

        await asyncio.gather(*(in_turn(f"137{last:08}") for last in range(load["logins"])))
        assert through == load["logins"]


def facts(error: quhao.QuhaoError) -> vectors.Json:
    """The facts that a case names."""
    return {
        "kind": error.kind,
        "phase": getattr(error, "phase", None),
        "timeout": isinstance(error, TimeoutError),
        "retry": error.retry,
        "charge": error.charge,
    }


async def lateness_ms(after_ms: float) -> float:
    """By how much this machine is late just now: nobody's deadline holds better than that."""
    begun = time.monotonic()
    await asyncio.to_thread(time.sleep, after_ms / 1000)
    return (time.monotonic() - begun) * 1000 - after_ms


@pytest.mark.parametrize("kind", [quhao.Client, quhao.AsyncClient])
@pytest.mark.parametrize("case", FAULTS, ids=[case["id"] for case in FAULTS])
def test_fault(kind: type[Any], case: vectors.Json) -> None:
    games = [Game(kind, app, operation, case["input"]) for app, operation in ASKED]

    async def play() -> None:
        if case["expect"]["ends_ms"][0] and "load" not in case["input"]:
            # Those that run into a limit wait for it together.
            await asyncio.gather(*(game.play(case["expect"]) for game in games))
        for game in games if not case["expect"]["ends_ms"][0] or "load" in case["input"] else []:
            await game.play(case["expect"])

    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    asyncio.run(play())
    assert memory("VmHWM") - before <= MOST_MEMORY_KIB
    for game in games:
        game.sandbox.close()


def test_every_fault_and_every_operation_was_played() -> None:
    assert len(FAULTS) >= 20
    assert {operation for _, operation in ASKED} == {"fetch_number", "verify_number", "verify_identity"}


def memory(field: str) -> int:
    """A figure of this process, in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(f"{field}:")).split()[1])
