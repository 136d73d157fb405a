"""Login after login, this process stays as it is. ``cargo xtask soak python`` makes a hundred thousand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import quhao

SOAK = Path(__file__).parent / "programs" / "soak.py"


def test_nothing_grows_with_the_logins() -> None:
    with quhao.Sandbox() as sandbox:
        environment = {"QUHAO_SOAK_CALLS": "3000"} | os.environ | {"QUHAO_SANDBOX_URL": sandbox.url}
        done = subprocess.run(
            [sys.executable, "-W", "error", str(SOAK)],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=50,
        )
        assert done.returncode == 0, done.stderr
        assert "fetched" in done.stderr and "token" in done.stderr
        assert not any(entry.token_seen_before and entry.accepted for entry in sandbox.ledger())
