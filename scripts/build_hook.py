"""Hatchling hook: a wheel without the built front end must not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

REQUIRED = {
    "app/static/index.html": "Build it first: `make setup`, or `npm ci && npm run build` in web/.",
    "migrations/env.py": "The wheel upgrades databases with it.",
}
"""What a distribution must contain, and what to do when it is missing."""


def missing_from(root: Path) -> list[str]:
    """Say what a distribution built from `root` would lack, one sentence each; empty when complete."""
    return [
        f"{name} is missing, and Patchbay does not work without it. {cure}"
        for name, cure in REQUIRED.items()
        if not (root / name).is_file()
    ]


class FrontEndGuard(BuildHookInterface):  # type: ignore[type-arg]
    """Stops the build of a wheel or source archive that lacks a required file."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Check before anything is packed; an editable install serves whatever is there."""
        if version == "editable":
            return
        problems = missing_from(Path(self.root))
        if problems:
            raise SystemExit("\n".join(["The build stops here.", *problems]))
