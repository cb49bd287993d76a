"""Fan-out of live state: whoever changes a topic publishes it once, and every page that reads it is told.

A topic is named `name` or `name:id` (`floor`, `agent:<agent id>`, `caller:<contact id>`); the part before the
colon is what the page calls it. Each publication is serialised once per view of the topic, whatever the
number of readers, and one prebuilt message object goes to all of them. `seq` grows by one per publication.
Everything runs on one event loop; nothing here awaits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import orjson
from pydantic import BaseModel

from app.live.outbox import CLOSE_ERROR, Message, Outbox, text_message

Data = Mapping[str, object]
Snapshot = Callable[[], BaseModel | Data]
View = Callable[[Data], Data]

LEADER = ""
"""The view a page has unless it is a second tab."""
SECOND_TAB = "second"


def _in_second_tab(data: Data) -> Data:
    """The agent topic for a tab that does not ring: the same, but `me.leader` is false."""
    me = data.get("me")
    if me is None:
        return data
    fields = me.model_dump() if isinstance(me, BaseModel) else me
    assert isinstance(fields, Mapping)
    return {**data, "me": {**fields, "leader": False}}


VIEWS: Mapping[str, Mapping[str, View]] = {"agent": {SECOND_TAB: _in_second_tab}}
"""Topic name -> view -> how its data differs. Every topic has the view `''`, its data as published."""


class HubMeter(Protocol):
    """Where the hub counts."""

    def published(self, topic: str, readers: int) -> None: ...
    def snapshot(self, topic: str) -> None: ...


class _NoMeter:
    def published(self, topic: str, readers: int) -> None:
        return None

    def snapshot(self, topic: str) -> None:
        return None


def topic_name(key: str) -> str:
    """`agent:ag_1` -> `agent`."""
    return key.partition(":")[0]


def to_json(value: object) -> str:
    """JSON of plain data, datetimes (RFC 3339, Z), dataclasses and wire models."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} does not cross the wire")


class _Topic:
    def __init__(self, key: str, snapshot: Snapshot) -> None:
        self.key = key
        self.name = topic_name(key)
        self.snapshot = snapshot
        self.seq = 0
        self.readers: dict[Outbox, str] = {}
        self.rendered: dict[str, Message] = {}
        """The snapshot message of each view at the present `seq`."""


class Hub:
    def __init__(self, *, time: Callable[[], float], meter: HubMeter | None = None) -> None:
        self._time = time
        self._meter: HubMeter = meter or _NoMeter()
        self._topics: dict[str, _Topic] = {}

    # --- whoever owns the state ---

    def register(self, key: str, snapshot: Snapshot) -> None:
        """Open a topic. Registered again, it gets the new provider and its readers a new snapshot."""
        topic = self._topics.get(key)
        if topic is None:
            self._topics[key] = _Topic(key, snapshot)
            return
        topic.snapshot = snapshot
        topic.seq += 1
        topic.rendered.clear()
        for reader in topic.readers:
            reader.need_snapshot(key)

    def unregister(self, key: str) -> None:
        """Close a topic: its readers hear nothing of it any more."""
        topic = self._topics.pop(key, None)
        if topic is not None:
            for reader in topic.readers:
                reader.forget(key)

    def publish(
        self,
        key: str,
        *,
        set: Data | None = None,
        upsert: Mapping[str, Sequence[object]] | None = None,
        remove: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Tell every reader of `key` what changed. An unknown topic or an empty change is ignored.

        The state behind `snapshot` must already contain the change.

        Args:
            set: Top-level members of the topic and their new values.
            upsert: List name -> entries to replace or add by their `id`.
            remove: List name -> ids of entries to take out.
        """
        topic = self._topics.get(key)
        if topic is None or not (set or upsert or remove):
            return
        topic.seq += 1
        topic.rendered.clear()
        self._meter.published(topic.name, len(topic.readers))
        if not topic.readers:
            return
        messages: dict[str, tuple[Message, int]] = {}
        for reader, view in topic.readers.items():
            built = messages.get(view)
            if built is None:
                built = messages[view] = self._delta(topic, view, set or {}, upsert or {}, remove or {})
            reader.put_delta(key, *built)

    def publish_snapshot(self, key: str) -> None:
        """So much changed that every reader gets the whole topic."""
        topic = self._topics.get(key)
        if topic is not None:
            topic.seq += 1
            topic.rendered.clear()
            for reader in topic.readers:
                reader.need_snapshot(key)

    def notify(self, key: str, notice: BaseModel) -> None:
        """Say something once to every page that reads `key`."""
        topic = self._topics.get(key)
        if topic is not None and topic.readers:
            message = text_message(to_json(notice))
            for reader in tuple(topic.readers):
                reader.put_direct(message)

    def has(self, key: str) -> bool:
        return key in self._topics

    def readers(self, key: str) -> int:
        topic = self._topics.get(key)
        return len(topic.readers) if topic is not None else 0

    # --- whoever holds a socket ---

    def outbox(self) -> Outbox:
        """A new page's outgoing side, not attached to anything yet."""
        return Outbox(self._render, self._time)

    def attach(self, reader: Outbox, key: str, view: str = LEADER) -> bool:
        """Send the topic's snapshot and from then on its deltas. False when there is no such topic."""
        topic = self._topics.get(key)
        if topic is None:
            return False
        topic.readers[reader] = view
        reader.need_snapshot(key)
        return True

    def move(self, reader: Outbox, key: str, view: str) -> None:
        """Show the topic to this reader in another view, from a fresh snapshot on."""
        topic = self._topics.get(key)
        if topic is not None and topic.readers.get(reader, view) != view:
            topic.readers[reader] = view
            reader.need_snapshot(key)

    def detach(self, reader: Outbox, key: str) -> None:
        topic = self._topics.get(key)
        if topic is not None and topic.readers.pop(reader, None) is not None:
            reader.forget(key)

    def resync(self, reader: Outbox, key: str) -> None:
        """The page saw a gap."""
        topic = self._topics.get(key)
        if topic is not None and reader in topic.readers:
            reader.need_snapshot(key)

    # --- inside ---

    def _delta(
        self,
        topic: _Topic,
        view: str,
        set: Data,
        upsert: Mapping[str, Sequence[object]],
        remove: Mapping[str, Sequence[str]],
    ) -> tuple[Message, int]:
        change = VIEWS[topic.name][view](set) if view else set
        body: dict[str, object] = {"type": "delta", "topic": topic.name, "seq": topic.seq}
        body |= {"set": change, "upsert": upsert, "remove": remove}
        text = to_json(body)
        return text_message(text), len(text)

    def _render(self, reader: Outbox, key: str) -> Message | None:
        topic = self._topics.get(key)
        if topic is None or reader not in topic.readers:
            return None
        view = topic.readers[reader]
        message = topic.rendered.get(view)
        if message is None:
            try:
                state = topic.snapshot()
            except Exception:
                reader.close(CLOSE_ERROR, "The state could not be read. The page connects again by itself.")
                raise
            data = state.model_dump() if isinstance(state, BaseModel) else state
            if view:
                data = VIEWS[topic.name][view](data)
            body = {"type": "snapshot", "topic": topic.name, "seq": topic.seq, "data": data}
            message = topic.rendered[view] = text_message(to_json(body))
        self._meter.snapshot(topic.name)
        return message
