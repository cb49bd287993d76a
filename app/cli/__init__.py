"""The command `patchbay`."""

from __future__ import annotations

import sys

import typer

from app.cli import config, database, doctor, serving, simulate, users

app = typer.Typer(
    name="patchbay",
    help="A contact-centre server: callers reach a menu, queue for the best agent, and are answered in the "
    "agent's browser with the customer on screen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serving.serve)
app.command()(serving.demo)
app.command()(database.migrate)
app.add_typer(users.app, name="user")
app.add_typer(config.app, name="config")
app.command()(simulate.simulate)
app.command()(doctor.doctor)
app.command()(config.version)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(app())
