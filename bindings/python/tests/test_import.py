"""Importing and configuring start nothing."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, threading
def started():
    return sorted(os.listdir("/proc/self/task")), [os.readlink(f"/proc/self/fd/{fd}") for fd in range(64) if os.path.islink(f"/proc/self/fd/{fd}")]
before = started()
import quhao
assert started() == before, started()
clients = [kind("cmcc", app_id="300012345678", app_secret="s3cret") for kind in (quhao.Client, quhao.AsyncClient)]
for client in clients:
    client.inspect("fetch_number", "0" * 60)
    client.prepare_fetch_number("0" * 60)
assert started() == before, started()
assert threading.active_count() == 1
"""


def test_no_thread_and_no_descriptor_before_the_first_call() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_takes_time_and_memory_is_not_imported() -> None:
    program = "import sys; before = set(sys.modules); import quhao; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=30)
    imported = set(done.stdout.split())
    assert "quhao._native" in imported
    heavy = {"asyncio", "datetime", "json", "logging", "typing_extensions"}
    assert imported & heavy == set()


def test_a_program_that_made_calls_ends_quietly() -> None:
    program = """
import quhao
sandbox = quhao.Sandbox()
client = quhao.Client("shanyan", **sandbox.options("shanyan"))
print(client.fetch_number(sandbox.phone("13800138000", "cmcc").params("shanyan")))
"""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("FetchedNumber(138****8000, ")
