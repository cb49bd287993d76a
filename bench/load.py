"""Synthetic telephones: SRTP legs that send 20 ms of G.711 each 20 ms and count what comes back.

A leg speaks ICE and DTLS as a browser does, answers and sends ICE checks, and reports by RTCP, so that all
of a media process's work is there. It decodes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import select
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aioice.ice
from aioice import stun
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from aiortc.sdp import SessionDescription, candidate_to_sdp
from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

from telephony.clock import monotonic

HOST = "127.0.0.1"
RATE_HZ = 8000
FRAME = 160
PACKETS_PER_S = 50
HEADER = struct.Struct("!BBHII")
SLOTS = 20
"""Legs are spread evenly over the 20 ms."""
SLOT_S = 0.001
PROBE_EVERY = 16
"""One leg in so many has its packets' arrival noted by the kernel, for the delay."""
PING_EVERY_S = 2.5
"""As Chromium checks its paths."""
REPORT_EVERY_S = 5.0
CHECKED_S_MAX = 15.0
LATE_S_MAX = 0.05
SO_TIMESTAMPNS = 35
WRAP = 0x10000


@dataclass(slots=True)
class Tally:
    """What one leg heard since the last reset, by sequence numbers."""

    first: int = -1
    highest: int = 0
    received: int = 0
    delays_s: list[float] = field(default_factory=list)

    def take(self, sequence: int) -> None:
        if self.first < 0:
            self.first = self.highest = sequence
        else:
            ahead = (sequence - self.highest) & 0xFFFF
            if ahead < 0x8000:
                self.highest += ahead
        self.received += 1

    @property
    def expected(self) -> int:
        return self.highest - self.first + 1 if self.first >= 0 else 0


class LoadLeg:
    """One telephone on its own socket."""

    def __init__(self, number: int, sock: socket.socket, sending: Session, receiving: Session) -> None:
        self.number = number
        self.sock = sock
        self.tally = Tally()
        self.sent = 0
        self.probes = number % PROBE_EVERY == 0
        self.sent_at: dict[int, float] = {}
        self.peer: LoadLeg | None = None
        self.ping = b""
        self.on_stun: Callable[[bytes], None] = lambda data: None
        self.close: Callable[[], None] = sock.close
        self.checked_at = monotonic()
        self._sending = sending
        self._receiving = receiving
        self._context = sending._srtp[0]
        self._memory = ffi.new("char[]", 256)
        self._data = memoryview(ffi.buffer(self._memory)).cast("B")
        self._size = ffi.new("int *")
        self._sequence = 1000
        self._timestamp = 0
        self._ssrc = 0x10000 + number
        self._pinged = number * PING_EVERY_S / 997 % PING_EVERY_S
        self._reported = number * REPORT_EVERY_S / 997 % REPORT_EVERY_S
        if self.probes:
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

    def speak(self, now: float, wall_s: float) -> None:
        """Send the next 20 ms."""
        data = self._data
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME) & 0xFFFFFFFF
        HEADER.pack_into(data, 0, 0x80, 0, self._sequence, self._timestamp, self._ssrc)
        data[12 : 12 + FRAME] = _TONE
        struct.pack_into("!d", data, 12, wall_s)
        self._size[0] = 12 + FRAME
        if lib.srtp_protect(self._context, self._memory, self._size):
            raise RuntimeError("a packet cannot be encrypted")
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            self.sock.send(data[: self._size[0]])
            self.sent += 1
        if self.ping and now >= self._pinged:
            self._pinged = now + PING_EVERY_S
            self.sock.send(self.ping)
            if now >= self._reported:
                self._reported = now + REPORT_EVERY_S
                self.sock.send(self._sending.protect_rtcp(struct.pack("!BBHI", 0x80, 201, 1, self._ssrc)))

    def hear(self, buffer: bytearray) -> None:
        """Take one waiting packet."""
        arrived = 0.0
        try:
            if self.probes:
                size, ancillary, _, _ = self.sock.recvmsg_into([buffer], 64)
                if ancillary:
                    seconds, nanoseconds = struct.unpack("=qq", ancillary[0][2])
                    arrived = seconds + nanoseconds / 1e9
            else:
                size = self.sock.recv_into(buffer)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNREFUSED):
                raise
            return
        first, second = buffer[0], buffer[1]
        if first < 4:
            self.checked_at = monotonic()
            self.on_stun(bytes(buffer[:size]))
        elif first >> 6 == 2 and not 192 <= second <= 223:
            self.tally.take(buffer[2] << 8 | buffer[3])
            if self.probes:
                packet = self._receiving.unprotect(bytes(buffer[:size]))
                self.tally.delays_s.append(arrived - struct.unpack_from("!d", packet, 12)[0])


class Load:
    """Telephones that all send, from when they are told to until they are told to stop."""

    def __init__(self, wall_s: Callable[[], float]) -> None:
        self.legs: list[LoadLeg] = []
        self.late_s = 0.0
        self._wall_s = wall_s
        self._slots: list[list[LoadLeg]] = [[] for _ in range(SLOTS)]
        self._poll = select.epoll()
        self._by_descriptor: dict[int, LoadLeg] = {}
        self._buffer = bytearray(2048)
        self._task: asyncio.Task[None] | None = None

    def add(self, leg: LoadLeg) -> None:
        self.legs.append(leg)
        self._by_descriptor[leg.sock.fileno()] = leg
        self._poll.register(leg.sock.fileno(), select.EPOLLIN)

    def replace(self, leg: LoadLeg) -> None:
        """Another telephone with the number of one that is gone."""
        gone = self.legs[leg.number]
        self._poll.unregister(gone.sock.fileno())
        del self._by_descriptor[gone.sock.fileno()]
        gone.close()
        self.legs[leg.number] = leg
        self._by_descriptor[leg.sock.fileno()] = leg
        self._poll.register(leg.sock.fileno(), select.EPOLLIN)

    def speak(self, count: int) -> None:
        """From now on the first `count` legs send."""
        self._slots = [self.legs[slot:count:SLOTS] for slot in range(SLOTS)]

    def reset(self) -> None:
        self.late_s = 0.0
        for leg in self.legs:
            leg.tally = Tally()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for leg in self.legs:
            leg.close()
        self._poll.close()

    async def _run(self) -> None:
        began = monotonic()
        slot = 0
        while True:
            due = began + slot * SLOT_S
            while (now := monotonic()) < due:
                if not self._drain():
                    await asyncio.sleep(0)
            self.late_s = max(self.late_s, now - due)
            if now - due > LATE_S_MAX:
                # What was missed is missed: telephones do not hurry afterwards.
                began += now - due
            wall_s = self._wall_s()
            for leg in self._slots[slot % SLOTS]:
                leg.speak(now, wall_s)
            slot += 1
            self._drain()
            if slot % SLOTS == 0:
                await asyncio.sleep(0)

    def _drain(self) -> int:
        ready = self._poll.poll(0, 512)
        for descriptor, _ in ready:
            self._by_descriptor[descriptor].hear(self._buffer)
        return len(ready)


_TONE = bytes(range(FRAME))


async def connect(number: int, exchange: Callable[[str], Awaitable[str]]) -> LoadLeg:
    """A leg that is up: offer, answer, ICE, DTLS.

    Args:
        number: of the leg.
        exchange: takes the offer, returns the answer.
    """
    aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [HOST]
    gatherer = RTCIceGatherer([])
    # Whoever offers is in control (RFC 8445), and must know it before the first check arrives.
    gatherer._connection.ice_controlling = True
    ice = RTCIceTransport(gatherer)
    dtls = RTCDtlsTransport(ice, [RTCCertificate.generateCertificate()])
    await gatherer.gather()
    answer = SessionDescription.parse(await exchange(_offer(gatherer, dtls))).media[0]
    assert answer.ice is not None
    assert answer.dtls is not None
    dtls._set_role("server")
    for candidate in answer.ice_candidates:
        if candidate.ip == HOST:
            await ice.addRemoteCandidate(candidate)
    await ice.addRemoteCandidate(None)
    await ice.start(answer.ice)
    await dtls.start(answer.dtls)
    if dtls.state != "connected":
        raise RuntimeError(f"leg {number} cannot connect: ICE {ice.state}, DTLS {dtls.state}")
    return _take_over(number, ice, dtls)


def _take_over(number: int, ice: RTCIceTransport, dtls: RTCDtlsTransport) -> LoadLeg:
    """The socket from asyncio, the keys from DTLS."""
    connection = ice._connection
    pair = connection._nominated[1]
    protocol = pair.protocol
    theirs = protocol.transport.get_extra_info("socket")
    asyncio.get_running_loop()._remove_reader(theirs.fileno())  # type: ignore[attr-defined]
    sock = socket.socket(fileno=socket.dup(theirs.fileno()))
    sock.setblocking(False)
    sock.connect(pair.remote_addr)
    consent, connection._query_consent_task = connection._query_consent_task, None
    if consent is not None:
        consent.cancel()
    leg = LoadLeg(number, sock, dtls._tx_srtp, dtls._rx_srtp)
    request = connection.build_request(pair, nominate=False)
    request.add_message_integrity(str(connection.remote_password).encode())
    leg.ping = bytes(request)
    leg.on_stun = lambda data: _answer_check(data, protocol, pair.remote_addr)

    def close() -> None:
        """Without a word, as a telephone goes whose battery is empty."""
        sock.close()
        protocol.transport.abort()
        for task in (dtls._task, getattr(ice, "_RTCIceTransport__monitor_task", None)):
            if task is not None:
                task.cancel()

    leg.close = close
    return leg


def is_cut_off(leg: LoadLeg) -> bool:
    """The media process, which checks each path every five seconds, has given this leg up."""
    return monotonic() - leg.checked_at > CHECKED_S_MAX


def _answer_check(data: bytes, protocol: aioice.ice.StunProtocol, address: tuple[str, int]) -> None:
    """Only questions need an answer; those to our pings are dropped unread."""
    if data[0] == 0 and data[1] == stun.Method.BINDING:
        protocol.datagram_received(data, address)


def _offer(gatherer: RTCIceGatherer, dtls: RTCDtlsTransport) -> str:
    ice = gatherer.getLocalParameters()
    prints = dtls.getLocalParameters().fingerprints
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        "c=IN IP4 0.0.0.0",
        "a=rtcp-mux",
        "a=mid:0",
        "a=sendrecv",
        "a=rtpmap:0 PCMU/8000",
        f"a=ice-ufrag:{ice.usernameFragment}",
        f"a=ice-pwd:{ice.password}",
        *(f"a=fingerprint:{one.algorithm} {one.value}" for one in prints),
        "a=setup:actpass",
        *(f"a=candidate:{candidate_to_sdp(candidate)}" for candidate in gatherer.getLocalCandidates()),
    ]
    return "\r\n".join(lines) + "\r\n"


def losses(legs: Sequence[LoadLeg], seconds: float) -> float:
    """The lost fraction of what these legs should have heard; 1.0 when one of them heard next to nothing."""
    expected = sum(leg.tally.expected for leg in legs)
    received = sum(leg.tally.received for leg in legs)
    least = 0.9 * seconds * PACKETS_PER_S
    if not expected or any(leg.tally.received < least for leg in legs):
        return 1.0
    return max(0.0, (expected - received) / expected)
