"""The carriers' gateways in this process, for tests without a phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from quhao import _native
from quhao._types import AppInfo, Carrier


class Sandbox:
    """The gateways on a port of 127.0.0.1, from construction until ``close()``.

    They check signatures, spend and expire tokens, charge, and say in the ledger why they refuse. Raises ``OSError`` if
    the port is in use, and ``ValueError`` for what a sandbox does not know.
    """

    def __init__(self, *, port: int = 0, tls: bool = False) -> None:
        self._native = _native.Sandbox(port, tls)
        self._about: dict[str, Any] = self._native.run("about")

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:41234``."""
        return str(self._about["url"])

    @property
    def ca_certificate(self) -> str | None:
        """The PEM file with the CA that clients have to trust; with ``tls`` only."""
        certificate: str | None = self._about["ca_certificate"]
        return certificate

    def apps(self) -> list[AppInfo]:
        """The apps that its consoles know."""
        apps: list[AppInfo] = self._about["apps"]
        return apps

    def options(self, app: str) -> dict[str, str]:
        """An app's options: ``Client(provider, **sandbox.options(app))``."""
        options: dict[str, str] = self._native.run("options", app=app)
        return options

    def endpoint(self, name: str) -> dict[str, str]:
        """Options of an address that fails: ``refused``, ``silent``, ``tls-expired``, ``tls-unknown-ca``, ….

        Lay them over an app's own: ``sandbox.options(app) | sandbox.endpoint("refused")``.
        """
        options: dict[str, str] = self._native.run("endpoint", name=name)
        return options

    def phone(self, number: str, carrier: Carrier, *, typed: str | None = None) -> Phone:
        """A phone with this number's SIM card in it.

        ``typed`` is the number that the user types where the SDK asks for one: the SIM's own if left out.
        """
        return Phone(self._native, number, carrier, number if typed is None else typed)

    def add_person(self, *, number: str, name: str, id_card: str) -> None:
        """Makes a person known to ``verify_identity``."""
        self._native.run("add_person", number=number, name=name, id_card=id_card)

    def advance(self, seconds: float) -> None:
        """Moves the gateways' clock ahead: everything minted so far gets older."""
        self._native.run("advance", seconds=seconds)

    def now_ms(self) -> int:
        """The gateways' clock, in milliseconds since 1970."""
        return int(self._native.run("now_ms"))

    def fail_next(self, failure: str) -> None:
        """Makes the next request fail: ``403101``, ``shanyan/500005``, ``403000:重复请求``, ``fault:reset``.

        Several queue up.
        """
        self._native.run("fail_next", failure=failure)

    def set_balance(self, app: str, calls: int) -> None:
        """Gives an app so many more billed calls; without a balance set there is no limit."""
        self._native.run("set_balance", app=app, calls=calls)

    def allow_ips(self, app: str, ips: Iterable[str]) -> None:
        """Gives an app an IP list; without one every address may call."""
        self._native.run("allow_ips", app=app, ips=list(ips))

    def set_token(self, app: str, token: str) -> None:
        """Replaces a Yuxin app's access token: the old one is refused from now on."""
        self._native.run("set_token", app=app, token=token)

    def ledger(self) -> list[LedgerEntry]:
        """Everything that reached it, oldest first."""
        return [LedgerEntry(**entry) for entry in self._native.run("ledger")]

    def clear_ledger(self) -> None:
        """Empties the ledger; tokens and balances stay as they are."""
        self._native.run("clear_ledger")

    def close(self) -> None:
        """Stops listening; may be called again, and does nothing in a forked child."""
        self._native.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<quhao.Sandbox {self.url}>"


class Phone:
    """A phone with a SIM card and every app of the sandbox's on it."""

    def __init__(self, native: _native.Sandbox, number: str, carrier: Carrier, typed: str) -> None:
        self._native = native
        self._sim = {"number": number, "carrier": carrier, "typed": typed}

    def params(self, app: str, operation: Literal["fetch_number", "verify_number"] = "fetch_number") -> dict[str, str]:
        """What that app's phone SDK returns for an operation; mints a fresh single-use token.

        Raises ``ValueError`` for an unknown app or carrier, and for a number that is none.
        """
        params: dict[str, str] = self._native.run("params", **self._sim, app=app, operation=operation)
        return params


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One request that reached the sandbox; ``str()`` is one line. Masked, but for ``revealed``."""

    at_ms: int
    """When it came, by the sandbox's clock."""
    provider: str
    """Whose gateway it reached; empty where no gateway has the path."""
    app: str | None
    """The app that sent it, where known."""
    method: str
    path: str
    request_id: str | None
    """The id that the request gave itself."""
    token_seen_before: bool
    """Whether an earlier request carried the same token: a client that retries shows here."""
    verdict: str
    """The vendor's code for it, or the HTTP status where it did not come so far."""
    accepted: bool
    """Whether the operation succeeded, be it with "not this number"."""
    charged: bool
    """Whether the vendor bills it."""
    explanation: str | None
    """Why it was refused; several lines where a signature did not verify."""
    fault: str | None
    """What was done to the reply, where a fault was asked for."""
    summary: str = field(repr=False)
    revealed: str | None = field(repr=False)
    """The explanation with tokens and numbers in clear, for comparing strings."""

    def __str__(self) -> str:
        return self.summary
