"""The waiting client against the sandbox: every app, every operation, and what a process may expect of a call."""

from __future__ import annotations

import copy
import os
import pickle
import signal
import socket
import threading
import time

import pytest
import quhao
from quhao._types import Option

NUMBER = "13800138000"
PERSON = {"number": NUMBER, "name": "张三", "id_card": "11010519491231002X"}


def apps_for(operation: str) -> list[str]:
    """The sandbox's apps of all providers that have the operation."""
    offering = {provider["id"] for provider in quhao.providers() if operation in provider["operations"]}
    with quhao.Sandbox() as sandbox:
        return [app["name"] for app in sandbox.apps() if app["provider"] in offering]


def client_of(sandbox: quhao.Sandbox, name: str, **options: Option) -> quhao.Client:
    provider = next(app["provider"] for app in sandbox.apps() if app["name"] == name)
    return quhao.Client(provider, **sandbox.options(name) | options)


@pytest.mark.parametrize("app", apps_for("fetch_number"))
def test_every_app_fetches_the_number_of_the_sim(sandbox: quhao.Sandbox, app: str) -> None:
    client = client_of(sandbox, app)
    fetched = client.fetch_number(sandbox.phone(NUMBER, "cmcc").params(app))
    assert (fetched.number, fetched.provider) == (NUMBER, client.provider)
    assert [entry.accepted for entry in sandbox.ledger()] == [True]


@pytest.mark.parametrize("app", ["shanyan", "cmcc"])
def test_another_number_is_a_verdict(sandbox: quhao.Sandbox, app: str) -> None:
    client, phone = client_of(sandbox, app), sandbox.phone(NUMBER, "cmcc", typed="13900139000")
    answers = [
        client.verify_number(sandbox.phone(NUMBER, "cmcc").params(app, "verify_number"), NUMBER),
        client.verify_number(phone.params(app, "verify_number"), "13900139000"),
    ]
    assert [answer.verdict for answer in answers] == [quhao.Verdict.MATCH, quhao.Verdict.MISMATCH]
    assert [answer.matches for answer in answers] == [True, False]


@pytest.mark.parametrize("app", apps_for("verify_identity"))
def test_every_cipher_verifies_a_person(sandbox: quhao.Sandbox, app: str) -> None:
    sandbox.add_person(**PERSON)
    client = client_of(sandbox, app)
    assert client.verify_identity(**PERSON).verdict == "match"
    assert client.verify_identity(**PERSON | {"name": "李四"}).verdict == "mismatch"


def test_a_number_may_be_left_out_where_the_params_carry_it(sandbox: quhao.Sandbox, client: quhao.Client) -> None:
    params = sandbox.phone(NUMBER, "ctcc").params("shanyan", "verify_number")
    with pytest.raises(quhao.InputError):
        client.verify_number(params, "13900139000")
    assert client.verify_number(params).matches


def test_a_client_of_several_apps_finds_each_by_its_params(sandbox: quhao.Sandbox) -> None:
    names = ["shanyan", "shanyan-rsa1024", "shanyan-rsa2048"]
    apps: list[dict[str, Option]] = [{**sandbox.options(name)} for name in names]
    client = quhao.Client.with_apps("shanyan", apps, timeout_ms=3000)
    assert isinstance(client, quhao.Client)
    for name in names:
        params = sandbox.phone(NUMBER, "cmcc").params(name)
        with pytest.raises(quhao.InputError):
            client.app(str(apps[names.index(name) - 1]["app_id"])).fetch_number(params)
        assert client.fetch_number(params).number == NUMBER
    assert [entry.app for entry in sandbox.ledger()] == names


def test_a_call_sent_by_others_is_read_the_same(sandbox: quhao.Sandbox, client: quhao.Client) -> None:
    import urllib.request

    call = client.prepare_fetch_number(sandbox.phone(NUMBER, "cmcc").params("shanyan"))
    request = urllib.request.Request(call.url, call.body.encode(), call.headers, method=call.method)
    with urllib.request.urlopen(request) as reply:
        body = reply.read()
    for given in (body, body.decode()):
        assert call.read(reply.status, given).number == NUMBER
        assert client.read("fetch_number", reply.status, given).number == NUMBER
    assert call.body not in repr(call)


def test_tls_trusts_the_ca_that_is_named_and_no_other() -> None:
    with quhao.Sandbox(tls=True) as sandbox:
        options = sandbox.options("shanyan")
        params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
        with pytest.raises(quhao.TransportError) as refused:
            quhao.Client("shanyan", **options | {"ca_certificate": None}).fetch_number(params)
        assert (refused.value.phase, refused.value.retry, refused.value.timeout) == ("connect", "same_token", False)
        assert quhao.Client("shanyan", **options).fetch_number(params).number == NUMBER


def test_a_context_manager_may_be_used_again(sandbox: quhao.Sandbox, client: quhao.Client) -> None:
    with client as entered:
        assert entered is client
    client.close()
    client.close()
    assert client.fetch_number(sandbox.phone(NUMBER, "cmcc").params("shanyan")).number == NUMBER


def test_a_client_is_neither_pickled_nor_copied(client: quhao.Client) -> None:
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="make one in each process"):
            attempt(client)


def test_a_client_shows_no_key(sandbox: quhao.Sandbox, client: quhao.Client) -> None:
    keys = [value for name, value in sandbox.options("shanyan").items() if name != "base_url"]
    shown = f"{client!r} {vars(client)}"
    assert shown.startswith("<quhao.Client shanyan>")
    assert not any(key in shown for key in keys)


def test_a_client_can_be_replaced_in_part_by_a_test(client: quhao.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = object()
    monkeypatch.setattr(client, "fetch_number", lambda _: answer)
    assert client.fetch_number("x") is answer


def test_a_deadline_is_a_timeout_error_of_both_families(sandbox: quhao.Sandbox) -> None:
    client = client_of(sandbox, "shanyan", timeout_ms=200)
    sandbox.fail_next("fault:stall=3000")
    begun = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        client.fetch_number(sandbox.phone(NUMBER, "cmcc").params("shanyan"))
    assert time.monotonic() - begun < 2
    error = caught.value
    assert isinstance(error, quhao.TransportTimeoutError)
    assert (error.kind, error.phase, error.timeout) == ("transport", "receive", True)
    assert (error.retry, error.charge) == ("new_token", "unknown")


def test_nothing_is_sent_twice(sandbox: quhao.Sandbox, client: quhao.Client) -> None:
    for fault in ("close", "reset", "truncated", "html-502", "garbage", "empty"):
        sandbox.clear_ledger()
        sandbox.fail_next(f"fault:{fault}")
        with pytest.raises(quhao.QuhaoError) as caught:
            client.fetch_number(sandbox.phone(NUMBER, "cmcc").params("shanyan"))
        assert caught.value.retry == "new_token", fault
        assert len(sandbox.ledger()) == 1, fault


def test_other_threads_run_while_one_waits(sandbox: quhao.Sandbox) -> None:
    client = client_of(sandbox, "shanyan")
    turns, done = 0, threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    sandbox.fail_next("fault:stall=400")
    counter.start()
    try:
        client.fetch_number(params)
    finally:
        done.set()
        counter.join()
    assert turns > 50


def test_threads_wait_at_the_same_time(sandbox: quhao.Sandbox) -> None:
    client = client_of(sandbox, "shanyan")
    numbers = [f"1380013{last:04}" for last in range(8)]
    given = {number: sandbox.phone(number, "cmcc").params("shanyan") for number in numbers}
    answers: dict[str, str] = {}
    for _ in numbers:
        sandbox.fail_next("fault:stall=300")

    def ask(number: str) -> None:
        answers[number] = client.fetch_number(given[number]).number

    threads = [threading.Thread(target=ask, args=[number]) for number in numbers]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in numbers}
    assert time.monotonic() - begun < 8 * 0.3


def test_ctrl_c_ends_the_wait_and_the_request() -> None:
    # A shell starts what it runs in the background with SIGINT ignored, and Python leaves it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ctrl_c_ends_the_wait_and_the_request()
    finally:
        signal.signal(signal.SIGINT, before)


def ctrl_c_ends_the_wait_and_the_request() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = quhao.Client("cmcc", app_id="300012345678", app_secret="s3cret", base_url=url, timeout_ms=30_000)
        threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            client.fetch_number("STsid" + "0" * 60)
        assert time.monotonic() - begun < 5
        assert is_hung_up(listener)


def is_hung_up(listener: socket.socket) -> bool:
    """Whether the request that came has been dropped by its sender."""
    listener.settimeout(5)
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        while connection.recv(4096):
            pass
    return True
