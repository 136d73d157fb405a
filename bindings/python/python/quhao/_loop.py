"""Calls under asyncio: one completion queue for each event loop, no thread and no executor."""

from __future__ import annotations

import asyncio
import itertools
import os
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from quhao._native import Ask, Client, CompletionQueue, Event, Pending

T = TypeVar("T")
Completed = tuple[T | BaseException, Event | None]


async def call(client: Client, ask: Ask[T]) -> Completed[T]:
    """Runs a call on the I/O thread and awaits its completion; cancelling drops the request."""
    loop = asyncio.get_running_loop()
    queue = _queues.get(loop)
    if queue is None or queue.pid != os.getpid():
        queue = _queues[loop] = _LoopQueue(loop)
    id = next(queue.ids)
    future: asyncio.Future[Completed[T]] = loop.create_future()
    # The request lives as long as its entry here.
    queue.waiting[id] = future, queue.native.start(client, ask, id)
    try:
        return await future
    finally:
        del queue.waiting[id]


class _LoopQueue:
    """The completions for one loop in one process: after a fork, the old queue is the parent's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.pid = os.getpid()
        self.ids = itertools.count()
        self.waiting: dict[int, tuple[asyncio.Future[Completed[Any]], Pending]] = {}
        self.native = CompletionQueue(None if LISTENS else self._waker(loop))
        if (descriptor := self.native.fileno()) is not None:
            loop.add_reader(descriptor, self._deliver)

    def _deliver(self) -> None:
        for id, answer, event in self.native.take():
            future, _ = self.waiting.get(id, (None, None))
            if future is not None and not future.done():
                future.set_result((answer, event))

    def _waker(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """A function for the I/O thread. It refers to loop and queue weakly: both may go with calls in flight."""
        loop_ref, deliver_ref = weakref.ref(loop), weakref.WeakMethod(self._deliver)

        def wake() -> None:
            loop, deliver = loop_ref(), deliver_ref()
            if loop is not None and deliver is not None:
                loop.call_soon_threadsafe(deliver)

        return wake


LISTENS = os.name == "posix"
"""Whether event loops listen to descriptors: the Proactor loop of Windows does not."""

_queues: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopQueue] = weakref.WeakKeyDictionary()
