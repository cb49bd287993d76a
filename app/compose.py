"""The composition root: makes every part of the control process and plugs them together."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any, cast

import structlog

from app.api.ports import Parts, ReadyCheck
from app.auth.parts import build_auth
from app.auth.tokens import load_secret
from app.clock import Clock, ClockJump, IdSource, ScaledClock, SystemClock, monotonic, wall_now
from app.configure import read_centre
from app.demo.crowd import DemoCrowd
from app.demo.seed import brightwater, sign_ins
from app.engine.commands import Command, SetReachability
from app.engine.commit import CommandResult, Committed, Loaded, LogEvent, Observation
from app.engine.contact import Contact
from app.engine.domain import ConfigurationChanged, VoiceDomain
from app.engine.lease import Lease
from app.engine.links import Attachable, BackEndLinks
from app.engine.loop import Engine
from app.engine.runner import VoiceRunner
from app.housekeeping import Housekeeping
from app.live.board import Board
from app.live.daybook import DayBook
from app.live.floor_reading import FloorReading
from app.live.hub import Hub
from app.live.pages import Pages
from app.live.presence import Presence, UnreachableWhy
from app.live.state import LiveState
from app.logging import set_up_logging
from app.mail import PlainMailer, post_of
from app.metrics import Metrics, watch_centre
from app.phone_line import WebRtcLine
from app.prompts.resolve import PromptLibrary
from app.services.alert_desk import AlertDesk
from app.services.lookups import Lookups
from app.services.pops import PopService
from app.services.try_bench import TryBench
from app.services.webhooks import WebhookSender
from app.settings import Settings
from app.sounds import LibrarySounds
from app.store import records
from app.store.database import Database
from app.store.engine import EngineStore
from app.store.errors import LeaseHeld
from app.store.repositories.events import Events
from app.telephones import GuestTelephones
from routing.explain import AgentExplanation, Explanation
from telephony.port import Capabilities, QualityReported, TelephonyPort
from telephony.speech.speaker import Speaker
from telephony.webrtc.backend import WebRtcBackend

log = structlog.get_logger(__name__)

DOMAIN = "voice"
BACKEND = "webrtc"
DAY_PAGE = 5000
"""Events read at once when the day's figures are rebuilt."""


class CannotStart(Exception):
    """The configuration, or what it points at, does not allow to serve. The text says what to change."""


@asynccontextmanager
async def compose(settings: Settings) -> AsyncIterator[Parts]:
    """Everything, running; undone in reverse order at the end.

    Raises:
        CannotStart: this process cannot serve as configured.
    """
    async with AsyncExitStack() as stack:
        composition = Composition(settings)
        stack.push_async_callback(composition.close)
        yield await composition.open()


class Composition:
    """Holds the parts while the process lives."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock = _clock(settings)
        self._new_id = IdSource(self._clock)
        self._database = Database(settings.store_url)
        self._secret = load_secret(settings.data_dir, settings.secret_key.get_secret_value() or None)
        self._auth = build_auth(settings, self._secret, monotonic)
        self._metrics = Metrics()
        self._hub = Hub(time=monotonic, meter=self._metrics)
        self._pages = Pages(self._hub)
        self._tries = TryBench()
        self._presence = Presence(
            clock=self._clock, on_reachability=self._page_changed, on_leader=self._pages.leader_changed
        )
        self._state = LiveState()
        self._webrtc = WebRtcBackend(settings.media_socket(1), name=BACKEND)
        self._telephones = self._make_telephones()
        self._crowd: DemoCrowd | None = None
        self._housekeeping = Housekeeping()
        self._speaker: Speaker | None = None
        self._domain: VoiceDomain | None = None
        self._work: asyncio.Queue[Command] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    # --- opening and closing ---

    async def open(self) -> Parts:
        settings = self._settings
        set_up_logging(settings, self._secret, process="control")
        self._centre = await read_centre(self._database, settings)
        self._pops = PopService(self._database, lambda: self._centre.directory, self._centre.zone)
        self._state.policy_of = lambda queue_id: self._centre.voice.queue(queue_id)
        self._daybook = await self._read_day()
        self._back_ends = self._make_back_ends()
        self._links = BackEndLinks(self._back_ends, on_quality=self._on_quality)
        self._alerts = self._make_alerts()
        self._board = self._make_board()
        self._engine = self._make_engine()
        watch_centre(self._metrics, self._state, self._engine, self._links, self._back_ends)
        try:
            await self._engine.start()
        except LeaseHeld as held:
            raise CannotStart(f"{held}. Stop the other server, or wait until its lease ends.") from held
        self._presence.expect(
            agent_id
            for agent_id, agent in self._state.agents.items()
            if agent.reachable and BACKEND in agent.media
        )
        await self._alerts.open()
        self._board.open()
        self._links.open(self._engine)
        self._tasks = [
            asyncio.create_task(self._carry_presence(), name="presence"),
            asyncio.create_task(self._pops.warm(self._clock.now()), name="warm-pops"),
            asyncio.create_task(self._end_with_engine(), name="engine-watch"),
        ]
        if self._crowd is not None:
            self._crowd.open(self._engine)
        parts = self._parts()
        self._housekeeping.open(parts)
        return parts

    async def close(self) -> None:
        await self._housekeeping.close()
        await self._tries.close()
        if self._crowd is not None:
            await self._crowd.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._presence.close()
        if self._domain is not None:
            await self._engine.stop()
            await self._alerts.close()
            await self._board.close()
            await self._links.close()
        if self._speaker is not None:
            await self._speaker.close()
        await self._auth.limits.close()
        await self._database.close()

    def _make_back_ends(self) -> dict[str, Attachable]:
        back_ends: dict[str, Attachable] = {BACKEND: self._webrtc}
        if self._settings.demo and self._settings.demo_callers > 0:
            people = frozenset(user["agent"] for user in brightwater()["users"] if "agent" in user)
            self._crowd = DemoCrowd(
                clock=self._clock,
                new_id=self._new_id,
                directory=lambda: self._centre.directory,
                people=people,
                calls_per_minute=self._settings.demo_callers,
            )
            back_ends[self._crowd.back_end.name] = self._crowd.back_end
        return back_ends

    def _make_telephones(self) -> GuestTelephones | None:
        if not self._settings.plays_numbers:
            return None
        return GuestTelephones(
            hub=self._hub,
            new_id=self._new_id,
            now=self._clock.now,
            monotonic_s=monotonic,
            region=self._settings.region,
            refuse=self._webrtc.refuse,
        )

    def _make_engine(self) -> Engine:
        if Speaker.installed():
            self._speaker = Speaker(self._settings.data_dir / "speech")
        self._sounds = LibrarySounds(self._library(), self._settings.data_dir / "music")
        lookups = Lookups(self._database, self._auth.passwords, self._clock, self._pops, self._live_contact)
        ports = cast("Mapping[str, TelephonyPort]", self._back_ends)
        owner = self._settings.lease_owner or self._new_id("control")
        return Engine(
            store=EngineStore(database=self._database, domain=DOMAIN),
            lease=Lease(self._database, DOMAIN, owner),
            clock=self._clock,
            new_id=self._new_id,
            make_domain=self._make_domain,
            runner=VoiceRunner(
                ports,
                self._sounds,
                lookups,
                self._secrets_of,
                {BACKEND: self._telephones} if self._telephones is not None else None,
            ),
            back_ends=self._links,
            on_loaded=self._on_loaded,
            on_committed=self._on_committed,
        )

    def _make_alerts(self) -> AlertDesk:
        return AlertDesk(
            database=self._database,
            clock=self._clock,
            new_id=self._new_id,
            state=self._state,
            daybook=self._daybook,
            directory=lambda: self._centre.directory,
            sender=WebhookSender(listed=self._settings.webhook_private_hosts),
            changed=lambda: self._board.alerts_changed(),
            mailer=PlainMailer(post_of(self._settings), self._clock),
        )

    def _library(self) -> PromptLibrary:
        return PromptLibrary(
            self._centre.voice.context.catalogue,
            recordings=self._settings.data_dir / "prompts",
            speaker=self._speaker,
        )

    def _make_board(self) -> Board:
        self._floor = FloorReading(
            state=self._state,
            daybook=self._daybook,
            directory=lambda: self._centre.directory,
            clock=self._clock,
            explain=self._explain_agent,
        )
        return Board(
            hub=self._hub,
            state=self._state,
            daybook=self._daybook,
            directory=lambda: self._centre.directory,
            configuration=lambda: self._centre.voice,
            pops=self._pops,
            clock=self._clock,
            explain=self._explain,
            alerts=self._alerts,
            no_calls=self._floor.sentences,
            told=lambda contact_id: self._voice_domain().world.estimator.estimate_contact(contact_id),
            of_place=lambda queue_id, position, now: self._voice_domain().world.estimator.estimate(
                queue_id, position, now
            ),
        )

    def _voice_domain(self) -> VoiceDomain:
        assert self._domain is not None, "pages are read when the engine runs"
        return self._domain

    def _parts(self) -> Parts:
        settings = self._settings
        capabilities: dict[str, Capabilities] = {
            name: back_end.capabilities for name, back_end in self._back_ends.items()
        }
        return Parts(
            settings=settings,
            clock=self._clock,
            new_id=self._new_id,
            database=self._database,
            commands=self._engine,
            live=self._board,
            floor=self._floor,
            alerts=self._alerts,
            directory=lambda: self._centre.directory,
            flow_context=lambda: self._centre.voice.context,
            hub=self._hub,
            pages=self._pages,
            tries=self._tries,
            presence=self._presence,
            telephones=self._telephones,
            phone=WebRtcLine(self._webrtc, settings.media_codec),
            capabilities=capabilities,
            auth=self._auth,
            metrics=self._metrics,
            monotonic_s=monotonic,
            ready=self._ready_checks(),
            demo_sign_ins=sign_ins(),
            follow_clock=self._follow_clock if isinstance(self._clock, SystemClock) else None,
            report_post_changed=self._housekeeping.poke,
            reload=self._reload,
        )

    def _ready_checks(self) -> Sequence[ReadyCheck]:
        def engine() -> str | None:
            return None if self._engine.running else "the engine does not run here"

        def store() -> str | None:
            since = self._engine.stats.store_down_since
            return f"the database has not answered since {since:%H:%M:%S}" if since else None

        return (
            ReadyCheck(name="engine", check=engine),
            ReadyCheck(name="database", check=store),
            ReadyCheck(name="media", check=lambda: self._links.trouble(BACKEND)),
        )

    # --- the engine's domain ---

    async def _make_domain(self) -> VoiceDomain:
        """A fresh domain. Flow versions that live calls are on are kept beside the published ones."""
        live = {
            (contact.flow_id, contact.flow_version)
            for contact in self._state.contacts.values()
            if contact.flow_id is not None and contact.flow_version is not None
        }
        self._centre = await read_centre(self._database, self._settings, sorted(live))
        self._domain = VoiceDomain(self._centre.voice, self._new_id)
        return self._domain

    def _on_loaded(self, loaded: Loaded) -> None:
        self._state.load(loaded)

    def _on_committed(self, committed: Committed) -> None:
        self._board.on_committed(committed)
        self._alerts.poke()
        if self._crowd is not None:
            self._crowd.on_committed(committed)

    def _secrets_of(self, effect_id: str) -> Mapping[str, Any]:
        assert self._domain is not None
        return self._domain.world.secrets.get(effect_id, {})

    def _live_contact(self, contact_id: str) -> Contact | None:
        return self._state.contacts.get(contact_id)

    def _explain(self, contact_id: str, now: datetime) -> Explanation:
        return self._voice_domain().world.router.explain_contact(contact_id, now)

    def _explain_agent(self, agent_id: str, now: datetime) -> AgentExplanation:
        return self._voice_domain().world.router.explain_agent(agent_id, now)

    def _on_quality(self, leg_id: str, report: QualityReported) -> None:
        self._board.quality(leg_id, report)

    async def _end_with_engine(self) -> None:
        """An engine that broke ends the process; the supervisor starts a fresh one."""
        try:
            await self._engine.wait()
        except Exception:
            log.exception("the engine ended; so does this process")
        os.kill(os.getpid(), signal.SIGTERM)

    # --- configuration ---

    def _reload(self) -> None:
        self._tasks.append(asyncio.create_task(self._read_again(), name="reload"))

    async def _read_again(self) -> None:
        live = {
            (contact.flow_id, contact.flow_version)
            for contact in self._state.contacts.values()
            if contact.flow_id is not None and contact.flow_version is not None
        }
        self._centre = await read_centre(self._database, self._settings, sorted(live))
        self._sounds.use(self._library())
        self._board.directory_changed()
        self._alerts.poke()
        await self._engine.tell(Observation(body=ConfigurationChanged(configuration=self._centre.voice)))

    # --- presence ---

    def _page_changed(self, agent_id: str, reachable: bool, why: UnreachableWhy | None) -> None:
        self._work.put_nowait(SetReachability(agent_id=agent_id, reachable=reachable, why=why))

    async def _carry_presence(self) -> None:
        """Page changes reach the engine one after another, in their order."""
        while True:
            command = await self._work.get()
            try:
                result: CommandResult = await self._engine.submit(command, client_id=self._new_id("presence"))
                if not result.ok:
                    log.info("a page's state was refused", code=result.error_code, detail=result.detail)
            except Exception:
                log.exception("a page's state did not reach the engine")

    # --- figures, time ---

    async def _read_day(self) -> DayBook:
        """Today's figures, from the log."""
        now = self._clock.now()
        book = DayBook(now, self._centre.zone, self._centre.targets)
        after = 0
        while True:
            async with self._database.read() as session:
                page = await Events(session).between(book.day_start, now, after=after, limit=DAY_PAGE)
            book.observe((_as_log_event(event) for event in page), now)
            if len(page) < DAY_PAGE:
                return book
            after = page[-1].position

    def _follow_clock(self) -> float:
        assert isinstance(self._clock, SystemClock)
        return self._clock.follow_jump().total_seconds()


def _as_log_event(event: records.StoredEvent) -> LogEvent:
    return LogEvent(**{each.name: getattr(event, each.name) for each in fields(LogEvent)})


def _clock(settings: Settings) -> Clock:
    if settings.clock_rate != 1.0:
        return ScaledClock(rate=settings.clock_rate, start=wall_now())
    return SystemClock(on_jump=_jumped)


def _jumped(jump: ClockJump) -> None:
    log.error("the wall clock jumped; time goes on as before until this is confirmed", jump=str(jump))
