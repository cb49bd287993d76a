"""The built-in back end as the control process sees it: the telephony port over the worker's socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from telephony.clock import SteadyClock
from telephony.port import (
    BackendDown,
    Capabilities,
    Command,
    EventSink,
    LegKind,
    LinkChanged,
    Originate,
    OriginateOutcome,
    Snapshot,
    StaleEpoch,
    TelephonyError,
    Unsupported,
)
from telephony.webrtc import wire

logger = logging.getLogger(__name__)

ANSWER_LIMIT_S = 10.0
RETRY_FIRST_S, RETRY_MAX_S = 0.05, 2.0


class ConnectRefused(TelephonyError):
    """A page's offer cannot be accepted.

    Attributes:
        code: one stable word: `sdp_malformed`, `sdp_too_large`, `sdp_no_audio`, `sdp_unexpected_media`,
            `sdp_codec_missing`, `sdp_one_way`, `sdp_no_rtcp_mux`, `sdp_no_bundle`, `sdp_no_ice`,
            `sdp_no_fingerprint`, `too_many_legs`, `wrong_kind`.
        reason: one sentence for people.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class RequestFailed(TelephonyError):
    """The media process gave an error for an answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"the media process refused: {self.message}"


class WebRtcBackend:
    """`TelephonyPort` for browsers.

    `LinkChanged` is made here and not in the worker's journal, so it carries sequence 0: it is told as it
    happens, never again, and needs no acknowledgement.

    Args:
        socket: of the media process.
        ensure: awaited before each attempt to connect; makes sure that a media process runs.
        name: of this back end.
    """

    def __init__(
        self,
        socket: Path,
        *,
        ensure: Callable[[], Awaitable[object]] | None = None,
        name: str = "webrtc",
    ) -> None:
        self._socket = socket
        self._ensure = ensure
        self._name = name
        self._clock = SteadyClock()
        self._sink: EventSink | None = None
        self._epoch = 0
        self._delivered = 0
        self._link: _Link | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stale: StaleEpoch | None = None
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(reaches_browsers=True, records=True, supervises=True, conferences=True)

    async def start(self, sink: EventSink, *, epoch: int, acknowledged: int) -> Snapshot:
        """Take control and return what is live; events after `acknowledged` follow.

        Raises:
            StaleEpoch: another control process with a higher epoch was here.
            BackendDown: no media process answers.
        """
        self._sink = sink
        self._epoch = epoch
        self._delivered = acknowledged
        self._closed = False
        self._stale = None
        link, hello = await self._take_control()
        self._link = link
        self._keeper = asyncio.create_task(self._keep(link))
        return wire.snapshot_from_json(hello["snapshot"])

    async def execute(self, command: Command) -> None:
        """Hand over one command.

        Raises:
            BackendDown: the media process cannot be reached at the moment.
            StaleEpoch: another control process took over.
            Unsupported: it calls for the telephone network.
        """
        if isinstance(command, Originate) and not command.destination.startswith("browser:"):
            raise Unsupported(self._name, "call the telephone network")
        await self._request({"op": "command", "command": wire.command_to_json(command)})

    async def acknowledge(self, sequence: int) -> None:
        """Events up to `sequence` are committed."""
        await self._request({"op": "ack", "seq": sequence})

    async def close(self) -> None:
        """Let go of control. Live calls go on."""
        self._closed = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._link is not None:
            await self._link.close()
            self._link = None

    # --- what only this back end has --------------------------------------------------------------

    async def connect(
        self,
        *,
        leg_id: str,
        kind: LegKind,
        sdp: str,
        ani: str = "",
        dnis: str = "",
        attributes: Mapping[str, str] | None = None,
        replaces: str | None = None,
    ) -> str:
        """Answer a page's offer; the page becomes the leg `leg_id`, or carries it on after a reload.

        Args:
            leg_id: chosen by the caller; the same again when the page comes back.
            kind: of the leg.
            sdp: the complete offer, candidates included.
            ani: who calls, for `CallArrived`.
            dnis: what was called.
            attributes: passed on in `CallArrived` and snapshots.
            replaces: another leg of the same person; it ends with `REPLACED`.

        Returns:
            The SDP answer.

        Raises:
            ConnectRefused: the offer cannot be accepted; `code` says why.
            BackendDown, StaleEpoch: as for `execute`.
        """
        request = {
            "op": "connect",
            "leg_id": leg_id,
            "kind": kind.value,
            "sdp": sdp,
            "ani": ani,
            "dnis": dnis,
            "attributes": dict(attributes or {}),
            "replaces": replaces,
        }
        try:
            return str((await self._request(request))["sdp"])
        except RequestFailed as error:
            raise ConnectRefused(error.code, error.message) from error

    async def drop(self, leg_id: str) -> None:
        """The page of a leg is gone (its websocket closed): count its connection as lost at once.

        Raises:
            BackendDown, StaleEpoch: as for `execute`.
        """
        await self._request({"op": "drop", "leg_id": leg_id})

    async def refuse(self, leg_id: str, outcome: OriginateOutcome) -> None:
        """The page that an `Originate` calls does not answer, and why: the result comes at once.

        Args:
            leg_id: of the `Originate`; one that does not ring is passed over.
            outcome: `BUSY` when it declined, `INVALID_NUMBER` when there is no such page, `NO_ANSWER`.

        Raises:
            BackendDown, StaleEpoch: as for `execute`.
        """
        await self._request({"op": "refuse", "leg_id": leg_id, "outcome": outcome.value})

    async def press(self, leg_id: str, digit: str) -> None:
        """A key that the page pressed while its data channel was not open.

        Raises:
            BackendDown, StaleEpoch: as for `execute`.
        """
        await self._request({"op": "press", "leg_id": leg_id, "digit": digit})

    async def snapshot(self) -> Snapshot:
        """What is live now.

        Raises:
            BackendDown, StaleEpoch: as for `execute`.
        """
        return wire.snapshot_from_json(await self._request({"op": "snapshot"}))

    async def stats(self) -> dict[str, Any]:
        """Counters of the media process.

        Raises:
            BackendDown, StaleEpoch: as for `execute`.
        """
        return dict(await self._request({"op": "stats"}))

    # --- the link ---------------------------------------------------------------------------------

    async def _request(self, message: wire.Message) -> Any:
        if self._stale is not None:
            raise self._stale
        if self._link is None:
            raise BackendDown(self._name, "the media process is not connected")
        try:
            return await self._link.request(message)
        except RequestFailed as error:
            if error.code == "not_in_control":
                raise BackendDown(self._name, "another control process took over") from error
            if error.code == "unsupported":
                raise Unsupported(self._name, error.message) from error
            raise
        except ConnectionError as error:
            raise BackendDown(self._name, str(error) or "the connection broke") from error

    async def _take_control(self) -> tuple[_Link, dict[str, Any]]:
        try:
            if self._ensure is not None:
                await self._ensure()
            reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=wire.REPLY_BYTES_MAX)
        except OSError as error:
            raise BackendDown(self._name, f"no media process at {self._socket}: {error.strerror}") from error
        link = _Link(reader, writer, self._deliver)
        hello = {"op": "hello", "epoch": self._epoch, "acknowledged": self._delivered}
        try:
            answer = await link.request(hello)
            if answer["protocol"] != wire.PROTOCOL:
                await link.close()
                raise BackendDown(self._name, "the media process is of another version; restart it")
            return link, answer
        except RequestFailed as error:
            await link.close()
            if error.code == "stale_epoch":
                raise StaleEpoch(self._epoch, link.seen_epoch) from error
            raise BackendDown(self._name, error.message) from error
        except ConnectionError as error:
            await link.close()
            raise BackendDown(self._name, str(error)) from error

    async def _keep(self, link: _Link) -> None:
        """Watch the link; when it breaks, say so and connect again."""
        while True:
            await link.ended.wait()
            await link.close()
            self._link = None
            if link.displaced_by is not None and link.displaced_by > self._epoch:
                self._give_in(StaleEpoch(self._epoch, link.displaced_by))
                return
            self._tell(LinkChanged(up=False, reason="the connection to the media process broke"))
            wait_s = RETRY_FIRST_S
            while self._link is None:
                try:
                    link, _ = await self._take_control()
                except StaleEpoch as error:
                    self._give_in(error)
                    return
                except TelephonyError as error:
                    logger.info("%s; trying again in %.2f s", error, wait_s)
                    await asyncio.sleep(wait_s)
                    wait_s = min(RETRY_MAX_S, 2 * wait_s)
                else:
                    self._link = link
            self._tell(LinkChanged(up=True))

    def _give_in(self, stale: StaleEpoch) -> None:
        self._stale = stale
        self._tell(LinkChanged(up=False, reason=str(stale)))

    def _deliver(self, message: wire.Message) -> None:
        sequence = int(message["seq"])
        if sequence <= self._delivered or self._sink is None or self._closed:
            return
        self._delivered = sequence
        self._sink(sequence, wire.instant(message["at"]), wire.event_from_json(message["event"]))

    def _tell(self, event: LinkChanged) -> None:
        if self._sink is not None and not self._closed:
            self._sink(0, self._clock.now(), event)


class _Link:
    """One connection to the worker: requests with answers, events in between."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        deliver: Callable[[wire.Message], None],
    ) -> None:
        self._writer = writer
        self._deliver = deliver
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._requests = 0
        self.ended = asyncio.Event()
        self.seen_epoch = 0
        self.displaced_by: int | None = None
        self._task = asyncio.create_task(self._read(reader))

    async def request(self, message: wire.Message) -> Any:
        """The result.

        Raises:
            RequestFailed: the worker refused.
            ConnectionError: the connection broke, or no answer came in time.
        """
        if self.ended.is_set():
            raise ConnectionError("the connection to the media process broke")
        self._requests += 1
        number = self._requests
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.write(wire.write_line({"id": number} | message))
            async with asyncio.timeout(ANSWER_LIMIT_S):
                return await answer
        except TimeoutError as error:
            raise ConnectionError("the media process does not answer") from error
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._take(wire.read_line(line))
        except (ConnectionError, ValueError, wire.Malformed) as error:
            logger.warning("the link to the media process broke: %s", error)
        finally:
            self.ended.set()
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError("the connection to the media process broke"))

    def _take(self, message: wire.Message) -> None:
        if "event" in message:
            self._deliver(message)
        elif "bye" in message:
            self.displaced_by = int(message["bye"]["epoch"])
        else:
            answer = self._waiting.get(message.get("id") or 0)
            if answer is None or answer.done():
                return
            error = message.get("error")
            if error is None:
                answer.set_result(message.get("result"))
            else:
                self.seen_epoch = int(error.get("seen", 0))
                answer.set_exception(RequestFailed(error["code"], error["message"]))
