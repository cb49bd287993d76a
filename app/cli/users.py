"""`patchbay user ...`"""

import typer

app = typer.Typer(help="Who may sign in.", no_args_is_help=True)
