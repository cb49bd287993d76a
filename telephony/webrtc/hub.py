"""The few UDP ports that all legs share, and who gets which packet.

One port for each address of the machine serves every leg, so that a firewall needs one rule. A packet is
told apart by where it comes from; an address counts as a leg's own only after an ICE check with that leg's
password came from it (RFC 8445), and stays its own until another leg proves the same.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from typing import Protocol

from aioice import stun

from telephony.clock import monotonic
from telephony.webrtc.datagrams import (
    BATCH,
    LINUX,
    SLOT_BYTES,
    Arena,
    Destination,
    Inbox,
    Key,
    Outbox,
    address_of,
    open_sockets,
)

logger = logging.getLogger(__name__)

ROUNDS_MAX = 8
"""Batches taken from one socket before the others get their turn."""
UNKNOWN_STUN_BYTES_MAX = 600
POLL_ABOVE_PER_S, POLL_BELOW_PER_S = 20_000, 15_000
"""Packets a second from and down to which the ports are looked at every `POLL_S`, instead of whenever one
arrives: waking up for each costs more than the packet. 20,000 are 200 calls."""
POLL_S = 0.001
RATE_EVERY_S = 0.05

_LENGTH_STRIDE = 16
_KEY_STRIDE = 4


class Endpoint(Protocol):
    """One leg's connection as the hub sees it."""

    media: Callable[[int, int, float], None] | None
    """Takes (slot, length, now) of an RTP packet. None while keys are not agreed."""
    control: Callable[[bytes, float], None] | None
    """Takes an RTCP packet."""

    def datagram(self, data: bytes) -> None:
        """DTLS."""

    def ice_message(self, message: stun.Message, address: tuple[str, int]) -> None:
        """An ICE message whose user name or transaction is this endpoint's."""


class Local:
    """One address of this machine and what is reached over it."""

    def __init__(self, host: str, port: int, sockets: int | None = None) -> None:
        self.sockets = open_sockets(host, port, sockets)
        self.host = host
        self.port: int = self.sockets[0].getsockname()[1]
        self.outbox = Outbox(self.sockets[0])
        self.routes: dict[Key, Endpoint] = {}
        self.names: dict[str, Endpoint] = {}
        """By ICE user fragment."""
        self.transactions: dict[bytes, Endpoint] = {}
        self._destinations: dict[tuple[str, int], Destination] = {}

    @property
    def version(self) -> int:
        return 6 if ":" in self.host else 4

    def destination(self, address: tuple[str, int]) -> Destination:
        """The remote address, prepared; remembered for the few that are in use."""
        known = self._destinations.get(address)
        if known is None:
            if len(self._destinations) > 4096:
                self._destinations.clear()
            known = self._destinations[address] = Destination(*address)
        return known

    def send(self, data: bytes, address: tuple[str, int]) -> None:
        self.outbox.put_bytes(data, self.destination(address))
        self.outbox.flush()

    def bind(self, address: tuple[str, int], endpoint: Endpoint) -> None:
        """Packets from `address` are this endpoint's from now on."""
        self.routes[self.destination(address).key] = endpoint

    def forget(self, endpoint: Endpoint) -> None:
        for table in (self.routes, self.names, self.transactions):
            gone = [key for key, value in table.items() if value is endpoint]
            for key in gone:
                del table[key]  # type: ignore[arg-type]


class UdpHub:
    """All local addresses, read on the running event loop."""

    def __init__(self) -> None:
        self.arena = Arena()
        self.locals: list[Local] = []
        self.received = 0
        self.unknown = 0
        self._inboxes = {family: Inbox(self.arena, family) for family in (socket.AF_INET, socket.AF_INET6)}
        self._reading: list[tuple[Local, socket.socket]] = []
        self.polling = False
        self._rated_at = 0.0
        self._rated_received = 0

    def open(self, hosts: Iterable[str], *, port: int = 0, sockets: int | None = None) -> None:
        """Start to receive on `port` of each address (0: a free port each); see `open_sockets`.

        Raises:
            OSError: no address could be used; the first reason.
        """
        problem: OSError | None = None
        for host in hosts:
            try:
                local = Local(host, port, sockets)
            except OSError as error:
                logger.warning("no media on %s: %s", host, error)
                problem = problem or error
                continue
            self.locals.append(local)
            self._reading.extend((local, sock) for sock in local.sockets)
        if not self.locals:
            raise problem or OSError("this machine has no address to offer")
        self._wait()

    def close(self) -> None:
        self.polling = False
        loop = asyncio.get_running_loop()
        for _, sock in self._reading:
            loop.remove_reader(sock.fileno())
            sock.close()
        self._reading.clear()
        self.locals.clear()

    def flush(self) -> None:
        """Send everything that was put into the outboxes."""
        for local in self.locals:
            if local.outbox.count:
                local.outbox.flush()

    @property
    def sent(self) -> int:
        return sum(local.outbox.sent for local in self.locals)

    @property
    def refused(self) -> int:
        return sum(local.outbox.refused for local in self.locals)

    def _wait(self) -> None:
        """Be woken for what arrives."""
        self.polling = False
        loop = asyncio.get_running_loop()
        for local, sock in self._reading:
            loop.add_reader(sock.fileno(), self._readable, local, sock)

    def _poll(self) -> None:
        """Look at all sockets, and again in a moment."""
        try:
            for local, sock in self._reading:
                self._take(local, sock)
            now = monotonic()
            if now - self._rated_at > RATE_EVERY_S and self._rate(now) < POLL_BELOW_PER_S:
                self._wait()
        finally:
            if self.polling:
                asyncio.get_running_loop().call_later(POLL_S, self._poll)

    def _readable(self, local: Local, sock: socket.socket) -> None:
        self._take(local, sock)
        now = monotonic()
        if now - self._rated_at > RATE_EVERY_S and self._rate(now) > POLL_ABOVE_PER_S:
            self.polling = True
            loop = asyncio.get_running_loop()
            for _, other in self._reading:
                loop.remove_reader(other.fileno())
            loop.call_later(POLL_S, self._poll)

    def _rate(self, now: float) -> float:
        """Packets a second since the last look."""
        rate = (self.received - self._rated_received) / (now - self._rated_at)
        self._rated_at, self._rated_received = now, self.received
        return rate

    def _take(self, local: Local, sock: socket.socket) -> None:
        """Take what waits on one socket. This is the path of every packet of every call."""
        inbox = self._inboxes[sock.family]
        data, lengths, words = self.arena.data, inbox.lengths, inbox.words
        routes = local.routes
        direct = sock.family == socket.AF_INET and LINUX
        for _ in range(ROUNDS_MAX):
            count = inbox.receive(sock)
            if not count:
                return
            now = monotonic()
            self.received += count
            for slot in range(count):
                length = lengths[slot * _LENGTH_STRIDE]
                key: Key = words[slot * _KEY_STRIDE] if direct else inbox.key(slot)
                start = slot * SLOT_BYTES
                if length < 12:
                    continue
                first = data[start]
                endpoint = routes.get(key)
                if endpoint is None or not 128 <= first <= 191:
                    self._signalling(local, endpoint, key, bytes(data[start : start + length]))
                elif 192 <= data[start + 1] <= 223:
                    if endpoint.control is not None:
                        endpoint.control(bytes(data[start : start + length]), now)
                elif endpoint.media is not None:
                    endpoint.media(slot, length, now)
            self.flush()
            if count < BATCH:
                return

    def _signalling(self, local: Local, endpoint: Endpoint | None, key: Key, data: bytes) -> None:
        """ICE and DTLS: a few packets a second and leg, so here clarity goes before speed."""
        if data[0] > 3:
            if endpoint is not None and 20 <= data[0] <= 63:
                endpoint.datagram(data)
            else:
                self.unknown += 1
            return
        try:
            if endpoint is None and len(data) > UNKNOWN_STUN_BYTES_MAX:
                raise ValueError("too long")
            message = stun.parse_message(data)
        except Exception:
            # The parser meets whatever the network sends; it knows no single error type.
            self.unknown += 1
            return
        if message.message_class == stun.Class.REQUEST:
            name = str(message.attributes.get("USERNAME", "")).partition(":")[0]
            owner = local.names.get(name)
        else:
            owner = local.transactions.get(message.transaction_id)
        if owner is None:
            self.unknown += 1
        else:
            owner.ice_message(message, address_of(key))
