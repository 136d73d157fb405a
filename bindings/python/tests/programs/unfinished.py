"""Ends while calls are in flight, of which some are just being answered."""

import asyncio
import json
import sys

import quhao

given = json.load(sys.stdin)


async def main() -> None:
    # What a busy machine does to the first call is not under test.
    asyncio.get_running_loop().slow_callback_duration = 10
    client = quhao.AsyncClient("shanyan", **given["options"])
    calls = [asyncio.ensure_future(client.fetch_number(params)) for params in given["params"]]
    await asyncio.wait(calls, timeout=0.1)


asyncio.run(main())
