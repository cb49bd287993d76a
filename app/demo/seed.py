"""Fills an empty database with Brightwater. Run again it adds nothing and overwrites nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.models import DemoSignIn
from app.api.models_setup import CentreFile
from app.auth.passwords import Passwords
from app.clock import wall_now
from app.configure import read_centre
from app.demo import desk, yesterday
from app.services.cards import initials
from app.settings import Settings
from app.setup.centre import EMPTY, write
from app.store import records
from app.store.database import Database
from app.store.repositories.cases import Cases
from app.store.repositories.configuration import Configuration
from app.store.repositories.customers import Customers
from app.store.repositories.people import Users
from ivr.dump import to_dict
from ivr.load import load_yaml

FOLDER = Path(__file__).resolve().parent
Data = Mapping[str, Any]

SLOW_S = 30.0
"""Hundreds of rows before the server takes calls: nobody waits for these transactions."""


def brightwater() -> Data:
    """The demo centre as data."""
    data: Data = yaml.safe_load((FOLDER / "brightwater.yaml").read_text(encoding="utf-8"))
    return data


def sign_ins() -> list[DemoSignIn]:
    """Who may sign in to the demo, with the password everybody shares."""
    data = brightwater()
    return [
        DemoSignIn(
            username=user["username"],
            password=data["password"],
            name=user["name"],
            initials=initials(user["name"]),
            role=user["roles"][0],
            line=user["line"],
        )
        for user in data["users"]
    ]


async def seed(database: Database, settings: Settings) -> bool:
    """Fill the database if no queue is set up yet. Returns whether it did."""
    async with database.read() as session:
        if await Configuration(session).queues():
            return False
    data = brightwater()
    passwords = Passwords()
    secret = await passwords.hash(data["password"])
    pins = await asyncio.gather(*(passwords.hash(customer["pin"]) for customer in data["customers"]))
    now = wall_now()
    # Several transactions: a person may sign in while the rest is written.
    async with database.transaction(slow_s=SLOW_S) as session:
        await _configuration(session, data, now)
        await desk.write(session, at=now, by="Brightwater")
    async with database.transaction(slow_s=SLOW_S) as session:
        for user in data["users"]:
            await Users(session).add(
                records.User(
                    user_id=f"u_{user['username']}",
                    username=user["username"],
                    password_hash=secret,
                    name=user["name"],
                    roles=user["roles"],
                    agent_id=user.get("agent"),
                    language=user.get("language", "en"),
                )
            )
    async with database.transaction(slow_s=SLOW_S) as session:
        await _customers(session, data, dict(zip(_ids(data["customers"]), pins, strict=True)), now)
        await _cases(session, data, now)
        await _history(session, data, now)
    await _yesterday(database, settings, data, now)
    return True


async def _yesterday(database: Database, settings: Settings, data: Data, now: datetime) -> None:
    """A day that is over, for reports and for trying changes on."""
    centre = await read_centre(database, settings)
    known = [
        yesterday.Known(customer_id=customer["id"], number=customer["numbers"][0]["number"])
        for customer in data["customers"]
    ]
    day = await asyncio.to_thread(
        yesterday.yesterday,
        centre.voice.policies(),
        day=now.astimezone(centre.zone).date() - timedelta(days=1),
        zone=centre.zone,
        dnis=data["default_number"],
        customers=known,
    )
    async with database.transaction(slow_s=SLOW_S) as session:
        await yesterday.write(session, day)


def _ids(entries: Sequence[Data]) -> list[str]:
    return [entry["id"] for entry in entries]


async def _configuration(session: AsyncSession, data: Data, now: datetime) -> None:
    for section, key, setting in EMPTY.with_file(demo_centre(data)).each():
        await write(session, section, key, setting, now=now, by="Brightwater", new_user_id="")


def demo_centre(data: Data) -> CentreFile:
    """The demo as a configuration file says it; its users have passwords and come apart."""
    calendars = yaml.safe_load((FOLDER / "calendars.yaml").read_text(encoding="utf-8"))["calendars"]
    flow = load_yaml((FOLDER / "flow_main.yaml").read_text(encoding="utf-8"))
    body = {name: value for name, value in to_dict(flow).items() if name not in ("id", "version")}
    return CentreFile.model_validate(
        {
            "skills": data["skills"],
            "teams": data["teams"],
            "calendars": calendars,
            "queues": [{**queue, "position": at} for at, queue in enumerate(data["queues"])],
            "agents": [
                {**agent, "queues": _served(agent["skills"], data["queues"])} for agent in data["agents"]
            ],
            "reasons": [
                {"id": kind, "entries": [_reason(entry) for entry in entries]}
                for kind, entries in data["reference"].items()
            ],
            "flows": [{"id": flow.id, "flow": body}],
            "numbers": data["numbers"],
        }
    )


def _reason(entry: Data) -> Data:
    return {
        "code": entry["code"],
        "label": {"en": entry["en"], "cy": entry["cy"]},
        "group": entry.get("group", ""),
    }


def _served(skills: Mapping[str, int], queues: Sequence[Data]) -> list[str]:
    """The queues whose requirements these skills meet."""
    return [
        queue["id"]
        for queue in queues
        if all(skills.get(skill, 0) >= level for skill, level in queue["requirements"].items())
    ]


async def _customers(session: AsyncSession, data: Data, pins: Mapping[str, str], now: datetime) -> None:
    for customer in data["customers"]:
        await Customers(session).add(
            records.Customer(
                customer_id=customer["id"],
                name=customer["name"],
                kind=customer.get("kind", "person"),
                tier=customer["tier"],
                account=customer["account"],
                pin_hash=pins[customer["id"]],
                language=customer.get("language", "en"),
                place=customer["place"],
                facts=customer["facts"],
                created_at=now,
                numbers=tuple(
                    records.CustomerNumber(number=number["number"], label=number.get("label", ""))
                    for number in customer["numbers"]
                ),
            )
        )


async def _cases(session: AsyncSession, data: Data, now: datetime) -> None:
    for case in data["cases"]:
        opened_at = _at(case["opened"], data["zone"], now)
        due_in = case.get("due_in_s")
        paused = case.get("paused_left_s")
        await Cases(session).add(
            records.Case(
                case_id=case["id"],
                number=case["number"],
                customer_id=case["customer"],
                subject=case["subject"],
                type=case["type"],
                status=case["status"],
                priority=case["priority"],
                assignee=case.get("assignee"),
                queue_id=case["queue"],
                opened_at=opened_at,
                updated_at=opened_at,
                due_at=now + timedelta(seconds=due_in) if due_in is not None else None,
                due_what=case.get("due_what"),
                body={"paused_left_s": paused} if paused is not None else {},
            )
        )


async def _history(session: AsyncSession, data: Data, now: datetime) -> None:
    for number, entry in enumerate(data["history"], start=1):
        body = {name: entry[name] for name in ("chip", "promise", "duration_s") if name in entry}
        await Customers(session).add_happening(
            records.Happening(
                happening_id=f"h_demo_{number:03d}",
                customer_id=entry["customer"],
                kind=entry["kind"],
                at=_at(entry["at"], data["zone"], now),
                title=entry["title"],
                text=entry.get("text", ""),
                who=entry.get("who", ""),
                direction=entry.get("direction"),
                case_id=entry.get("case"),
                body=body,
            )
        )


def _at(when: Sequence[Any], zone: str, now: datetime) -> datetime:
    """`[days ago, "HH:MM"]` of the centre's day; never in the future, so that today's mail has arrived."""
    days_ago, clock = when
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() - timedelta(days=days_ago)
    at = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(zone))
    return min(at, now - timedelta(minutes=30)).astimezone(now.tzinfo)
