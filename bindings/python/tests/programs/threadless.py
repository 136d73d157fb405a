"""Asks while the operating system has no room for another thread's stack, and again when it has."""

import asyncio
import json
import resource
import sys
import threading
from pathlib import Path
from typing import Any

import quhao

given = json.load(sys.stdin)


def told(error: quhao.QuhaoError) -> list[Any]:
    phase = error.phase if isinstance(error, quhao.TransportError) else None
    return [type(error).__name__, phase, error.retry, error.charge, error.message]


async def asked_under_a_loop() -> None:
    await quhao.AsyncClient("shanyan", **given["options"]).fetch_number(given["params"])


def no_thread() -> bool:
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return True
    return False


client = quhao.Client("shanyan", **given["options"])
loop = asyncio.new_event_loop()
before = resource.getrlimit(resource.RLIMIT_AS)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
resource.setrlimit(resource.RLIMIT_AS, ((int(status["VmSize"].split()[0]) + 1536) * 1024, before[1]))
answers: list[Any] = [no_thread()]
try:
    client.fetch_number(given["params"])
except quhao.QuhaoError as error:
    answers.append(told(error))
try:
    loop.run_until_complete(asked_under_a_loop())
except quhao.QuhaoError as error:
    answers.append(told(error))
resource.setrlimit(resource.RLIMIT_AS, before)
answers.append(client.fetch_number(given["params"]).number)
loop.close()
print(json.dumps(answers))
