"""Single flight: who taps twice is answered twice by one request."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
import quhao

NUMBER = "13800138000"


def shared(caplog: pytest.LogCaptureFixture) -> list[bool]:
    return sorted(vars(record)["shared"] for record in caplog.records if record.name == "quhao")


def test_two_threads_with_one_token_share_a_request(sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "quhao")
    # Two clients of the same app: workers that make one each share all the same.
    clients = [quhao.Client("shanyan", **sandbox.options("shanyan")) for _ in range(2)]
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    sandbox.fail_next("fault:stall=300")
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda client: client.fetch_number(params), clients)
    assert first == second and first.number == NUMBER
    assert len(sandbox.ledger()) == 1
    assert shared(caplog) == [False, True]


def test_two_coroutines_with_one_token_share_a_request(
    sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "quhao")
    client = quhao.AsyncClient("shanyan", **sandbox.options("shanyan"))
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    sandbox.fail_next("fault:stall=300")

    async def main() -> list[quhao.FetchedNumber]:
        return await asyncio.gather(*(client.fetch_number(params) for _ in range(3)))

    first, *others = asyncio.run(main())
    assert first.number == NUMBER and others == [first, first]
    assert len(sandbox.ledger()) == 1
    assert shared(caplog) == [False, True, True]


def test_one_who_gives_up_does_not_take_the_answer_from_the_other(sandbox: quhao.Sandbox) -> None:
    client = quhao.AsyncClient("shanyan", **sandbox.options("shanyan"))
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    sandbox.fail_next("fault:stall=300")

    async def main() -> quhao.FetchedNumber:
        hasty, patient = (asyncio.ensure_future(client.fetch_number(params)) for _ in range(2))
        await asyncio.sleep(0.1)
        hasty.cancel()
        return await patient

    assert asyncio.run(main()).number == NUMBER
    assert len(sandbox.ledger()) == 1


def test_a_failure_is_shared_too(sandbox: quhao.Sandbox) -> None:
    client = quhao.AsyncClient("shanyan", **sandbox.options("shanyan"), timeout_ms=300)
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    sandbox.fail_next("fault:stall=2000")

    async def main() -> list[object]:
        return await asyncio.gather(*(client.fetch_number(params) for _ in range(2)), return_exceptions=True)

    first, second = asyncio.run(main())
    assert isinstance(first, TimeoutError) and isinstance(second, TimeoutError)
    assert first is not second and vars(first) == vars(second)
    assert len(sandbox.ledger()) == 1


def test_another_app_or_another_number_is_another_request(sandbox: quhao.Sandbox) -> None:
    phone = sandbox.phone(NUMBER, "cmcc")
    given = [phone.params("shanyan") for _ in range(2)]
    client = quhao.AsyncClient("shanyan", **sandbox.options("shanyan"))

    async def main() -> list[quhao.FetchedNumber]:
        return await asyncio.gather(*(client.fetch_number(params) for params in given))

    assert [fetched.number for fetched in asyncio.run(main())] == [NUMBER, NUMBER]
    assert len(sandbox.ledger()) == 2
