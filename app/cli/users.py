"""`patchbay user ...`: who may sign in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from app.auth.passwords import PASSWORD_LENGTH_MIN, Passwords
from app.auth.tokens import new_token
from app.cli.console import EXIT_USAGE, fail, load_settings, out
from app.cli.database import opened
from app.cli.running import tell_server
from app.clock import wall_now
from app.services.cards import initials
from app.store import migrate, records
from app.store.database import Database
from app.store.errors import RecordExists, StoreError
from app.store.repositories.configuration import Configuration
from app.store.repositories.events import AuditTrail
from app.store.repositories.people import Users
from app.store.repositories.setup import SetUp

app = typer.Typer(help="Who may sign in.", no_args_is_help=True)

SLOW_S = 1.0
"""A command of a person is no request of many: what takes less needs no warning on the terminal."""
ROLES = ("agent", "supervisor", "operator", "admin")

Username = Annotated[str, typer.Argument(help="The name to sign in with.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]
Result = TypeVar("Result")


@app.command()
def add(
    username: Username,
    name: Annotated[str, typer.Option(help="As people read it.", prompt="Full name")],
    role: Annotated[list[str], typer.Option(help=f"One or more of {', '.join(ROLES)}.")],
    queue: Annotated[list[str] | None, typer.Option(help="Queues an agent serves; repeat it.")] = None,
    team: Annotated[str, typer.Option(help="An agent's team.")] = "",
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    password_stdin: FromInput = False,
) -> None:
    """Add somebody. An agent takes calls for the queues named."""
    unknown = sorted(set(role) - set(ROLES))
    if unknown:
        fail(
            f"There is no role {', '.join(unknown)}.",
            cure=f"Choose from {', '.join(ROLES)}.",
            status=EXIT_USAGE,
        )
    password = _password(password_stdin)

    agent_id = f"ag_{new_token()[:16]}" if "agent" in role else None

    async def work(database: Database) -> None:
        await _check_queues(database, queue or [])
        user_id = f"us_{new_token()[:16]}"
        user = records.User(
            user_id=user_id,
            username=username,
            password_hash=await Passwords().hash(password),
            name=name,
            roles=tuple(dict.fromkeys(role)),
            agent_id=agent_id,
            language=language,
        )
        async with database.transaction(slow_s=SLOW_S) as session:
            await Users(session).add(user)
            if team and not any(row["team"] == team for row in await SetUp(session).rows("teams")):
                await SetUp(session).put("teams", team, {})
            if agent_id is not None:
                await Configuration(session).put_agent(
                    records.Agent(
                        agent_id=agent_id,
                        name=name,
                        initials=initials(name),
                        team=team,
                        queues=tuple(queue or ()),
                    )
                )
            await AuditTrail(session).add(
                at=wall_now(), actor="cli", action="user.added", subject=user_id, data={"roles": list(role)}
            )

    _with_database(work)
    out.print(f"{username} can sign in.", markup=False)
    if agent_id is not None and tell_server("count the new agent"):
        out.print("The server that runs here counts the new agent from now on.")


@app.command("list")
def list_users() -> None:
    """Show who may sign in."""

    async def work(database: Database) -> list[records.User]:
        async with database.read() as session:
            return list(await Users(session).list())

    table = Table(box=None, pad_edge=False)
    for heading in ("user", "name", "roles", "language", ""):
        table.add_column(heading)
    for user in _with_database(work):
        table.add_row(
            escape(user.username),
            escape(user.name),
            ", ".join(user.roles),
            user.language,
            "disabled" if user.disabled else "",
        )
    out.print(table)


@app.command()
def disable(
    username: Username,
    enable: Annotated[bool, typer.Option("--undo", help="Let the user sign in again.")] = False,
) -> None:
    """Let somebody sign in no more, and sign them out everywhere."""

    async def work(database: Database) -> None:
        user = await _existing(database, username)
        async with database.transaction(slow_s=SLOW_S) as session:
            await Users(session).set_disabled(user.user_id, not enable)
            action = "user.enabled" if enable else "user.disabled"
            await AuditTrail(session).add(at=wall_now(), actor="cli", action=action, subject=user.user_id)

    _with_database(work)
    said = f"{username} can sign in again." if enable else f"{username} can no longer sign in."
    out.print(said, markup=False)


@app.command()
def password(username: Username, password_stdin: FromInput = False) -> None:
    """Set a new password, and sign its owner out everywhere."""
    chosen = _password(password_stdin)

    async def work(database: Database) -> None:
        from app.store.repositories.people import Sessions

        user = await _existing(database, username)
        hashed = await Passwords().hash(chosen)
        async with database.transaction(slow_s=SLOW_S) as session:
            await Users(session).set_password(user.user_id, hashed)
            await Sessions(session).end_all_of(user.user_id)
            await AuditTrail(session).add(
                at=wall_now(), actor="cli", action="user.password_set", subject=user.user_id
            )

    _with_database(work)
    out.print(f"{username} has a new password.", markup=False)


def _password(from_input: bool) -> str:
    if from_input:
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(given) < PASSWORD_LENGTH_MIN:
        fail(
            f"The password has {len(given)} characters.",
            cure=f"Take at least {PASSWORD_LENGTH_MIN}; a short sentence is good.",
            status=EXIT_USAGE,
        )
    return given


def _with_database(work: Callable[[Database], Awaitable[Result]]) -> Result:
    """Run `work` on the configured database, brought into shape first."""
    settings = load_settings()

    async def run() -> Result:
        async with opened(settings) as database:
            if await migrate.current(database) != migrate.head():
                await migrate.upgrade(database)
            return await work(database)

    try:
        return asyncio.run(run())
    except RecordExists as error:
        fail(f"{str(error).capitalize()}.", cure="Choose another name, or change that one.")
    except StoreError as error:
        fail(f"{str(error).capitalize()}.", cure="`patchbay doctor` says more.")


async def _existing(database: Database, username: str) -> records.User:
    async with database.read() as session:
        user = await Users(session).by_username(username)
    if user is None:
        fail(f"There is no user {username}.", cure="patchbay user list shows who there is.")
    return user


async def _check_queues(database: Database, wanted: list[str]) -> None:
    async with database.read() as session:
        known = {queue.queue_id for queue in await Configuration(session).queues()}
    unknown = sorted(set(wanted) - known)
    if unknown:
        fail(
            f"There is no queue {', '.join(unknown)}.",
            cure=f"There are: {', '.join(sorted(known)) or 'none yet'}.",
            status=EXIT_USAGE,
        )
