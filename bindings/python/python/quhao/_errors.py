"""One exception class for each kind of failure."""

from __future__ import annotations

from typing import Any, ClassVar

from quhao._types import Charge, Phase, Retry


class QuhaoError(Exception):
    """A failed operation, with all that a caller needs to decide what comes next.

    ``str()`` is one line without secrets; ``hint`` says what to do, in Chinese and English.
    """

    kind: ClassVar[str] = "unknown"
    retry: Retry
    """Whether, and with what, the operation may be tried again."""
    charge: Charge
    """Whether the vendor charges for the failed call."""
    provider: str | None
    vendor_code: str | None
    """The vendor's code as the gateway wrote it."""
    message: str
    """What went wrong."""
    hint: str
    """What to do about it."""
    request_id: str | None
    """The id under which the vendor can find the request."""

    def __init__(
        self,
        text: str = "",
        /,
        *,
        retry: Retry = "never",
        charge: Charge = "unknown",
        provider: str | None = None,
        vendor_code: str | None = None,
        message: str | None = None,
        hint: str = "",
        request_id: str | None = None,
    ) -> None:
        super().__init__(text)
        self.retry = retry
        self.charge = charge
        self.provider = provider
        self.vendor_code = vendor_code
        self.message = text if message is None else message
        self.hint = hint
        self.request_id = request_id


class ConfigError(QuhaoError):
    """The caller's code or options, found before any I/O."""

    kind = "config"


class CredentialsError(QuhaoError):
    """The gateway refused the key or the signature: compare them with the console."""

    kind = "credentials"


class DecryptError(QuhaoError):
    """The number did not open: wrong key or corrupt payload, one error for both."""

    kind = "decrypt"


class ForbiddenError(QuhaoError):
    """The account, app or address may not do this: enable it in the console."""

    kind = "forbidden"


class InputError(QuhaoError):
    """The request as asked is wrong: fix what the message names."""

    kind = "input"


class ProtocolError(QuhaoError):
    """The gateway broke its contract: try again with a new token, and report it to quhao."""

    kind = "protocol"


class QuotaError(QuhaoError):
    """Balance, frequency or contract is used up: top up or slow down."""

    kind = "quota"


class TokenError(QuhaoError):
    """The phone's token is expired, used or of another app: ask the phone for a new one."""

    kind = "token"


class TransportError(QuhaoError):
    """The network failed in ``phase``; ``retry`` says whether the token may be spent."""

    kind = "transport"
    phase: Phase | None = None

    @property
    def timeout(self) -> bool:
        """Whether a deadline passed."""
        return isinstance(self, TimeoutError)


class TransportTimeoutError(TransportError, TimeoutError):
    """A deadline passed; caught as ``TimeoutError`` too."""


class UnavailableError(QuhaoError):
    """The gateway or the carrier is down: try again with a new token."""

    kind = "unavailable"


def error_from_facts(facts: dict[str, Any]) -> QuhaoError:
    """The exception for the native part's facts; the network's own error is its ``__cause__``."""
    kind, phase, timeout, text = facts.pop("kind"), facts.pop("phase"), facts.pop("timeout"), facts.pop("text")
    cause = None
    for each in reversed(facts.pop("causes")):
        outer = OSError(each["message"]) if each["errno"] is None else OSError(each["errno"], each["message"])
        outer.__cause__, cause = cause, outer
    error = TransportTimeoutError(text, **facts) if timeout else _BY_KIND[kind](text, **facts)
    if isinstance(error, TransportError):
        error.phase = phase
    error.__cause__ = cause
    return error


def surrogate_error(kind: str, name: str) -> QuhaoError:
    """The error for text that UTF-8 cannot hold; it does not quote the text."""
    message = f"{name}: expected Unicode text, got half of a surrogate pair"
    hint = "文本解码有误：请用 JSON 库解析请求 / the text was decoded wrongly: parse the request with a JSON library"
    return _BY_KIND[kind](f"{kind}: {message}", charge="no", message=message, hint=hint)


_BY_KIND = {error.kind: error for error in QuhaoError.__subclasses__()}
