"""`patchbay config ...` and `patchbay version`."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

import typer
from pydantic import SecretStr
from rich.markup import escape
from rich.table import Table

from app.cli import centre
from app.cli.console import load_settings, out
from app.settings import Settings

app = typer.Typer(help="What this installation has decided.", no_args_is_help=True)

MASK = "********"

app.command()(centre.export)
app.command()(centre.apply)


@app.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show every setting, secrets masked, and which ones differ from the default."""
    settings = load_settings()
    rows = shown(settings)
    if as_json:
        out.print_json(json.dumps({name: value for name, value, _ in rows}))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("variable", "value", ""):
        table.add_column(heading, overflow="fold")
    for name, value, changed in rows:
        table.add_row(f"PATCHBAY_{name.upper()}", escape(value), "changed" if changed else "")
    out.print(table)


def shown(settings: Settings) -> list[tuple[str, str, bool]]:
    """(name, value as text, whether it was set) of every setting."""
    return [
        (name, _text(getattr(settings, name)), name in settings.model_fields_set)
        for name in type(settings).model_fields
    ]


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return _without_password(secret) if "://" in secret else (MASK if secret else "")
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _without_password(url: str) -> str:
    """The address with its password masked: the rest is worth seeing."""
    try:
        parts = urlsplit(url)
        if parts.password is None:
            return url
        where = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{MASK}@{where}"))
    except ValueError:
        return MASK


def version() -> None:
    """Show the versions of Patchbay, Python and SQLite."""
    from app.store import driver

    try:
        ours = installed("patchbay")
    except PackageNotFoundError:
        ours = "unknown (not installed)"
    sqlite = ".".join(str(part) for part in driver.sqlite_version())
    out.print(f"Patchbay {ours}, Python {platform.python_version()}, SQLite {sqlite}")
