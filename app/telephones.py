"""Guest telephones: outside numbers played by browser pages, for centres without a telephone network.

A page says which number it is. When the engine dials that number, the page rings, and its sound becomes the
leg that was dialled. All of it is in memory: after a restart the pages register again, and calls that are
talked on live in the media process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.api.models_telephone import TelephoneState, TelephoneTopic
from app.auth.tickets import Tickets
from app.errors import CommandRefused, NotFound, Unusable
from app.live.hub import Hub
from screenpop import E164, normalise
from telephony.port import Command, Originate, OriginateOutcome

BROWSER = "browser:"
ABSENT_S = 20.0
"""A page that is gone for so long is no telephone any more: a reload is quicker."""
RING_MARGIN_S = 1.0
"""The page stops ringing before the media process does: an answer later than that would be a new caller."""
TELEPHONES_MAX = 200

Execute = Callable[[Command], Awaitable[None]]
Refuse = Callable[[str, OriginateOutcome], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Telephone:
    """One page that plays a number. `leg_id`: of the call that rings or is talked on."""

    telephone_id: str
    owner: str
    number: str
    state: TelephoneState = "waiting"
    leg_id: str | None = None
    caller_id: str = ""
    rings_until: datetime | None = None
    timer: asyncio.TimerHandle | None = None


class GuestTelephones:
    """Args:
    region: where numbers without a country code belong.
    refuse: tells the media process that the page of a leg does not answer, and why.
    """

    def __init__(
        self,
        *,
        hub: Hub,
        new_id: Callable[[str], str],
        now: Callable[[], datetime],
        monotonic_s: Callable[[], float],
        region: str,
        refuse: Refuse,
    ) -> None:
        self.tickets: Tickets[str] = Tickets(monotonic_s)
        self._hub = hub
        self._new_id = new_id
        self._now = now
        self._region = region
        self._refuse = refuse
        self._by_number: dict[str, Telephone] = {}
        self._by_id: dict[str, Telephone] = {}

    # --- pages ---

    def register(self, owner: str, typed: str) -> Telephone:
        """This page is that number from now on; asked again by the same visitor, it is the same telephone.

        Raises:
            CommandRefused: somebody else has the number, or there are too many telephones.
            Unusable: it is no number.
        """
        number = self.plain(typed)
        known = self._by_number.get(number)
        if known is not None and known.owner == owner:
            self._expect_page(known)
            return known
        if known is not None:
            raise CommandRefused("number_taken", "Another page is this number. Choose another one.", 409)
        if len(number.lstrip("+")) < 2 or not number.lstrip("+").isdecimal():
            raise Unusable("number", f"{typed[:40]} is no number.", "Write digits, with + for a country.")
        if len(self._by_id) >= TELEPHONES_MAX:
            raise CommandRefused("too_many_telephones", "Too many telephones are open. Close one first.", 409)
        telephone = Telephone(telephone_id=self._new_id("tel"), owner=owner, number=number)
        self._by_number[number] = self._by_id[telephone.telephone_id] = telephone
        self._hub.register(topic_key(telephone.telephone_id), lambda: self.view(telephone))
        self._expect_page(telephone)
        return telephone

    def taken(self, number: str) -> bool:
        return self.plain(number) in self._by_number

    def plain(self, typed: str) -> str:
        """A number in the one form that numbers are compared in."""
        number = normalise(typed, self._region)
        return number.value if isinstance(number, E164) else "".join(c for c in typed if c in "+0123456789")

    def of(self, owner: str, telephone_id: str) -> Telephone:
        """Raises: NotFound: it is closed, or somebody else's."""
        telephone = self._by_id.get(telephone_id)
        if telephone is None or telephone.owner != owner:
            raise NotFound("telephone", telephone_id)
        return telephone

    def has(self, telephone_id: str) -> bool:
        return telephone_id in self._by_id

    def view(self, telephone: Telephone) -> TelephoneTopic:
        until = telephone.rings_until
        return TelephoneTopic(
            telephone_id=telephone.telephone_id,
            number=telephone.number,
            state=telephone.state,
            caller_id=telephone.caller_id,
            rings_until=until.isoformat() if until is not None else None,
        )

    def page_closed(self, telephone_id: str) -> None:
        """A page of it went; another may be there, or come back."""
        telephone = self._by_id.get(telephone_id)
        if telephone is not None:
            self._expect_page(telephone)

    def _expect_page(self, telephone: Telephone) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(ABSENT_S, self._absent, telephone)

    def _absent(self, telephone: Telephone) -> None:
        if self._by_id.get(telephone.telephone_id) is not telephone:
            return
        if self._hub.readers(topic_key(telephone.telephone_id)) == 0:
            self._forget(telephone)

    async def close(self, telephone: Telephone) -> None:
        """The page is this number no more; a call that rings is refused."""
        if telephone.state == "ringing":
            await self.decline(telephone)
        self._forget(telephone)

    def _forget(self, telephone: Telephone) -> None:
        self._rest(telephone)
        self._by_id.pop(telephone.telephone_id, None)
        if self._by_number.get(telephone.number) is telephone:
            del self._by_number[telephone.number]
        self._hub.unregister(topic_key(telephone.telephone_id))

    # --- calls ---

    async def dial(self, originate: Originate, execute: Execute) -> None:
        """Carry out a dial to a number: ring its telephone, or say at once why it does not ring.

        The media process knows of the call before the page does: an answer is then never taken for a caller.
        """
        number = self.plain(originate.destination)
        telephone = self._by_number.get(number)
        name = telephone.telephone_id if telephone is not None else number
        free = telephone is not None and telephone.state == "waiting"
        if telephone is not None and free:
            # Before anything is awaited: no second call may ring it.
            telephone.state, telephone.leg_id = "ringing", originate.leg_id
        try:
            await execute(replace(originate, destination=f"{BROWSER}{name}"))
        except BaseException:
            if telephone is not None and free:
                self._rest(telephone)
            raise
        if telephone is None or not free:
            why = OriginateOutcome.INVALID_NUMBER if telephone is None else OriginateOutcome.BUSY
            await self._refuse(originate.leg_id, why)
            return
        if telephone.leg_id == originate.leg_id:
            self._ring(telephone, originate)

    def _ring(self, telephone: Telephone, originate: Originate) -> None:
        rings_s = max(0.0, originate.ring_timeout_s - RING_MARGIN_S)
        telephone.caller_id = originate.caller_id or ""
        telephone.rings_until = self._now() + timedelta(seconds=rings_s)
        loop = asyncio.get_running_loop()
        telephone.timer = loop.call_later(rings_s, self.stopped, originate.leg_id, True)
        self._publish(telephone)

    def stopped(self, leg_id: str, only_ringing: bool = False) -> None:
        """The call of this leg is over, or nobody waits for its answer any more."""
        for telephone in self._by_id.values():
            if telephone.leg_id == leg_id and not (only_ringing and telephone.state == "talking"):
                self._rest(telephone)
                self._publish(telephone)

    def answer(self, telephone: Telephone) -> str:
        """Somebody pressed Answer, or the page connects anew in its call. Returns the leg to connect.

        Raises:
            CommandRefused: it does not ring any more.
        """
        if telephone.leg_id is None or telephone.state == "waiting":
            raise CommandRefused("not_ringing", "It does not ring any more.", 409)
        if telephone.timer is not None:
            telephone.timer.cancel()
        telephone.timer, telephone.rings_until, telephone.state = None, None, "talking"
        self._publish(telephone)
        return telephone.leg_id

    async def decline(self, telephone: Telephone) -> None:
        """Not now. One that does not ring any more is fine."""
        leg_id, ringing = telephone.leg_id, telephone.state == "ringing"
        if leg_id is not None and ringing:
            self._rest(telephone)
            self._publish(telephone)
            await self._refuse(leg_id, OriginateOutcome.BUSY)

    def hung_up(self, telephone: Telephone) -> None:
        """The page ended its call, over its own channel to the media process."""
        if telephone.state == "talking":
            self._rest(telephone)
            self._publish(telephone)

    def _rest(self, telephone: Telephone) -> None:
        if telephone.timer is not None:
            telephone.timer.cancel()
        telephone.timer, telephone.leg_id, telephone.rings_until = None, None, None
        telephone.state, telephone.caller_id = "waiting", ""

    def _publish(self, telephone: Telephone) -> None:
        self._hub.publish(topic_key(telephone.telephone_id), set=self.view(telephone).model_dump())


def topic_key(telephone_id: str) -> str:
    return f"telephone:{telephone_id}"
