"""What the centre decides as a whole, and the lists beside queues and agents."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from app.store.tables_setup import SetUpModel
from routing.policy import Across

ROUTING = "routing"


class SetUp:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def across(self) -> Across:
        """Which of several queues an agent's next contact comes from."""
        row = await self._session.get(SetUpModel, ROUTING)
        return Across.WEIGHT_THEN_LONGEST if row is None else Across(row.value["across"])
