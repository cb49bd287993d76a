"""Where Brightwater's agents may send a caller: flows that come back or end the call, and known numbers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.targets import DIRECTORY_KIND, FLOW_KIND
from app.store import records
from app.store.repositories.configuration import Configuration
from ivr.dump import to_dict
from ivr.flow import Flow
from ivr.load import from_dict

FILE = Path(__file__).resolve().parent / "desk.yaml"


def desk_data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


def flows() -> list[Flow]:
    """The flows that agents send callers into."""
    return [from_dict(flow) for flow in desk_data()["flows"]]


async def write(session: AsyncSession, *, at: datetime, by: str) -> None:
    """Store the flows, published, and both lists. The caller commits."""
    configuration = Configuration(session)
    for flow in flows():
        await configuration.save_flow(flow.id, name=flow.name, body=to_dict(flow), at=at, by=by)
    data = desk_data()
    entries = [(DIRECTORY_KIND, each["number"], each) for each in data["directory"]]
    entries += [(FLOW_KIND, each["flow"], each) for each in data["transfer_flows"]]
    for position, (kind, code, each) in enumerate(entries):
        await configuration.put_reference(
            records.Reference(
                kind=kind,
                code=code,
                label={"en": each["en"], "cy": each["cy"]},
                grouping=each.get("group", ""),
                position=position,
            )
        )
