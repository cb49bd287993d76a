"""The shared ports, on real sockets of this machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest
from aioice import stun

from telephony.webrtc import datagrams
from telephony.webrtc import hub as hub_module
from telephony.webrtc.datagrams import (
    BATCH,
    SLOT_BYTES,
    Arena,
    Destination,
    Inbox,
    Outbox,
    address_of,
    open_sockets,
)
from telephony.webrtc.hub import UdpHub
from telephony.webrtc.ice import Reflexive

HOST = "127.0.0.1"


async def settled(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(25):
        for _ in iter(condition, True):
            await asyncio.sleep(0.01)


@pytest.fixture
async def hub() -> AsyncIterator[UdpHub]:
    made = UdpHub()
    made.open([HOST])
    yield made
    made.close()


@pytest.fixture(params=[True, False], ids=["in batches", "one by one"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of moving datagrams."""
    if request.param and not datagrams.LINUX:
        pytest.skip("only Linux moves them in batches")
    monkeypatch.setattr(datagrams, "LINUX", request.param)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("host", [HOST, "::1"])
def test_what_is_received_says_where_from_and_can_be_sent_on(host: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    sockets = open_sockets(host, 0, 2)
    with socket.socket(sockets[0].family, socket.SOCK_DGRAM) as friend:
        friend.bind((host, 0))
        friend.settimeout(20)
        arena = Arena()
        inbox, outbox = Inbox(arena, sockets[0].family), Outbox(sockets[0])
        for number in range(BATCH + 6):
            friend.sendto(bytes([number]) * (number + 12), (host, sockets[0].getsockname()[1]))
        taken = 0
        for sock in sockets:
            while count := inbox.receive(sock):
                for slot in range(count):
                    assert address_of(inbox.key(slot)) == friend.getsockname()[:2]
                    length = inbox.lengths[slot * 16]
                    assert bytes(arena.data[slot * SLOT_BYTES : slot * SLOT_BYTES + 1]) == bytes(
                        [length - 12]
                    )
                    outbox.put(arena.addresses[slot], length, Destination(*friend.getsockname()[:2]))
                outbox.flush()
                taken += count
        assert taken == BATCH + 6
        back = sorted(friend.recv(SLOT_BYTES) for _ in range(taken))
        assert back == [bytes([number]) * (number + 12) for number in range(taken)]
    for sock in sockets:
        sock.close()


@pytest.mark.usefixtures("way")
def test_a_destination_that_the_network_refuses_costs_only_its_own_packet() -> None:
    (sock,) = open_sockets(HOST, 0, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as friend:
        friend.bind((HOST, 0))
        friend.settimeout(20)
        outbox = Outbox(sock)
        outbox.put_bytes(b"first", Destination(*friend.getsockname()))
        # Port 0 cannot be sent to.
        outbox.put_bytes(b"lost", Destination(HOST, 0))
        outbox.put_bytes(b"last", Destination(*friend.getsockname()))
        outbox.flush()
        assert [friend.recv(100) for _ in range(2)] == [b"first", b"last"]
        assert outbox.sent == 2
    sock.close()


def test_a_port_that_another_process_has_is_not_shared() -> None:
    sockets = open_sockets(HOST, 0, 2)
    with pytest.raises(OSError, match="in use"):
        open_sockets(HOST, sockets[0].getsockname()[1], 2)
    for sock in sockets:
        sock.close()


async def test_strangers_and_junk_are_counted_and_nothing_else(hub: UdpHub) -> None:
    address = (HOST, hub.locals[0].port)
    junk = [b"", b"x", bytes(20), b"\x80" + bytes(40), b"\x16" + bytes(40), b"\x00\x01\xff\xff" + bytes(30)]
    request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
    request.attributes["USERNAME"] = "no:body"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for data in (*junk, bytes(request)):
            stranger.sendto(data, address)
        await settled(lambda: hub.received == len(junk) + 1)
    assert hub.unknown == 5
    assert hub.locals[0].routes == {}


async def test_many_packets_are_fetched_and_few_are_waited_for(
    hub: UdpHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_ABOVE_PER_S", 200)
    monkeypatch.setattr(hub_module, "POLL_BELOW_PER_S", 100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        sent = 0

        def polls() -> bool:
            nonlocal sent
            for _ in range(20):
                stranger.sendto(b"x" * 20, (HOST, hub.locals[0].port))
            sent += 20
            return hub.polling

        await settled(polls)
        await settled(lambda: not hub.polling)
        stranger.sendto(b"x" * 20, (HOST, hub.locals[0].port))
        await settled(lambda: hub.received == sent + 1)


async def test_a_stun_server_tells_our_outside_address(hub: UdpHub) -> None:
    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast(asyncio.DatagramTransport, transport)

        def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
            asked = stun.parse_message(data)
            answer = stun.Message(
                message_method=stun.Method.BINDING,
                message_class=stun.Class.RESPONSE,
                transaction_id=asked.transaction_id,
            )
            answer.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.9", 40_000)
            self.transport.sendto(bytes(answer), address)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Server, local_addr=(HOST, 0))
    reflexive = Reflexive(hub)
    local = hub.locals[0]
    assert reflexive.candidates(local) == []
    await reflexive.ask(local, transport.get_extra_info("sockname"))
    (candidate,) = reflexive.candidates(local)
    assert (candidate.type, candidate.host, candidate.port) == ("srflx", "203.0.113.9", 40_000)
    assert local.transactions == {}
    transport.close()


@pytest.mark.usefixtures("way")
def test_no_datagram_fills_a_slot_to_where_encryption_would_write_beyond_it() -> None:
    (sock,) = open_sockets(HOST, 0, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as friend:
        friend.sendto(b"x" * 9000, sock.getsockname())
        inbox = Inbox(Arena(), sock.family)
        assert inbox.receive(sock) == 1
        assert inbox.lengths[0] + 144 <= SLOT_BYTES
    sock.close()
