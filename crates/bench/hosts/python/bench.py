"""Python's rows, a line of JSON each; what is asked of this program is in ../../README.md."""

import asyncio
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from urllib.parse import parse_qsl

import handwritten
import quhao

ORIGIN = os.environ["QUHAO_BENCH_HTTP"]
FULL = os.environ.get("QUHAO_BENCH_SCALE", "full") == "full"
ROUNDS = 15 if FULL else 2
LANES = 100


def fixture(name):
    """Read anew for each row: the phone's signatures are good for three minutes."""
    all_of_them = json.loads(Path(os.environ["QUHAO_BENCH_FIXTURES"]).read_text("utf-8"))
    return next(each for each in all_of_them if each["name"] == name)


def client_of(login, kind=quhao.Client):
    return kind(login["provider"], **login["options"], base_url=ORIGIN)


def tell(name, other_name, unit, ours, other):
    row = {"name": name, "other_name": other_name, "unit": unit, "ours": ours, "other": other}
    print(json.dumps(row), flush=True)


def same(got, expected):
    if got != expected:
        raise RuntimeError(f"expected {expected}, got {got}")


def compare(name, other_name, unit, ours, other):
    """Measures in turns, after each side has warmed up."""
    mine, theirs = [], []
    for _ in range(ROUNDS + 1):
        mine.append(ours())
        theirs.append(other())
    tell(name, other_name, unit, mine[1:], theirs[1:])


def mean(times, run):
    """Mean microseconds of calls one after the other."""
    begun = perf_counter()
    for _ in range(times):
        run()
    return (perf_counter() - begun) * 1e6 / times


def call_row(other_name, post):
    login, calls = fixture("shanyan-v1"), 300 if FULL else 10
    client, url, app_key = client_of(login), ORIGIN + login["path"], login["options"]["app_key"]

    def ours():
        same(client.fetch_number(login["params"]).number, login["expected"])

    def other():
        same(handwritten.number_of(post(url, login["params"]), app_key), login["expected"])

    compare("python call, keep-alive", other_name, "us per call", lambda: mean(calls, ours), lambda: mean(calls, other))


async def rate(calls, lanes, ask):
    """Calls a second with so many in flight at any time, each with a token of its own."""
    left = iter(range(calls))

    async def lane(params):
        for _ in left:
            await ask(params)

    begun = perf_counter()
    await asyncio.gather(*map(lane, lanes))
    return calls / (perf_counter() - begun)


async def flight_row(other_name, posting):
    login = fixture("shanyan-v1")
    client = client_of(login, quhao.AsyncClient)
    url, app_key, calls = ORIGIN + login["path"], login["options"]["app_key"], 3000 if FULL else 200
    post, close = posting(LANES)

    async def ours(params):
        same((await client.fetch_number(params)).number, login["expected"])

    async def other(params):
        same(handwritten.number_of(await post(url, params), app_key), login["expected"])

    mine, theirs = [], []
    for _ in range(ROUNDS + 1):
        # All rounds together may take longer than the phone's signatures are good for.
        lanes = fixture("shanyan-v1")["more_params"][:LANES]
        mine.append(await rate(calls, lanes, ours))
        theirs.append(await rate(calls if FULL else LANES, lanes, other))
    await close()
    tell("python, 100 in flight", other_name, "calls/s", mine[1:], theirs[1:])


def crypto_rows():
    times = 5000 if FULL else 100

    def row(name, other_name, ours, other):
        compare(name, other_name, "us per call", lambda: mean(times, ours), lambda: mean(times, other))

    des = fixture("shanyan-v1")
    opener, app_key, ciphertext, number = client_of(des), des["options"]["app_key"], des["ciphertext"], des["expected"]
    row(
        "python open, ShanYan V1",
        "pycryptodome",
        lambda: same(opener.decrypt_number(ciphertext), number),
        lambda: same(handwritten.open_des(app_key, ciphertext), number),
    )

    v2 = fixture("shanyan-v2")
    signer, params, options = client_of(v2), v2["params"], v2["options"]
    for body in (handwritten.shanyan_v2(params, options), signer.prepare_fetch_number(params).body):
        same(sorted(parse_qsl(body)), sorted(parse_qsl(v2["body"])))
    row(
        "python sign, ShanYan V2",
        "hmac",
        lambda: signer.prepare_fetch_number(params).body,
        lambda: handwritten.shanyan_v2(params, options),
    )

    login = fixture("cmcc-login")
    mobile, given, secrets = client_of(login), login["params"], login["options"]
    for body in (handwritten.china_mobile(given, secrets), mobile.prepare_fetch_number(given).body):
        same(sorted(json.loads(body)), sorted(json.loads(login["body"])))
    row(
        "python sign, China Mobile",
        "hashlib",
        lambda: mobile.prepare_fetch_number(given).body,
        lambda: handwritten.china_mobile(given, secrets),
    )


def footprint_rows():
    program = Path(__file__).with_name("footprint.py")

    def told(what):
        command = [sys.executable, str(program), what, "1000" if FULL else "20"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    rows = {
        "python import": ("ms", lambda: told("imported")["ms"]),
        "python resident after import": ("KiB", lambda: told("imported")["kib"] - told("bare")["kib"]),
        "python resident after 1,000 calls": ("KiB", lambda: told("called")["kib"] - told("bare")["kib"]),
    }
    for name, (unit, measure) in rows.items():
        measure()
        tell(name, None, unit, [measure() for _ in range(ROUNDS)], None)


def about():
    packages = ("requests", "httpx", "aiohttp", "pycryptodome")
    versions = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
    print(
        json.dumps({"about": f"Python {platform.python_version()}, quhao {quhao.__version__}, {versions}"}), flush=True
    )


def main():
    about()
    print(json.dumps({"cores": "one"}), flush=True)
    call_row("requests.Session", handwritten.requests_post())
    call_row("httpx.Client", handwritten.httpx_post())
    print(json.dumps({"cores": "all"}), flush=True)
    asyncio.run(flight_row("aiohttp", handwritten.aiohttp_post))
    asyncio.run(flight_row("httpx.AsyncClient", handwritten.httpx_async_post))
    crypto_rows()
    footprint_rows()


if __name__ == "__main__":
    main()
