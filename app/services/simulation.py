"""Tries: started, followed, cancelled."""

from __future__ import annotations

from app.api import models_simulation as wire
from app.api.ports import Parts, SignedIn
from app.errors import Unusable
from app.services.day_change import described
from app.services.day_source import days_on_record, local_today, read_day, read_rules
from app.services.try_bench import Try
from app.services.virtual_day import Job


class Simulations:
    """What the routes ask."""

    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    async def ground(self) -> wire.TryGround:
        zone = self._parts.settings.zone
        today = local_today(self._parts.clock.now(), zone)
        async with self._parts.database.read() as session:
            rules = await read_rules(session)
            days = await days_on_record(session, zone, today)
        return wire.TryGround(
            days=list(days),
            queues=list(rules.queues),
            agents=[
                wire.TryAgent(
                    id=agent.agent_id,
                    name=agent.name,
                    skills=dict(agent.skills),
                    queues=sorted(agent.queues),
                )
                for agent in sorted(rules.agents, key=lambda agent: agent.name)
            ],
            across=rules.across,
        )

    async def start(self, asked: wire.TryAsked) -> wire.TryView:
        """Begin a try.

        Raises:
            Unusable: the change does not fit the centre, or nothing was recorded on that day.
            TooManyTries: several run already.
        """
        async with self._parts.database.read() as session:
            day = await read_day(session, asked.day, self._parts.settings.zone)
        changed = described(day.rules, asked.change, self._who.language)
        if not any(entry.kind == "contact.queued" for entry in day.entries):
            raise Unusable("day", "Nobody called on that day.", "Choose a day with contacts.")
        one = Try(
            try_id=self._parts.new_id("try"),
            asked=asked,
            by=self._who.name,
            started_at=self._parts.clock.now(),
            changed=changed,
        )
        self._parts.tries.start(one, Job(day=day, asked=asked, language=self._who.language))
        return one.view()

    def all(self) -> wire.Tries:
        return wire.Tries(tries=[one.view() for one in self._parts.tries.all()])

    def view(self, try_id: str) -> wire.TryView:
        return self._parts.tries.find(try_id).view()

    async def cancel(self, try_id: str) -> wire.TryView:
        one = self._parts.tries.find(try_id)
        await self._parts.tries.cancel(one)
        return one.view()
