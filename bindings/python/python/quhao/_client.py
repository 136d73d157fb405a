"""The clients: the same operations, waited for or awaited."""

from __future__ import annotations

from quhao import _inputs, _native
from quhao._events import ended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Any, Literal, NoReturn, overload

    from typing_extensions import Self

    from quhao._results import FetchedNumber, Inspection, Verification
    from quhao._types import Moment, Operation, Option, Params


class _Prepares:
    """What needs no I/O, and is the same in both clients."""

    def __init__(self, provider: str, /, **options: Option) -> None:
        self._native = _native.Client(_inputs.text("provider", provider), _inputs.options(options), None)

    @classmethod
    def with_apps(cls, provider: str, apps: Iterable[Mapping[str, Option]], /, **common: Option) -> Self:
        """One client for several apps of a provider: ``common`` holds for all, and each app's own options besides.

        A call finds its app by the params: their ``appId``, or their token's envelope. ``app()`` names one. Raises
        ``ConfigError`` as the class itself does, and for an app without an ``app_id`` of its own.
        """
        own = [_inputs.options(app) for app in apps]
        return cls._over(_native.Client(_inputs.text("provider", provider), _inputs.options(common), own))

    def app(self, app_id: str) -> Self:
        """The same client for one of its apps alone, whatever the params say.

        Raises ``InputError``, naming the known ids.
        """
        return self._over(self._native.app(_inputs.text("app_id", app_id)))

    @classmethod
    def _over(cls, native: _native.Client) -> Self:
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
        return self._native.decrypt_number(_inputs.text("ciphertext", ciphertext))

    def inspect(self, operation: Operation, params: Params, *, _moment: Moment | None = None) -> Inspection:
        """Tells what is wrong with the phone's params and repairs what loses nothing; no I/O."""
        inspection: Inspection = self._native.inspect(operation, _inputs.params(params), _time(_moment))
        return inspection

    def prepare_fetch_number(self, params: Params, *, _moment: Moment | None = None) -> _native.Call[FetchedNumber]:
        """Builds the signed request of ``fetch_number`` without sending it.

        Raises ``InputError`` for params that the gateway would refuse.
        """
        return self._native.prepare(_fetch(params), _time(_moment))

    def prepare_verify_number(
        self, params: Params, number: str | None = None, *, _moment: Moment | None = None
    ) -> _native.Call[Verification]:
        """Builds the signed request of ``verify_number`` without sending it.

        Raises ``InputError`` for params or a number that the gateway would refuse.
        """
        return self._native.prepare(_verify(params, number), _time(_moment))

    def prepare_verify_identity(
        self, *, number: str, name: str, id_card: str, _moment: Moment | None = None
    ) -> _native.Call[Verification]:
        """Builds the signed request of ``verify_identity`` without sending it.

        Raises ``InputError`` for a number, name or id card that the gateway would refuse.
        """
        return self._native.prepare(_identify(number, name, id_card), _time(_moment))

    if TYPE_CHECKING:

        @overload
        def read(self, operation: Literal["fetch_number"], status: int, body: bytes | str) -> FetchedNumber: ...
        @overload
        def read(
            self, operation: Literal["verify_number", "verify_identity"], status: int, body: bytes | str
        ) -> Verification: ...

    def read(self, operation: Operation, status: int, body: bytes | str) -> FetchedNumber | Verification:
        """Reads a reply whose ``Call`` is not at hand, say in another process than the one that prepared it.

        Raises as ``Call.read``. Without the call, a reply to another request cannot be told from the right one.
        """
        answer: FetchedNumber | Verification = self._native.read(operation, status, body)
        return answer

    def __repr__(self) -> str:
        return f"<quhao.{type(self).__name__} {self.provider}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds keys and is not pickled: make one in each process")


class Client(_Prepares):
    """One app at one provider, or several; each call returns when it is done, and other threads run meanwhile.

    ``options`` are the provider's own and the common ones of the README; ``None`` leaves one out. Raises
    ``ConfigError`` for an unknown, missing or unreadable one. Threads may share a client, and forked workers too.
    """

    def fetch_number(self, params: Params) -> FetchedNumber:
        """取号 / 一键登录: turns what the phone's SDK returned into the number.

        Raises any ``QuhaoError``; its ``retry`` says whether the token is spent.
        """
        fetched: FetchedNumber = self._call(_fetch(params))
        return fetched

    def verify_number(self, params: Params, number: str | None = None) -> Verification:
        """本机号校验: tells whether ``number`` is the SIM's. It may be left out where the params carry it.

        Raises as ``fetch_number``. "Not this number" is a verdict, not an error.
        """
        verification: Verification = self._call(_verify(params, number))
        return verification

    def verify_identity(self, *, number: str, name: str, id_card: str) -> Verification:
        """手机实名认证: tells whether number, name and id card belong together.

        Raises as ``fetch_number``. "They do not" is a verdict, not an error.
        """
        verification: Verification = self._call(_identify(number, name, id_card))
        return verification

    def close(self) -> None:
        """Closes nothing: connections belong to the process, idle ones close by themselves."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, ask: _native.Ask) -> Any:
        return ended(*self._native.call(ask))


class AsyncClient(_Prepares):
    """``Client`` whose calls are awaited under asyncio; cancelling one drops its request.

    No thread is taken for a call. A client may be used from several event loops.
    """

    async def fetch_number(self, params: Params) -> FetchedNumber:
        """See ``Client.fetch_number``."""
        fetched: FetchedNumber = await self._call(_fetch(params))
        return fetched

    async def verify_number(self, params: Params, number: str | None = None) -> Verification:
        """See ``Client.verify_number``."""
        verification: Verification = await self._call(_verify(params, number))
        return verification

    async def verify_identity(self, *, number: str, name: str, id_card: str) -> Verification:
        """See ``Client.verify_identity``."""
        verification: Verification = await self._call(_identify(number, name, id_card))
        return verification

    async def close(self) -> None:
        """See ``Client.close``."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _call(self, ask: _native.Ask) -> Any:
        # Whoever is here has imported asyncio already, and others need not.
        from quhao._loop import call

        return ended(*await call(self._native, ask))


def _fetch(params: Params) -> _native.Ask:
    return _asked(_native.Ask.fetch_number, params)


def _verify(params: Params, number: str | None) -> _native.Ask:
    return _asked(_native.Ask.verify_number, params, _inputs.optional_text("number", number))


def _asked(make: Callable[..., _native.Ask], params: Params, *more: str | None) -> _native.Ask:
    if type(params) is dict:
        try:
            # Nearly always every field is text already, which the native part finds out sooner.
            return make(params, *more)
        except TypeError:
            pass
    return make(_inputs.params(params), *more)


def _identify(number: str, name: str, id_card: str) -> _native.Ask:
    return _native.Ask.verify_identity(
        _inputs.text("number", number), _inputs.text("name", name), _inputs.text("id_card", id_card)
    )


def _time(moment: Moment | None) -> tuple[int, int] | None:
    """A fixed time and nonce, for known answers."""
    return None if moment is None else (moment[0], int(moment[1], 16))
