"""Planted keys, tokens, numbers, names and id cards: nothing that is shown, logged or raised holds one of them."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import marshal
import pickle
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import quhao
from quhao import _native

NUMBER = "13800138000"
TYPED = "13900139000"
PERSON = {"number": NUMBER, "name": "欧阳震华", "id_card": "11010519491231002X"}
ASKED = [(provider["id"], operation) for provider in quhao.providers() for operation in provider["operations"]]
SECRET_OPTIONS = {
    option["name"] for provider in quhao.providers() for option in provider["options"] if option["secret"]
}
# What the gateways quote as they are asked: an app's id, the carrier, the version and the like are no secrets.
SECRET_PARAMS = {"accessToken", "accessCode", "token", "sign", "mobile", "number"}


class Planted:
    """An app, its client, what is asked of it, and every secret in all of these."""

    def __init__(self, sandbox: quhao.Sandbox, app: str, operation: str, kind: type[Any] = quhao.Client) -> None:
        self.sandbox, self.app, self.operation = sandbox, app, operation
        options = sandbox.options(app)
        self.client = kind(app, **options)
        self.secrets = {value for name, value in options.items() if name in SECRET_OPTIONS} | {NUMBER, TYPED}
        sandbox.add_person(**PERSON)
        if operation == "verify_identity":
            self.arguments: list[Any] = []
            self.named = dict(PERSON)
            self.secrets |= set(PERSON.values())
        else:
            params = sandbox.phone(NUMBER, "cmcc", typed=NUMBER).params(app, operation)  # type: ignore[arg-type]
            self.arguments, self.named = [params], {}
            self.secrets |= {value for name, value in params.items() if name in SECRET_PARAMS}
            self.arguments += [NUMBER] if operation == "verify_number" else []

    def ask(self) -> Any:
        answer = getattr(self.client, self.operation)(*self.arguments, **self.named)
        return asyncio.run(answer) if asyncio.iscoroutine(answer) else answer

    def call(self) -> Any:
        return getattr(self.client, f"prepare_{self.operation}")(*self.arguments, **self.named)

    def in_text(self, *texts: str) -> list[str]:
        """Which secrets are in what is shown."""
        return [secret for secret in self.secrets for text in texts if len(secret) >= 4 and secret in text]


@pytest.fixture(params=ASKED, ids=lambda asked: "-".join(asked))
def planted(request: pytest.FixtureRequest, sandbox: quhao.Sandbox) -> Planted:
    return Planted(sandbox, *request.param)


def shown(value: object) -> list[str]:
    """Every way in which a value gets into a log or on a screen."""
    return [repr(value), str(value), f"{value}", f"{[value]!r}", "%s %r" % (value, value), ascii(value)]  # noqa: UP031


def raised(error: BaseException) -> list[str]:
    """Every way in which an exception does, its causes included."""
    texts = [*shown(error), repr(error.args), repr(vars(error)), "".join(traceback.format_exception(error))]
    texts.append(pickle.dumps(error).decode("utf-8", "replace"))
    cause = error.__cause__ or error.__context__
    return texts + (raised(cause) if cause is not None else [])


def test_the_planted_secrets_are_many(planted: Planted) -> None:
    assert len(planted.secrets) >= 4
    assert planted.in_text(" ".join(planted.secrets)) != []


def test_no_object_shows_a_secret(planted: Planted) -> None:
    ask = getattr(_native.Ask, planted.operation)(*planted.arguments, **planted.named)
    answer = planted.ask()
    objects = [planted.client, planted.client._native, planted.call(), ask, answer, answer.risk]
    objects += [*planted.sandbox.ledger(), planted.sandbox, planted.sandbox.phone(NUMBER, "cmcc")]
    if planted.arguments:
        inspected = planted.client.inspect(planted.operation, planted.arguments[0])
        objects += [inspected, *inspected.findings]
    for value in objects:
        assert planted.in_text(*shown(value)) == [], type(value)
    assert planted.in_text(repr(vars(planted.client)), *map(str, planted.sandbox.ledger())) == []


def test_no_error_shows_a_secret(planted: Planted) -> None:
    errors = list(failures(planted))
    assert len(errors) >= 10
    for error in errors:
        assert planted.in_text(*raised(error)) == [], error


def failures(planted: Planted) -> Iterator[BaseException]:
    """What goes wrong: at the gateway, on the way, in its reply, and in what callers hand over."""
    sandbox, client = planted.sandbox, planted.client
    for failure in ("fault:reset", "fault:html-200", "fault:html-502", "fault:garbage", "fault:empty"):
        sandbox.fail_next(failure)
        yield caught(Planted(sandbox, planted.app, planted.operation).ask)
    planted.ask()
    if planted.arguments:
        yield caught(planted.ask)
        token = next(iter(planted.arguments[0].values()))
        for params in (
            {token: token},
            {"token": [token]},
            {"token": {NUMBER: token}},
            [token],
            {"token": token.encode()},
        ):
            yield caught(client.fetch_number, params)
        yield caught(client.verify_number, planted.arguments[0], TYPED + "1")
    else:
        for name, value in PERSON.items():
            yield caught(client.verify_identity, **PERSON | {name: [value]})
            yield caught(client.verify_identity, **PERSON | {name: value + "\ud800"})
    # A gateway that quotes what it was asked. Names are no grammar that could be masked in a vendor's own words.
    quoted = " ".join(secret for secret in planted.secrets if secret != PERSON["name"] and len(secret) > 10)
    for body in (quoted, json.dumps(quoted), json.dumps({quoted: quoted})):
        yield caught(client.read, planted.operation, 200, body)
    for option in SECRET_OPTIONS:
        yield caught(quhao.Client, planted.app, **{option: quoted, quoted: option})
    yield caught(client.decrypt_number, quoted)
    yield caught(client.app, quoted)


def caught(call: Callable[..., object], *arguments: Any, **named: Any) -> BaseException:
    with pytest.raises((quhao.QuhaoError, TypeError)) as info:
        call(*arguments, **named)
    # The traceback would show this file's own lines.
    return info.value.with_traceback(None)


@pytest.mark.parametrize("kind", [quhao.Client, quhao.AsyncClient])
def test_no_record_holds_a_secret(kind: type[Any], sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    for app, operation in ASKED:
        planted = Planted(sandbox, app, operation, kind)
        caplog.clear()
        planted.ask()
        for failure in ("fault:reset", "fault:html-502"):
            sandbox.fail_next(failure)
            again = Planted(sandbox, app, operation, kind)
            planted.secrets |= again.secrets
            with pytest.raises(quhao.QuhaoError):
                again.ask()
        records = [record for record in caplog.records if record.name == "quhao"]
        assert len(records) == 3
        texts = [text for record in records for text in (record.getMessage(), repr(vars(record)))]
        assert planted.in_text(caplog.text, *texts, json.dumps(quhao.counters())) == []


def test_the_logger_of_asyncio_in_debug_mode_shows_no_secret(
    sandbox: quhao.Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    planted = Planted(sandbox, "shanyan", "fetch_number", quhao.AsyncClient)

    async def main() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0
        task = asyncio.ensure_future(planted.client.fetch_number(*planted.arguments))
        caplog.handler.stream.write(repr(task))
        await task

    asyncio.run(main(), debug=True)
    assert any(record.name == "asyncio" for record in caplog.records)
    assert planted.in_text(caplog.text) == []


@pytest.mark.parametrize("kind", [quhao.Client, quhao.AsyncClient])
def test_no_client_and_no_request_is_serialised_or_copied(kind: type[Any], sandbox: quhao.Sandbox) -> None:
    options = sandbox.options("shanyan")
    client = kind("shanyan", **options)
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    ways: list[Callable[[Any], object]] = [copy.deepcopy, json.dumps, marshal.dumps]
    ways += [partial(pickle.dumps, protocol=protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    held = [client, client._native, client.prepare_fetch_number(params), _native.Ask.fetch_number(params)]
    held.append(_native.CompletionQueue(None))
    for value in [*held, sandbox, {"client": client}, [client]]:
        for way in ways:
            with pytest.raises((TypeError, ValueError)) as refused:
                way(value)
            assert not any(secret in str(refused.value) for secret in (options["app_key"], *params.values()))
    for value in held:
        # Before protocol 2, pickle writes the name of a class that has nothing to say against it.
        for protocol in (0, 1):
            try:
                written = pickle.dumps(value, protocol)
            except TypeError:
                continue
            assert not any(secret.encode() in written for secret in (options["app_key"], *params.values()))
            with pytest.raises(TypeError):
                pickle.loads(written)


def test_a_result_is_data_and_is_kept_as_such(planted: Planted) -> None:
    answer = planted.ask()
    assert pickle.loads(pickle.dumps(answer)) == answer == copy.deepcopy(answer)
    with pytest.raises(TypeError):
        json.dumps(answer)
    assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()
