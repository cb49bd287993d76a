"""`patchbay config export` and `patchbay config apply`: the centre as one file that people review."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from app.api.models_setup import CentreFile, Difference, FindingView, ObjectChange
from app.auth.tokens import new_token
from app.cli.console import EXIT_USAGE, fail, load_settings, out
from app.cli.database import opened
from app.cli.running import tell_server
from app.clock import wall_now
from app.errors import PatchbayError
from app.setup.check import Surroundings
from app.setup.service import SetUpService
from app.setup.traffic import busiest_hours
from app.setup.yaml import Unreadable, dump, load
from app.store import migrate
from app.store.errors import StoreError

EXIT_DIFFERS = 3
"""Of a dry run that found something to change."""
BACKENDS = {"webrtc": False, "simulated": True}
"""Back ends that a server of this version can have -> whether they reach the telephone network."""

Result = TypeVar("Result")

_SIGNS = {"added": ("+", "green"), "changed": ("~", "yellow"), "removed": ("-", "red")}


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; standard output when left out.")] = None,
) -> None:
    """Write the whole configuration as one file. It holds no password and no other secret."""
    text = dump(_with_service(lambda service: service.file()))
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.", status=EXIT_USAGE)
    out.print(f"Written to {file}.", markup=False)


def apply(
    file: Annotated[Path, typer.Argument(help="A file as `patchbay config export` writes it; - reads it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would change; ends with 3 if anything would.")
    ] = False,
) -> None:
    """Make the centre what a file says: all of it, or nothing when the analyser finds an error.

    A section that the file leaves out stays as it is. A server that runs takes it up at once.
    """
    wanted = _read(file)
    made = _with_service(lambda service: service.apply(wanted, dry_run=dry_run))
    for line in difference_lines(made.changes):
        out.print(line, soft_wrap=True)
    for line in finding_lines(made.findings):
        out.print(line, soft_wrap=True)
    errors = sum(1 for each in made.findings if each.severity == "error")
    if errors:
        what = "1 error stands" if errors == 1 else f"{errors} errors stand"
        fail(f"{what} against it. Nothing was changed.", cure="Mend what is listed and apply it again.")
    _end(made, dry_run)


def _end(made: Difference, dry_run: bool) -> None:
    count = len(made.changes)
    what = "1 change" if count == 1 else f"{count} changes"
    if not count:
        out.print("Nothing to change: the centre is as the file says.")
    elif dry_run:
        out.print(f"{what}. Nothing was changed: this was a dry run.")
        raise typer.Exit(EXIT_DIFFERS)
    else:
        out.print(f"{what} made.")
        without = _with_service(lambda service: service.without_password())
        if without:
            out.print(
                f"No password yet: {', '.join(without)}. Run: patchbay user password NAME", markup=False
            )
        if tell_server("know the change"):
            out.print("The server that runs here works by it from now on.")


def difference_lines(changes: Sequence[ObjectChange]) -> list[str]:
    """Per section and object, added (+), changed (~) or removed (-), each field with old and new."""
    lines: list[str] = []
    section = ""
    for change in changes:
        if change.section != section:
            section = change.section
            lines.append(f"[bold]{section}[/]")
        sign, colour = _SIGNS[change.kind]
        name = f"  {change.name}" if change.name != change.id else ""
        lines.append(f"  [{colour}]{sign} {escape(change.id)}[/]{escape(name)}")
        for each in change.fields:
            old = "" if change.kind == "added" or each.old is None else f"{each.old} -> "
            new = "(taken out)" if each.new is None else each.new
            lines.append(f"      {escape(each.path)}: {escape(old)}{escape(new)}")
    return lines


def finding_lines(found: Sequence[FindingView]) -> list[str]:
    lines = []
    for each in found:
        colour = "red" if each.severity == "error" else "yellow"
        place = "/".join((each.section, each.id, *each.where))
        lines.append(
            f"[{colour}]{each.severity}[/] {escape(place)}: {escape(each.title)}. {escape(each.what)}"
        )
        if each.cures:
            lines.append(f"      Cure: {escape(' or '.join(cure.label for cure in each.cures))}.")
    return lines


def _read(file: Path) -> CentreFile:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        fail(f"{file} cannot be read: {why}.", status=EXIT_USAGE)
    try:
        return load(text)
    except Unreadable as unreadable:
        fail(f"{file} cannot be used:", cure=str(unreadable), status=EXIT_USAGE)


def _with_service(work: Callable[[SetUpService], Awaitable[Result]]) -> Result:
    """Run `work` on the configured database, brought into shape first."""
    settings = load_settings()

    async def run() -> Result:
        async with opened(settings) as database:
            if await migrate.current(database) != migrate.head():
                await migrate.upgrade(database)
            service = SetUpService(
                database=database,
                actor=f"cli:{getpass.getuser()}",
                language="en",
                now=wall_now,
                new_id=lambda prefix: f"{prefix}_{new_token()[:16]}",
                reload=lambda: None,
                around=Surroundings(backends=BACKENDS, traffic=await busiest_hours(database, wall_now())),
            )
            return await work(service)

    try:
        return asyncio.run(run())
    except StoreError as error:
        fail(f"{str(error).capitalize()}.", cure="`patchbay doctor` says more.")
    except PatchbayError as error:
        fail(str(error))
