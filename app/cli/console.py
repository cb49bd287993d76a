"""What the commands print, and how they end when something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from app.settings import Settings

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

EXIT_FAILED = 1
EXIT_USAGE = 2


def fail(why: str, *, cure: str = "", status: int = EXIT_FAILED) -> NoReturn:
    """Say what is wrong and how to mend it, and end."""
    err.print(f"[bold red]{escape(why)}[/]", soft_wrap=True)
    if cure:
        err.print(cure, soft_wrap=True, markup=False)
    raise typer.Exit(status)


def load_settings(changes: Mapping[str, Any] | None = None) -> Settings:
    """The settings, with what the command line says on top. Ends the command when they do not fit."""
    given = {name: value for name, value in (changes or {}).items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = []
        for each in error.errors(include_url=False):
            name = "_".join(str(part) for part in each["loc"])
            variable = f"PATCHBAY_{name.upper()}: " if name else ""
            lines.append(f"  {variable}{each['msg'].removeprefix('Value error, ')}")
        fail("The settings do not fit together:", cure="\n".join(lines), status=EXIT_USAGE)
