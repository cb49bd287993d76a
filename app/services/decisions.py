"""A routing decision of the past in words: who was free, what somebody won by, who was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from app.live import why_words
from app.words import word

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "won": "First of {eligible} who were free: {key}.",
        "only": "The only one who was free: {key}.",
        "next": "Next would have been {agents}.",
        "rules": "By rule: {rules}.",
        "left_out": "Not rung: {groups}.",
        "key.skill": "skill {value}",
        "key.idle_s": "free for {value} s",
        "key.contacts": "{value} contacts so far",
        "key.talk_s": "{value} s of talk so far",
    },
    "cy": {
        "won": "Y cyntaf o {eligible} a oedd yn rhydd: {key}.",
        "only": "Yr unig un a oedd yn rhydd: {key}.",
        "next": "Y nesaf fyddai {agents}.",
        "rules": "Yn ôl rheol: {rules}.",
        "left_out": "Heb eu canu: {groups}.",
        "key.skill": "sgil {value}",
        "key.idle_s": "yn rhydd ers {value} eiliad",
        "key.contacts": "{value} cyswllt hyd yma",
        "key.talk_s": "{value} eiliad o siarad hyd yma",
    },
}
NAMES_MAX = 4
"""So many of those left out are named per reason; the rest is a number."""


def decision_details(data: Mapping[str, Any], name: Callable[[object], str], language: str) -> list[str]:
    """Sentences for one `offer.made` of the log. Old events that lack a part say less.

    Args:
        data: the event's.
        name: an agent's name.
    """
    lines = [_won(data, language)]
    runners = [name(each) for each in cast("Sequence[object]", data.get("runners_up") or ())]
    if runners:
        lines.append(_say("next", language, agents=", ".join(runners)))
    rules = [str(rule).replace("_", " ") for rule in cast("Sequence[object]", data.get("rules") or ())]
    if rules:
        lines.append(_say("rules", language, rules=", ".join(rules)))
    left_out = cast("Sequence[Mapping[str, Any]]", data.get("left_out") or ())
    if left_out:
        groups = "; ".join(_group(group, name, language) for group in left_out)
        lines.append(_say("left_out", language, groups=groups))
    return [line for line in lines if line]


def _say(code: str, language: str, **values: object) -> str:
    return _WORDS.get(language, _WORDS["en"])[code].format(**values)


def _won(data: Mapping[str, Any], language: str) -> str:
    key = cast("Mapping[str, str]", data.get("key") or {})
    parts = []
    for part, value in key.items():
        code = f"key.{part}"
        parts.append(_say(code, language, value=value) if code in _WORDS["en"] else f"{part} {value}")
    eligible = int(data.get("eligible") or 0)
    if eligible == 0:
        return ""
    if eligible == 1:
        return _say("only", language, key=", ".join(parts))
    return _say("won", language, eligible=eligible, key=", ".join(parts))


def _group(group: Mapping[str, Any], name: Callable[[object], str], language: str) -> str:
    reason = str(group.get("reason"))
    code = f"excluded.{reason}"
    more_words = code in why_words.known_words()
    label = why_words.say(code, language) if more_words else word(code, language)
    agents = [name(each) for each in cast("Sequence[object]", group.get("agents") or ())]
    named = ", ".join(agents[:NAMES_MAX])
    more = int(group.get("count") or len(agents)) - min(len(agents), NAMES_MAX)
    who = f"{named} +{more}" if more > 0 and named else named or str(group.get("count"))
    return f"{label}: {who}"
