"""What the READMEs show runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import quhao
import vectors
from quhao._native import Ask

READMES = ["README.md", "README.zh-CN.md", "bindings/python/README.md"]
BLOCKS = [
    (name, block)
    for name in READMES
    for block in re.findall(
        r"^```python\n(.*?)^```", (vectors.ROOT / name).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
]


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=[f"{name}-{at}" for at, (name, _) in enumerate(BLOCKS)])
def test_a_block_runs(name: str, block: str, tmp_path: Path) -> None:
    program = tmp_path / "test_block.py"
    program.write_text(block, "utf-8")
    pytest_ = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if "def test_" in block else []
    command = [sys.executable, "-W", "error", *pytest_, str(program)]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert "13800138000" not in done.stdout


def test_the_bindings_readme_shows_all_there_is_to_do() -> None:
    shown = (vectors.ROOT / "bindings/python/README.md").read_text("utf-8")
    assert len([block for name, block in BLOCKS if name.startswith("bindings")]) == 5
    for error in quhao.QuhaoError.__subclasses__():
        assert f"`{error.__name__}`" in shown
    with quhao.Sandbox() as sandbox:
        client = quhao.Client("shanyan", **sandbox.options("shanyan"))
        ask = Ask.fetch_number(sandbox.phone("13800138000", "cmcc").params("shanyan"))
        _, event = client._native.call(ask)
    for fact in event.facts():
        assert f"`{fact}`" in shown
