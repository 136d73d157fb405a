"""The clients: the same operations, waited for or awaited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar, overload

from quhao._events import finish
from quhao._native import Ask, Call
from quhao._native import Client as NativeClient
from quhao._results import FetchedNumber, Inspection, Verification
from quhao._types import Moment, Operation, Option, Params

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")


class _BaseClient:
    """The operations without I/O, the same in both clients."""

    def __init__(self, provider: str, /, **options: Option) -> None:
        self._native = NativeClient(provider, options, None)

    @classmethod
    def with_apps(cls, provider: str, apps: Iterable[Mapping[str, Option]], /, **common: Option) -> Self:
        """One client for several apps of a provider: ``common`` holds for all, and each app's own options besides.

        A call finds its app by the params: their ``appId``, or their token's envelope. ``app()`` names one. Raises
        ``ConfigError`` as the class itself does, and for an app without an ``app_id`` of its own.
        """
        return cls._from_native(NativeClient(provider, common, list(apps)))

    def app(self, app_id: str) -> Self:
        """The same client for one of its apps alone, whatever the params say.

        Raises ``InputError``, naming the known ids.
        """
        return self._from_native(self._native.app(app_id))

    @classmethod
    def _from_native(cls, native: NativeClient) -> Self:
        client = cls.__new__(cls)
        client._native = native
        return client

    @property
    def provider(self) -> str:
        """The provider's id."""
        return self._native.provider

    def decrypt_number(self, ciphertext: str) -> str:
        """Opens a number that the gateway encrypted, for those who post the form themselves.

        Raises ``DecryptError``, the same for a wrong key and a corrupt ciphertext.
        """
        return self._native.decrypt_number(ciphertext)

    def inspect(self, operation: Operation, params: Params, *, _moment: Moment | None = None) -> Inspection:
        """Reports what is wrong with the phone's params, and repairs what loses nothing; no I/O."""
        return self._native.inspect(operation, params, _moment)

    def prepare_fetch_number(self, params: Params, *, _moment: Moment | None = None) -> Call[FetchedNumber]:
        """Builds the signed request of ``fetch_number`` without sending it.

        Raises ``InputError`` for params that the gateway would refuse.
        """
        return self._native.prepare(Ask.fetch_number(params), _moment)

    def prepare_verify_number(
        self, params: Params, number: str | None = None, *, _moment: Moment | None = None
    ) -> Call[Verification]:
        """Builds the signed request of ``verify_number`` without sending it.

        Raises ``InputError`` for params or a number that the gateway would refuse.
        """
        return self._native.prepare(Ask.verify_number(params, number), _moment)

    def prepare_verify_identity(
        self, *, number: str, name: str, id_card: str, _moment: Moment | None = None
    ) -> Call[Verification]:
        """Builds the signed request of ``verify_identity`` without sending it.

        Raises ``InputError`` for a number, name or id card that the gateway would refuse.
        """
        return self._native.prepare(Ask.verify_identity(number, name, id_card), _moment)

    @overload
    def read(self, operation: Literal["fetch_number"], status: int, body: bytes | str) -> FetchedNumber: ...
    @overload
    def read(
        self, operation: Literal["verify_number", "verify_identity"], status: int, body: bytes | str
    ) -> Verification: ...

    def read(self, operation: Operation, status: int, body: bytes | str) -> FetchedNumber | Verification:
        """Reads a reply whose ``Call`` is not at hand, say in another process than the one that prepared it.

        Raises as ``Call.read``. Without the call, a reply to another request passes for the right one.
        """
        return self._native.read(operation, status, body)

    def __repr__(self) -> str:
        return f"<quhao.{type(self).__name__} {self.provider}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds keys and is not pickled: make one in each process")


class Client(_BaseClient):
    """One app at one provider, or several; each call returns when it is done, and other threads run meanwhile.

    ``options`` are the provider's own and the common ones of the README; ``None`` leaves one out. Raises
    ``ConfigError`` for an unknown, missing or unreadable one. Threads may share a client, and forked workers too.
    """

    def fetch_number(self, params: Params) -> FetchedNumber:
        """取号 / 一键登录: turns what the phone's SDK returned into the number.

        Raises any ``QuhaoError``; its ``retry`` says whether the token is spent.
        """
        return self._call(Ask.fetch_number(params))

    def verify_number(self, params: Params, number: str | None = None) -> Verification:
        """本机号校验: checks whether ``number`` is the SIM's. It may be left out where the params carry it.

        Raises as ``fetch_number``. "Not this number" is a verdict, not an error.
        """
        return self._call(Ask.verify_number(params, number))

    def verify_identity(self, *, number: str, name: str, id_card: str) -> Verification:
        """手机实名认证: checks whether number, name and id card belong together.

        Raises as ``fetch_number``. "They do not" is a verdict, not an error.
        """
        return self._call(Ask.verify_identity(number, name, id_card))

    def close(self) -> None:
        """Does nothing; kept for API symmetry. Idle connections are closed automatically."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, ask: Ask[T]) -> T:
        return finish(*self._native.call(ask))


class AsyncClient(_BaseClient):
    """``Client`` whose calls are awaited under asyncio; cancelling one drops its request.

    No thread is taken for a call. A client may be used from several event loops.
    """

    async def fetch_number(self, params: Params) -> FetchedNumber:
        """See ``Client.fetch_number``."""
        return await self._call(Ask.fetch_number(params))

    async def verify_number(self, params: Params, number: str | None = None) -> Verification:
        """See ``Client.verify_number``."""
        return await self._call(Ask.verify_number(params, number))

    async def verify_identity(self, *, number: str, name: str, id_card: str) -> Verification:
        """See ``Client.verify_identity``."""
        return await self._call(Ask.verify_identity(number, name, id_card))

    async def close(self) -> None:
        """See ``Client.close``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(self, ask: Ask[T]) -> T:
        # Imported here, so that programs without asyncio do not import it.
        from quhao._loop import call

        return finish(*await call(self._native, ask))
