"""Cases, with optimistic locking: whoever changes one says which version it saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.errors import RecordChanged, RecordExists, RecordMissing
from app.store.models import CaseModel, CustomerModel
from app.store.records import Case, CaseWithCustomer, record_of
from app.store.repositories.search import contains_words, fold
from app.store.schema import CounterModel

CLOSED = ("solved", "closed")
"""States in which nothing is owed to the customer."""


class Cases:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, case_id: str) -> Case | None:
        row = await self._session.get(CaseModel, case_id, populate_existing=True)
        return None if row is None else record_of(Case, row)

    async def by_number(self, number: int) -> Case | None:
        """By the number that people say aloud."""
        query = select(CaseModel).where(CaseModel.number == number)
        row = (await self._session.scalars(query)).one_or_none()
        return None if row is None else record_of(Case, row)

    async def of_customer(
        self, customer_id: str, *, open_only: bool = False, limit: int = 50
    ) -> Sequence[Case]:
        """Those of one customer, changed last first."""
        query = select(CaseModel).where(CaseModel.customer_id == customer_id)
        if open_only:
            query = query.where(CaseModel.status.not_in(CLOSED))
        query = query.order_by(CaseModel.updated_at.desc(), CaseModel.number.desc()).limit(limit)
        return [record_of(Case, row) for row in await self._session.scalars(query)]

    async def list(
        self,
        *,
        query: str = "",
        status: str | None = None,
        assignee: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[Sequence[CaseWithCustomer], int]:
        """One page, changed last first, and how many there are in all.

        Args:
            query: Words of the subject, the number, or of the customer.
        """
        found = select(CaseModel).join(CustomerModel, isouter=True)
        if query:
            found = found.where(
                or_(
                    contains_words(CaseModel.search_text, query),
                    contains_words(CustomerModel.search_text, query),
                )
            )
        if status is not None:
            found = found.where(CaseModel.status == status)
        if assignee is not None:
            found = found.where(CaseModel.assignee == assignee)
        total = await self._session.scalar(_count(found))
        page = found.add_columns(CustomerModel.name, CustomerModel.tier)
        page = page.order_by(CaseModel.updated_at.desc(), CaseModel.number.desc()).limit(limit).offset(offset)
        rows = await self._session.execute(page)
        return [
            CaseWithCustomer(case=record_of(Case, case), customer_name=name, customer_tier=tier)
            for case, name, tier in rows
        ], total or 0

    async def next_number(self) -> int:
        """A number for a new case. Gapless: it is taken back when the transaction is undone."""
        taken = update(CounterModel).where(CounterModel.name == "cases").values(value=CounterModel.value + 1)
        number: int = (await self._session.execute(taken.returning(CounterModel.value))).scalar_one()
        return number

    async def add(self, case: Case) -> None:
        """Store a new case. Numbers given out later are above its own.

        Raises:
            RecordExists: its number is taken.
        """
        if await self.by_number(case.number) is not None:
            raise RecordExists("case", str(case.number))
        await self._session.execute(
            update(CounterModel)
            .where(CounterModel.name == "cases", CounterModel.value < case.number)
            .values(value=case.number)
        )
        self._session.add(CaseModel(**_columns(case)))
        await self._session.flush()

    async def change(self, case_id: str, version: int, changes: Mapping[str, Any]) -> Case:
        """Change some fields of the version that was seen; returns the case under its next version.

        Raises:
            RecordChanged: somebody else changed it meanwhile.
            RecordMissing: there is no such case.
        """
        before = await self.get(case_id)
        if before is None:
            raise RecordMissing("case", case_id)
        values = dict(changes)
        if "subject" in values:
            values["search_text"] = _searched(before.number, values["subject"])
        changed = await self._session.execute(
            update(CaseModel)
            .where(CaseModel.case_id == case_id, CaseModel.version == version)
            .values(**values, version=version + 1)
            .returning(CaseModel.case_id)
        )
        if changed.one_or_none() is None:
            raise RecordChanged("case", case_id, version)
        after = await self.get(case_id)
        assert after is not None
        return after


def _count(found: Select[CaseModel]) -> Select[int]:
    return select(func.count()).select_from(found.with_only_columns(CaseModel.case_id).subquery())


def _columns(case: Case) -> dict[str, Any]:
    values = {name: getattr(case, name) for name in case.__slots__}
    return values | {"body": dict(case.body), "search_text": _searched(case.number, case.subject)}


def _searched(number: int, subject: str) -> str:
    return fold([str(number), subject])
