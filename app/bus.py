"""Committed events, handed to whoever in this process wants them, in the order of the log."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog

from app.engine.commit import PublishedEvent

GAP_PAUSE_S = 0.1
"""So long a missing event is waited for before it is read from the store."""
BACKLOG = 1000

Fill = Callable[[int, int], Awaitable[Sequence[PublishedEvent]]]
"""`fill(after, before)` reads the events between two positions from the store."""

_log = structlog.get_logger(__name__)


class Lagging(Exception):
    """A subscriber fell so far behind that events were dropped. Start again from the present state."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position

    def __str__(self) -> str:
        return f"the subscriber did not keep up; events after {self.position} were dropped"


class Subscription:
    """Events from the moment of subscribing on. Iterate over it; `close` it."""

    def __init__(self, bus: EventBus, backlog: int) -> None:
        self._bus = bus
        self._backlog = backlog
        self._events: deque[PublishedEvent] = deque()
        self._ready = asyncio.Event()
        self._lagging_from: int | None = None
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self._ready.set()
        self._bus.unsubscribe(self)

    def offer(self, event: PublishedEvent) -> None:
        """For the bus. Never waits: who does not keep up is told so when it comes to it."""
        if self._lagging_from is not None:
            return
        if len(self._events) >= self._backlog:
            self._lagging_from = event.position - 1
        else:
            self._events.append(event)
        self._ready.set()

    async def __aiter__(self) -> AsyncIterator[PublishedEvent]:
        while True:
            while self._events:
                yield self._events.popleft()
            if self._lagging_from is not None:
                self.close()
                raise Lagging(self._lagging_from)
            if self._closed:
                return
            self._ready.clear()
            await self._ready.wait()


class EventBus:
    """Takes events as they are committed, by engines and by requests, and passes them on in order.

    Positions have no gaps, so what is missing shows: it is waited for shortly, then read from the store
    (another process wrote it).
    """

    def __init__(self, position: int, fill: Fill) -> None:
        """Begin after `position`, the end of the log."""
        self._position = position
        self._fill = fill
        self._early: dict[int, PublishedEvent] = {}
        self._subscriptions: list[Subscription] = []
        self._filling: asyncio.Task[None] | None = None

    @property
    def position(self) -> int:
        """The last event that was passed on."""
        return self._position

    def subscribe(self, backlog: int = BACKLOG) -> Subscription:
        subscription = Subscription(self, backlog)
        self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def publish(self, events: Sequence[PublishedEvent]) -> None:
        """Pass on committed events. Those that come before their time are kept."""
        for event in events:
            if event.position > self._position:
                self._early[event.position] = event
        while (event_now := self._early.pop(self._position + 1, None)) is not None:
            self._position += 1
            for subscription in self._subscriptions:
                subscription.offer(event_now)
        if self._early and (self._filling is None or self._filling.done()):
            self._filling = asyncio.get_running_loop().create_task(self._fill_gap())

    async def close(self) -> None:
        for subscription in tuple(self._subscriptions):
            subscription.close()
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)

    async def _fill_gap(self) -> None:
        while self._early:
            await asyncio.sleep(GAP_PAUSE_S)
            if not self._early:
                return
            try:
                self.publish(await self._fill(self._position, min(self._early)))
            except Exception as error:
                _log.warning("bus.gap_not_filled", after=self._position, error=str(error))
