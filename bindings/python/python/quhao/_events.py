"""The end of a call: a record of the logger ``quhao``, then the answer or the error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from quhao._native import Event

if TYPE_CHECKING:
    import logging

T = TypeVar("T")

INFO, WARNING = 20, 30
"""``logging``'s levels for an answer and for a failure."""


def finish(answer: T | BaseException, event: Event | None) -> T:
    """Logs a call if its level is enabled, then returns its answer or raises its error."""
    logger, level = _logger or _find_logger(), WARNING if isinstance(answer, BaseException) else INFO
    if logger is not None and event is not None and logger.isEnabledFor(level):
        _log(logger, level, event)
    if not isinstance(answer, BaseException):
        return answer
    try:
        raise answer
    finally:
        # The traceback holds this frame, which would hold the error.
        del answer


def _log(logger: logging.Logger, level: int, event: Event) -> None:
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


def _find_logger() -> logging.Logger | None:
    """The logger, if the program has imported ``logging``: without it there is no handler."""
    global _logger
    if "logging" not in sys.modules:
        return None
    import logging

    _logger = logging.getLogger("quhao")
    _logger.addHandler(logging.NullHandler())
    return _logger


_logger: logging.Logger | None = None
