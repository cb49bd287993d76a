"""Brightwater's yesterday: some 1,670 calls from eight to eight, in the words of the log.

It is made by the virtual day, so its contacts, waits and people agree with one another as those of a real day
do. Reports have something to report on, and "try a change" a day to try it on. The same date gives the same
day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.engine.commit import JsonValue, LogEvent
from app.engine.contact import Contact, Phase
from app.store.log import append_events
from app.store.schema import ContactModel
from routing.types import PoliciesChanged
from simulation.day import simulate
from simulation.draws import LogNormal, Patience
from simulation.traffic import Act, Habits, Kind, Scenario, draw_callers, in_order, shift, stream_of

HOUR_S = 3600.0
OPENS_S = 8 * HOUR_S
SLOT_S = 1800.0
BACKEND = "simulated"
IN_MENU_S = 38.0
"""Mean time in the menu before the line."""

SHAPE = (2.2, 3.4, 4.6, 5.4, 5.8, 5.9, 5.4, 4.9, 4.4, 4.2, 4.4, 4.7)
"""Calls per half hour, in proportion, from eight on: two peaks, as on any weekday."""
SHAPE_LATER = (4.9, 4.8, 4.5, 4.2, 3.8, 3.4, 3.0, 2.6, 2.1, 1.7, 1.3, 0.9)


_TIERS: Mapping[str, float] = {"gold": 0.12, "silver": 0.33, "bronze": 0.55}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One queue's day. `outcomes` are dispositions, the usual one first."""

    queue_id: str
    calls: int
    talk_s: float
    acw_s: float
    patience_s: float
    outcomes: tuple[str, ...]
    tiers: Mapping[str, float] = field(default_factory=lambda: _TIERS)


_LINES = (
    _Line(
        queue_id="billing",
        calls=760,
        talk_s=236.0,
        acw_s=38.0,
        patience_s=310.0,
        outcomes=("invoice_explained", "refund_issued", "payment_plan", "billing_review"),
    ),
    _Line(
        queue_id="technical",
        calls=312,
        talk_s=318.0,
        acw_s=55.0,
        patience_s=340.0,
        outcomes=("callback_promised", "wrong_department", "complaint_opened"),
    ),
    _Line(
        queue_id="retention",
        calls=214,
        talk_s=402.0,
        acw_s=48.0,
        patience_s=280.0,
        outcomes=("payment_plan", "callback_promised", "invoice_explained"),
        tiers={"gold": 0.3, "silver": 0.4, "bronze": 0.3},
    ),
    _Line(
        queue_id="moving",
        calls=138,
        talk_s=268.0,
        acw_s=42.0,
        patience_s=320.0,
        outcomes=("callback_promised", "wrong_department"),
    ),
    _Line(
        queue_id="sales",
        calls=148,
        talk_s=252.0,
        acw_s=40.0,
        patience_s=210.0,
        outcomes=("callback_promised", "wrong_department"),
    ),
    _Line(
        queue_id="complaints",
        calls=58,
        talk_s=386.0,
        acw_s=82.0,
        patience_s=420.0,
        outcomes=("complaint_opened", "billing_review", "refund_issued"),
    ),
    _Line(
        queue_id="welsh",
        calls=44,
        talk_s=248.0,
        acw_s=38.0,
        patience_s=240.0,
        outcomes=("invoice_explained", "callback_promised"),
    ),
)


@dataclass(slots=True, kw_only=True)
class Day:
    """What is written into the database."""

    events: list[LogEvent] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A customer of the demo who also calls."""

    customer_id: str
    number: str


def yesterday(
    policies: PoliciesChanged,
    *,
    day: date,
    zone: ZoneInfo,
    dnis: str,
    customers: Sequence[Known] = (),
) -> Day:
    """The whole day. `day` is a date of the centre's zone."""
    begin = datetime.combine(day, time(0), tzinfo=zone).astimezone(ZoneInfo("UTC"))
    seed = f"brightwater {day.isoformat()}"
    queues = {policy.queue_id for policy in policies.queues}
    callers = draw_callers([_kind(line, dnis) for line in _LINES if line.queue_id in queues], seed)
    callers = [
        replace(caller, contact_id=f"c_{day:%y%m%d}_{number:04d}")
        for number, caller in enumerate(callers, start=1)
    ]
    scenario = Scenario(
        begin=begin,
        policies=policies,
        callers=callers,
        acts=_roster(policies, seed),
        habits=Habits(miss_chance=0.012),
        announce_every_s=45.0,
        length_s=23.5 * HOUR_S,
    )
    scribe = _Scribe(seed, dnis, customers)
    simulate(scenario, seed, watch=scribe.watch)
    return scribe.day()


async def write(session: AsyncSession, day: Day) -> None:
    """All of it, in bulk. The log goes last, as in every transaction."""
    await session.execute(insert(ContactModel), day.contacts)
    await session.run_sync(lambda it: append_events(it.connection(), day.events))


def _kind(line: _Line, dnis: str) -> Kind:
    shape = SHAPE + SHAPE_LATER
    before = (0.0,) * round(OPENS_S / SLOT_S)
    return Kind(
        name=line.queue_id,
        queue_id=line.queue_id,
        slots=before + tuple(line.calls * share / sum(shape) for share in shape),
        slot_s=SLOT_S,
        talk=LogNormal(mean_s=line.talk_s, cv=0.75),
        acw=LogNormal(mean_s=line.acw_s, cv=0.6),
        hold_chance=0.16,
        patience=Patience(mean_s=line.patience_s),
        tier_patience={"gold": Patience(mean_s=line.patience_s * 1.3, hasty=0.02)},
        tiers=line.tiers,
        dnis=dnis,
    )


def _roster(policies: PoliciesChanged, seed: str) -> tuple[Act, ...]:
    """Two shifts with a lunch and a break each, in turn; some come a little late, some have the day off."""
    acts: list[Act] = []
    teams: Counter[str] = Counter()
    for profile in sorted(policies.agents, key=lambda each: each.agent_id):
        number = teams[profile.team]
        teams[profile.team] += 1
        if number % 6 == 5:
            continue
        chance = Random(stream_of(seed, "roster", profile.agent_id))
        early = number % 2 == 0
        begin_s = (OPENS_S if early else OPENS_S + 3.5 * HOUR_S) + chance.uniform(0.0, 240.0)
        end_s = (OPENS_S + 8.5 * HOUR_S if early else OPENS_S + 12 * HOUR_S) - chance.uniform(0.0, 60.0)
        lunch_s = begin_s + (3.8 + 0.55 * (number // 2 % 3)) * HOUR_S
        break_s = lunch_s + 2.2 * HOUR_S
        pauses = [(lunch_s, lunch_s + 1800.0, "lunch"), (break_s, break_s + 900.0, "break")]
        acts += shift(profile.agent_id, begin_s, end_s, [each for each in pauses if each[1] < end_s])
    return in_order(acts)


class _Scribe:
    """Turns what the virtual day tells into rows."""

    def __init__(self, seed: str, dnis: str, customers: Sequence[Known]) -> None:
        self._seed = seed
        self._dnis = dnis
        self._customers = customers
        self._outcomes = {line.queue_id: line.outcomes for line in _LINES}
        self._events: list[LogEvent] = []
        self._contacts: dict[str, Contact] = {}

    def watch(
        self,
        kind: str,
        at: datetime,
        queue_id: str | None,
        agent_id: str | None,
        contact_id: str | None,
        data: Mapping[str, Any],
    ) -> None:
        contact = self._contacts.get(contact_id or "")
        if kind == "contact.arrived":
            assert contact_id is not None
            self._arrived(contact_id, at)
            return
        if contact is not None:
            self._follow(contact, kind, at, queue_id, agent_id, data)
            if kind == "acw.ended":
                self._dispose(contact, at, agent_id)
        self._log(kind, at, contact, queue_id, agent_id, data)

    def day(self) -> Day:
        order = sorted(self._events, key=lambda event: event.at)
        rows = [contact.to_row() | {"contact_id": contact.contact_id} for contact in self._contacts.values()]
        return Day(events=order, contacts=rows)

    def _arrived(self, contact_id: str, joined_at: datetime) -> None:
        """The call began in the menu, before the line."""
        chance = Random(stream_of(self._seed, "menu", contact_id))
        arrived_at = joined_at - timedelta(seconds=chance.uniform(0.6, 1.6) * IN_MENU_S)
        known = chance.choice(self._customers) if self._customers and chance.random() < 0.02 else None
        number = known.number if known is not None else f"+447700900{chance.randrange(600, 1000):03d}"
        ani = number if chance.random() >= 0.06 else ""
        contact = Contact(
            contact_id=contact_id,
            backend=BACKEND,
            leg_id=f"leg_{contact_id}",
            ani=ani,
            dnis=self._dnis,
            arrived_at=arrived_at,
            phase=Phase.ENDED,
            flow_id="main",
            flow_version=1,
            customer_id=known.customer_id if known is not None and ani else None,
        )
        self._contacts[contact_id] = contact
        data = {"dnis": self._dnis, "ani_masked": f"xxxxxxxxxxx{ani[-2:]}" if ani else "", "backend": BACKEND}
        self._log("contact.arrived", arrived_at, contact, None, None, data)

    def _follow(
        self,
        contact: Contact,
        kind: str,
        at: datetime,
        queue_id: str | None,
        agent_id: str | None,
        data: Mapping[str, Any],
    ) -> None:
        match kind:
            case "contact.queued":
                contact.queue_id = queue_id
                contact.queued_at = contact.queued_at or at
                contact.entered_queue_at = contact.place_at = at
            case "contact.answered":
                contact.agent_id, contact.part = agent_id, 1
                contact.answered_at = contact.part_answered_at = at
                contact.handled_by = [agent_id] if agent_id is not None else []
            case "contact.ended":
                contact.ended_at, contact.ended_by = at, str(data["by"])
                contact.talk_s, contact.hold_s = float(data["talk_s"]), float(data["hold_s"])

    def _dispose(self, contact: Contact, at: datetime, agent_id: str | None) -> None:
        chance = Random(stream_of(self._seed, "outcome", contact.contact_id))
        outcomes = self._outcomes.get(contact.queue_id or "", ())
        if not outcomes or chance.random() < 0.04:
            return
        usual = chance.random() < 0.55
        contact.disposition = outcomes[0] if usual else chance.choice(outcomes)
        data = {"disposition": contact.disposition}
        self._log("contact.disposed", at, contact, contact.queue_id, agent_id, data)

    def _log(
        self,
        kind: str,
        at: datetime,
        contact: Contact | None,
        queue_id: str | None,
        agent_id: str | None,
        data: Mapping[str, JsonValue],
    ) -> None:
        self._events.append(
            LogEvent(
                kind=kind,
                at=at,
                contact_id=contact.contact_id if contact is not None else None,
                agent_id=agent_id,
                queue_id=queue_id,
                customer_id=contact.customer_id if contact is not None else None,
                data=data,
            )
        )
