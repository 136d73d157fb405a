"""The sandbox in the process that tests with it."""

from __future__ import annotations

import pytest
import quhao

NUMBER = "13800138000"


def test_the_ledger_tells_what_came_and_why_it_was_refused(sandbox: quhao.Sandbox) -> None:
    options = sandbox.options("cmcc")
    client = quhao.Client("cmcc", **options | {"app_secret": "wr0ng"})
    params = sandbox.phone(NUMBER, "cmcc").params("cmcc")
    with pytest.raises(quhao.CredentialsError):
        client.fetch_number(params)
    (entry,) = sandbox.ledger()
    assert (entry.provider, entry.app, entry.method, entry.accepted, entry.charged) == (
        "cmcc",
        "cmcc",
        "POST",
        False,
        False,
    )
    assert entry.explanation and entry.revealed
    assert params["token"] not in repr(entry) + str(entry) and params["token"] in entry.revealed
    assert str(entry).count("\n") == 0


def test_a_token_is_good_once_and_for_a_while(sandbox: quhao.Sandbox) -> None:
    client = quhao.Client("cmcc", **sandbox.options("cmcc"))
    phone = sandbox.phone(NUMBER, "cmcc")
    spent = phone.params("cmcc")
    client.fetch_number(spent)
    with pytest.raises(quhao.TokenError):
        client.fetch_number(spent)
    assert [entry.token_seen_before for entry in sandbox.ledger()] == [False, True]
    late, before = phone.params("cmcc"), sandbox.now_ms()
    sandbox.advance(121)
    assert 121_000 <= sandbox.now_ms() - before < 131_000
    with pytest.raises(quhao.TokenError):
        client.fetch_number(late)


def test_balance_addresses_and_access_tokens_are_set_for_an_app(sandbox: quhao.Sandbox) -> None:
    client, phone = quhao.Client("shanyan", **sandbox.options("shanyan-rsa1024")), sandbox.phone(NUMBER, "ctcc")
    sandbox.set_balance("shanyan-rsa1024", 1)
    client.fetch_number(phone.params("shanyan-rsa1024"))
    with pytest.raises(quhao.QuotaError):
        client.fetch_number(phone.params("shanyan-rsa1024"))
    sandbox.set_balance("shanyan-rsa1024", 9)
    sandbox.allow_ips("shanyan-rsa1024", ["10.0.0.1", "::1"])
    with pytest.raises(quhao.ForbiddenError):
        client.fetch_number(phone.params("shanyan-rsa1024"))
    yuxin = quhao.Client("yuxin", **sandbox.options("yuxin"))
    sandbox.set_token("yuxin", "yx-other")
    assert sandbox.options("yuxin")["token"] == "yx-other"
    with pytest.raises(quhao.QuhaoError):
        yuxin.verify_identity(number=NUMBER, name="张三", id_card="11010519491231002X")


def test_failures_queue_up(sandbox: quhao.Sandbox, client: quhao.Client) -> None:
    for failure in ("403101", "shanyan/500005", "fault:html-502"):
        sandbox.fail_next(failure)
    raised = []
    for _ in range(3):
        with pytest.raises(quhao.QuhaoError) as caught:
            client.fetch_number(sandbox.phone(NUMBER, "cmcc").params("shanyan"))
        raised.append(caught.value.vendor_code)
    assert raised == ["403101", "500005", None]


def test_what_a_sandbox_does_not_know_is_a_value_error(sandbox: quhao.Sandbox) -> None:
    for ask in (
        lambda: sandbox.options("nobody"),
        lambda: sandbox.phone("1380013800", "cmcc").params("shanyan"),
        lambda: sandbox.phone(NUMBER, "cmmc").params("shanyan"),  # type: ignore[arg-type]
        lambda: sandbox.phone(NUMBER, "cmcc").params("nobody"),
        lambda: sandbox.fail_next("fault:rest"),
        lambda: sandbox.advance(-1),
        lambda: sandbox.advance(float("inf")),
        lambda: sandbox.endpoint("nowhere"),
        lambda: sandbox.allow_ips("shanyan", ["localhost"]),
        lambda: sandbox.set_token("shanyan", "x"),
    ):
        with pytest.raises(ValueError):
            ask()
    for give in (
        lambda: sandbox.options(1),  # type: ignore[arg-type]
        lambda: sandbox.advance("1"),  # type: ignore[arg-type]
        lambda: sandbox.phone(None, "cmcc").params("shanyan"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            give()


def test_a_closed_sandbox_is_closed() -> None:
    with quhao.Sandbox() as sandbox:
        client = quhao.Client("shanyan", **sandbox.options("shanyan"), timeout_ms=1000)
        params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
        with pytest.raises(OSError, match="cannot be listened on"):
            quhao.Sandbox(port=int(sandbox.url.rpartition(":")[2]))
    sandbox.close()
    with pytest.raises(RuntimeError, match="the sandbox is closed"):
        sandbox.ledger()
    with pytest.raises(quhao.TransportError) as caught:
        client.fetch_number(params)
    assert caught.value.phase == "connect"


def test_an_endpoint_is_an_address_that_fails(sandbox: quhao.Sandbox) -> None:
    params = sandbox.phone(NUMBER, "cmcc").params("shanyan")
    for name in ("refused", "tls-expired"):
        client = quhao.Client("shanyan", **sandbox.options("shanyan") | sandbox.endpoint(name))
        with pytest.raises(quhao.TransportError) as caught:
            client.fetch_number(params)
        assert (caught.value.phase, caught.value.retry) == ("connect", "same_token")
        assert isinstance(caught.value.__cause__, OSError)
    assert sandbox.ledger() == []
