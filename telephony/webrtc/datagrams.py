"""Datagrams in batches: received into fixed slots, changed in place, sent from where they lie.

A relayed packet is never copied in Python: it is received into a slot, decrypted, re-numbered and encrypted
there, and sent from there. On Linux one `recvmmsg` or `sendmmsg` moves many packets; elsewhere the same
classes do it one by one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
from typing import Any

from cffi import FFI  # type: ignore[import-untyped]

SLOT_BYTES = 2048
RECEIVE_BYTES_MAX = SLOT_BYTES - 160
"""Room is left for what encryption appends (libsrtp: at most 144 bytes); none of ours is longer."""
BATCH = 64
"""Most packets per system call; also the number of slots of an arena."""
BUFFER_BYTES = 4 << 20
"""Asked for; most systems give less."""
SOCKETS_MAX = 4
"""With the usual 208 KiB each, together about 80 ms of 300 legs."""
NAME_BYTES = 32
"""Room for one socket address."""
LINUX = sys.platform == "linux" and struct.calcsize("P") == 8

_ffi = FFI()
_ffi.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int, struct mmsghdr *, unsigned int, int, void *);
    int sendmmsg(int, struct mmsghdr *, unsigned int, int);
    """
)
_libc: Any = _ffi.dlopen(None) if LINUX else None

# Where the fields lie, in 8-byte and 4-byte words (LP64 Linux, all of x86_64, aarch64, riscv64).
_HEADER_QUADS = 8
_HEADER_WORDS = 16
_LENGTH_WORD = 14

Key = int | tuple[int, int, int]
"""A remote address as it lies in memory: one word for IPv4, three for IPv6."""


class Destination:
    """A remote address, ready to be used by either way of sending."""

    __slots__ = ("_memory", "address", "key", "name", "name_bytes")

    def __init__(self, host: str, port: int) -> None:
        packed = ipaddress.ip_address(host).packed
        if len(packed) == 4:
            memory = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, packed)
        else:
            memory = struct.pack("=H", socket.AF_INET6) + struct.pack("!HI16sI", port, 0, packed, 0)
        self.address = (host, port)
        self._memory = _ffi.new("char[]", memory.ljust(NAME_BYTES, b"\0"))
        self.name = int(_ffi.cast("uintptr_t", self._memory))
        self.name_bytes = len(memory)
        words = struct.unpack("=QQQ", memory.ljust(NAME_BYTES, b"\0")[:24])
        self.key: Key = words[0] if len(packed) == 4 else words


def address_of(key: Key) -> tuple[str, int]:
    """Host and port of a key."""
    if isinstance(key, int):
        port, packed = struct.unpack("!2xH4s", struct.pack("=Q", key))
        return str(ipaddress.IPv4Address(packed)), port
    port, packed = struct.unpack("!2xH4x16s", struct.pack("=QQQ", *key))
    return str(ipaddress.IPv6Address(packed)), port


class Arena:
    """Slots for packets.

    Attributes:
        data: all slots as one memory; slot `i` begins at `i * SLOT_BYTES`.
        addresses: the machine address of each slot.
    """

    def __init__(self) -> None:
        self._memory = _ffi.new("char[]", BATCH * SLOT_BYTES)
        self.data = memoryview(_ffi.buffer(self._memory)).cast("B")
        first = int(_ffi.cast("uintptr_t", self._memory))
        self.addresses = [first + slot * SLOT_BYTES for slot in range(BATCH)]


class Inbox:
    """Receives up to `BATCH` datagrams of one address family at a time into the slots of an arena.

    After `receive`, the datagram in slot `i` has `lengths[i * 16]` bytes and came from `key(i)`; for IPv4
    `words[i * 4]` is that key, read directly where speed counts.
    """

    def __init__(self, arena: Arena, family: int) -> None:
        self._arena = arena
        self.family = family
        self._names = _ffi.new("char[]", BATCH * NAME_BYTES)
        self.words = memoryview(_ffi.buffer(self._names)).cast("B").cast("Q")
        self._vectors = _ffi.new("struct iovec[]", BATCH)
        self._headers = _ffi.new("struct mmsghdr[]", BATCH)
        self._header_words = memoryview(_ffi.buffer(self._headers)).cast("B").cast("I")
        self.lengths = self._header_words[_LENGTH_WORD:]
        names = int(_ffi.cast("uintptr_t", self._names))
        for slot in range(BATCH):
            vector, header = self._vectors[slot], self._headers[slot].msg_hdr
            vector.iov_base = _ffi.cast("void *", arena.addresses[slot])
            vector.iov_len = RECEIVE_BYTES_MAX
            header.msg_iov = _ffi.addressof(vector)
            header.msg_iovlen = 1
            header.msg_name = _ffi.cast("void *", names + slot * NAME_BYTES)
            header.msg_namelen = NAME_BYTES

    def receive(self, sock: socket.socket) -> int:
        """How many datagrams were waiting and are now in the slots; 0 when none."""
        if LINUX:
            count: int = _libc.recvmmsg(sock.fileno(), self._headers, BATCH, 0, _ffi.NULL)
            return max(0, count)
        return self._receive_singly(sock)

    def key(self, slot: int) -> Key:
        word = slot * NAME_BYTES // 8
        if self.family == socket.AF_INET:
            return self.words[word]
        return (self.words[word], self.words[word + 1], self.words[word + 2])

    def _receive_singly(self, sock: socket.socket) -> int:
        for slot in range(BATCH):
            view = self._arena.data[slot * SLOT_BYTES : slot * SLOT_BYTES + RECEIVE_BYTES_MAX]
            try:
                length, address = sock.recvfrom_into(view)
            except OSError:
                return slot
            self._header_words[slot * _HEADER_WORDS + _LENGTH_WORD] = length
            key = Destination(address[0], address[1]).key
            for at, word in enumerate((key,) if isinstance(key, int) else key):
                self.words[slot * NAME_BYTES // 8 + at] = word
        return BATCH


class Outbox:
    """Collects datagrams for one socket and sends them together.

    What is put must lie still until `flush`: in a slot of an arena that is not received into meanwhile, or
    in a slot of `scratch`.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._descriptor = sock.fileno()
        self._vectors = _ffi.new("struct iovec[]", BATCH)
        self._headers = _ffi.new("struct mmsghdr[]", BATCH)
        self._vector_quads = memoryview(_ffi.buffer(self._vectors)).cast("B").cast("Q")
        self._header_quads = memoryview(_ffi.buffer(self._headers)).cast("B").cast("Q")
        for slot in range(BATCH):
            header = self._headers[slot].msg_hdr
            header.msg_iov = _ffi.addressof(self._vectors[slot])
            header.msg_iovlen = 1
        self._destinations: list[Destination | None] = [None] * BATCH
        self.scratch = Arena()
        self.count = 0
        self.sent = 0
        self.refused = 0

    def scratch_slot(self) -> int:
        """A slot of `scratch` to write the next datagram into."""
        if self.count == BATCH:
            self.flush()
        return self.count

    def put(self, address: int, length: int, destination: Destination) -> None:
        """Send the `length` bytes at this machine address when next flushed."""
        at = self.count
        if at == BATCH:
            self.flush()
            at = 0
        self._vector_quads[at * 2] = address
        self._vector_quads[at * 2 + 1] = length
        # The destination's memory must live until the flush.
        if self._destinations[at] is not destination:
            self._destinations[at] = destination
            self._header_quads[at * _HEADER_QUADS] = destination.name
            self._headers[at].msg_hdr.msg_namelen = destination.name_bytes
        self.count = at + 1

    def put_bytes(self, data: bytes, destination: Destination) -> None:
        slot = self.scratch_slot()
        start = slot * SLOT_BYTES
        self.scratch.data[start : start + len(data)] = data
        self.put(self.scratch.addresses[slot], len(data), destination)

    def flush(self) -> None:
        """Send what was put. What the network refuses is lost, as datagrams may be."""
        count, self.count = self.count, 0
        if not LINUX:
            self._send_singly(count)
            return
        done = 0
        while done < count:
            sent = _libc.sendmmsg(self._descriptor, self._headers + done, count - done, 0)
            if sent <= 0:
                self.refused += 1
                done += 1
            else:
                self.sent += sent
                done += sent

    def _send_singly(self, count: int) -> None:
        for at in range(count):
            destination = self._destinations[at]
            assert destination is not None
            length = self._vector_quads[at * 2 + 1]
            data = _ffi.buffer(_ffi.cast("char *", self._vector_quads[at * 2]), length)
            with contextlib.suppress(OSError):
                self._socket.sendto(data, destination.address)
                self.sent += 1


def open_sockets(host: str, port: int, count: int | None = None) -> list[socket.socket]:
    """UDP sockets that share one address and port; the system spreads the remote parties over them.

    Each has a receive buffer of its own, so that together they ride out a longer pause of the process; one is
    better where its buffer may be large, because more packets are then taken at a time.

    Args:
        host: local address.
        port: 0 for a free one.
        count: of sockets; None for as many as the size of their buffers asks for.

    Raises:
        OSError: the address cannot be used, or another process has this port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened: list[socket.socket] = []
    if port:
        # Sharing is for us alone: a second worker on the same port would steal half of the packets.
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((host, port))
    try:
        while not opened or len(opened) < _wanted(opened[0], count):
            sock = socket.socket(family, socket.SOCK_DGRAM)
            opened.append(sock)
            if hasattr(socket, "SO_REUSEPORT"):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
            sock.setblocking(False)
            sock.bind((host, port))
            port = sock.getsockname()[1]
    except OSError:
        for sock in opened:
            sock.close()
        raise
    return opened


def _wanted(first: socket.socket, count: int | None) -> int:
    if not hasattr(socket, "SO_REUSEPORT"):
        return 1
    if count is not None:
        return count
    return 1 if first.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= BUFFER_BYTES else SOCKETS_MAX
