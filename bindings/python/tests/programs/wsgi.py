"""A login route under gunicorn. The client is made, and used, before the workers are forked."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

import quhao

given = json.loads(os.environ["QUHAO_TEST"])
client = quhao.Client(given["provider"], **given["options"])
number, params = given["first"]
assert client.fetch_number(params).number == number
MASTER = os.getpid()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answers the number behind the posted params, and who answered."""
    fetched = client.fetch_number(json.load(environ["wsgi.input"]))
    body = json.dumps({"number": fetched.number, "pid": os.getpid(), "master": MASTER}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
