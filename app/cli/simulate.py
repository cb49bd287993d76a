"""`patchbay simulate`: a day as it was beside the same day under changed rules."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from app.api.models_simulation import DayChange, QueueOutcome, TryAsked, TryResult
from app.cli.console import EXIT_USAGE, err, fail, load_settings, out
from app.cli.database import opened
from app.clock import monotonic, wall_now
from app.errors import PatchbayError
from app.services.day_change import CentreRules, described
from app.services.day_source import days_on_record, local_today, read_day, read_rules
from app.services.traffic_file import TrafficFile, read_yaml
from app.services.virtual_day import DayInput, run_try
from app.settings import Settings
from app.store.errors import StoreError
from app.words import minutes


def simulate(
    day: Annotated[
        str, typer.Option("--day", help="A recorded day, 2026-11-18. Without it: the last one.")
    ] = "",
    traffic: Annotated[
        Path | None,
        typer.Option("--traffic", exists=True, dir_okay=False, help="Given traffic instead, as YAML."),
    ] = None,
    change: Annotated[
        Path | None,
        typer.Option("--change", exists=True, dir_okay=False, help="What is changed, as YAML."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same day.")] = 4471,
    others: Annotated[
        int, typer.Option("--others", min=0, max=20, help="So many more seeds tell how sure it is.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a whole day through the router, as it is and as changed, and compare."""
    if day and traffic is not None:
        fail("Give --day or --traffic, not both.", status=EXIT_USAGE)
    settings = load_settings()
    try:
        text = change.read_text(encoding="utf-8") if change is not None else ""
        wanted: DayChange = read_yaml(text, DayChange, "change")
        given = traffic.read_text(encoding="utf-8") if traffic is not None else None
        found = asyncio.run(_input(settings, day, given, seed))
        asked = TryAsked(change=wanted, day=found.day, seed=seed, others=others)
        changed = described(found.rules, wanted, "en")
        result = _run(found, asked)
    except PatchbayError as error:
        fail(str(error), status=EXIT_USAGE)
    except StoreError as error:
        fail(f"{str(error).capitalize()}.", cure="Check PATCHBAY_DATABASE_URL, and run: patchbay migrate")
    if as_json:
        out.print_json(result.model_dump_json())
    else:
        _print(result, changed, found)


async def _input(settings: Settings, day: str, traffic: str | None, seed: int) -> DayInput:
    if traffic is not None:
        file: TrafficFile = read_yaml(traffic, TrafficFile, "traffic")
        centre = None if file.queues and file.agents else await _centre(settings)
        return file.input(centre, settings.zone, seed)
    async with opened(settings) as database, database.read() as session:
        if day:
            try:
                wanted = date.fromisoformat(day)
            except ValueError:
                fail(f"{day} is no date.", cure="Write it as 2026-11-18.", status=EXIT_USAGE)
        else:
            today = local_today(wall_now(), settings.zone)
            recorded = await days_on_record(session, settings.zone, today)
            wanted = recorded[0].day if recorded else today - timedelta(days=1)
        found = await read_day(session, wanted, settings.zone)
    if not any(entry.kind == "contact.queued" for entry in found.entries):
        fail(f"Nobody called on {wanted}.", cure="Name a day with contacts, or give traffic with --traffic.")
    return found


async def _centre(settings: Settings) -> CentreRules:
    async with opened(settings) as database, database.read() as session:
        return await read_rules(session)


def _run(found: DayInput, asked: TryAsked) -> TryResult:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(f"{asked.day:%a %d %b}, twice", total=1.0)
        return run_try(
            found,
            asked,
            "en",
            lambda part, _: progress.update(task, completed=part),
            monotonic,
        )


# --- in words -------------------------------------------------------------------------------------


def _print(result: TryResult, changed: list[str], found: DayInput) -> None:
    out.print(f"[bold]{found.day:%A %d %B %Y}[/], {result.contacts:,} contacts, {result.seconds:.1f} s")
    for sentence in changed:
        out.print(f"  {escape(sentence)}")
    out.print()
    if result.verdict.answer:
        tone = {"good": "green", "bad": "red", "mixed": "yellow", "same": "default"}[result.verdict.tone]
        out.print(f"[bold {tone}]{escape(result.verdict.answer)}[/] {escape(result.verdict.rest)}\n")
    out.print(_table(result))
    if result.losers:
        out.print("\n[bold]Who waits longer, and why[/]")
    for group in result.losers:
        more = f"+{minutes(group.mean_more_s)} mean, worst +{minutes(group.worst_more_s)}"
        out.print(f"  {group.callers} {escape(group.name)} callers, {more}")
        out.print(f"    {escape(group.sentence)}")
    if result.sure is not None:
        out.print(f"\n{escape(result.sure.sentence)}")


def _table(result: TryResult) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Queue")
    for heading in ("Contacts", "In time", "Change", "Goal", "Mean wait", "Longest", "Gave up", "Occupancy"):
        table.add_column(heading, justify="right")
    for queue in result.queues:
        table.add_row(*_cells(queue, escape(queue.name)))
    table.add_row(*_cells(result.overall, "[bold]All[/]"))
    return table


def _cells(queue: QueueOutcome, name: str) -> list[str]:
    goal = f"{100 * queue.goal:g} {'met' if queue.kept_after else 'missed'}" if queue.queue_id else ""
    return [
        name,
        f"{queue.contacts:,}",
        f"{_share(queue.service_level_before)} → {_share(queue.service_level_after)}",
        _points(queue.service_level_before, queue.service_level_after),
        goal,
        f"{_time(queue.asa_before_s)} → {_time(queue.asa_after_s)}",
        f"{_time(queue.longest_before_s)} → {_time(queue.longest_after_s)}",
        f"{queue.abandoned_before} → {queue.abandoned_after}",
        f"{_share(queue.occupancy_before)} → {_share(queue.occupancy_after)}",
    ]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"  # noqa: RUF001


def _points(before: float | None, after: float | None) -> str:
    if before is None or after is None or abs(after - before) < 0.0005:
        return "same"
    return f"{100 * (after - before):+.1f}"


def _time(seconds: float | None) -> str:
    return "–" if seconds is None else minutes(seconds)  # noqa: RUF001
