"""What the tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import quhao


@pytest.fixture(scope="module")
def gateways() -> Iterator[quhao.Sandbox]:
    """One sandbox for a file's tests."""
    with quhao.Sandbox() as running:
        yield running


@pytest.fixture
def sandbox(gateways: quhao.Sandbox) -> quhao.Sandbox:
    """The file's sandbox with an empty ledger."""
    gateways.clear_ledger()
    return gateways


@pytest.fixture
def client(sandbox: quhao.Sandbox) -> quhao.Client:
    """ShanYan's first app."""
    return quhao.Client("shanyan", **sandbox.options("shanyan"))
