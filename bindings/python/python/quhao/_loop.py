"""Calls under asyncio: one inbox for each event loop, no thread and no executor."""

from __future__ import annotations

import asyncio
import itertools
import os
import weakref

from quhao import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

Ended = tuple[object, "_native.Event | None"]


async def call(client: _native.Client, ask: _native.Ask) -> Ended:
    """Asks on the I/O thread and awaits how it ends; cancelling drops the request."""
    loop = asyncio.get_running_loop()
    inbox = _inboxes.get(loop)
    if inbox is None or inbox.pid != os.getpid():
        inbox = _inboxes[loop] = _Inbox(loop)
    ticket = next(inbox.tickets)
    future: asyncio.Future[Ended] = loop.create_future()
    # The request lives as long as its entry here.
    inbox.waiting[ticket] = future, inbox.native.start(client, ask, ticket)
    try:
        return await future
    finally:
        del inbox.waiting[ticket]


class _Inbox:
    """Where the I/O thread leaves answers for one loop, in one process: one from before a fork is the parent's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.pid = os.getpid()
        self.tickets = itertools.count()
        self.waiting: dict[int, tuple[asyncio.Future[Ended], _native.Pending]] = {}
        self.native = _native.Inbox(None if LISTENS else self._wake(loop))
        if (descriptor := self.native.fileno()) is not None:
            loop.add_reader(descriptor, self._deliver)

    def _deliver(self) -> None:
        for ticket, answer, event in self.native.take():
            future, _ = self.waiting.get(ticket, (None, None))
            if future is not None and not future.done():
                future.set_result((answer, event))

    def _wake(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """What the I/O thread calls. It holds neither loop nor inbox: they may go with calls in flight."""
        waking, waken = weakref.ref(loop), weakref.WeakMethod(self._deliver)

        def wake() -> None:
            loop, deliver = waking(), waken()
            if loop is not None and deliver is not None:
                loop.call_soon_threadsafe(deliver)

        return wake


LISTENS = os.name == "posix"
"""Whether event loops listen to descriptors: the Proactor loop of Windows does not."""

_inboxes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Inbox] = weakref.WeakKeyDictionary()
