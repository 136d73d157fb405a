"""How a call ended: told to the logger ``quhao``, then answered or raised."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from typing import Any

    from quhao import _native

INFO, WARNING = 20, 30
"""``logging``'s levels: an answer, and a failure."""


def ended(answer: object, event: _native.Event | None) -> Any:
    """The answer of a call, or its error raised; first a record of it, where somebody listens."""
    logger, level = _logger or _found(), WARNING if isinstance(answer, BaseException) else INFO
    if logger is not None and event is not None and logger.isEnabledFor(level):
        _log(logger, level, event)
    if not isinstance(answer, BaseException):
        return answer
    try:
        raise answer
    finally:
        # The traceback holds this frame, which would hold the error.
        del answer


def _log(logger: logging.Logger, level: int, event: _native.Event) -> None:
    """One record: a line, and every fact as a field; never a number, a token or a vendor's words."""
    facts = event.facts()
    code = f" (code {facts['vendor_code']})" if level == WARNING and facts["vendor_code"] else ""
    try:
        logger.log(
            level,
            "%s %s: %s%s in %.0f ms",
            *(facts["provider"], facts["operation"], facts["outcome"], code, facts["duration_ms"]),
            extra=facts,
        )
    except Exception:  # noqa: BLE001
        # A filter or handler that fails must not cost the caller an answer that is paid for.
        import logging
        import traceback

        if logging.raiseExceptions and sys.stderr is not None:
            traceback.print_exc()


def _found() -> logging.Logger | None:
    """The logger, if this program has ever imported ``logging``: nobody else can be listening."""
    global _logger
    if "logging" not in sys.modules:
        return None
    import logging

    _logger = logging.getLogger("quhao")
    _logger.addHandler(logging.NullHandler())
    return _logger


_logger: logging.Logger | None = None
