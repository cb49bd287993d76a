"""One example of everything that crosses the wire, from the demo morning. Checked by being built.

OpenAPI and AsyncAPI show them; tests post them back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.api import examples_calls, examples_floor, examples_reports, examples_setup, examples_simulation
from app.api import models as m

_NOW = datetime(2025, 11, 19, 10, 43, 21, tzinfo=UTC)
_SDP = "v=0\r\no=- 4611733 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
_CONTACT = "ct_01KAD8Q2M4Z7W9TB3C5F6G7H8J"
_OFFER = "of_01KAD8Q5T1N2P3R4S5V6W7X8Y9"
_CUSTOMER = "cu_01K9ZZ0A1B2C3D4E5F6G7H8J9K"
_CASE = "cs_01KA0B1C2D3E4F5G6H7J8K9M0N"
_AGENT = "ag_priya"
_TOKEN = "qN3vJ8sYk2LwZp5RxT7uB1cD4eF6gH9iK0mN2oP4qR6"


def _ago(minutes: float) -> datetime:
    return _NOW - timedelta(minutes=minutes)


_USER = m.User(
    user_id="us_priya",
    username="priya",
    name="Priya Nair",
    initials="PN",
    roles=["agent"],
    agent_id=_AGENT,
    language="en",
)
_CUSTOMER_CARD = m.CustomerCard(
    customer_id=_CUSTOMER,
    name="Margaret Okonjo",
    initials="MO",
    tier="gold",
    account="BW-204417",
    place="Leeds",
    zone="Europe/London",
    numbers=["+44 113 496 0182"],
    facts=[m.Fact(label="Customer since", value="March 2019"), m.Fact(label="Plan", value="Fibre 500")],
)
_CASE_SUMMARY = m.CaseSummary(
    case_id=_CASE,
    number=20418,
    subject="Charged twice in November",
    type="billing",
    status="open",
    status_label="Open",
    mine=True,
    assignee="Priya Nair",
    opened_at=_ago(2 * 24 * 60),
    updated_at=_ago(95),
    due=m.SlaDue(state="risk", what="Answer", due_at=_NOW + timedelta(minutes=52)),
)
_ENTRY = m.TimelineEntry(
    id="ev_88120",
    kind="call",
    at=_ago(2 * 24 * 60),
    title="Called about the November bill",
    text="Promised a refund within five days.",
    who="Dev Patel",
    direction="in",
    duration_s=412.0,
    case_number=20418,
    contact_id="ct_01KA0B0000000000000000000A",
    has_recording=True,
    chips=[m.TimelineChip(tone="warn", text="Promise")],
)
_POP = m.Pop(
    match="known",
    verification=m.Verification(verified=True, how="pin", label="Verified by PIN"),
    number="+44 113 496 0182",
    customer=_CUSTOMER_CARD,
    cases=[_CASE_SUMMARY],
    likely_case_id=_CASE,
    history=[_ENTRY],
    ivr_path=[m.IvrStep(at=_ago(2), label="Main menu: support", key="2")],
    topic="Billing",
    say_first="Thank her for the PIN, then say where the refund stands.",
)
_OFFER_VIEW = m.OfferView(
    offer_id=_OFFER,
    contact_id=_CONTACT,
    queue_id="billing",
    queue_name="Billing",
    made_at=_NOW,
    expires_at=_NOW + timedelta(seconds=20),
    waited_s=74.0,
    because=["Billing 8 of 10, needs 5 or more", "Idle longest of 2 who could take it"],
    pop=_POP,
)
_ME = m.AgentSelf(
    agent_id=_AGENT, name="Priya Nair", initials="PN", state="ringing", since=_NOW, reachable=True
)
_AGENT_TOPIC = m.AgentTopic(
    me=_ME, offer=_OFFER_VIEW, day=m.MyDay(handled=14, talk_s=4210.0, handle_s_average=341.0, missed=0)
)
_CALLER_TOPIC = m.CallerTopic(
    contact_id=_CONTACT,
    state="waiting",
    started_at=_ago(2),
    queue_name="Billing",
    queued_at=_ago(1),
    position=3,
    first_position=5,
    estimate_s=120.0,
    estimate_low_s=60.0,
    estimate_high_s=240.0,
)
_FLOW: dict[str, object] = {
    "id": "main",
    "languages": ["en"],
    "start": "hello",
    "nodes": {
        "hello": {"kind": "say", "say": [{"text": {"en": "Welcome to Brightwater."}}], "next": "billing"},
        "billing": {"kind": "queue", "queue": "billing", "on_return": "bye"},
        "bye": {"kind": "hang_up"},
    },
}
_FLOW_ROW = {"flow_id": "main", "name": "Main line", "version": 7, "published": 7}

_INSTANCES: tuple[m.Wire, ...] = (
    m.SignIn(username="priya", password="correct horse battery staple"),
    m.Session(user=_USER, csrf_token=_TOKEN, server_time=_NOW),
    m.SetLanguage(language="cy"),
    m.DemoSignIn(
        username="priya",
        password="made-at-first-start",
        name="Priya Nair",
        initials="PN",
        role="agent",
        line="Takes calls for Billing and Support",
    ),
    m.Ticket(ticket=_TOKEN, expires_in_s=30),
    m.PhoneConfiguration(
        ice_servers=[m.IceServer(urls=["stun:stun.example.org:3478"])], codec="opus", backend="webrtc"
    ),
    m.SessionOffer(sdp=_SDP),
    m.SessionAnswer(leg_id="lg_01KAD8Q2M4Z7W9TB3C5F6G7H8K", sdp=_SDP),
    m.Reference(
        not_ready_reasons=[m.Choice(code="break", label="Break")],
        decline_reasons=[m.Choice(code="busy", label="Still writing up")],
        dispositions=[m.Choice(code="solved", label="Solved", group="Done", key="1")],
        case_types=[m.Choice(code="billing", label="Billing")],
        queues=[m.QueueName(queue_id="billing", name="Billing")],
        languages=[m.Choice(code="en", label="English"), m.Choice(code="cy", label="Cymraeg")],
    ),
    _CUSTOMER_CARD,
    _CASE_SUMMARY,
    _ENTRY,
    m.CaseList(
        cases=[m.CaseRow(case=_CASE_SUMMARY, customer_name="Margaret Okonjo", customer_tier="gold")], total=1
    ),
    m.CaseView(
        case=_CASE_SUMMARY, version=3, customer=_CUSTOMER_CARD, queue_name="Billing", timeline=[_ENTRY]
    ),
    m.NewCase(
        subject="Charged twice in November", type="billing", customer_id=_CUSTOMER, text="Asks for it back."
    ),
    m.CaseChange(version=3, status="solved", note="Refund sent, reference 7731."),
    m.SetState(state="not_ready", reason="break"),
    m.Decline(reason="busy"),
    m.SetMute(on=True),
    m.SendDigits(digits="12#"),
    m.ExtendWrapUp(seconds=30),
    m.FinishWrapUp(disposition="solved"),
    m.SetDisposition(disposition="solved"),
    m.SaveNote(text="Refund of 42.50 promised for Friday."),
    m.NoteSaved(saved_at=_NOW),
    m.AttachCase(case_id=_CASE),
    m.ChooseCustomer(new=m.NewCustomer(name="Tom Bell", number="+44 113 496 0190", account="BW-301122")),
    m.Verify(asked=["Date of birth", "First line of the address"]),
    m.Done(),
    m.ContactList(
        contacts=[
            m.ContactRow(
                contact_id=_CONTACT,
                at=_ago(12),
                name="Margaret Okonjo",
                queue_name="Billing",
                agent_name="Priya Nair",
                outcome="Solved",
                duration_s=412.0,
                recording_id="rc_01KAD8Q9A0B1C2D3E4F5G6H7J8",
            )
        ]
    ),
    m.ContactDetail(
        contact_id=_CONTACT,
        state="ended",
        queue_name="Billing",
        customer=_CUSTOMER_CARD,
        case_number=20418,
        agent_name="Priya Nair",
        ani="+44 113 496 0182",
        arrived_at=_ago(12),
        queued_at=_ago(11),
        answered_at=_ago(10),
        ended_at=_ago(3),
        disposition="solved",
        note="Refund of 42.50 promised for Friday.",
        recordings=[
            m.RecordingView(
                recording_id="rc_01KAD8Q9A0B1C2D3E4F5G6H7J8",
                started_at=_ago(10),
                duration_s=401.5,
                state="ready",
            )
        ],
        events=[m.ContactEvent(at=_ago(12), kind="contact.arrived", text="Called 0113 496 0000.")],
    ),
    m.WhyWaiting(
        contact_id=_CONTACT,
        verdict="Next in line. Nobody who can take this caller is free.",
        position=1,
        waited_s=74.0,
        facts=[m.Fact(label="Needs", value="Billing 5 of 10")],
        exclusions=[
            m.ExclusionGroup(
                reason="on_contact", label="On a call", count=2, agents=["Dev Patel", "Sian Rees"]
            )
        ],
    ),
    m.FlowRow(saved_at=_NOW, saved_by="Ada Byrne", **_FLOW_ROW),
    m.FlowView(saved_at=_NOW, saved_by="Ada Byrne", flow=_FLOW, **_FLOW_ROW),
    m.FlowDocument(saved_at=_NOW, saved_by="Ada Byrne", flow=_FLOW, **_FLOW_ROW),
    m.FlowSaved(flow_id="main", version=8, findings=[]),
    m.NumberSetting(dnis="100", label="Main line", flow_id="main", backend="webrtc"),
    m.CallerCentre(
        name="Brightwater",
        number="0113 496 0000",
        open=True,
        waiting=4,
        estimate_s=140.0,
        topics=[m.Choice(code="billing", label="A bill")],
        languages=[m.Choice(code="en", label="English")],
    ),
    m.CallerCall(sdp=_SDP, dnis="100", topic="billing", account="BW-204417", number="0113 496 0182"),
    m.CallerCallStarted(
        contact_id=_CONTACT, leg_id="lg_01KAD8Q2M4Z7W9TB3C5F6G7H8K", resume_token=_TOKEN, sdp=_SDP
    ),
    m.CallerRejoin(resume_token=_TOKEN, sdp=_SDP),
    m.CallerProof(resume_token=_TOKEN),
    m.CallerTicketRequest(contact_id=_CONTACT, resume_token=_TOKEN),
    # websocket messages
    m.Hello(server_time=_NOW, node="node-1", topics=["agent"]),
    m.Snapshot(topic="agent", seq=41, data=_AGENT_TOPIC),
    m.Delta(topic="agent", seq=42, set={"offer": None}),
    m.Notice(code="offer_ended", detail="The caller hung up."),
    m.HeartbeatAnswer(server_time=_NOW),
    m.Heartbeat(phone="ready", microphone="ok", rtt_ms=23.0),
    m.Resync(topic="agent"),
    m.Subscribe(topics=["agent", "floor"]),
    m.TakeOver(),
    m.Shown(offer_id=_OFFER),
    m.CallerDigit(digit="2"),
    m.CallerEnd(),
    _CALLER_TOPIC,
    *examples_calls.INSTANCES,
    *examples_setup.INSTANCES,
    *examples_floor.INSTANCES,
    *examples_reports.INSTANCES,
    *examples_simulation.INSTANCES,
)

EXAMPLES: dict[type[m.Wire], dict[str, Any]] = {
    type(instance): instance.model_dump(mode="json", exclude_none=isinstance(instance, m.CallerTopic))
    for instance in _INSTANCES
}
_BY_NAME = {model.__name__: example for model, example in EXAMPLES.items()}


def example_of(schema: dict[str, Any]) -> Any:
    """The example of a JSON schema that refers to a wire model, or to a list of one."""
    if "$ref" in schema:
        return _BY_NAME.get(schema["$ref"].rpartition("/")[2])
    if schema.get("type") == "array":
        one = example_of(schema["items"])
        return [one] if one is not None else None
    for choice in schema.get("anyOf", ()):
        found = example_of(choice)
        if found is not None:
            return found
    return None


def problem_example(status: int, code: str, title: str) -> dict[str, Any]:
    errors = [m.FieldError(field="sdp", what="Field required")] if status == 422 else []
    problem = m.Problem(
        title=title, status=status, code=code, detail="A sentence that says what to change.", errors=errors
    )
    return problem.model_dump(mode="json")
