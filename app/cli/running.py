"""The server that runs on this data folder, as other commands reach it."""

from __future__ import annotations

import os

from app.children import CONTROL_LOCK, RELOAD_SIGNAL, Lock
from app.cli.console import fail, load_settings


def tell_server(unseen: str) -> bool:
    """Have the server on this data folder read the configuration again. False: none runs.

    A signal to the process that holds the lock needs no password: only this user and root can send it.

    Args:
        unseen: what the server does not know yet if it cannot be told, for the error.
    """
    pid = Lock(load_settings().run_dir / CONTROL_LOCK).holder()
    if pid is None:
        return False
    try:
        os.kill(pid, RELOAD_SIGNAL)
    except PermissionError:
        fail(
            f"The server (process {pid}) belongs to another user and does not {unseen} yet.",
            cure="Start it again, or run this command as its user next time.",
        )
    except ProcessLookupError:
        return False
    return True
