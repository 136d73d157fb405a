"""Python's rows, a line of JSON for each measure; ../../README.md has the contract."""

import asyncio
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from time import perf_counter, process_time
from urllib.parse import parse_qsl

import handwritten
import quhao

SETUP = json.loads(Path(os.environ["QUHAO_BENCH"]).read_text("utf-8"))
FULL, ORIGINS, LOGIN, LANES = not SETUP["check"], SETUP["origins"], SETUP["login"], SETUP["lanes"]
PARAMS, OPTIONS, APP_KEY = LOGIN["params"], LOGIN["options"], LOGIN["options"]["app_key"]
ROUNDS = 11 if FULL else 1


def client_of(kind, origin):
    return kind(LOGIN["provider"], **OPTIONS, base_url=ORIGINS[origin], timeout_ms=60000)


def tell(row, part, peer, ours, theirs):
    print(json.dumps({"row": row, "part": part, "peer": peer, "ours": ours, "theirs": theirs}), flush=True)


def cores(which):
    print(json.dumps({"cores": which}), flush=True)
    time.sleep(0.1)


def check(number):
    if number != LOGIN["expected"]:
        raise RuntimeError(f"expected {LOGIN['expected']}, got {number}")


def compare(row, part, peer, times, ours, theirs):
    """Mean microseconds of both sides in turns, after a round to warm up."""

    def mean(run):
        begun = perf_counter()
        for _ in range(times):
            run()
        return (perf_counter() - begun) * 1e6 / times

    rounds = [(mean(ours), mean(theirs)) for _ in range(ROUNDS + 1)][1:]
    tell(row, part, peer, *map(list, zip(*rounds)))


def call_row():
    client, url = client_of(quhao.Client, "http"), ORIGINS["http"] + LOGIN["path"]
    for peer, posting in (
        ("requests.Session", handwritten.requests_session),
        ("httpx.Client", handwritten.httpx_client),
    ):
        post = posting()
        compare(
            "Python call, one core",
            "",
            peer,
            300 if FULL else 3,
            lambda: check(client.fetch_number(PARAMS).number),
            lambda: check(handwritten.number_of(post(url, handwritten.body_of(PARAMS, OPTIONS)), APP_KEY)),
        )


async def flight(origin, posting, lanes, calls):
    """So many calls of each phone, all phones at the same time: rounds of (wall, processor) seconds of both sides."""
    client, url = client_of(quhao.AsyncClient, origin), ORIGINS[origin] + LOGIN["path"]
    post, close = posting(lanes)

    async def ours(params):
        check((await client.fetch_number(params)).number)

    async def theirs(params):
        check(handwritten.number_of(await post(url, handwritten.body_of(params, OPTIONS)), APP_KEY))

    async def timed(call):
        async def lane(params):
            for _ in range(calls):
                await call(params)

        wall, processor = perf_counter(), process_time()
        await asyncio.gather(*map(lane, LANES[:lanes]))
        return perf_counter() - wall, process_time() - processor

    rounds = [(await timed(ours), await timed(theirs)) for _ in range(ROUNDS + 1)][1:]
    await close()
    return rounds


def tell_flight(row, part, peer, rounds, at, unit):
    """One of the two times of each round, in a unit of so many seconds."""
    tell(row, part, peer, *([side[at] / unit for side in sides] for sides in zip(*rounds)))


def flight_rows():
    calls = 20 if FULL else 1
    for peer, posting in (
        ("aiohttp", handwritten.aiohttp_session),
        ("httpx.AsyncClient", handwritten.httpx_async_client),
    ):
        rounds = asyncio.run(flight("http", posting, 100, calls))
        tell_flight("Python, 100 in flight", "", peer, rounds, 0, 1e-6 * calls * 100)
    calls = 10 if FULL else 1
    for part, lanes in (("Python, a call", 1), ("Python, 100 in flight", 100)):
        rounds = asyncio.run(flight("slow", handwritten.aiohttp_session, lanes, calls))
        tell_flight("wall time of a login, gateway of 50 ms", part, "aiohttp", rounds, 0, 1e-3 * calls)
    row = "processor time of a login, gateway of 50 ms, 100 in flight"
    tell_flight(row, "Python", "aiohttp", rounds, 1, 1e-6 * calls * 100)


def crypto_row():
    client, ciphertext = client_of(quhao.Client, "http"), LOGIN["ciphertext"]
    for body in (handwritten.body_of(PARAMS, OPTIONS), client.prepare_fetch_number(PARAMS).body):
        if sorted(parse_qsl(body)) != sorted(parse_qsl(LOGIN["body"])):
            raise RuntimeError("expected the body of the login")
    compare(
        "sign a login and open its number, no I/O",
        "Python",
        "hmac, cryptography",
        5000 if FULL else 50,
        lambda: (client.prepare_fetch_number(PARAMS).body, check(client.decrypt_number(ciphertext))),
        lambda: (handwritten.body_of(PARAMS, OPTIONS), check(handwritten.decrypted(APP_KEY, ciphertext))),
    )


def footprint_rows():
    program = str(Path(__file__).with_name("footprint.py"))

    def measured(what):
        command = [sys.executable, program, what, "1000" if FULL else "20"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    measured("called")
    tell("import, require, load", "Python", "", [measured("imported")["ms"] for _ in range(ROUNDS)], [])
    grown = [measured("called")["kib"] - measured("bare")["kib"] for _ in range(ROUNDS)]
    tell("memory after 1,000 calls", "Python", "", grown, [])


packages = ("requests", "httpx", "aiohttp", "cryptography")
versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
print(json.dumps({"versions": f"Python {platform.python_version()}, {versions}"}), flush=True)
cores("one")
call_row()
cores("all")
flight_rows()
crypto_row()
footprint_rows()
