"""Examples of transfers, consultations, help and callbacks, from the demo morning."""

from __future__ import annotations

from app.api import models_calls as m
from app.api import models_telephone as guest
from app.api.models import Wire

INSTANCES: tuple[Wire, ...] = (
    m.TransferRequest(
        to=m.TransferTarget(kind="agent", id="dev"), why="Second payment taken, needs approval over £150"
    ),
    m.ConsultRequest(to=m.TransferTarget(kind="queue", id="complaints"), why="Wants to speak to a manager"),
    m.HelpRequest(why="Wants to cancel everything"),
    m.TransferTargets(
        people=[
            m.TargetPerson(
                agent_id="dev",
                name="Dev Patel",
                initials="DP",
                role="Billing tier 2, Complaints",
                state="available",
                since="2025-11-19T10:41:47+00:00",
                reachable=True,
                likely=1,
            )
        ],
        queues=[
            m.TargetQueue(
                queue_id="complaints",
                name="Complaints",
                waiting=0,
                free=2,
                estimate_s=0.0,
                closed=False,
                keeps_wait=True,
            )
        ],
        flows=[m.TargetFlow(flow_id="payment", name="Take a payment", comes_back=True)],
        numbers=[
            m.TargetNumber(number="+441134960300", label="Billing partner, Ardent", detail="+44 113 496 0300")
        ],
        dialling=True,
        travels=["Case #48213 and your note", "Verified by PIN, not asked again"],
        ring_timeout_s=20.0,
    ),
    guest.TelephoneDirectory(
        centre="Brightwater",
        numbers=[guest.TelephoneNumber(number="+441134960300", label="Billing partner, Ardent")],
    ),
    guest.TelephoneRequest(number="0113 496 0300"),
    guest.TelephoneOpened(telephone_id="tel_01JCQ8", number="+441134960300"),
    guest.TelephoneTopic(
        telephone_id="tel_01JCQ8",
        number="+441134960300",
        state="ringing",
        caller_id="+442079460100",
        rings_until="2025-11-19T10:46:12Z",
    ),
    m.CallbackRequest(resume_token="qN3vJ8sYk2LwZp5RxT7uB1cD4eF6gH9iK0mN2oP4qR6", number="07700 900142"),
)
