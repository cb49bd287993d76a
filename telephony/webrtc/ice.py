"""ICE over the hub's shared ports.

aioice opens a socket of its own for each address and connection. These subclasses make it use the hub's
instead; checks, nomination and consent stay aioice's. Private names of aioice 0.13.0 are used: the version
is pinned.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from collections.abc import Callable
from typing import Any, cast

from aioice import Candidate, Connection, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import CandidatePair, StunProtocol

from telephony.clock import monotonic
from telephony.webrtc.hub import Local, UdpHub

logger = logging.getLogger(__name__)

COMPONENT = 1
REFLEXIVE_REFRESH_S = 20.0
"""Often enough that a NAT keeps the mapping of the shared port (RFC 4787: at least two minutes)."""


class HubTransport(asyncio.DatagramTransport):
    """What a `StunProtocol` needs of a transport, on a shared port."""

    def __init__(self, local: Local, closed: Callable[[], None]) -> None:
        super().__init__({"sockname": (local.host, local.port)})
        self._local = local
        self._closed = closed

    def sendto(self, data: Any, addr: Any = None) -> None:
        self._local.send(bytes(data), (addr[0], addr[1]))

    def close(self) -> None:
        self._closed()


class HubProtocol(StunProtocol):
    """One leg's ICE and media on one local address; this is the hub's `Endpoint`."""

    def __init__(self, connection: HubConnection, local: Local) -> None:
        super().__init__(connection)
        self.local = local
        self.media: Callable[[int, int, float], None] | None = None
        self.control: Callable[[bytes, float], None] | None = None
        self._connection = connection
        self.connection_made(HubTransport(local, self._close))
        self.local_candidate = host_candidate(local)
        local.names[connection.local_username] = self

    def datagram(self, data: bytes) -> None:
        self._connection.data_received(data, COMPONENT)

    def ice_message(self, message: stun.Message, address: tuple[str, int]) -> None:
        if message.message_class == stun.Class.REQUEST:
            self._connection.request_received(message, address, self)
            return
        transaction = self.transactions.get(message.transaction_id)
        if transaction is not None:
            transaction.response_received(message, address)

    def send_stun(self, message: stun.Message, addr: tuple[str, int]) -> None:
        if message.message_class == stun.Class.RESPONSE:
            # aioice says yes only to a check that proved the password: the address is this leg's.
            self.local.bind(addr, self)
        super().send_stun(message, addr)

    async def request(
        self,
        request: stun.Message,
        addr: tuple[str, int],
        integrity_key: bytes | None = None,
        retransmissions: int | None = None,
    ) -> tuple[stun.Message, tuple[str, int]]:
        self.local.transactions[request.transaction_id] = self
        started = monotonic()
        try:
            response, source = await super().request(request, addr, integrity_key, retransmissions)
        finally:
            self.local.transactions.pop(request.transaction_id, None)
        self.local.bind(source, self)
        if retransmissions == 0:
            # Sent once only, so the time to the answer is the round trip.
            self._connection.round_trip_s = monotonic() - started
        return response, source

    def _close(self) -> None:
        self.local.forget(self)
        self.media = self.control = None
        self.connection_lost(None)


class HubConnection(Connection):
    """An aioice connection whose candidates are the hub's ports."""

    def __init__(self, hub: UdpHub, reflexive: Reflexive) -> None:
        super().__init__(ice_controlling=False)
        self._hub = hub
        self._reflexive = reflexive
        self.round_trip_s: float | None = None
        """Of the last consent check."""
        self.on_nominated: Callable[[CandidatePair], None] | None = None
        """Called when the browser chooses a pair of addresses, again when it changes its mind."""

    @property
    def protocols(self) -> list[HubProtocol]:
        return cast(list[HubProtocol], self._protocols)

    @property
    def nominated(self) -> CandidatePair | None:
        return self._nominated.get(COMPONENT)

    def check_complete(self, pair: CandidatePair) -> None:
        before = self.nominated
        super().check_complete(pair)
        after = self.nominated
        if after is not None and after is not before and self.on_nominated is not None:
            self.on_nominated(after)

    async def gather_candidates(self) -> None:
        if self._local_candidates_start:
            return
        self._local_candidates_start = True
        for local in self._hub.locals:
            protocol = HubProtocol(self, local)
            self._protocols.append(protocol)
            self._local_candidates.append(protocol.local_candidate)
            self._local_candidates.extend(self._reflexive.candidates(local))
        self._local_candidates_end = True

    async def add_remote_candidate(self, remote_candidate: Candidate | None) -> None:
        """The end of candidates is never told on: a browser behind a NAT shows its address by its checks."""
        if remote_candidate is not None and is_usable(remote_candidate):
            await super().add_remote_candidate(remote_candidate)


def is_usable(candidate: Candidate) -> bool:
    """UDP and a plain address: a name under `.local` would have to be asked for on the local network first,
    and its owner's own checks tell its address anyway."""
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(candidate.host)
        return candidate.transport.lower() == "udp" and candidate.component == COMPONENT
    return False


def host_candidate(local: Local) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("host", "udp", local.host),
        component=COMPONENT,
        transport="udp",
        priority=candidate_priority(COMPONENT, "host"),
        host=local.host,
        port=local.port,
        type="host",
    )


def reflexive_candidate(local: Local, address: tuple[str, int]) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("srflx", "udp", local.host),
        component=COMPONENT,
        transport="udp",
        priority=candidate_priority(COMPONENT, "srflx"),
        host=address[0],
        port=address[1],
        type="srflx",
        related_address=local.host,
        related_port=local.port,
    )


class Reflexive:
    """How the shared ports look from outside: asked of a STUN server once for all legs, or configured.

    Args:
        hub: the ports.
        server: host and port of a STUN server, or None.
        public_address: this host's address behind a one-to-one NAT, or None.
    """

    def __init__(
        self, hub: UdpHub, *, server: tuple[str, int] | None = None, public_address: str | None = None
    ) -> None:
        self._hub = hub
        self._server = server
        self._public_address = public_address
        self._seen: dict[str, tuple[str, int]] = {}

    def candidates(self, local: Local) -> list[Candidate]:
        """What a browser may try besides the local address itself."""
        addresses = [self._seen[local.host]] if local.host in self._seen else []
        if self._public_address is not None and _may_be_translated(local):
            addresses.append((self._public_address, local.port))
        return [reflexive_candidate(local, address) for address in addresses if address[0] != local.host]

    async def keep(self) -> None:
        """Ask the STUN server now and then; returns at once when there is none."""
        if self._server is None:
            return
        while True:
            for local in self._hub.locals:
                if _may_be_translated(local):
                    await self.ask(local, self._server)
            await asyncio.sleep(REFLEXIVE_REFRESH_S)

    async def ask(self, local: Local, server: tuple[str, int]) -> None:
        """Ask once how one of our ports looks from outside; what is not answered is logged."""
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(*server, family=socket.AF_INET)
            host, port = found[0][4][:2]
            asker = _Asker(local, request, (str(host), int(port)))
            response, _ = await asker.answer()
        except (OSError, stun.TransactionError) as error:
            logger.warning("the STUN server %s:%d does not answer: %s", *server, error)
        else:
            self._seen[local.host] = response.attributes["XOR-MAPPED-ADDRESS"]


def _may_be_translated(local: Local) -> bool:
    return local.version == 4 and not ipaddress.ip_address(local.host).is_loopback


class _Asker:
    """One question to the STUN server; an `Endpoint` that only waits for its answer."""

    media: Callable[[int, int, float], None] | None = None
    control: Callable[[bytes, float], None] | None = None

    def __init__(self, local: Local, request: stun.Message, server: tuple[str, int]) -> None:
        self._local = local
        self._request = request
        self._transaction = stun.Transaction(request, server, self)

    async def answer(self) -> tuple[stun.Message, tuple[str, int]]:
        self._local.transactions[self._request.transaction_id] = self
        try:
            return await self._transaction.run()
        finally:
            del self._local.transactions[self._request.transaction_id]

    def send_stun(self, message: stun.Message, addr: tuple[str, int]) -> None:
        self._local.send(bytes(message), addr)

    def datagram(self, data: bytes) -> None:
        """Nothing but the answer is expected."""

    def ice_message(self, message: stun.Message, address: tuple[str, int]) -> None:
        self._transaction.response_received(message, address)
