"""The prompt catalogue that ships."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ivr.load import load_catalogue
from ivr.prompts import PromptCatalogue

FOLDER = Path(__file__).resolve().parent


@cache
def demo_catalogue() -> PromptCatalogue:
    """The words of every shipped prompt, in each language."""
    return load_catalogue((FOLDER / "prompts.yaml").read_text(encoding="utf-8"))
