"""A process that types by command until it is killed, and says on standard output what was confirmed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from app.clock import IdSource, SystemClock
from app.engine.commit import EffectRow, JsonValue, Recovery
from app.engine.lease import Lease
from app.engine.loop import Engine
from app.store.database import Database
from app.store.engine import EngineStore
from tests.fixtures.small_centre import Perform, Press, SmallCentre, effect


class Says:
    """Performs an effect by naming it."""

    async def run(self, effect: EffectRow) -> Mapping[str, JsonValue] | None:
        say(f"did {effect.effect_id}")
        return None


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(url: str, owner: str) -> None:
    database = Database(url)
    clock = SystemClock()

    async def make_domain() -> SmallCentre:
        return SmallCentre()

    engine = Engine(
        store=EngineStore(database, "voice"),
        lease=Lease(database, "voice", owner),
        clock=clock,
        new_id=IdSource(clock),
        make_domain=make_domain,
        runner=Says(),
    )
    await engine.start()
    say("started")

    async def work(contact_id: str) -> None:
        for n in range(1_000_000):
            await engine.submit(Press(contact_id, str(n % 10)), client_id=f"{owner}-{contact_id}-{n}")
            say(f"typed {contact_id} {n % 10}")
            name = f"{owner}-{contact_id}-e{n}"
            recovery = (Recovery.ONCE, Recovery.REPEAT, Recovery.MOMENT)[n % 3]
            await engine.submit(Perform((effect(name, recovery),)), client_id=name)

    await asyncio.gather(*(work(f"ct_{n}") for n in range(8)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
