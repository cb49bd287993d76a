"""Customers, their numbers and what happened with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.sql import Select

from app.store.errors import RecordMissing
from app.store.models import CustomerModel, CustomerNumberModel, HappeningModel
from app.store.records import Customer, CustomerNumber, Happening, record_of
from app.store.repositories.search import contains_words, fold, number_forms


class Customers:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_id: str) -> Customer | None:
        return next(
            iter(await self._all(select(CustomerModel).where(CustomerModel.customer_id == customer_id))), None
        )

    async def get_many(self, customer_ids: Sequence[str]) -> Sequence[Customer]:
        """Those that exist, in the order asked for."""
        query = select(CustomerModel).where(CustomerModel.customer_id.in_(customer_ids))
        found = {customer.customer_id: customer for customer in await self._all(query)}
        return [found[each] for each in customer_ids if each in found]

    async def by_number(self, number: str, limit: int = 10) -> Sequence[Customer]:
        """Everybody with this number in E.164, by name: a shared line has several."""
        query = (
            select(CustomerModel)
            .join(CustomerNumberModel, CustomerNumberModel.customer_id == CustomerModel.customer_id)
            .where(CustomerNumberModel.number == number)
            .order_by(CustomerModel.name, CustomerModel.customer_id)
            .limit(limit)
        )
        return await self._all(query)

    async def by_account(self, account: str) -> Customer | None:
        """The customer of an account; spaces, dashes and case do not matter."""
        stored = func.replace(func.replace(func.lower(CustomerModel.account), "-", ""), " ", "")
        asked = account.casefold().replace("-", "").replace(" ", "")
        query = select(CustomerModel).where(stored == asked).order_by(CustomerModel.customer_id).limit(1)
        return next(iter(await self._all(query)), None)

    async def search(self, query: str, limit: int = 20) -> Sequence[Customer]:
        """By words of name, account, place and digits of a number, by name. Empty finds all."""
        found = select(CustomerModel).where(contains_words(CustomerModel.search_text, query))
        return await self._all(found.order_by(CustomerModel.name, CustomerModel.customer_id).limit(limit))

    async def add(self, customer: Customer) -> None:
        row = CustomerModel(**_columns(customer))
        row.numbers = [CustomerNumberModel(number=each.number, label=each.label) for each in customer.numbers]
        self._session.add(row)
        await self._session.flush()

    async def update(self, customer: Customer) -> None:
        """Replace all but the numbers.

        Raises:
            RecordMissing: there is no such customer.
        """
        row = await self._row(customer.customer_id)
        kept = tuple(record_of(CustomerNumber, each) for each in row.numbers)
        for name, value in _columns(replace(customer, numbers=kept)).items():
            setattr(row, name, value)
        await self._session.flush()

    async def add_number(self, customer_id: str, number: CustomerNumber) -> None:
        """Known from now on under this number too. Harmless when it is already.

        Raises:
            RecordMissing: there is no such customer.
        """
        row = await self._row(customer_id)
        if all(each.number != number.number for each in row.numbers):
            row.numbers.append(CustomerNumberModel(number=number.number, label=number.label))
            row.search_text = f"{row.search_text} {fold(number_forms(number.number))}"
        await self._session.flush()

    async def remove_number(self, customer_id: str, number: str) -> None:
        row = await self._row(customer_id)
        row.numbers = [each for each in row.numbers if each.number != number]
        row.search_text = _columns(_record(row))["search_text"]
        await self._session.flush()

    # --- history ---

    async def add_happening(self, happening: Happening) -> None:
        values = {name: getattr(happening, name) for name in happening.__slots__}
        self._session.add(HappeningModel(**values))
        await self._session.flush()

    async def happenings(self, customer_id: str, limit: int = 50) -> Sequence[Happening]:
        """Payments, letters, messages and the like, newest first."""
        query = (
            select(HappeningModel)
            .where(HappeningModel.customer_id == customer_id)
            .order_by(HappeningModel.at.desc(), HappeningModel.happening_id)
            .limit(limit)
        )
        return [record_of(Happening, row) for row in await self._session.scalars(query)]

    async def delete_happenings(self, customer_id: str) -> None:
        await self._session.execute(delete(HappeningModel).where(HappeningModel.customer_id == customer_id))

    # --- inside ---

    async def _all(self, query: Select[CustomerModel]) -> list[Customer]:
        rows = await self._session.scalars(query.options(selectinload(CustomerModel.numbers)))
        return [_record(row) for row in rows]

    async def _row(self, customer_id: str) -> CustomerModel:
        query = select(CustomerModel).where(CustomerModel.customer_id == customer_id)
        row = (await self._session.scalars(query.options(selectinload(CustomerModel.numbers)))).one_or_none()
        if row is None:
            raise RecordMissing("customer", customer_id)
        return row


def _record(row: CustomerModel) -> Customer:
    numbers = tuple(CustomerNumber(number=each.number, label=each.label) for each in row.numbers)
    names = (name for name in Customer.__slots__ if name != "numbers")
    return Customer(**{name: getattr(row, name) for name in names}, numbers=numbers)


def _columns(customer: Customer) -> dict[str, Any]:
    values = {name: getattr(customer, name) for name in customer.__slots__ if name != "numbers"}
    numbers = [form for each in customer.numbers for form in number_forms(each.number)]
    searched = fold([customer.name, customer.account, customer.place, *numbers])
    return values | {"facts": [dict(fact) for fact in customer.facts], "search_text": searched}
