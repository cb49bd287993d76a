"""One browser connection of a leg: offer to answer, ICE, DTLS, keys, data channel.

aiortc does the handshakes; RTP goes by `Inlet` and `Outlet` and never through aiortc, whose media path
decodes in a thread for each connection. Private names of aiortc 1.16.0 are used: the version is pinned.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from aiortc import (
    RTCCertificate,
    RTCDataChannel,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceTransport,
    RTCSctpTransport,
)
from aiortc.exceptions import InvalidStateError
from aiortc.rtcsctptransport import LOCAL_MAX_MESSAGE_SIZE

from telephony.clock import monotonic
from telephony.webrtc.datagrams import Destination
from telephony.webrtc.hub import UdpHub
from telephony.webrtc.ice import HubConnection, HubProtocol, Reflexive
from telephony.webrtc.rtcp import Reporter
from telephony.webrtc.rtp import Codec, Inlet, Outlet, Slots
from telephony.webrtc.sdp import Offer, OurSide, write_answer

logger = logging.getLogger(__name__)

CHANNEL_LABEL = "patchbay"
MESSAGE_BYTES_MAX = 1024
MESSAGES_PER_S_MAX = 50
CONNECT_LIMIT_S = 20.0
"""A browser that has not finished the handshakes by then is given up."""


class Listener(Protocol):
    """Who wants to know what a connection does. Each call names the connection."""

    def connection_ready(self, connection: BrowserConnection) -> None:
        """Keys are agreed: `inlet` and `outlet` exist."""

    def connection_flows(self, connection: BrowserConnection) -> None:
        """Media arrives, for the first time or again after `inlet.flowing` was set to False."""

    def connection_digit(self, connection: BrowserConnection, digit: str) -> None:
        """A key by telephone-event."""

    def connection_message(self, connection: BrowserConnection, message: dict[str, Any]) -> None:
        """A JSON object over the data channel."""

    def connection_closed(self, connection: BrowserConnection, reason: str) -> None:
        """It ended without `close`, or never came up. Said once."""


class Station:
    """What all connections of a worker share."""

    def __init__(self, hub: UdpHub, reflexive: Reflexive, now: Callable[[], datetime]) -> None:
        self.hub = hub
        self.reflexive = reflexive
        self.slots = Slots(hub.arena)
        self.random = random.SystemRandom()
        self.now = now


class BrowserConnection:
    """A connection that answers one offer.

    Attributes:
        inlet: what the browser sends; None until keys are agreed.
        outlet: what it hears; likewise.
    """

    def __init__(self, station: Station, offer: Offer, listener: Listener) -> None:
        self._station = station
        self._offer = offer
        self._listener = listener
        gatherer = RTCIceGatherer([])
        self._ice_connection = HubConnection(station.hub, station.reflexive)
        gatherer._connection = self._ice_connection
        self._gatherer = gatherer
        self._ice = RTCIceTransport(gatherer)
        self._dtls = RTCDtlsTransport(self._ice, [RTCCertificate.generateCertificate()])
        self._dtls._set_role("server" if offer.dtls.role == "client" else "client")
        self._sctp = RTCSctpTransport(self._dtls) if offer.channel is not None else None
        self._channel: RTCDataChannel | None = None
        self._ssrc = station.random.randrange(1, 1 << 32)
        self._cname = f"{station.random.getrandbits(64):016x}"
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._told = False
        self._message_second = 0
        self._messages = 0
        self.inlet: Inlet | None = None
        self.outlet: Outlet | None = None
        self.reporter: Reporter | None = None

    @property
    def codec(self) -> Codec:
        return self._offer.codec

    @property
    def level_extension(self) -> int | None:
        return self._offer.level_extension

    @property
    def round_trip_s(self) -> float | None:
        return self._ice_connection.round_trip_s

    async def answer(self) -> str:
        """Take our addresses, start the handshakes, and say how we can be reached."""
        await self._gatherer.gather()
        for candidate in self._offer.candidates:
            with contextlib.suppress(ValueError):
                await self._ice.addRemoteCandidate(candidate)
        ours = OurSide(
            session_id=self._station.random.getrandbits(62),
            ssrc=self._ssrc,
            cname=self._cname,
            ice=self._gatherer.getLocalParameters(),
            dtls=self._dtls.getLocalParameters(),
            passive=self._offer.dtls.role == "client",
            candidates=tuple(self._gatherer.getLocalCandidates()),
            max_message_bytes=LOCAL_MAX_MESSAGE_SIZE,
            sctp_port=self._sctp.port if self._sctp else 0,
        )
        self._task = asyncio.create_task(self._run())
        return write_answer(self._offer, ours)

    async def close(self) -> None:
        """Let go of the browser, politely where it still listens."""
        self._closing = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for stop in (self._sctp.stop if self._sctp else None, self._dtls.stop, self._ice.stop):
            if stop is not None:
                with contextlib.suppress(ConnectionError, InvalidStateError):
                    await stop()
        for protocol in self._ice_connection.protocols:
            await protocol.close()
        self._dtls.remove_all_listeners()

    def send(self, message: dict[str, object]) -> bool:
        """Send a JSON object over the data channel. False: there is none yet."""
        if self._channel is None or self._channel.readyState != "open":
            return False
        try:
            self._channel.send(json.dumps(message, separators=(",", ":")))
        except (InvalidStateError, ConnectionError):
            return False
        return True

    def send_report(self, now: float) -> None:
        """Tell the browser how its stream arrives and where ours stands."""
        if self.inlet is None or self.outlet is None or self.reporter is None:
            return
        unix_s = self._station.now().timestamp()
        self.outlet.report(self.reporter.build(self.inlet, self.outlet, now, unix_s))

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_LIMIT_S):
                await self._ice.start(self._offer.ice)
                if self._ice.state != "completed":
                    return self._closed("no network path to the browser was found")
                await self._dtls.start(self._offer.dtls)
                if self._dtls.state != "connected":
                    return self._closed("the encryption handshake failed")
        except TimeoutError:
            return self._closed("the browser did not connect in time")
        except (ConnectionError, InvalidStateError) as error:
            return self._closed(f"the connection failed: {error}")
        self._dtls.on("statechange", self._dtls_changed)
        self._open_media()
        self._listener.connection_ready(self)
        if self._sctp is not None and self._offer.channel is not None:
            self._sctp.on("datachannel", self._channel_opened)
            with contextlib.suppress(ConnectionError):
                await self._sctp.start(self._offer.channel.capabilities, self._offer.channel.port)

    def _open_media(self) -> None:
        pair = self._ice_connection.nominated
        assert pair is not None
        assert isinstance(pair.protocol, HubProtocol)
        now = monotonic()
        self.inlet = Inlet(
            self._dtls._rx_srtp,
            self._station.slots,
            self._offer.codec,
            payload_type=self._offer.payload_type,
            event_type=self._offer.event_type,
            on_flow=lambda: self._listener.connection_flows(self),
            on_digit=lambda digit: self._listener.connection_digit(self, digit),
        )
        self.outlet = Outlet(
            self._dtls._tx_srtp,
            self._station.slots,
            self._offer.codec,
            payload_type=self._offer.payload_type,
            ssrc=self._ssrc,
            # The lower half, so that the first wrap is far away (RFC 3711, section 3.3.1).
            sequence=self._station.random.randrange(1 << 15),
            timestamp=self._station.random.randrange(1 << 32),
            outbox=pair.protocol.local.outbox,
            destination=Destination(*pair.remote_addr),
            now=now,
        )
        self.reporter = Reporter(
            self._dtls._rx_srtp, self._dtls._tx_srtp, cname=self._cname, rate_hz=self._offer.codec.rate_hz
        )
        self._ice_connection.on_nominated = self._moved
        for protocol in self._ice_connection.protocols:
            protocol.media = self.inlet.packet
            protocol.control = self._report_received

    def _moved(self, pair: Any) -> None:
        assert self.outlet is not None
        self.outlet.move(pair.protocol.local.outbox, Destination(*pair.remote_addr))

    def _report_received(self, data: bytes, now: float) -> None:
        assert self.reporter is not None
        self.reporter.read(data, self._ssrc, now, self._station.now().timestamp())

    def _dtls_changed(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self._closed("the browser closed the connection")

    def _channel_opened(self, channel: RTCDataChannel) -> None:
        if channel.label == CHANNEL_LABEL:
            self._channel = channel
            channel.on("message", self._message_received)

    def _message_received(self, data: str | bytes) -> None:
        """A message; what is too long, too many or no JSON object is passed over."""
        second = int(monotonic())
        if second != self._message_second:
            self._message_second, self._messages = second, 0
        self._messages += 1
        if self._messages > MESSAGES_PER_S_MAX or len(data) > MESSAGE_BYTES_MAX or self._closing:
            return
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            return
        if isinstance(message, dict):
            self._listener.connection_message(self, message)

    def _closed(self, reason: str) -> None:
        if not (self._closing or self._told):
            self._told = True
            self._listener.connection_closed(self, reason)
