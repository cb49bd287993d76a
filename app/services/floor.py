"""What supervisors do on the floor: on somebody's line, with who waits, with queues and with skills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.api import models_calls as calls
from app.api import models_floor as floor
from app.api.models import Done
from app.api.ports import Parts, SignedIn
from app.engine import commands_calls as ask
from app.engine.commands import Command
from app.engine.commit import JsonValue
from app.errors import CommandRefused, NotFound, Unusable
from app.services.cards import spoken_number
from app.services.commands import carry_out
from app.services.names import agent_names, queue_names
from app.services.sentences import outcome, sentence
from app.store import records
from app.store.repositories.configuration import Configuration
from app.store.repositories.contacts import Contacts as StoredContacts
from app.store.repositories.customers import Customers as StoredCustomers
from app.store.repositories.events import AuditTrail
from reporting import FIGURES

CONTACTS_SHOWN_MAX = 200


class FloorService:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    # --- commands ---

    async def supervise(self, contact_id: str, mode: ask.SuperviseMode, *, client_id: str) -> Done:
        """Listen, whisper or barge in with the supervisor's own phone.

        Raises:
            CommandRefused: there is no phone, or the engine says no.
        """
        command = ask.Supervise(contact_id=contact_id, agent_id=self._phone(), mode=mode)
        return await self._do(command, client_id, f"supervision.{mode}", contact_id, {})

    async def stop_supervising(self, *, client_id: str) -> Done:
        command = ask.StopSupervising(agent_id=self._phone())
        return await self._do(command, client_id, "supervision.stopped", None, {})

    async def force_state(self, agent_id: str, body: calls.ForceStateRequest, *, client_id: str) -> Done:
        command = ask.ForceState(
            agent_id=agent_id, by=self._who.user_id, state=body.state, reason=body.reason
        )
        data: dict[str, JsonValue] = {"state": body.state, "reason": body.reason}
        return await self._do(command, client_id, "agent.forced", agent_id, data)

    async def move(self, contact_id: str, body: calls.MoveRequest, *, client_id: str) -> Done:
        command = ask.MoveContact(
            contact_id=contact_id, by=self._who.user_id, queue_id=body.queue_id, to=body.to
        )
        data: dict[str, JsonValue] = {"queue": body.queue_id, "to": body.to}
        return await self._do(command, client_id, "contact.moved", contact_id, data)

    async def prioritise(self, contact_id: str, priority: int, *, client_id: str) -> Done:
        command = ask.Prioritise(contact_id=contact_id, by=self._who.user_id, priority=priority)
        return await self._do(command, client_id, "contact.prioritised", contact_id, {"priority": priority})

    async def offer_callback(self, contact_id: str, *, client_id: str) -> Done:
        command = ask.OfferCallback(contact_id=contact_id, by=self._who.user_id)
        return await self._do(command, client_id, "callback.offered", contact_id, {})

    async def close_queue(self, queue_id: str, body: calls.CloseQueueRequest, *, client_id: str) -> Done:
        command = ask.CloseQueue(
            queue_id=queue_id,
            by=self._who.user_id,
            then=body.then,
            then_queue_id=body.then_queue_id if body.then == "overflow" else None,
        )
        data: dict[str, JsonValue] = {"then": body.then, "queue": body.then_queue_id}
        return await self._do(command, client_id, "queue.closed", queue_id, data)

    async def reopen_queue(self, queue_id: str, *, client_id: str) -> Done:
        command = ask.ReopenQueue(queue_id=queue_id, by=self._who.user_id)
        return await self._do(command, client_id, "queue.reopened", queue_id, {})

    def _phone(self) -> str:
        if self._who.agent_id is None:
            raise CommandRefused(
                "no_phone",
                "You have no phone here. An administrator can give your user an agent's record; "
                "then open the phone and listen.",
                409,
            )
        return self._who.agent_id

    async def _do(
        self,
        command: Command,
        client_id: str,
        action: str,
        subject: str | None,
        data: Mapping[str, JsonValue],
    ) -> Done:
        done = await carry_out(self._parts, command, client_id=client_id, actor=self._who.user_id)
        async with self._parts.database.transaction() as session:
            await AuditTrail(session).add(
                at=self._parts.clock.now(),
                actor=self._who.user_id,
                action=action,
                subject=subject,
                data=data,
            )
        return done

    # --- skills ---

    async def skills(self, agent_id: str) -> floor.AgentSkills:
        """Raises: NotFound."""
        async with self._parts.database.read() as session:
            configuration = Configuration(session)
            agent = await configuration.agent(agent_id)
            known = await _known_skills(configuration)
        if agent is None:
            raise NotFound("agent", agent_id)
        return _skills(agent, known)

    async def change_skills(self, agent_id: str, wanted: Mapping[str, int]) -> floor.AgentSkills:
        """The skills count from the next decision on; a call at hand stays where it is.

        Raises:
            NotFound: there is no such agent.
            Unusable: a skill that nobody has and no queue asks for.
        """
        async with self._parts.database.transaction() as session:
            configuration = Configuration(session)
            agent = await configuration.agent(agent_id)
            if agent is None:
                raise NotFound("agent", agent_id)
            known = await _known_skills(configuration)
            strange = sorted(wanted.keys() - set(known))
            if strange:
                what = f"No queue asks for {strange[0]!r} and nobody has it."
                raise Unusable("skills", what, f"Choose among {', '.join(known)}.")
            before = dict(agent.skills)
            agent = await configuration.put_agent(replace(agent, skills=dict(wanted)))
            await AuditTrail(session).add(
                at=self._parts.clock.now(),
                actor=self._who.user_id,
                action="agent.skills_changed",
                subject=agent_id,
                data={"before": before, "after": dict(wanted)},
            )
        self._parts.reload()
        return _skills(agent, known)

    # --- figures ---

    def preview(self, queue_id: str) -> floor.ClosePreview:
        """Raises: NotFound."""
        if queue_id not in queue_names(self._parts):
            raise NotFound("queue", queue_id)
        return self._parts.floor.preview(queue_id)

    def why_no_calls(self, agent_id: str) -> floor.WhyNoCalls:
        """Raises: NotFound."""
        found = self._parts.floor.why_no_calls(agent_id, self._who.language)
        if found is None:
            raise NotFound("agent", agent_id)
        return found

    async def contacts(self, figure: floor.FigureName, queue_id: str | None) -> floor.FigureContacts:
        """The contacts behind one figure of today, newest first.

        Raises:
            NotFound: there is no such queue.
        """
        if queue_id is not None and queue_id not in queue_names(self._parts):
            raise NotFound("queue", queue_id)
        found = self._parts.floor.figure(figure, queue_id)
        newest = sorted(found.entries, key=lambda each: each.at, reverse=True)[:CONTACTS_SHOWN_MAX]
        rows = await self._rows([each.contact_id for each in newest])
        definition = FIGURES.get(figure)
        return floor.FigureContacts(
            figure=figure,
            queue_id=queue_id,
            name=definition.name(self._who.language) if definition is not None else figure,
            definition=definition.explain(self._who.language) if definition is not None else "",
            value=found.value,
            total=len(found.entries),
            counted=sum(each.hit for each in found.entries),
            contacts=[
                rows[each.contact_id].model_copy(update={"value": each.value, "counts": each.hit})
                for each in newest
                if each.contact_id in rows
            ],
        )

    async def _rows(self, ids: list[str]) -> dict[str, floor.FigureContact]:
        async with self._parts.database.read() as session:
            contacts = await StoredContacts(session).get_many(ids)
            recordings = await StoredContacts(session).recordings_of(ids)
            customers = await StoredCustomers(session).get_many(
                sorted({each.customer_id for each in contacts if each.customer_id is not None})
            )
            reference = await Configuration(session).reference("disposition")
        language = self._who.language
        labels = {
            each.code: each.label.get(language) or each.label.get("en") or each.code for each in reference
        }
        names = {each.customer_id: each.name for each in customers}
        playable = {each.contact_id: each.recording_id for each in recordings if each.state == "ready"}
        return {
            each.contact_id: self._row(each, names, labels, playable.get(each.contact_id))
            for each in contacts
        }

    def _row(
        self,
        contact: records.Contact,
        customers: Mapping[str, str],
        labels: Mapping[str, str],
        recording_id: str | None,
    ) -> floor.FigureContact:
        began = contact.answered_at or contact.arrived_at
        number = (
            spoken_number(contact.ani) if contact.ani else sentence("number.withheld", self._who.language)
        )
        return floor.FigureContact(
            contact_id=contact.contact_id,
            at=contact.arrived_at,
            name=customers.get(contact.customer_id or "") or number,
            queue_name=queue_names(self._parts).get(contact.queue_id or ""),
            agent_name=agent_names(self._parts).get(contact.agent_id or ""),
            outcome=labels.get(contact.disposition or "") or outcome(contact, self._who.language),
            duration_s=_seconds(began, contact.ended_at),
            recording_id=recording_id,
        )


def _seconds(began: datetime, ended: datetime | None) -> float | None:
    return (ended - began).total_seconds() if ended is not None else None


async def _known_skills(configuration: Configuration) -> list[str]:
    held = {skill for agent in await configuration.agents() for skill in agent.skills}
    asked: set[str] = set()
    for queue in await configuration.queues():
        requirements = queue.policy.get("requirements")
        asked |= set(requirements) if isinstance(requirements, Mapping) else set()
    return sorted(held | asked)


def _skills(agent: records.Agent, known: list[str]) -> floor.AgentSkills:
    return floor.AgentSkills(agent_id=agent.agent_id, name=agent.name, skills=dict(agent.skills), known=known)
