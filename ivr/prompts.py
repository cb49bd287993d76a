"""The prompt catalogue: what each recorded prompt says in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptEntry:
    """One prompt. `texts` maps a language (BCP 47) to the words that are recorded."""

    id: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCatalogue:
    """All prompts of a centre. The first of `languages` stands in where another is missing."""

    languages: tuple[str, ...] = ("en",)
    prompts: Mapping[str, PromptEntry] = field(default_factory=dict)

    def languages_of(self, prompt_id: str) -> frozenset[str]:
        """The languages `prompt_id` is worded in; empty when there is no such prompt."""
        entry = self.prompts.get(prompt_id)
        return frozenset(entry.texts) if entry else frozenset()
