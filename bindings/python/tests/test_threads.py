"""Where the operating system refuses a thread, a call ends in an error like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import quhao

PROGRAM = Path(__file__).parent / "programs" / "threadless.py"


@pytest.mark.skipif(sys.platform != "linux", reason="limits what a process may map")
def test_a_call_without_a_thread_is_an_error_and_spends_nothing(sandbox: quhao.Sandbox) -> None:
    options = sandbox.options("shanyan")
    # A name is resolved on a thread; an address needs none.
    options["base_url"] = str(options["base_url"]).replace("127.0.0.1", "localhost")
    given = json.dumps({"options": options, "params": sandbox.phone("13800138000", "cmcc").params("shanyan")})
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], input=given, check=False, capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
    refused, on_this_thread, on_the_io_thread, number = json.loads(done.stdout)
    assert refused
    assert on_this_thread[:4] == ["TransportError", "connect", "same_token", "no"]
    assert on_the_io_thread == ["TransportError", "connect", "same_token", "no", "the I/O thread could not be started"]
    assert number == "13800138000"
    assert len(sandbox.ledger()) == 1
