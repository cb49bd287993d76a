"""The media process: `python -m telephony.webrtc.worker --socket PATH --recordings DIR --state DIR`.

It outlives the control process: the audio of running calls does not pass through control, a new control
process finds it by its socket, and the journal keeps what happened meanwhile. It ends when told to by
SIGTERM, or when it has had neither control nor calls for `--idle-exit-s`.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import gc
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aioice.ice import get_host_addresses

from telephony.clock import SteadyClock, cpu_seconds, monotonic
from telephony.port import DigitPressed, Event, LegEndCause, LegEnded, QualityReported
from telephony.webrtc.connection import Station
from telephony.webrtc.exchange import Exchange
from telephony.webrtc.hub import UdpHub
from telephony.webrtc.ice import Reflexive
from telephony.webrtc.journal import Journal
from telephony.webrtc.reception import Reception
from telephony.webrtc.recorder import Recorder
from telephony.webrtc.rpc import ControlServer
from telephony.webrtc.rtp import CODECS
from telephony.webrtc.sounds import FRAME_S, Sounds

logger = logging.getLogger("patchbay.media")

WATCH_EVERY_TICKS = 5
WRITE_EVERY_TICKS = 25
LATE_S_MAX = 0.2
"""Music and prompts that are further behind go on from now instead of being hurried through."""
PID_FILE = "worker.pid"
LOCK_FILE = "worker.lock"
JOURNAL_FILE = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a media process is run."""

    socket: Path
    recordings: Path
    """Where raw recordings lie until their WAV is complete."""
    state: Path
    codec: str = "pcmu"
    legs_max: int = 200
    stun: tuple[str, int] | None = None
    public_address: str | None = None
    """This host's address as browsers reach it, behind a one-to-one NAT or in a container."""
    addresses: tuple[str, ...] = ()
    """Local addresses to offer; none: all of this machine."""
    udp_port: int = 0
    """The one port all calls use on each address; 0: a free one."""
    music: Path | None = None
    """Default music on hold (a WAV file) instead of our own."""
    control_absence_limit_s: float = 900.0
    idle_exit_s: float = 600.0


class Worker:
    """Everything of one media process, put together."""

    def __init__(self, settings: Settings) -> None:
        codec = CODECS[settings.codec]
        self._settings = settings
        self._clock = SteadyClock()
        self._journal = Journal(settings.state / JOURNAL_FILE)
        self._hub = UdpHub()
        self._reflexive = Reflexive(self._hub, server=settings.stun, public_address=settings.public_address)
        self._sounds = Sounds(codec, default_music=settings.music)
        self._recorder = Recorder(settings.recordings, codec.name, self._emit)
        self._exchange = Exchange(
            self._sounds,
            self._recorder,
            self._hub.arena.data,
            emit=self._emit,
            flush=self._hub.flush,
            clock=monotonic,
        )
        self._reception = Reception(
            self._exchange,
            Station(self._hub, self._reflexive, self._clock.now),
            codec=codec,
            silence=self._sounds.silence,
            emit=self._emit,
            opened=self._journal.leg_opened,
            closed=self._journal.leg_closed,
            clock=monotonic,
            legs_max=settings.legs_max,
            control_absence_limit_s=settings.control_absence_limit_s,
        )
        self._control = ControlServer(
            self._reception, self._journal, snapshot=self._exchange.snapshot, stats=self._stats
        )
        self._started = self._control_seen = self._busy_seen = monotonic()
        self._late_ticks = 0
        self._ending = asyncio.Event()

    async def run(self) -> None:
        """Serve until told to end.

        Raises:
            OSError: no network address, or the socket cannot be opened.
        """
        self._hub.open(self._addresses(), port=self._settings.udp_port)
        for leg_id in self._journal.orphans:
            self._emit(LegEnded(leg_id=leg_id, cause=LegEndCause.FAILED))
            self._journal.leg_closed(leg_id)
        self._recorder.recover()
        await self._sounds.music(None)
        await self._control.listen(self._settings.socket)
        logger.info("ready: %s", ", ".join(f"{one.host}:{one.port}" for one in self._hub.locals))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ending.set)
        # What exists now stays; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        stun = asyncio.create_task(self._reflexive.keep())
        clock = asyncio.create_task(self._keep_time())
        ended = asyncio.create_task(self._ending.wait())
        await asyncio.wait({clock, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stun, clock, ended):
            task.cancel()
        await asyncio.gather(stun, clock, ended, return_exceptions=True)
        await self._end()

    async def _end(self) -> None:
        logger.info("ending")
        await self._reception.close()
        self._hub.flush()
        await self._recorder.close(monotonic())
        await self._control.close()
        self._hub.close()
        self._journal.close()
        self._settings.socket.unlink(missing_ok=True)

    def _addresses(self) -> list[str]:
        """Local addresses, loopback last: it is of use where the browser runs on this machine."""
        if self._settings.addresses:
            return list(self._settings.addresses)
        return [*get_host_addresses(use_ipv4=True, use_ipv6=True), "127.0.0.1"]

    def _emit(self, event: Event) -> None:
        if self._journal.is_full and isinstance(event, DigitPressed | QualityReported):
            return
        self._control.publish(self._journal.append(event, self._clock.now()))

    async def _keep_time(self) -> None:
        """The one clock: every 20 ms all music and prompts, now and then the rest."""
        due = monotonic()
        ticks = 0
        while True:
            now = monotonic()
            if now - due > LATE_S_MAX:
                self._late_ticks += int((now - due) / FRAME_S)
                due = now
            ticks += 1
            try:
                if self._tick(now, ticks):
                    return
            except Exception:
                # A fault of ours in one call must not end all the others.
                logger.exception("a tick failed")
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - monotonic()))

    def _tick(self, now: float, ticks: int) -> bool:
        """Music and prompts every time, the rest now and then. True: this process is not needed any more."""
        self._exchange.tick(now)
        if not ticks % WRITE_EVERY_TICKS:
            self._recorder.write_out()
            self._exchange.stop_overdue(now)
        return not ticks % WATCH_EVERY_TICKS and self._watch(now)

    def _watch(self, now: float) -> bool:
        """Look after legs. True: nobody has needed this process for long."""
        if self._control.in_control:
            self._control_seen = now
        self._reception.watch(now, now - self._control_seen)
        self._hub.flush()
        if self._exchange.legs or self._control.in_control:
            self._busy_seen = now
        return now - self._busy_seen > self._settings.idle_exit_s

    def _stats(self) -> dict[str, object]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "pid": os.getpid(),
            "up_s": round(monotonic() - self._started, 1),
            "cpu_s": round(cpu_seconds(), 3),
            "memory_kib_max": used.ru_maxrss,
            "codec": self._settings.codec,
            "legs": len(self._exchange.legs),
            "legs_max": self._settings.legs_max,
            "connected": sum(leg.connected for leg in self._exchange.legs.values()),
            "bridges": len(self._exchange.joints.bridges),
            "rooms": len(self._exchange.joints.rooms),
            "recordings": len(self._recorder),
            "packets_received": self._hub.received,
            "packets_sent": self._hub.sent,
            "packets_refused": self._hub.refused,
            "packets_unknown": self._hub.unknown,
            "late_ticks": self._late_ticks,
            "unacknowledged": len(self._journal),
            "addresses": [f"{one.host}:{one.port}" for one in self._hub.locals],
        }


def parse(arguments: Sequence[str]) -> Settings:
    """The command line of a media process."""
    parser = argparse.ArgumentParser(prog="python -m telephony.webrtc.worker", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket that control connects to")
    parser.add_argument("--recordings", type=Path, required=True, help="folder for unfinished recordings")
    parser.add_argument("--state", type=Path, required=True, help="folder for the journal, lock and pid file")
    parser.add_argument("--codec", choices=sorted(CODECS), default="pcmu")
    parser.add_argument("--legs-max", type=int, default=200)
    parser.add_argument("--stun", metavar="HOST:PORT", help="STUN server that tells our outside address")
    parser.add_argument("--public-address", metavar="IP", help="our outside address, if it is known")
    parser.add_argument("--address", metavar="IP", action="append", default=[], help="local address to offer")
    parser.add_argument("--udp-port", type=int, default=0, help="the one port for all audio; 0: a free one")
    parser.add_argument("--music", type=Path, metavar="WAV", help="default music on hold")
    parser.add_argument("--control-absence-limit-s", type=float, default=900.0)
    parser.add_argument("--idle-exit-s", type=float, default=600.0)
    given = parser.parse_args(arguments)
    return Settings(
        socket=given.socket.absolute(),
        recordings=given.recordings.absolute(),
        state=given.state.absolute(),
        codec=given.codec,
        legs_max=given.legs_max,
        stun=_host_and_port(parser, given.stun) if given.stun else None,
        public_address=given.public_address,
        addresses=tuple(given.address),
        udp_port=given.udp_port,
        music=given.music,
        control_absence_limit_s=given.control_absence_limit_s,
        idle_exit_s=given.idle_exit_s,
    )


def _host_and_port(parser: argparse.ArgumentParser, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        parser.error(f"--stun {text}: write HOST:PORT, for example stun.example.org:3478")
    return host, int(port)


async def _serve(settings: Settings) -> None:
    await Worker(settings).run()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where it is to be had, else the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; returns the exit status."""
    settings = parse(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for noisy in ("aioice", "aiortc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for folder in (settings.state, settings.recordings, settings.socket.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(OSError):
        os.setsid()
    with (settings.state / LOCK_FILE).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            logger.error("another media process uses %s", settings.state)
            return 3
        (settings.state / PID_FILE).write_text(f"{os.getpid()}\n")
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_serve(settings))
        except OSError as error:
            logger.error("the media process cannot start: %s", error)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
