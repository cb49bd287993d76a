"""What engines wrote about contacts. Only they change it; here it is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.engine.company import item_id
from app.store.records import Contact, Offer, ParkedInput, Recording, record_of
from app.store.schema import ContactModel, OfferModel, ParkedInputModel, RecordingModel


class Contacts:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, contact_id: str) -> Contact | None:
        row = await self._session.get(ContactModel, contact_id)
        return None if row is None else record_of(Contact, row)

    async def get_many(self, contact_ids: Sequence[str]) -> Sequence[Contact]:
        """Those of `contact_ids` there are, in no order."""
        query = select(ContactModel).where(ContactModel.contact_id.in_(contact_ids))
        return [record_of(Contact, row) for row in await self._session.scalars(query)]

    async def of_customer(self, customer_id: str, limit: int = 50) -> Sequence[Contact]:
        """Newest first."""
        query = select(ContactModel).where(ContactModel.customer_id == customer_id)
        query = query.order_by(ContactModel.arrived_at.desc(), ContactModel.contact_id.desc()).limit(limit)
        return [record_of(Contact, row) for row in await self._session.scalars(query)]

    async def recent(
        self, *, limit: int = 50, before: datetime | None = None, agent_id: str | None = None
    ) -> Sequence[Contact]:
        """Newest first; those of one agent, those that arrived before an instant.

        A call that a page announced and whose leg never came is none: it ended before any flow began. (One
        whose number has no flow did come; the system ended it.)
        """
        came = or_(
            ContactModel.flow_id.is_not(None),
            ContactModel.answered_at.is_not(None),
            ContactModel.ended_at.is_(None),
            ContactModel.ended_by == "system",
        )
        query = select(ContactModel).where(came)
        if before is not None:
            query = query.where(ContactModel.arrived_at < before)
        if agent_id is not None:
            query = query.where(ContactModel.agent_id == agent_id)
        query = query.order_by(ContactModel.arrived_at.desc(), ContactModel.contact_id.desc()).limit(limit)
        return [record_of(Contact, row) for row in await self._session.scalars(query)]

    async def was_handled_by(self, contact_id: str, agent_id: str) -> bool:
        """Whether this agent accepted the contact at any time: may see it and hear its recordings."""
        own_or_asked_in = or_(
            OfferModel.contact_id == contact_id, OfferModel.contact_id.startswith(item_id(contact_id, ""))
        )
        query = select(OfferModel.offer_id).where(
            own_or_asked_in,
            OfferModel.agent_id == agent_id,
            OfferModel.outcome == "accepted",
        )
        return (await self._session.scalars(query.limit(1))).first() is not None

    async def offers(self, contact_id: str) -> Sequence[Offer]:
        """To whom it was offered, oldest first; who was asked into it is not among them."""
        query = select(OfferModel).where(OfferModel.contact_id == contact_id)
        query = query.order_by(OfferModel.made_at, OfferModel.offer_id)
        return [record_of(Offer, row) for row in await self._session.scalars(query)]

    async def recordings(self, contact_id: str) -> Sequence[Recording]:
        """Oldest first."""
        query = select(RecordingModel).where(RecordingModel.contact_id == contact_id)
        query = query.order_by(RecordingModel.started_at, RecordingModel.recording_id)
        return [record_of(Recording, row) for row in await self._session.scalars(query)]

    async def recordings_of(self, contact_ids: Sequence[str]) -> Sequence[Recording]:
        """Those of several contacts, oldest first."""
        query = select(RecordingModel).where(RecordingModel.contact_id.in_(contact_ids))
        query = query.order_by(RecordingModel.started_at, RecordingModel.recording_id)
        return [record_of(Recording, row) for row in await self._session.scalars(query)]

    async def recording(self, recording_id: str) -> Recording | None:
        row = await self._session.get(RecordingModel, recording_id)
        return None if row is None else record_of(Recording, row)

    async def parked(self, limit: int = 50) -> Sequence[ParkedInput]:
        """Inputs an engine could not take, newest first."""
        query = select(ParkedInputModel).order_by(ParkedInputModel.at.desc()).limit(limit)
        return [record_of(ParkedInput, row) for row in await self._session.scalars(query)]
