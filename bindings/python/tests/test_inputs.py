"""Bad input is the language's own error or a QuhaoError, never a panic, and is not quoted back."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest
import quhao

OPTIONS: dict[str, Any] = {"app_id": "Qh7kT2vX", "app_key": "k9Tz3mWq"}
CLIENT: Any = quhao.Client("shanyan", **OPTIONS)
YUXIN: Any = quhao.Client(
    "yuxin", base_url="https://example.com", key="0123456789abcdef", cipher="aes-128-cbc", token="t"
)
PERSON = {"number": "13800138000", "name": "张三", "id_card": "11010519491231002X"}
LONG = "0" * (1 << 20)

NO_JSON: list[Any] = [b"13800138000", bytearray(b"x"), {1, 2}, object(), print, 1j, range(3), memoryview(b"x")]
NO_TEXT: list[Any] = [*NO_JSON, None, 1, 1.5, True, [], {}]


def refused(kind: type[Exception], call: Callable[..., object], *arguments: object, **named: object) -> Exception:
    with pytest.raises(kind) as caught:
        call(*arguments, **named)
    return caught.value


@pytest.mark.parametrize("given", [*NO_JSON, None, 1, 1.5, True, [], (), [("token", "x")]], ids=repr)
def test_params_of_another_type_are_a_type_error(given: object) -> None:
    for call in (CLIENT.fetch_number, CLIENT.verify_number, CLIENT.prepare_fetch_number, CLIENT.prepare_verify_number):
        assert str(refused(TypeError, call, given)).startswith("params: expected a mapping or a token")
    refused(TypeError, CLIENT.inspect, "fetch_number", given)


@pytest.mark.parametrize("given", NO_JSON, ids=repr)
def test_a_field_that_json_cannot_hold_is_a_type_error(given: object) -> None:
    error = refused(TypeError, CLIENT.fetch_number, {"token": given})
    assert str(error) == f"params: token: expected str, got {type(given).__name__}"


@pytest.mark.parametrize("given", [[], {}, [1], {"a": {}}, ["x"] * 9], ids=repr)
def test_a_field_that_json_nests_is_an_input_error(given: object) -> None:
    error = refused(quhao.InputError, CLIENT.fetch_number, {"token": given})
    assert str(error).startswith("input: params: token: expected text, got a")


@pytest.mark.parametrize("name", [None, 1, b"token", ("token",)], ids=repr)
def test_a_field_name_of_another_type_is_a_type_error(name: object) -> None:
    refused(TypeError, CLIENT.fetch_number, {name: "x"})


def test_scalars_of_json_become_their_text_and_none_is_absent() -> None:
    given = {"token": "x", "appId": None, "a": 7, "b": 1.5, "c": True, "d": 1532417231567, "e": False}
    for mapping in (given, OrderedDict(given), MappingProxyType(given)):
        params = CLIENT.inspect("fetch_number", mapping).params
        assert params == {"token": "x", "a": "7", "b": "1.5", "c": "true", "d": "1532417231567", "e": "false"}


@pytest.mark.parametrize("half", ["\ud800", "STsid\udfff", json.loads('"\\ud83d"')], ids=ascii)
def test_half_a_surrogate_pair_is_an_input_error_without_the_text(half: str) -> None:
    for call in (
        lambda: CLIENT.fetch_number(half),
        lambda: CLIENT.fetch_number({"token": half}),
        lambda: CLIENT.fetch_number({half: "x"}),
        lambda: CLIENT.verify_number({"token": "x"}, half),
        lambda: YUXIN.verify_identity(**PERSON | {"name": half}),
        lambda: CLIENT.decrypt_number(half),
    ):
        error = refused(quhao.InputError, call)
        assert error.__cause__ is None and error.__context__ is None
        assert half not in f"{error}{error!r}"
    refused(quhao.ConfigError, quhao.Client, "shanyan", app_id=half)
    refused(quhao.ConfigError, quhao.Client, "shanyan", **{half: "x"})
    refused(quhao.QuhaoError, quhao.Client, half)
    refused(UnicodeEncodeError, CLIENT.read, "fetch_number", 200, half)


@pytest.mark.parametrize("given", NO_TEXT, ids=repr)
def test_an_argument_of_another_type_is_a_type_error(given: object) -> None:
    for name in PERSON:
        for call in (YUXIN.verify_identity, YUXIN.prepare_verify_identity):
            error = refused(TypeError, call, **PERSON | {name: given})
            assert str(error) == f"{name}: expected str, got {type(given).__name__}"
    refused(TypeError, CLIENT.decrypt_number, given)
    refused(TypeError, quhao.Client, given)
    refused(TypeError, CLIENT.inspect, given, "x")
    if given is not None:
        refused(TypeError, CLIENT.verify_number, {"token": "x"}, given)


def test_missing_and_surplus_arguments_are_type_errors() -> None:
    for call in (
        lambda: CLIENT.fetch_number(),
        lambda: CLIENT.fetch_number({}, "13800138000"),
        lambda: YUXIN.verify_identity("13800138000", "张三", "11010519491231002X"),
        lambda: YUXIN.verify_identity(number="13800138000"),
        lambda: quhao.Client(),  # type: ignore[call-arg]
        lambda: quhao.Client("shanyan", "Qh7kT2vX"),  # type: ignore[call-arg]
    ):
        refused(TypeError, call)


@pytest.mark.parametrize("value", [b"x", 1.5, [], {}, object(), ("x",)], ids=repr)
def test_an_option_of_another_type_is_a_type_error(value: Any) -> None:
    error = refused(TypeError, quhao.Client, "shanyan", **OPTIONS | {"app_key": value})
    assert str(error) == f"option app_key: expected str, int or bool, got {type(value).__name__}"


def test_options_may_be_numbers_flags_and_none() -> None:
    quhao.Client("shanyan", **OPTIONS, timeout_ms=300, proxy=None)
    quhao.Client("cmcc", app_id="1", app_secret="2", strict_check=True)
    for strict in (2, -1, "yes"):
        refused(quhao.ConfigError, quhao.Client, "cmcc", app_id="1", app_secret="2", strict_check=strict)
    for late in (0, -1, 600_001, 10**30, False):
        refused(quhao.ConfigError, quhao.Client, "shanyan", **OPTIONS, timeout_ms=late)


def test_missing_and_unknown_options_are_config_errors() -> None:
    assert "app_id" in str(refused(quhao.ConfigError, quhao.Client, "shanyan"))
    assert "app_key" in str(refused(quhao.ConfigError, quhao.Client, "shanyan", app_id="x", app_key=None))
    error = refused(quhao.ConfigError, quhao.Client, "shanyan", **OPTIONS, appId="x")
    assert "did you mean app_id?" in str(error)
    assert "unknown option provider" in str(refused(quhao.ConfigError, quhao.Client, "shanyan", provider="x"))
    assert "unknown provider" in str(refused(quhao.ConfigError, quhao.Client, "shanyang"))


def test_apps_of_another_type_are_a_type_error() -> None:
    wrong: list[Any] = [
        None,
        1,
        OPTIONS,
        [None],
        [[]],
        ["x"],
        [OPTIONS, b"x"],
        [{1: "x"}],
        [OPTIONS | {"app_key": 1.5}],
    ]
    for apps in wrong:
        refused(TypeError, quhao.Client.with_apps, "shanyan", apps)
    refused(TypeError, quhao.Client.with_apps("shanyan", [OPTIONS]).app, None)
    refused(quhao.InputError, quhao.Client.with_apps("shanyan", [OPTIONS]).app, "nobody")
    missing: list[Any] = [[], [{}], [OPTIONS | {"timeout_ms": 1}]]
    for apps in missing:
        refused(quhao.ConfigError, quhao.Client.with_apps, "shanyan", apps)


def test_a_megabyte_is_refused_and_not_quoted() -> None:
    for call in (
        lambda: CLIENT.fetch_number({"accessToken": LONG}),
        lambda: CLIENT.fetch_number({LONG: "x"}),
        lambda: CLIENT.verify_number({"token": "x"}, LONG),
        lambda: YUXIN.verify_identity(**PERSON | {"number": LONG}),
        lambda: YUXIN.verify_identity(**PERSON | {"name": LONG}),
        lambda: YUXIN.verify_identity(**PERSON | {"id_card": LONG}),
        lambda: CLIENT.decrypt_number(LONG),
        lambda: CLIENT.read("fetch_number", 200, LONG),
        lambda: CLIENT.read("fetch_number", 200, '{"code": "' + LONG + '"}'),
        lambda: quhao.Client(LONG),
        lambda: quhao.Client("shanyan", **{LONG: "x"}),
        lambda: quhao.Client("shanyan", **OPTIONS, timeout_ms=LONG),
        lambda: quhao.Client("shanyan", **OPTIONS, private_key=LONG),
    ):
        error = refused(quhao.QuhaoError, call)
        assert len(str(error)) < 1000
    sent = quhao.Client("cmcc", app_id="1", app_secret="2").prepare_fetch_number(LONG)
    assert len(sent.body) > len(LONG) and len(repr(sent)) < 200


@pytest.mark.parametrize("body", [None, 1, [], {}, bytearray(b"{}"), object()], ids=repr)
def test_a_body_of_another_type_is_a_type_error(body: Any) -> None:
    refused(TypeError, CLIENT.read, "fetch_number", 200, body)


@pytest.mark.parametrize(
    "body", [b"", "", b"\xff\xfe\x00", "null", "[]", "{", '{"code":' * 5000, b"\xef\xbb\xbf"], ids=ascii
)
def test_a_reply_that_is_none_is_a_protocol_error(body: bytes | str) -> None:
    refused(quhao.ProtocolError, CLIENT.read, "fetch_number", 200, body)


def test_a_status_that_is_none_is_pythons_own_error() -> None:
    for status in (-1, 1 << 16, 1 << 70):
        refused(OverflowError, CLIENT.read, "fetch_number", status, b"{}")
    for other in ("200", None, 200.0):
        refused(TypeError, CLIENT.read, "fetch_number", other, b"{}")


def test_an_operation_that_is_none_is_a_config_error() -> None:
    refused(quhao.ConfigError, CLIENT.read, "fetch", 200, b"{}")
    refused(quhao.ConfigError, CLIENT.inspect, "", {})
    refused(quhao.ConfigError, YUXIN.fetch_number, {"token": "x"})
    refused(quhao.ConfigError, CLIENT.verify_identity, **PERSON)


def test_a_mapping_that_fails_fails_with_its_own_error() -> None:
    class Broken(dict[str, str]):
        def items(self) -> Any:
            raise LookupError("mine")

    refused(LookupError, CLIENT.fetch_number, Broken(token="x"))
