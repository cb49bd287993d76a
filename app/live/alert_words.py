"""Alerts as sentences, for pages that lack their own, for e-mail and for webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from app.words import minutes
from reporting.thresholds import SHARES, Change, Measure

_TITLES: Mapping[str, Mapping[Measure, str]] = {
    "en": {
        Measure.WAITING: "{name}: {value} waiting",
        Measure.LONGEST_WAIT: "{name}: longest wait {value}",
        Measure.SERVICE_LEVEL: "{name}: service level {value}",
        Measure.ABANDONED: "{name}: {value} given up",
        Measure.UNREACHABLE: "{name} is unreachable",
        Measure.LONG_CALL: "{name} on a call {value}",
        Measure.LONG_HOLD: "{name} holds a caller {value}",
        Measure.LONG_WRAP_UP: "{name} in wrap-up {value}",
        Measure.LONG_BREAK: "{name} not ready {value}",
        Measure.MISSED: "{name} missed calls",
    },
    "cy": {
        Measure.WAITING: "{name}: {value} yn aros",
        Measure.LONGEST_WAIT: "{name}: aros hiraf {value}",
        Measure.SERVICE_LEVEL: "{name}: lefel gwasanaeth {value}",
        Measure.ABANDONED: "{name}: {value} wedi rhoi'r gorau",
        Measure.UNREACHABLE: "Ni ellir cyrraedd {name}",
        Measure.LONG_CALL: "{name} ar alwad ers {value}",
        Measure.LONG_HOLD: "{name} yn dal galwr ers {value}",
        Measure.LONG_WRAP_UP: "{name} yn gorffen galwad ers {value}",
        Measure.LONG_BREAK: "{name} ddim yn barod ers {value}",
        Measure.MISSED: "Collodd {name} alwadau",
    },
}
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "limit": "Limit {limit}.",
        Measure.UNREACHABLE: "No calls are offered.",
        Measure.MISSED: "Set to not ready.",
        "over": "Back to normal after {time}.",
        "taken": "Taken by {who}.",
    },
    "cy": {
        "limit": "Terfyn {limit}.",
        Measure.UNREACHABLE: "Ni chynigir galwadau.",
        Measure.MISSED: "Wedi'i osod i ddim yn barod.",
        "over": "Yn ôl i'r arfer ar ôl {time}.",
        "taken": "Wedi'i gymryd gan {who}.",
    },
}
_OVER: Mapping[str, str] = {"en": "{name} is back to normal", "cy": "Mae {name} yn ôl i'r arfer"}


def figure(measure: Measure, value: float | None) -> str:
    """A measured value as it is written: `3:42`, `61.3%`, `7`."""
    if value is None:
        return "-"
    if measure in SHARES:
        return f"{value * 100:.1f}%"
    return f"{value:.0f}" if measure is Measure.WAITING else minutes(value)


def title(measure: Measure, name: str, value: float | None, change: Change, language: str = "en") -> str:
    """The first line: what is amiss, with its figure, or that it is over."""
    tongue = language if language in _TITLES else "en"
    if change is Change.CLOSED:
        return _OVER[tongue].format(name=name)
    return _TITLES[tongue][measure].format(name=name, value=figure(measure, value))


def text(
    measure: Measure,
    limit: float | None,
    *,
    over_s: float | None = None,
    taken_by: str | None = None,
    language: str = "en",
) -> str:
    """The second line. `over_s`: how long it lasted, once it is over."""
    words = _TEXTS[language if language in _TEXTS else "en"]
    if over_s is not None:
        said = words["over"].format(time=minutes(over_s))
    elif measure in (Measure.UNREACHABLE, Measure.MISSED):
        said = words[measure]
    else:
        said = words["limit"].format(limit=figure(measure, limit))
    return f"{said} {words['taken'].format(who=taken_by)}" if taken_by else said
