"""Calls under asyncio: one inbox for each event loop, no thread and no executor."""

from __future__ import annotations

import asyncio
import itertools
import os
import weakref
from typing import Any

from quhao import _native


async def call(client: _native.Client, ask: _native.Ask) -> Any:
    """Asks on the I/O thread and awaits the answer; cancelling drops the request."""
    return await _inbox(asyncio.get_running_loop()).call(client, ask)


class _Inbox:
    """Where the I/O thread leaves answers for one loop, and wakes it by a descriptor."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._native = _native.Inbox()
        self._pid = os.getpid()
        self._tickets = itertools.count()
        self._waiting: dict[int, tuple[asyncio.Future[Any], _native.Pending]] = {}
        loop.add_reader(self._native.fileno(), self._deliver)

    def is_ours(self) -> bool:
        """Whether this process made it: one from before a fork is its parent's."""
        return self._pid == os.getpid()

    async def call(self, client: _native.Client, ask: _native.Ask) -> Any:
        ticket = next(self._tickets)
        future = asyncio.get_running_loop().create_future()
        # The request lives as long as its entry here.
        self._waiting[ticket] = future, self._native.start(client, ask, ticket)
        try:
            return await future
        finally:
            del self._waiting[ticket]

    def _deliver(self) -> None:
        for ticket, answer in self._native.take():
            future, _ = self._waiting.get(ticket, (None, None))
            if future is None or future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _inbox(loop: asyncio.AbstractEventLoop) -> _Inbox:
    inbox = _inboxes.get(loop)
    if inbox is None or not inbox.is_ours():
        inbox = _inboxes[loop] = _Inbox(loop)
    return inbox


_inboxes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Inbox] = weakref.WeakKeyDictionary()
