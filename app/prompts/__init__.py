"""What callers hear: the shipped prompts, how numbers and dates are put together, and what stands in."""

from app.prompts.resolve import PromptLibrary, PromptUnavailable, Resolved

__all__ = ["PromptLibrary", "PromptUnavailable", "Resolved"]
