"""One-tap login in FastAPI: ``POST /login`` takes what the phone's SDK returned."""

import hashlib
import logging
import os
from typing import Annotated, Any

import quhao
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse

log = logging.getLogger("login")


def create_app(client: quhao.AsyncClient) -> FastAPI:
    """The route, over one client for the whole process."""
    app = FastAPI()

    @app.post("/login")
    async def login(params: Annotated[Any, Body()]) -> JSONResponse:
        try:
            fetched = await client.fetch_number(params)
        except quhao.QuhaoError as error:
            return refusal(error)
        except TypeError as error:
            return JSONResponse({"retry": "never", "hint": str(error)}, 400)
        number = fetched.number
        return JSONResponse({"user": user_id(number), "number": f"{number[:3]}****{number[-4:]}"})

    return app


def refusal(error: quhao.QuhaoError) -> JSONResponse:
    """What the app is told; the log gets the rest, which holds no secret."""
    log.warning("login failed: %s request_id=%s charge=%s", error, error.request_id, error.charge)
    match error.kind, error.retry:
        case ("token", _) | ("input", "new_token"):
            status = 409
        case ("input", _):
            status = 400
        case (_, "same_token"):
            status = 503
        case _:
            status = 502
    return JSONResponse({"retry": error.retry, "hint": error.hint}, status)


def user_id(number: str) -> str:
    """A user's id that does not tell the number. A real back end looks the number up in its database instead."""
    return hashlib.sha256(f"example:{number}".encode()).hexdigest()[:16]


def client_from_environment() -> quhao.AsyncClient:
    """A client configured from ``QUHAO_<PROVIDER>_<OPTION>``."""
    provider = os.environ.get("QUHAO_PROVIDER", "shanyan")
    prefix = f"QUHAO_{provider.upper()}_"
    options = {name.removeprefix(prefix).lower(): value for name, value in os.environ.items() if name.startswith(prefix)}
    return quhao.AsyncClient(provider, **options)


def served() -> FastAPI:
    """For ``uvicorn --factory app:served``."""
    return create_app(client_from_environment())
