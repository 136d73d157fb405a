"""The vocabulary is the core's: every operation, option, kind, fact and field is here, and nothing else."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterable
from typing import get_args

import pytest
import quhao
import vectors
from quhao import _native, _types
from quhao._types import OptionInfo

README = (vectors.ROOT / "README.md").read_text("utf-8")
OPERATIONS = {operation for provider in quhao.providers() for operation in provider["operations"]}
OPTIONS = [(provider["id"], option) for provider in quhao.providers() for option in provider["options"]]


def test_every_operation_is_a_method_of_both_clients_and_prepared_by_both() -> None:
    assert set(get_args(_types.Operation)) == OPERATIONS
    for operation in OPERATIONS:
        waits, awaits = getattr(quhao.Client, operation), getattr(quhao.AsyncClient, operation)
        assert inspect.iscoroutinefunction(awaits) and not inspect.iscoroutinefunction(waits)
        assert inspect.signature(waits) == inspect.signature(awaits)
        prepares = inspect.signature(getattr(quhao.Client, f"prepare_{operation}")).parameters
        assert [name for name in prepares if name != "_moment"] == list(inspect.signature(waits).parameters)
    public = {name for name in dir(quhao.Client) if not name.startswith("_")}
    assert public == {name for name in dir(quhao.AsyncClient) if not name.startswith("_")}
    assert {name.removeprefix("prepare_") for name in public if name.startswith("prepare_")} == OPERATIONS


@pytest.mark.parametrize(("provider", "option"), OPTIONS, ids=[f"{id}-{option['name']}" for id, option in OPTIONS])
def test_every_option_is_known_by_its_name(provider: str, option: OptionInfo) -> None:
    with pytest.raises(quhao.ConfigError, match=f"^{provider}: config: option {option['name']}: it is empty$"):
        quhao.Client(provider, **{option["name"]: " "})


@pytest.mark.parametrize("provider", [provider["id"] for provider in quhao.providers()])
def test_a_required_option_left_out_is_named(gateways: quhao.Sandbox, provider: str) -> None:
    app = next(app["name"] for app in gateways.apps() if app["provider"] == provider)
    options = gateways.options(app)
    quhao.Client(provider, **options)
    for required in [option["name"] for id, option in OPTIONS if id == provider and option["required"]]:
        with pytest.raises(quhao.ConfigError, match=f"option {required}: it is required"):
            quhao.Client(provider, **options | {required: None})


def test_the_readmes_options_are_these() -> None:
    table = README.partition("generated: options")[2].partition("end: options")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {option["name"] for _, option in OPTIONS}


def test_the_readmes_kinds_are_the_exceptions() -> None:
    table = README.partition("generated: kinds")[2].partition("end: kinds")[0]
    kinds = set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
    assert kinds == {error.kind for error in quhao.QuhaoError.__subclasses__()}
    for error in quhao.QuhaoError.__subclasses__():
        assert error.__name__ == f"{error.kind.capitalize()}Error"


def test_an_error_has_the_eight_facts() -> None:
    facts = {"kind", "retry", "charge", "provider", "vendor_code", "message", "hint", "request_id"}
    assert set(vars(quhao.InputError("x"))) | {"kind"} == facts
    assert set(vars(quhao.TransportError("x"))) | {"kind"} == facts
    assert {"phase", "timeout"} <= set(dir(quhao.TransportError))
    assert get_args(_types.Retry) == ("never", "new_token", "same_token")
    assert get_args(_types.Charge) == ("no", "unknown", "yes")
    assert get_args(_types.Phase) == ("connect", "send", "receive")


def test_results_have_the_fields_of_the_vectors_schema() -> None:
    schema = (vectors.DATA.parent / "README.md").read_text("utf-8")
    line = next(line for line in schema.splitlines() if line.startswith("A result has any of "))
    named = set(re.findall(r"\w+", re.sub(r"\{.*?\}", "", line.partition("`")[2].rpartition("`")[0])))
    receipt = named - {"number", "verdict", "matches"} | {"provider"}
    for result, answer in ((quhao.FetchedNumber, {"number"}), (quhao.Verification, {"verdict"})):
        assert {field.name for field in dataclasses.fields(result)} == receipt | answer
    assert isinstance(quhao.Verification.matches, property)
    assert [field.name for field in dataclasses.fields(quhao.Risk)] == ["level", "code", "tags"]


def test_tables_have_the_keys_that_their_types_name(gateways: quhao.Sandbox) -> None:
    client = quhao.Client("shanyan", **gateways.options("shanyan"))
    client.fetch_number(gateways.phone("13800138000", "cmcc").params("shanyan"))
    assert quhao.counters()
    rows: list[tuple[type, Iterable[object]]] = [
        (_types.ProviderInfo, quhao.providers()),
        (_types.OptionInfo, (option for _, option in OPTIONS)),
        (_types.CodeInfo, quhao.explain("403000") + quhao.explain("103101")),
        (_types.AppInfo, gateways.apps()),
        (_types.CounterInfo, quhao.counters()),
    ]
    for kind, table in rows:
        for row in table:
            assert isinstance(row, dict) and set(row) == set(kind.__annotations__)
    assert quhao.explain("no such code") == []


def test_what_is_public_is_what_is_exported() -> None:
    exported = {name for name in vars(quhao) if not name.startswith("_")} - {"annotations"}
    assert exported | {"__version__"} == set(quhao.__all__)
    assert quhao.__version__ == _native.VERSION
    manifest = (vectors.ROOT / "Cargo.toml").read_text()
    assert f'\nversion = "{quhao.__version__}"\n' in manifest
