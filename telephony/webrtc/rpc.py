"""The worker's socket: one control process at a time, fenced by its epoch.

A control process says hello with its epoch and the last event it has committed. A lower epoch than one seen
before is refused; a higher or equal one takes over, and the older connection is told and closed. Events go
to whoever is in control, in order; what is not acknowledged is sent again after the next hello.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from telephony import port
from telephony.webrtc import wire
from telephony.webrtc.journal import Journal, Journaled
from telephony.webrtc.reception import Arrival, CommandRefused, Reception
from telephony.webrtc.sdp import OFFER_BYTES_MAX, OfferRefused

logger = logging.getLogger(__name__)

BACKLOG_BYTES_MAX = 16 << 20
"""A control process that does not read is cut off; what it missed waits in the journal."""
CONNECTIONS_MAX = 16

M = TypeVar("M", bound=BaseModel)


class Refused(Exception):
    """A request that gets an error for an answer."""

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.details = details


class Hello(BaseModel):
    model_config = ConfigDict(extra="forbid")
    epoch: int = Field(ge=0)
    acknowledged: int = Field(ge=0)


class Connect(BaseModel):
    model_config = ConfigDict(extra="forbid")
    leg_id: str = Field(min_length=1, max_length=128)
    kind: port.LegKind
    sdp: str = Field(max_length=4 * OFFER_BYTES_MAX)
    ani: str = ""
    dnis: str = ""
    attributes: dict[str, str] = {}
    replaces: str | None = None


class Refuse(BaseModel):
    model_config = ConfigDict(extra="forbid")
    leg_id: str
    outcome: Literal[
        port.OriginateOutcome.BUSY, port.OriginateOutcome.NO_ANSWER, port.OriginateOutcome.INVALID_NUMBER
    ]


class ControlServer:
    """Answers on the worker's socket.

    Args:
        reception: carries out what is asked.
        journal: the events.
        snapshot: what is live.
        stats: counters for people and benchmarks.
    """

    def __init__(
        self,
        reception: Reception,
        journal: Journal,
        *,
        snapshot: Callable[[], port.Snapshot],
        stats: Callable[[], dict[str, object]],
    ) -> None:
        self._reception = reception
        self._journal = journal
        self._snapshot = snapshot
        self._stats = stats
        self._server: asyncio.Server | None = None
        self._connections: set[ControlConnection] = set()
        self._in_control: ControlConnection | None = None

    @property
    def in_control(self) -> bool:
        """Whether a control process is connected and has said hello."""
        return self._in_control is not None

    async def listen(self, path: Path) -> None:
        """Open the socket; only this user may use it.

        Raises:
            OSError: it cannot be opened.
        """
        self._server = await asyncio.start_unix_server(
            self._accept, sock=_private_socket(path), limit=wire.LINE_BYTES_MAX
        )

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.close()
        await asyncio.gather(*(connection.ended.wait() for connection in connections))

    def publish(self, entry: Journaled) -> None:
        """A new event, already in the journal."""
        if self._in_control is not None:
            self._in_control.send_event(entry)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = ControlConnection(self, reader, writer)
        if len(self._connections) >= CONNECTIONS_MAX:
            connection.close()
            return
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            if self._in_control is connection:
                self._in_control = None

    # --- requests ---------------------------------------------------------------------------------

    async def answer(self, connection: ControlConnection, message: wire.Message) -> object:
        """The result of one request.

        Raises:
            Refused: with what the asker is told.
        """
        match message.get("op"):
            case "ping":
                return {"protocol": wire.PROTOCOL}
            case "stats":
                return self._stats()
            case "hello":
                return self._hello(connection, _parse(Hello, message))
        if self._in_control is not connection:
            raise Refused("not_in_control", "Say hello first; another control process may have taken over.")
        match message.get("op"):
            case "command":
                self._reception.execute(wire.command_from_json(message.get("command")))
            case "ack":
                self._journal.acknowledge(_number(message.get("seq")))
            case "connect":
                asked = _parse(Connect, message)
                return {"sdp": await self._reception.connect(Arrival(**asked.model_dump()))}
            case "drop":
                self._reception.drop(str(message.get("leg_id")))
            case "refuse":
                refused = _parse(Refuse, message)
                self._reception.refuse(refused.leg_id, refused.outcome)
            case "press":
                self._reception.press(str(message.get("leg_id")), str(message.get("digit")))
            case "snapshot":
                return wire.snapshot_to_json(self._snapshot())
            case _:
                raise Refused("unknown_op", "There is no such operation.")
        return None

    def _hello(self, connection: ControlConnection, hello: Hello) -> object:
        if hello.epoch < self._journal.epoch:
            raise Refused(
                "stale_epoch",
                f"A control process with epoch {self._journal.epoch} was here; {hello.epoch} is out of date.",
                seen=self._journal.epoch,
            )
        before = self._in_control
        if before is not None and before is not connection:
            before.displace(hello.epoch)
        self._journal.see_epoch(hello.epoch)
        self._journal.go_on_after(hello.acknowledged)
        self._journal.acknowledge(hello.acknowledged)
        self._in_control = connection
        connection.to_replay = list(self._journal.after(hello.acknowledged))
        return {
            "protocol": wire.PROTOCOL,
            "snapshot": wire.snapshot_to_json(self._snapshot()),
            "last_sequence": self._journal.last_sequence,
        }


class ControlConnection:
    """One connection to the socket."""

    def __init__(
        self, server: ControlServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._tasks: set[asyncio.Task[None]] = set()
        self.to_replay: list[Journaled] = []
        self.ended = asyncio.Event()

    async def run(self) -> None:
        """Answer until the other side goes away."""
        try:
            while line := await self._next_line():
                await self._handle(line)
        finally:
            self.close()
            for task in self._tasks:
                task.cancel()
            self.ended.set()

    def close(self) -> None:
        self._writer.close()

    def displace(self, epoch: int) -> None:
        """Another control process took over."""
        self._send({"bye": {"code": "displaced", "epoch": epoch}})
        self.close()

    def send_event(self, entry: Journaled) -> None:
        if self._writer.transport.get_write_buffer_size() > BACKLOG_BYTES_MAX:
            logger.warning("control does not read its events; cutting it off")
            self.close()
            return
        self._write(entry.line)

    async def _next_line(self) -> bytes:
        try:
            return await self._reader.readline()
        except (ValueError, ConnectionError):
            # Too long a line, or the other side vanished.
            return b""

    async def _handle(self, line: bytes) -> None:
        try:
            message = wire.read_line(line)
        except wire.Malformed as error:
            self._send({"id": None, "error": {"code": "malformed", "message": str(error)}})
            return
        if message.get("op") == "connect":
            # Gathering takes a moment; other requests need not wait for it.
            task = asyncio.create_task(self._reply(message, self._server.answer(self, message)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            await self._reply(message, self._server.answer(self, message))

    async def _reply(self, message: wire.Message, work: Awaitable[object]) -> None:
        reply: wire.Message = {"id": message.get("id")}
        try:
            reply["result"] = await work
        except Refused as error:
            reply["error"] = {"code": error.code, "message": error.message, **error.details}
        except (OfferRefused, CommandRefused) as error:
            reply["error"] = {"code": error.code, "message": error.reason}
        except wire.Malformed as error:
            reply["error"] = {"code": "malformed", "message": str(error)}
        except Exception:
            # One request that hits a fault of ours must not take the calls of everybody with it.
            logger.exception("a request failed")
            reply["error"] = {
                "code": "internal",
                "message": "The media process could not do this; see its log.",
            }
        if message.get("id") is not None:
            self._send(reply)
        replay, self.to_replay = self.to_replay, []
        for entry in replay:
            self.send_event(entry)

    def _send(self, message: wire.Message) -> None:
        self._write(wire.write_line(message))

    def _write(self, line: bytes) -> None:
        if not self._writer.is_closing():
            with suppress(ConnectionError):
                self._writer.write(line)


def _private_socket(path: Path) -> socket.socket:
    """A socket that only this user may connect to, from the moment it exists."""
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        sock.bind(str(path))
    finally:
        os.umask(before)
    sock.setblocking(False)
    return sock


def _parse(model: type[M], message: wire.Message) -> M:
    fields = {key: value for key, value in message.items() if key not in ("op", "id")}
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, detail["loc"]))
        raise Refused("malformed", f"{place}: {detail['msg']}") from error


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise Refused("malformed", "seq: a whole number is needed")
    return value
