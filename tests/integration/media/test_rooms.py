"""Rooms of the media process: what only real media can show."""

from __future__ import annotations

from telephony import port
from tests.integration.media.bench import Bench


async def test_a_muted_page_is_not_heard_in_a_room(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    third = await bench.agent()
    await bench.told(lambda event: event == port.LegConnected(leg_id=third))
    members = tuple(port.MixMember(leg_id=leg_id) for leg_id in (caller, agent, third))
    await control.execute(port.Mix(mix_id="m1", members=members))
    await bench.until_hears(caller, frozenset({agent, third}), within_s=20)
    await bench.party(third).say({"t": "mute", "on": True})
    await bench.until_hears(caller, frozenset({agent}), within_s=20)


async def test_a_key_sent_to_a_leg_in_a_room_goes_before_the_others(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    members = tuple(port.MixMember(leg_id=leg_id) for leg_id in (caller, agent))
    await control.execute(port.Mix(mix_id="m1", members=members))
    await bench.until_hears(caller, frozenset({agent}), within_s=20)
    await control.execute(port.SendDigits(leg_id=caller, digits="5"))
    await bench.until(lambda: bench.party(caller).digits == "5", within_s=20)
    await bench.until_hears(caller, frozenset({agent}), within_s=20)


async def test_rooms_are_counted(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    members = tuple(port.MixMember(leg_id=leg_id) for leg_id in (caller, agent))
    await control.execute(port.Mix(mix_id="m1", members=members))
    await bench.told(lambda event: isinstance(event, port.Mixed))
    counted = await control.stats()
    assert (counted["bridges"], counted["rooms"]) == (0, 1)
