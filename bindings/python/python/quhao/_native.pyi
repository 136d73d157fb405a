from collections.abc import Callable
from types import GenericAlias
from typing import Any, Generic, TypeVar, final

from quhao._types import CodeInfo, CounterInfo, ProviderInfo

__all__ = [
    "VERSION",
    "Ask",
    "Call",
    "Client",
    "Event",
    "Inbox",
    "Pending",
    "Sandbox",
    "check_params",
    "counters",
    "explain",
    "masked_id",
    "providers",
]

VERSION: str

_T_co = TypeVar("_T_co", covariant=True)

@final
class Ask:
    @staticmethod
    def fetch_number(params: str | dict[str, str]) -> Ask: ...
    @staticmethod
    def verify_identity(number: str, name: str, id_card: str) -> Ask: ...
    @staticmethod
    def verify_number(params: str | dict[str, str], number: str | None) -> Ask: ...

@final
class Client:
    def __new__(cls, provider: str, options: dict[str, str], apps: list[dict[str, str]] | None) -> Client: ...
    def app(self, app_id: str) -> Client: ...
    @property
    def provider(self) -> str: ...
    def call(self, ask: Ask) -> tuple[object, Event]: ...
    def decrypt_number(self, ciphertext: str) -> str: ...
    def inspect(self, operation: str, params: str | dict[str, str], time: tuple[int, int] | None) -> Any: ...
    def prepare(self, ask: Ask, time: tuple[int, int] | None) -> Call[Any]: ...
    def read(self, operation: str, status: int, body: bytes | str) -> Any: ...
    def signature(self, ask: Ask, time: tuple[int, int] | None) -> dict[str, str]: ...

@final
class Call(Generic[_T_co]):
    """A signed request as plain data. Send it once: the token inside is single-use."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def url(self) -> str:
        """The whole address."""

    @property
    def headers(self) -> dict[str, str]:
        """The headers to send, by lower-case name."""

    @property
    def body(self) -> str:
        """The body, which holds the token."""

    @property
    def request_id(self) -> str | None:
        """The id under which the vendor can find this request."""

    def read(self, status: int, body: bytes | str) -> _T_co:
        """Reads the reply: HTTP status and body as they came."""

    @classmethod
    def __class_getitem__(cls, key: Any) -> GenericAlias: ...

@final
class Event:
    def facts(self) -> dict[str, Any]: ...

@final
class Inbox:
    def __new__(cls, wake: Callable[[], object] | None) -> Inbox: ...
    def fileno(self) -> int | None: ...
    def start(self, client: Client, ask: Ask, ticket: int) -> Pending: ...
    def take(self) -> list[tuple[int, object, Event | None]]: ...

@final
class Pending: ...

@final
class Sandbox:
    def __new__(cls, port: int, tls: bool) -> Sandbox: ...
    def close(self) -> None: ...
    def tell(self, order: str, *given: str) -> Any: ...

def check_params(json: str) -> None: ...
def counters() -> list[CounterInfo]:
    """Counts the calls of this process by how they ended; a forked child goes on from its parent's."""

def explain(code: str) -> list[CodeInfo]:
    """Tells what a vendor's code means, in every table that holds it."""

def masked_id(id: str) -> str: ...
def providers() -> list[ProviderInfo]:
    """Tells of every provider what it is called, does and takes."""
