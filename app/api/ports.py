"""What the edge needs from the rest of the house. The composition root plugs the real ones in.

`Parts` is everything `app.main.create_app` is built from; tests put hand-written parts in its places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from app.api.models import CallerCentre, DemoSignIn, FloorAlert, WhyWaiting
from app.api.models_floor import ClosePreview, FigureName, WhyNoCalls
from app.auth.addresses import Addresses
from app.auth.callers import CallerSessions
from app.auth.limits import RateLimits
from app.auth.passwords import Passwords
from app.auth.tickets import Tickets
from app.clock import Clock
from app.engine.commands import Command
from app.engine.commit import CommandResult
from app.live.directory import Directory
from app.live.hub import Hub
from app.live.pages import Pages
from app.live.presence import Presence
from app.live.views_targets import TargetsNow
from app.metrics import Metrics
from app.services.report_books import ReportBooks
from app.services.try_bench import TryBench
from app.settings import Settings
from app.store.database import Database
from app.store.repositories.alerts import Alert, AlertTarget
from app.telephones import GuestTelephones
from ivr.context import Context
from telephony.port import Capabilities, LegKind

NewId = Callable[[str], str]
"""`new_id("cs") -> "cs_01J..."`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who is behind a request."""

    user_id: str
    username: str
    name: str
    roles: Sequence[str]
    agent_id: str | None
    language: str
    session: str
    """Digest of the session's token: names the session, opens nothing."""
    csrf: str

    def has(self, *roles: str) -> bool:
        """Whether this person has one of `roles`; an administrator may do what a supervisor may."""
        held = set(self.roles)
        if "admin" in held:
            held.add("supervisor")
        return not held.isdisjoint(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerTicket:
    """Who may open a caller's websocket."""

    caller_id: str
    contact_id: str


class Commands(Protocol):
    """The way to the engine."""

    async def submit(self, command: Command, *, client_id: str, actor: str | None = None) -> CommandResult:
        """Carry out one command once, however often it is sent under one `client_id`.

        Returns after the commit. A refusal is a result with `ok` false and a code.

        Raises:
            app.errors.Unavailable: no engine answers here just now.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCall:
    """What the edge must know of a caller's live contact."""

    contact_id: str
    leg_id: str
    resume_hash: str | None
    line: bool = True
    """False while its callback is waited for."""


class Live(Protocol):
    """The live state, as far as requests and sockets ask for it. Synchronous: it is all in memory."""

    def topic_key(self, who: SignedIn, topic: Literal["agent", "floor"]) -> str | None:
        """The hub's key of a topic as this person sees it; None: not for them."""

    def caller_topic_key(self, contact_id: str) -> str | None:
        """The hub's key of a caller's topic; None when the contact is unknown."""

    def agent_leg(self, agent_id: str) -> str | None:
        """The agent's nailed-up leg, while it lives."""

    def caller_call(self, contact_id: str) -> LiveCall | None:
        """A live contact; None when it is over or never was."""

    def caller_centre(self, language: str) -> CallerCentre: ...

    def why_waiting(self, contact_id: str, language: str) -> WhyWaiting | None:
        """Why nobody has this caller; None when it does not wait."""

    def transfer_view(self, agent_id: str, contact_id: str) -> TargetsNow:
        """Whom this contact could go to, as this agent may see it."""

    def shown(self, agent_id: str, offer_id: str) -> None:
        """The pop of this offer is on the agent's screen."""

    async def changed(
        self,
        *,
        contact_id: str | None = None,
        case_id: str | None = None,
        customer_id: str | None = None,
    ) -> None:
        """A request changed a note, a case or a customer: show it where it is on screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureEntry:
    """A contact behind a figure. `hit`: of a share's upper half; `value`: its own part of it, in seconds."""

    contact_id: str
    at: datetime
    hit: bool = True
    value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureNow:
    value: float | None
    entries: Sequence[FigureEntry]


class FloorReading(Protocol):
    """What supervisors ask of the live state beyond the floor's topic."""

    def figure(self, figure: FigureName, queue_id: str | None) -> FigureNow:
        """A figure of today and the contacts it is made of."""

    def preview(self, queue_id: str) -> ClosePreview: ...

    def why_no_calls(self, agent_id: str, language: str) -> WhyNoCalls | None:
        """None: there is no such agent."""


class AlertDesk(Protocol):
    """Alerts as they live, and where they are sent."""

    @property
    def mails(self) -> bool:
        """Whether e-mail can be sent."""

    async def rules_changed(self) -> None: ...

    async def take(self, alert_id: str, *, user_id: str, name: str) -> None:
        """Raises: NotFound, app.live.alerting.AlertTaken."""

    def view(self, alert: Alert, language: str) -> FloorAlert: ...

    async def judge(self, address: str) -> None:
        """Raises: NotDelivered: nothing is sent to this webhook."""

    async def try_target(self, target: AlertTarget, notice_id: str) -> None:
        """Raises: NotDelivered."""


class PhoneLine(Protocol):
    """The back end that pages connect their phones to."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def codec(self) -> str:
        """What it speaks with the pages: `opus`, `PCMU`."""

    async def connect(
        self,
        *,
        leg_id: str,
        kind: LegKind,
        sdp: str,
        ani: str = "",
        dnis: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        """Make the leg, or attach a new connection to it, and return the answer's SDP.

        Raises:
            ValueError: the offer cannot be understood; its text says why.
            BackendDown: no worker answers.
        """

    async def press(self, leg_id: str, digit: str) -> None:
        """A key the caller pressed while the page's own channel was not open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyCheck:
    """One thing `/readyz` looks at. `check` returns None, or what is wrong in words."""

    name: str
    check: Callable[[], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """The parts of sign-in. `app.auth.parts.build_auth` makes them."""

    passwords: Passwords
    callers: CallerSessions
    staff_tickets: Tickets[SignedIn]
    caller_tickets: Tickets[CallerTicket]
    limits: RateLimits
    addresses: Addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    settings: Settings
    clock: Clock
    new_id: NewId
    database: Database
    commands: Commands
    live: Live
    floor: FloorReading
    alerts: AlertDesk
    directory: Callable[[], Directory]
    """Names of agents and queues, as configured now."""
    flow_context: Callable[[], Context]
    """What flows may refer to, as configured now."""
    hub: Hub
    pages: Pages
    presence: Presence
    phone: PhoneLine
    capabilities: Mapping[str, Capabilities]
    """Back end name -> what it can do."""
    auth: Auth
    metrics: Metrics
    monotonic_s: Callable[[], float]
    ready: Sequence[ReadyCheck] = ()
    demo_sign_ins: Sequence[DemoSignIn] = ()
    """Shown in demo mode. Outside of it these passwords, known to everybody, open nothing."""
    follow_clock: Callable[[], float] | None = None
    """Follows a jump of the wall clock, returns the seconds it moved; None: nothing to follow."""
    report_books: ReportBooks = field(default_factory=ReportBooks)
    """Ranges of the log that were folded for reports."""
    report_post_changed: Callable[[], None] = field(default=lambda: None)
    """A report may be due: whoever sends them looks again."""
    telephones: GuestTelephones | None = None
    """Pages that play outside numbers; None: none may."""
    tries: TryBench = field(default_factory=TryBench)
    """Changes being tried on a recorded day."""
    reload: Callable[[], None] = field(default=lambda: None)
    """Flows, numbers or people changed: the engine reads the configuration again."""
