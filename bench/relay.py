"""A bare relay: receive a batch, decrypt, encrypt, send the batch. The least that any media process does.

Standard input: one line of JSON, `{"keys": [hex, ...], "ports": [[a, b], ...], "profile": n}` with a key for
each leg, in the order of the pairs. It answers with one line, its port, and then relays until it is ended.
"""

from __future__ import annotations

import json
import select
import socket
import sys
from typing import Any

from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]

from telephony.webrtc.datagrams import Arena, Destination, Inbox, Outbox, open_sockets

HOST = "127.0.0.1"
SOCKETS = 4


def session(key: bytes, profile: int, kind: int) -> Session:
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.window_size = 1024
    policy.allow_repeat_tx = True
    return Session(policy)


def main() -> None:
    wanted = json.loads(sys.stdin.readline())
    keys = [bytes.fromhex(key) for key in wanted["keys"]]
    profile = wanted["profile"]
    routes: dict[Any, tuple[Any, Any, Destination]] = {}
    kept: list[Session] = []
    for index, (a, b) in enumerate(wanted["ports"]):
        for source, target, key_in, key_out in (
            (a, b, keys[2 * index], keys[2 * index + 1]),
            (b, a, keys[2 * index + 1], keys[2 * index]),
        ):
            receiving = session(key_in, profile, Policy.SSRC_ANY_INBOUND)
            sending = session(key_out, profile, Policy.SSRC_ANY_OUTBOUND)
            kept += [receiving, sending]
            destination = Destination(HOST, target)
            routes[Destination(HOST, source).key] = (receiving._srtp[0], sending._srtp[0], destination)
    sockets = open_sockets(HOST, 0, SOCKETS)
    sys.stdout.write(f"{sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    relay(sockets, routes)


def relay(sockets: list[socket.socket], routes: dict[Any, tuple[Any, Any, Destination]]) -> None:
    arena = Arena()
    inbox, outbox = Inbox(arena, socket.AF_INET), Outbox(sockets[0])
    pointers = [ffi.cast("char *", address) for address in arena.addresses]
    size = ffi.new("int *")
    poll = select.epoll()
    by_descriptor = {sock.fileno(): sock for sock in sockets}
    for descriptor in by_descriptor:
        poll.register(descriptor, select.EPOLLIN)
    unprotect, protect = lib.srtp_unprotect, lib.srtp_protect
    lengths, words, addresses = inbox.lengths, inbox.words, arena.addresses
    while True:
        for descriptor, _ in poll.poll():
            for slot in range(inbox.receive(by_descriptor[descriptor])):
                receiving, sending, destination = routes[words[slot * 4]]
                size[0] = lengths[slot * 16]
                if unprotect(receiving, pointers[slot], size) or protect(sending, pointers[slot], size):
                    continue
                outbox.put(addresses[slot], size[0], destination)
            outbox.flush()


if __name__ == "__main__":
    main()
