"""Reads the centre's configuration from the store: what the engine works by, and the names pages show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from app.api.models_setup import SoundSetting
from app.api.models_setup_queue import QueueRules
from app.engine.configuration import NumberPolicy, VoiceConfiguration
from app.live.directory import AgentEntry, Directory, QueueEntry
from app.settings import Settings
from app.setup.sounds import catalogue_with
from app.store import records
from app.store.database import Database
from app.store.repositories.configuration import Configuration
from app.store.repositories.people import Users
from app.store.repositories.setup import SetUp
from calendars import Calendar, calendar_from_dict
from ivr.context import Context
from ivr.flow import Flow
from ivr.load import from_dict
from ivr.prompts import PromptCatalogue
from reporting import QueueTarget
from routing.types import AgentProfile, QueuePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """One reading of the whole configuration."""

    voice: VoiceConfiguration
    directory: Directory
    targets: Mapping[str, QueueTarget]
    zone: ZoneInfo


async def read_centre(database: Database, settings: Settings, live: Iterable[tuple[str, int]] = ()) -> Centre:
    """Read it now.

    Args:
        live: flow versions that calls in progress are on; kept beside the published ones.
    """
    async with database.read() as session:
        return await _read(session, settings, tuple(live))


async def _read(session: AsyncSession, settings: Settings, live: tuple[tuple[str, int], ...]) -> Centre:
    repository = Configuration(session)
    queues = [_policy(queue) for queue in await repository.queues()]
    agents = await repository.agents()
    published = await repository.published_flows()
    flows = {(flow.flow_id, flow.version): _flow(flow) for flow in published}
    for flow in await repository.flow_versions(live):
        flows[(flow.flow_id, flow.version)] = _flow(flow)
    calendars = {
        each.calendar_id: calendar_from_dict(dict(each.body)) for each in await repository.calendars()
    }
    numbers = await repository.numbers()
    reference = await repository.reference(active_only=True)
    entries = _queue_entries(await repository.queues())
    users = await Users(session).list()
    languages = {user.agent_id: user.language for user in users if user.agent_id}
    voice = VoiceConfiguration(
        queues=tuple(queues),
        agents=tuple(_profile(agent) for agent in agents),
        flows=flows,
        published={flow.flow_id: flow.version for flow in published},
        numbers={each.dnis: _number(each) for each in numbers},
        default_number=_default_number(numbers),
        context=flow_context(queues, calendars, await _catalogue(session)),
        not_ready_reasons=_codes(reference, "not_ready_reason"),
        decline_reasons=_codes(reference, "decline_reason"),
        dispositions=_codes(reference, "disposition"),
        recordings=str(settings.recordings),
        opening_hours=settings.opening_hours,
        across=await SetUp(session).across(),
        guest_telephones=settings.plays_numbers,
        supervisors=frozenset(
            user.agent_id for user in users if user.agent_id and "supervisor" in user.roles
        ),
    )
    directory = Directory(
        agents={agent.agent_id: _agent_entry(agent, languages) for agent in agents},
        queues=entries,
        people={user.user_id: user.name for user in users},
        centre=settings.centre,
        number=voice.default_number,
    )
    targets = {entry.queue_id: entry.target for entry in entries.values()}
    return Centre(voice=voice, directory=directory, targets=targets, zone=ZoneInfo(settings.zone))


async def _catalogue(session: AsyncSession) -> PromptCatalogue:
    """The words of prompts, the centre's own on top of those that ship."""
    return catalogue_with(
        SoundSetting(id=row["sound_id"], kind=row["kind"], texts=dict(row["texts"]))
        for row in await SetUp(session).rows("sounds")
    )


def flow_context(
    queues: Iterable[QueuePolicy],
    calendars: Mapping[str, Calendar],
    catalogue: PromptCatalogue,
    *,
    reaches_telephone_network: bool = False,
) -> Context:
    """What flows may refer to."""
    return Context(
        calendars=calendars,
        queues=frozenset(queue.queue_id for queue in queues),
        catalogue=catalogue,
        reaches_telephone_network=reaches_telephone_network,
    )


def _flow(stored: records.Flow) -> Flow:
    return from_dict({**stored.body, "id": stored.flow_id, "version": stored.version})


def _number(stored: records.Number) -> NumberPolicy:
    return NumberPolicy(
        dnis=stored.dnis, flow_id=stored.flow_id, agent_id=stored.agent_id, queue_id=stored.queue_id
    )


def _policy(queue: records.Queue) -> QueuePolicy:
    return QueueRules.stored(queue.policy).policy(queue.queue_id, queue.name, queue.version)


def _queue_entries(queues: Iterable[records.Queue]) -> dict[str, QueueEntry]:
    rules = [(queue, QueueRules.stored(queue.policy)) for queue in queues]
    ordered = sorted(rules, key=lambda each: (each[1].position, each[0].name))
    return {
        queue.queue_id: QueueEntry(
            queue_id=queue.queue_id,
            name=queue.name,
            goal=rule.goal,
            target_s=rule.target_s,
            wait_limit_s=rule.wait_limit_s,
            acw_s=rule.acw_s,
            short_abandon_s=rule.short_abandon_s,
        )
        for queue, rule in ordered
    }


def _profile(agent: records.Agent) -> AgentProfile:
    return AgentProfile(
        agent_id=agent.agent_id,
        name=agent.name,
        queues=frozenset(agent.queues),
        skills=dict(agent.skills),
        team=agent.team,
        capacity=dict(agent.capacity),
        voice_blocks=agent.voice_blocks,
        version=agent.version,
    )


def _agent_entry(agent: records.Agent, languages: Mapping[str, str]) -> AgentEntry:
    return AgentEntry(
        agent_id=agent.agent_id,
        name=agent.name,
        initials=agent.initials,
        team=agent.team,
        queues=tuple(agent.queues),
        language=languages.get(agent.agent_id, "en"),
    )


def _default_number(numbers: Iterable[records.Number]) -> str:
    """The first number with a flow answers pages that name none."""
    return min((number.dnis for number in numbers if number.agent_id is None), default="")


def _codes(reference: Iterable[records.Reference], kind: str) -> frozenset[str]:
    return frozenset(entry.code for entry in reference if entry.kind == kind)
