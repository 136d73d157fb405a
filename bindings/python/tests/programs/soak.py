"""Logs in again and again, and judges whether this process grows by it.

The sandbox is in another process, at ``QUHAO_SANDBOX_URL``; ``QUHAO_SOAK_CALLS`` is how many calls are made.
"""

import asyncio
import json
import os
import sys
import urllib.request
from typing import Any

import quhao

SANDBOX = os.environ["QUHAO_SANDBOX_URL"]
CALLS = int(os.environ.get("QUHAO_SOAK_CALLS", "100000"))
SAMPLES = 50
LANES = 50

Phone = dict[str, Any]


def asked(path: str, given: object) -> Any:
    """The sandbox's answer to one of its controls."""
    with urllib.request.urlopen(SANDBOX + path, json.dumps(given).encode(), timeout=30) as reply:
        return json.load(reply)


def phones(first: int, count: int) -> list[Phone]:
    """So many phones with numbers one after the other, each with what its SDK returns."""
    return list(
        asked(
            "/phone", {"number": str(first), "carrier": "cmcc", "app": APP, "operation": "fetch_number", "count": count}
        )
    )


def held() -> dict[str, int]:
    """What this process holds."""
    with open("/proc/self/status") as file:
        status = dict(line.split(":", 1) for line in file)
    return {
        "KiB resident": int(status["VmRSS"].split()[0]),
        "threads": int(status["Threads"]),
        "descriptors": len(os.listdir("/proc/self/fd")),
    }


def log_in(client: quhao.Client, logins: list[Phone]) -> None:
    """One after the other; each tenth token a second time, which is refused."""
    for at, login in enumerate(logins):
        assert client.fetch_number(login["params"]).number == login["number"]
        if at % 10 == 0:
            try:
                client.fetch_number(login["params"])
            except quhao.TokenError:
                continue
            raise AssertionError("a spent token was taken")


async def log_in_at_once(client: quhao.AsyncClient, logins: list[Phone]) -> None:
    """The same, many in flight; one of each lane is given up on the way."""
    left = iter(enumerate(logins))

    async def lane() -> None:
        for at, login in left:
            call = asyncio.ensure_future(client.fetch_number(login["params"]))
            if at % 100 == 99:
                await asyncio.sleep(0)
                call.cancel()
                await asyncio.wait([call])
                continue
            assert (await call).number == login["number"]
            if at % 10 == 0:
                answers = await asyncio.gather(client.fetch_number(login["params"]), return_exceptions=True)
                assert isinstance(answers[0], quhao.TokenError)

    await asyncio.gather(*(lane() for _ in range(LANES)))


def grown(samples: list[dict[str, int]], name: str) -> float:
    """The growth over the samples after the first fifth, in which pools and allocators find their size: by least squares."""
    points = [(at, sample[name]) for at, sample in enumerate(samples)][len(samples) // 5 :]
    middle_at, middle = (sum(values) / len(points) for values in zip(*points, strict=True))
    slope: float = sum((at - middle_at) * (value - middle) for at, value in points)
    slope /= sum((at - middle_at) ** 2 for at, _ in points)
    return slope * (points[-1][0] - points[0][0])


APP = "shanyan"
each = max(CALLS // SAMPLES, 20)
options = asked("/options", {"app": APP})
client, async_client = quhao.Client(APP, **options), quhao.AsyncClient(APP, **options)
samples = []
loop = asyncio.new_event_loop()
for at in range(SAMPLES):
    for first in range(at * each, (at + 1) * each, 1000):
        logins = phones(13_000_000_000 + first, min(1000, (at + 1) * each - first))
        if at % 2:
            log_in(client, logins)
        else:
            loop.run_until_complete(log_in_at_once(async_client, logins))
    samples.append(held())
loop.close()

calls = each * SAMPLES
allowed = {"KiB resident": max(2 * calls / 1024, 1024), "threads": 0.5, "descriptors": 8}
growth = {name: grown(samples, name) for name in allowed}
for row in quhao.counters():
    print(row["calls"], row["outcome"], file=sys.stderr)
told = ", ".join(f"{by:+.1f} {name}" for name, by in growth.items())
print(f"{calls} logins: {told}; at the end {samples[-1]}")
if failed := [name for name, by in growth.items() if by > allowed[name]]:
    sys.exit(f"it grew: {', '.join(failed)}; {samples}")
