"""A party that is lost for a while, a page that dies, a restart: nobody is stuck, places are kept."""

from __future__ import annotations

from app.engine import commands as ask
from app.engine.contact import Phase
from telephony import port
from tests.unit.voice.centre import Centre, caller_leg, phase, phone_leg


def test_a_lost_caller_page_withdraws_the_offer_and_keeps_the_place() -> None:
    centre = Centre()
    centre.agent("amina")
    first, second = centre.caller(), centre.caller()
    assert centre.offer(first)
    centre.tell(port.LegLost(leg_id=first.leg_id, reason="no media"))
    assert "offer.withdrawn" in centre.kinds()
    assert centre.offer(second)["agent_id"] == "amina"
    centre.wait(14)
    assert phase(first) is Phase.QUEUED
    centre.do(ask.DeclineOffer(offer_id=centre.offer(second)["offer_id"], agent_id="amina"))
    centre.tell(port.LegRestored(leg_id=first.leg_id))
    assert centre.offer(first)["agent_id"] == "amina"


def test_a_caller_who_stays_lost_is_an_abandon_after_the_grace_time() -> None:
    centre = Centre()
    contact = centre.caller()
    centre.tell(port.LegLost(leg_id=contact.leg_id, reason="no media"))
    centre.wait(14.9)
    assert "contact.abandoned" not in centre.kinds()
    centre.wait(0.2)
    assert centre.kinds("contact.")[-2:] == ["contact.abandoned", "contact.ended"]
    assert contact.ended_by == "line"


def test_the_agents_page_dying_while_it_rings_offers_on_at_once() -> None:
    centre = Centre()
    centre.agent("amina")
    contact = centre.caller()
    offered = centre.offer(contact)
    centre.agent("dev")
    centre.do(ask.SetReachability(agent_id="amina", reachable=False, why="page_gone"))
    assert centre.offer(contact)["agent_id"] == "dev"
    assert centre.tables["offers"][offered["offer_id"]]["outcome"] == "withdrawn"


def test_a_reload_mid_call_keeps_the_call_and_the_caller_hears_a_soft_tone() -> None:
    centre = Centre()
    contact = centre.talking()
    centre.tell(port.LegLost(leg_id="leg_amina", reason="no media"))
    assert phase(contact) is Phase.AGENT_LOST
    [tone] = [command for command in centre.sent() if isinstance(command, port.Play)]
    centre.tell(
        port.PlaybackFinished(
            leg_id=contact.leg_id, playback_id=tone.playback_id, outcome=port.PlaybackOutcome.COMPLETED
        )
    )
    assert [effect.kind for effect in centre.effects] == ["hold"]
    centre.wait(5)
    centre.tell(port.LegRestored(leg_id="leg_amina"))
    [tone] = [command for command in centre.sent() if isinstance(command, port.Play)]
    centre.tell(
        port.PlaybackFinished(
            leg_id=contact.leg_id, playback_id=tone.playback_id, outcome=port.PlaybackOutcome.COMPLETED
        )
    )
    assert [type(command) for command in centre.sent()] == [port.Bridge]
    centre.joined(contact)
    assert phase(contact) is Phase.TALKING
    centre.wait(20)
    assert phase(contact) is Phase.TALKING


def test_an_agent_who_stays_away_gives_the_caller_back_at_its_old_place() -> None:
    centre = Centre()
    contact = centre.talking()
    place = contact.place_at
    later = centre.caller()
    centre.tell(port.LegLost(leg_id="leg_amina", reason="no media"))
    centre.do(ask.SetReachability(agent_id="amina", reachable=False, why="page_gone"))
    centre.wait(10.1)
    assert phase(contact) is Phase.QUEUED
    assert contact.place_at == place
    assert centre.domain.world.router.position(contact.contact_id) == 1
    centre.agent("dev")
    assert centre.offer(contact)["agent_id"] == "dev"
    assert centre.accept(contact).ok
    centre.joined(contact)
    assert contact.part == 2
    assert "contact.rejoined" in centre.kinds()
    assert phase(later) is Phase.QUEUED
    assert centre.state("amina") == "available"


def test_a_lost_caller_in_talk_comes_back_or_ends_by_the_line() -> None:
    centre = Centre()
    contact = centre.talking()
    centre.tell(port.LegLost(leg_id=contact.leg_id, reason="no media"))
    assert phase(contact) is Phase.CALLER_LOST
    centre.wait(15.1)
    assert contact.ended_by == "line"
    assert centre.state("amina") == "acw"


def test_after_a_crash_the_queue_keeps_its_order_and_the_talk_its_bridge() -> None:
    before = Centre()
    talking = before.talking()
    waiting = [before.caller(), before.caller()]
    centre = before.reborn()
    centre.wait(30)
    centre.adopt(
        caller_leg(talking, bridge_id=talking.bridge_id, recording_ids=(talking.recording_id,)),
        phone_leg("leg_amina", bridge_id=talking.bridge_id),
        *(caller_leg(contact, on_hold=True) for contact in waiting),
    )
    again = centre.domain.world.contacts[talking.contact_id]
    assert phase(again) is Phase.TALKING
    assert "repair" not in centre.kinds()
    assert [centre.domain.world.router.position(contact.contact_id) for contact in waiting] == [1, 2]
    centre.agent("dev")
    first = centre.domain.world.contacts[waiting[0].contact_id]
    assert centre.offer(first)["agent_id"] == "dev"


def test_grace_times_do_not_run_while_control_is_away() -> None:
    before = Centre()
    contact = before.talking()
    before.tell(port.LegLost(leg_id="leg_amina", reason="no media"))
    before.now = before.now.replace(hour=11)
    centre = before.reborn()
    centre.wait(0)
    centre.adopt(caller_leg(contact, on_hold=True), phone_leg("leg_amina", connected=False))
    centre.wait(9)
    again = centre.domain.world.contacts[contact.contact_id]
    assert phase(again) is Phase.AGENT_LOST
    centre.wait(2)
    assert phase(again) is Phase.QUEUED


def test_a_caller_who_hung_up_while_control_was_away_is_noticed() -> None:
    before = Centre()
    contact = before.caller()
    centre = before.reborn()
    centre.adopt()
    assert centre.kinds("contact.")[-2:] == ["contact.abandoned", "contact.ended"]
    assert "repair" in centre.kinds()
    assert contact.contact_id not in centre.domain.world.contacts


def test_a_menu_that_was_cut_off_by_a_crash_is_asked_again() -> None:
    before = Centre()
    contact = before.caller(topic=None)
    before.through(contact)
    asked = contact.step_id
    centre = before.reborn()
    centre.adopt(caller_leg(contact))
    again = centre.domain.world.contacts[contact.contact_id]
    assert again.step_id != asked
    assert [effect.kind for effect in centre.effects] == ["say", "telephony"]
    centre.press(again, "2")
    assert again.flow_state is not None
    assert again.flow_state["node"] == "support_menu"


def test_a_leg_nobody_knows_is_hung_up_after_a_while() -> None:
    centre = Centre()
    centre.adopt(phone_leg("leg_ghost"))
    assert centre.sent() == []
    centre.wait(21)
    assert [command.leg_id for command in centre.sent()] == ["leg_ghost"]


def test_the_rows_rebuild_the_same_centre() -> None:
    centre = Centre()
    centre.talking()
    centre.caller()
    centre.caller(topic=None)
    other = centre.reborn()
    mine, theirs = centre.domain.world, other.domain.world
    assert theirs.contacts == mine.contacts
    assert theirs.phones == {key: phone for key, phone in mine.phones.items() if phone.leg_id}
    assert theirs.router.snapshot() == mine.router.snapshot()


def test_an_agent_who_signs_out_in_mid_call_leaves_nobody_in_silence() -> None:
    centre = Centre()
    contact = centre.talking()
    centre.do(ask.AgentPhoneClosed(agent_id="amina"))
    assert phase(contact) is Phase.AGENT_LOST
    assert any(isinstance(command, port.Play) for command in centre.sent())
    assert "leg.lost" in centre.kinds()
    centre.wait(10.1)
    assert phase(contact) is Phase.QUEUED


def test_a_new_phone_in_mid_call_is_joined_with_the_caller() -> None:
    centre = Centre()
    contact = centre.talking()
    centre.do(ask.AgentPhoneOpened(agent_id="amina", leg_id="leg_other", backend="webrtc"))
    assert phase(contact) is Phase.AGENT_LOST
    centre.tell(port.LegConnected(leg_id="leg_other"))
    [tone] = [command for command in centre.sent() if isinstance(command, port.Play)]
    centre.tell(
        port.PlaybackFinished(
            leg_id=contact.leg_id, playback_id=tone.playback_id, outcome=port.PlaybackOutcome.COMPLETED
        )
    )
    [bridge] = [command for command in centre.sent() if isinstance(command, port.Bridge)]
    assert bridge.leg_b == "leg_other"


def test_a_join_that_fails_after_a_loss_is_not_silence_for_ever() -> None:
    centre = Centre()
    contact = centre.talking()
    centre.tell(port.LegLost(leg_id=contact.leg_id, reason="no media"))
    centre.tell(port.LegRestored(leg_id=contact.leg_id))
    centre.tell(
        port.PlaybackFinished(
            leg_id=contact.leg_id,
            playback_id=contact.rejoin_tone_id or "",
            outcome=port.PlaybackOutcome.COMPLETED,
        )
    )
    centre.wait(5.1)
    assert "contact.not_joined" in centre.kinds()
    assert phase(contact) is Phase.AGENT_LOST
    centre.wait(10.1)
    assert phase(contact) is Phase.QUEUED


def test_a_caller_who_leaves_before_anybody_was_heard_gave_up() -> None:
    centre = Centre()
    centre.agent("amina")
    contact = centre.caller()
    centre.accept(contact)
    centre.tell(port.LegEnded(leg_id=contact.leg_id, cause=port.LegEndCause.REMOTE_HANGUP))
    assert "contact.abandoned" in centre.kinds()
    assert "acw.started" not in centre.kinds()
    assert centre.state("amina") == "available"


def test_a_caller_who_was_given_back_hears_its_place_again() -> None:
    centre = Centre()
    contact = centre.talking()
    centre.tell(port.LegLost(leg_id="leg_amina", reason="no media"))
    centre.do(ask.SetReachability(agent_id="amina", reachable=False, why="page_gone"))
    centre.wait(10.1)
    assert phase(contact) is Phase.QUEUED
    centre.wait(12.1)
    assert contact.announcement_id is not None
