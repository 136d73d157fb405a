from collections.abc import Callable, Mapping
from types import GenericAlias
from typing import Any, Generic, TypeVar, final

from quhao._results import FetchedNumber, Inspection, Verification
from quhao._types import CodeInfo, CounterInfo, Moment, Option, Params, ProviderInfo

__all__ = [
    "VERSION",
    "Ask",
    "Call",
    "Client",
    "CompletionQueue",
    "Event",
    "Pending",
    "Sandbox",
    "counters",
    "explain",
    "masked_id",
    "providers",
]

VERSION: str

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

@final
class Ask(Generic[_T_co]):
    @staticmethod
    def fetch_number(params: Params) -> Ask[FetchedNumber]: ...
    @staticmethod
    def verify_identity(number: str, name: str, id_card: str) -> Ask[Verification]: ...
    @staticmethod
    def verify_number(params: Params, number: str | None) -> Ask[Verification]: ...
    @classmethod
    def __class_getitem__(cls, key: Any) -> GenericAlias: ...

@final
class Client:
    def __new__(
        cls, provider: str, options: Mapping[str, Option], apps: list[Mapping[str, Option]] | None
    ) -> Client: ...
    def app(self, app_id: str) -> Client: ...
    @property
    def provider(self) -> str: ...
    def call(self, ask: Ask[_T]) -> tuple[_T | BaseException, Event]: ...
    def decrypt_number(self, ciphertext: str) -> str: ...
    def inspect(self, operation: str, params: Params, fixed: Moment | None) -> Inspection: ...
    def prepare(self, ask: Ask[_T], fixed: Moment | None) -> Call[_T]: ...
    def read(self, operation: str, status: int, body: bytes | str) -> FetchedNumber | Verification: ...
    def signature(self, ask: Ask[Any], fixed: Moment | None) -> dict[str, str]: ...

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
class CompletionQueue:
    def __new__(cls, wake: Callable[[], object] | None) -> CompletionQueue: ...
    def fileno(self) -> int | None: ...
    def start(self, client: Client, ask: Ask[Any], id: int) -> Pending: ...
    def take(self) -> list[tuple[int, object, Event | None]]: ...

@final
class Event:
    def facts(self) -> dict[str, Any]: ...

@final
class Pending: ...

@final
class Sandbox:
    def __new__(cls, port: int, tls: bool) -> Sandbox: ...
    def close(self) -> None: ...
    def run(self, command: str, **fields: object) -> Any: ...

def counters() -> list[CounterInfo]:
    """Counts the calls of this process by how they ended; a forked child goes on from its parent's."""

def explain(code: str) -> list[CodeInfo]:
    """Lists the rows of every vendor's code table that have this code."""

def masked_id(id: str) -> str: ...
def providers() -> list[ProviderInfo]:
    """Lists the providers with their operations and options."""
