"""Who is in a contact, as its agents' pages draw it: the ends of the cord, and whom a supervisor hears."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from app.api import models as wire
from app.engine.company import Companion, Listener, Seat
from app.engine.contact import Contact, Phase
from app.live.directory import Directory

PartyState = Literal["ringing", "queued", "talking", "held", "listening", "whispering", "failed"]
PartyKind = Literal["caller", "agent", "number", "queue", "supervisor"]

_SEATS: dict[Seat, PartyState] = {
    Seat.QUEUED: "queued",
    Seat.RINGING: "ringing",
    Seat.JOINING: "ringing",
    Seat.TALKING: "talking",
    Seat.HELD: "held",
    Seat.FAILED: "failed",
}
_HEARD: dict[str, PartyState] = {"whisper": "whispering", "barge": "talking", "listen": "listening"}


def parties(contact: Contact, me: str, caller: str, directory: Directory) -> list[wire.PartyView]:
    """Everyone in the contact as one of its agents may see it: who only listens is not shown.

    Args:
        me: whose page it is.
        caller: the caller's name, or number.
    """
    if contact.phase is Phase.WRAP_UP or contact.wrap_up(me) is not None:
        return []
    held = contact.held_since is not None
    shown = [
        wire.PartyView(
            party_id="caller",
            kind="caller",
            name=caller,
            state="held" if held else "talking",
            since=contact.held_since or contact.part_answered_at or contact.arrived_at,
        )
    ]
    if contact.agent_id is not None:
        entry = directory.agent(contact.agent_id)
        shown.append(
            wire.PartyView(
                party_id="owner",
                kind="agent",
                name=entry.name,
                detail=entry.team,
                state="talking",
                since=contact.part_answered_at or contact.accepted_at or contact.arrived_at,
                me=contact.agent_id == me,
                owner=True,
                agent_id=contact.agent_id,
            )
        )
    shown += [_companion(each, me, directory) for each in contact.companions]
    shown += [
        _listener(each, me, directory)
        for each in contact.listeners
        if each.mode != "listen" or each.agent_id == me
    ]
    return shown


def _companion(companion: Companion, me: str, directory: Directory) -> wire.PartyView:
    name, detail = companion.target, ""
    kind: PartyKind = cast("PartyKind", companion.kind if companion.kind != "help" else "supervisor")
    agent_id = companion.agent_id or (companion.target if companion.kind == "agent" else None)
    if agent_id is not None:
        entry = directory.agent(agent_id)
        name, detail = entry.name, entry.team
    elif companion.kind == "queue":
        name = directory.queue_name(companion.target)
    return wire.PartyView(
        party_id=companion.party_id,
        kind="agent" if companion.agent_id is not None else kind,
        name=name,
        detail=detail,
        state=_SEATS[companion.seat],
        since=companion.since,
        me=companion.agent_id == me,
        agent_id=agent_id,
        failed_why=companion.failed_why,
    )


def _listener(listener: Listener, me: str, directory: Directory) -> wire.PartyView:
    entry = directory.agent(listener.agent_id)
    return wire.PartyView(
        party_id=f"supervisor:{listener.agent_id}",
        kind="supervisor",
        name=entry.name,
        detail=entry.team,
        state=_HEARD[listener.mode],
        since=listener.since,
        me=listener.agent_id == me,
        agent_id=listener.agent_id,
    )


def role(contact: Contact, agent_id: str) -> Literal["owner", "consulted", "joined", "helper"]:
    """What this agent is in the contact."""
    companion = contact.companion_agent(agent_id)
    if companion is not None:
        return "joined" if companion.joined else "consulted"
    listener = contact.listener(agent_id)
    return "helper" if listener is not None and listener.party_id is not None else "owner"


def asked_by(contact: Contact, item: str, directory: Directory) -> tuple[str | None, str]:
    """Who asks for this place, or sent the contact on, and the line written with it."""
    companion = contact.companion(item)
    if companion is not None:
        return directory.agent(companion.asked_by).name, companion.why
    if contact.sent is not None or contact.why:
        by = contact.sent.by if contact.sent is not None else None
        return (directory.agent(by).name if by else None), contact.why
    return None, ""


def offer_kind(contact: Contact, item: str) -> Literal["call", "transfer", "consult", "help", "callback"]:
    companion = contact.companion(item)
    if companion is not None:
        return "help" if companion.kind == "help" else "consult"
    if contact.promise is not None:
        return "callback"
    return "transfer" if contact.sent is not None else "call"


def supervising(
    contact: Contact, listener: Listener, caller: str, directory: Directory
) -> wire.SupervisingView:
    return wire.SupervisingView(
        contact_id=contact.contact_id,
        mode=cast("Literal['listen']", listener.mode),
        state="open" if listener.open else "connecting",
        caller=caller,
        agent_id=contact.agent_id,
        agent_name=directory.agent(contact.agent_id).name if contact.agent_id else None,
        answered_at=contact.part_answered_at,
        since=listener.since,
    )


def aside(contact: Contact, says: str, flow_name: str) -> wire.AsideView | None:
    if contact.aside is None:
        return None
    return wire.AsideView(flow_name=flow_name, since=contact.aside.since, says=says)


def since_of(contact: Contact, agent_id: str) -> datetime:
    """When this agent's part began."""
    companion = contact.companion_agent(agent_id)
    if companion is not None:
        return companion.answered_at or companion.since
    return contact.part_answered_at or contact.accepted_at or contact.answered_at or contact.arrived_at
