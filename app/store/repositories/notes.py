"""Notes on contacts and cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.models import NoteModel
from app.store.records import Note, record_of


class Notes:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save_for_contact(
        self, *, note_id: str, contact_id: str, author: str, text: str, at: datetime
    ) -> Note:
        """An author's one note on a contact, as it is typed. `note_id` is used when there is none yet."""
        query = select(NoteModel).where(NoteModel.contact_id == contact_id, NoteModel.author == author)
        row = (await self._session.scalars(query)).one_or_none()
        if row is None:
            row = NoteModel(
                note_id=note_id, contact_id=contact_id, author=author, text=text, at=at, version=1
            )
            self._session.add(row)
        elif row.text != text:
            row.text, row.at, row.version = text, at, row.version + 1
        await self._session.flush()
        return record_of(Note, row)

    async def add_to_case(self, *, note_id: str, case_id: str, author: str, text: str, at: datetime) -> Note:
        row = NoteModel(note_id=note_id, case_id=case_id, author=author, text=text, at=at, version=1)
        self._session.add(row)
        await self._session.flush()
        return record_of(Note, row)

    async def of_contact(self, contact_id: str) -> Sequence[Note]:
        """Oldest first."""
        query = select(NoteModel).where(NoteModel.contact_id == contact_id).order_by(NoteModel.at)
        return [record_of(Note, row) for row in await self._session.scalars(query)]

    async def of_contacts(self, contact_ids: Sequence[str]) -> Sequence[Note]:
        """Those of several contacts, oldest first."""
        query = select(NoteModel).where(NoteModel.contact_id.in_(contact_ids)).order_by(NoteModel.at)
        return [record_of(Note, row) for row in await self._session.scalars(query)]

    async def of_case(self, case_id: str) -> Sequence[Note]:
        """Newest first."""
        query = select(NoteModel).where(NoteModel.case_id == case_id).order_by(NoteModel.at.desc())
        return [record_of(Note, row) for row in await self._session.scalars(query)]
