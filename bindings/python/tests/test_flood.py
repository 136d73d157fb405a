"""A gateway that sends informational responses without end holds a call until its deadline, and blocks no event loop."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
import quhao

TICK_S = 0.01


@pytest.mark.parametrize("kind", [quhao.Client, quhao.AsyncClient])
# In the clear, which only the loopback allows, hyper reads for some tenths of a second before it looks at the clock.
@pytest.mark.parametrize(("endpoint", "timeout_s"), [("tls-flood", 1.5), ("flood", 5.0)])
def test_a_flood_of_informational_responses_ends_at_the_deadline(
    sandbox: quhao.Sandbox, kind: type[Any], endpoint: str, timeout_s: float
) -> None:
    options = sandbox.options("shanyan") | sandbox.endpoint(endpoint)
    client = kind("shanyan", timeout_ms=int(timeout_s * 1000), **options)
    params = sandbox.phone("13800138000", "cmcc").params("shanyan")

    async def main() -> tuple[float, float]:
        ticking = asyncio.create_task(longest_tick_s(timeout_s * 0.9))
        begun = time.monotonic()
        with pytest.raises(quhao.TransportTimeoutError) as caught:
            if kind is quhao.AsyncClient:
                await client.fetch_number(params)
            else:
                await asyncio.to_thread(client.fetch_number, params)
        took = time.monotonic() - begun
        error = caught.value
        assert (error.phase, error.retry, error.charge) == ("receive", "new_token", "unknown")
        return took, await ticking

    took, longest_tick = asyncio.run(main())
    assert timeout_s * 0.9 <= took <= timeout_s * 1.1
    # A loop that the flood blocks stands until the deadline.
    assert longest_tick <= timeout_s / 4


async def longest_tick_s(during_s: float) -> float:
    """The longest time between two turns of the event loop."""
    begun = last = time.monotonic()
    longest = 0.0
    while last - begun < during_s:
        await asyncio.sleep(TICK_S)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    return longest
