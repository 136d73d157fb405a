"""The route against the sandbox."""

from collections.abc import Iterator

import pytest
import quhao
from app import create_app
from fastapi.testclient import TestClient


@pytest.fixture
def sandbox() -> Iterator[quhao.Sandbox]:
    with quhao.Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def http(sandbox: quhao.Sandbox) -> Iterator[TestClient]:
    with TestClient(create_app(quhao.AsyncClient("shanyan", **sandbox.options("shanyan")))) as http:
        yield http


def params(sandbox: quhao.Sandbox) -> dict[str, str]:
    return sandbox.phone("13800138000", "ctcc").params("shanyan")


def test_a_phone_logs_in_and_its_number_stays_inside(sandbox: quhao.Sandbox, http: TestClient) -> None:
    answer = http.post("/login", json=params(sandbox))
    assert (answer.status_code, answer.json()["number"]) == (200, "138****8000")
    assert "13800138000" not in answer.text
    assert http.post("/login", json=params(sandbox)).json()["user"] == answer.json()["user"]


def test_a_used_token_asks_for_a_new_one(sandbox: quhao.Sandbox, http: TestClient) -> None:
    used = params(sandbox)
    http.post("/login", json=used)
    answer = http.post("/login", json=used)
    assert (answer.status_code, answer.json()["retry"]) == (409, "new_token")


def test_wrong_params_are_a_bad_request(http: TestClient) -> None:
    assert http.post("/login", json={"accessToken": "x"}).status_code == 400
    assert http.post("/login", json=["x"]).status_code == 400


def test_a_gateway_out_of_service_is_a_bad_gateway(sandbox: quhao.Sandbox, http: TestClient) -> None:
    sandbox.fail_next("500000")
    answer = http.post("/login", json=params(sandbox))
    assert (answer.status_code, answer.json()["retry"]) == (502, "new_token")


def test_an_unreachable_gateway_leaves_the_token_good(sandbox: quhao.Sandbox) -> None:
    options = sandbox.options("shanyan") | {"base_url": "http://127.0.0.1:9", "connect_timeout_ms": "500"}
    with TestClient(create_app(quhao.AsyncClient("shanyan", **options))) as http:
        answer = http.post("/login", json=params(sandbox))
    assert (answer.status_code, answer.json()["retry"]) == (503, "same_token")
