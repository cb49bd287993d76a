"""The list of shipped prompt files, as `scripts/render_prompts.py` wrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = "manifest.json"
FOLDER: Final = Path(__file__).resolve().parent
"""Where the shipped files lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file.

    Attributes:
        id: the prompt's, or `piece:` and the piece's.
        text: the words that are spoken in it.
        file: its path under the folder of the manifest, with slashes.
        sha256: of the file, in hexadecimal.
    """

    id: str
    language: str
    text: str
    file: str
    sha256: str


def read_manifest(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """The entries of `folder`'s manifest; none when there is no manifest.

    Raises:
        ValueError: the manifest is damaged.
    """
    try:
        data: Mapping[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(Entry(**entry) for entry in data["prompts"])


def write_manifest(folder: Path, entries: list[Entry], rendered_by: str) -> None:
    """Write the manifest of `folder`, always in the same order."""
    ordered = sorted(entries, key=lambda entry: (entry.language, entry.id))
    data = {"rendered_by": rendered_by, "prompts": [asdict(entry) for entry in ordered]}
    text = json.dumps(data, indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def file_sha256(path: Path) -> str:
    """Of the whole file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
