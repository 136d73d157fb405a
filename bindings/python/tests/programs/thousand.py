"""A thousand calls in flight at once: the gateway answers none before it has all of them."""

import asyncio
import collections
import json
import os

import quhao
from quhao._types import Option

CALLS = 1000
REPLY = b'{"resultCode":"103103","desc":"x"}'


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


async def main() -> None:
    counted = [threads()]
    in_flight, all_here = 0, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal in_flight
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        in_flight += 1
        if in_flight == CALLS:
            counted.append(threads())
            all_here.set()
        await all_here.wait()
        head = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        writer.write(head % len(REPLY) + REPLY)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=CALLS)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        patience: dict[str, Option] = {"timeout_ms": 40_000, "connect_timeout_ms": 40_000}
        client = quhao.AsyncClient("cmcc", app_id="300012345678", app_secret="s3cret", base_url=url, **patience)
        calls = (client.fetch_number(f"STsid{call:060}") for call in range(CALLS))
        answers = await asyncio.gather(*calls, return_exceptions=True)
    names = collections.Counter(type(answer).__name__ for answer in answers)
    print(json.dumps({"most_at_once": in_flight, "answers": names, "threads": counted}))


asyncio.run(main())
