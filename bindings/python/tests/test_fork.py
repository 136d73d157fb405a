"""After a fork every number still goes to its asker."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import quhao

PROGRAMS = Path(__file__).parent / "programs"


def asked(sandbox: quhao.Sandbox, app: str, calls: int) -> list[tuple[str, dict[str, str]]]:
    """Numbers, all different, each with its phone's params."""
    numbers = [f"138{last:08}" for last in range(calls)]
    return [(number, sandbox.phone(number, "cmcc").params(app)) for number in numbers]


@pytest.mark.parametrize("program", ["fork_blocking.py", "fork_async.py"])
@pytest.mark.parametrize("tls", [False, True], ids=["http", "tls"])
def test_parent_and_child_ask_at_the_same_time(program: str, tls: bool) -> None:
    with quhao.Sandbox(tls=tls) as sandbox:
        given: dict[str, Any] = {"provider": "shanyan", "options": sandbox.options("shanyan")}
        given["asked"] = asked(sandbox, "shanyan", 400)
        done = subprocess.run(
            [sys.executable, str(PROGRAMS / program)],
            input=json.dumps(given),
            check=False,
            capture_output=True,
            text=True,
            timeout=50,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told.pop("in_flight", True)
        assert told == {"parent": [200 - (program == "fork_blocking.py"), 0], "child": 0}
        ledger = sandbox.ledger()
        assert [entry.accepted for entry in ledger] == [True] * 400
        childs = {params["randoms"] for _, params in given["asked"][1::2]}
        askers = [entry.request_id in childs for entry in ledger]
        assert sum(one != next for one, next in pairwise(askers)) >= 20, "they took turns at least so often"


@contextlib.contextmanager
def gunicorn(environment: dict[str, str], *arguments: str) -> Iterator[str]:
    """The login route's address while it is served."""
    # The socket is handed over whole, so that no client waits on it for a server that did not start.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/login"
        bound = ["--bind", f"fd://{listener.fileno()}"]
        command = [sys.executable, "-m", "gunicorn", *bound, *arguments, "wsgi:application"]
        environment = os.environ | environment | {"PYTHONPATH": str(PROGRAMS)}
        server = subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()], stderr=subprocess.PIPE)
    try:
        yield url
    finally:
        server.terminate()
        _, said = server.communicate(timeout=20)
    assert b"Traceback" not in said, said.decode()


@pytest.mark.parametrize("threads", [1, 4])
def test_gunicorn_with_preload_answers_each_login_with_its_own_number(threads: int) -> None:
    with quhao.Sandbox() as sandbox:
        logins = asked(sandbox, "shanyan", 200)
        given = {"provider": "shanyan", "options": sandbox.options("shanyan"), "first": logins.pop()}

        def log_in(login: tuple[str, dict[str, str]]) -> Any:
            body = json.dumps(login[1]).encode()
            with urllib.request.urlopen(url, body, timeout=30) as reply:
                return json.load(reply)

        arguments = ["--preload", "--workers", "4", "--threads", str(threads)]
        with gunicorn({"QUHAO_TEST": json.dumps(given)}, *arguments) as url, ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(log_in, logins))
    assert [answer["number"] for answer in answers] == [number for number, _ in logins]
    workers = {answer["pid"] for answer in answers}
    assert len(workers) >= 2
    assert workers.isdisjoint(answer["master"] for answer in answers)


def test_a_childs_sandbox_is_its_parents() -> None:
    sandbox = quhao.Sandbox(tls=True)
    certificate = Path(str(sandbox.ca_certificate))
    readable, writable = os.pipe()
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            try:
                sandbox.ledger()
            except RuntimeError as error:
                os.write(writable, str(error).encode())
            sandbox.close()
            del sandbox
            gc.collect()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert os.read(readable, 100) == b"the sandbox belongs to the process that started it"
    for descriptor in (readable, writable):
        os.close(descriptor)
    assert certificate.exists()
    client = quhao.Client("shanyan", **sandbox.options("shanyan"))
    assert client.fetch_number(sandbox.phone("13800138000", "cmcc").params("shanyan")).number == "13800138000"
    sandbox.close()
    assert not certificate.exists()
