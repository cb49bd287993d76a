"""Findings in sentences: what it is, what follows from it, and what each cure does; English and Welsh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from app.api.models_setup import CureView, EditView, FindingView
from app.setup.centre import Centre
from app.setup.words_cy import CURES as CURES_CY
from app.setup.words_cy import FINDINGS as FINDINGS_CY
from app.setup.words_cy import VALUES as VALUES_CY
from app.setup.words_en import CURES as CURES_EN
from app.setup.words_en import FINDINGS as FINDINGS_EN
from app.setup.words_en import VALUES as VALUES_EN
from routing.findings import Cure, Finding, Value

FINDINGS = {"en": FINDINGS_EN, "cy": FINDINGS_CY}
CURES = {"en": CURES_EN, "cy": CURES_CY}
VALUES = {"en": VALUES_EN, "cy": VALUES_CY}

_SHARES = frozenset({"goal", "best", "share"})
_WORDED = frozenset({"strategy", "needs", "field", "by", "cause", "states"})


def view(finding: Finding, centre: Centre, language: str) -> FindingView:
    """A finding as a page and a command show it."""
    facts = _facts(finding.facts, finding.code, centre, language)
    facts["subject"] = _name_of(centre, finding.section, finding.id)
    title, what = FINDINGS.get(language, FINDINGS_EN)[finding.code]
    return FindingView(
        code=finding.code,
        severity=finding.severity.value,
        section=finding.section,
        id=finding.id,
        where=list(finding.where),
        title=title.format_map(facts).removesuffix("."),
        what=what.format_map(facts),
        cures=[_cure(each, centre, language) for each in finding.cures],
    )


def _cure(cure: Cure, centre: Centre, language: str) -> CureView:
    edit = cure.edit
    value = list(edit.value) if edit is not None and isinstance(edit.value, tuple) else edit and edit.value
    return CureView(
        code=cure.code,
        label=CURES.get(language, CURES_EN)[cure.code].format_map(
            _facts(cure.facts, cure.code, centre, language)
        ),
        edit=None
        if edit is None
        else EditView(
            section=edit.section,
            id=edit.id,
            path=list(edit.path),
            value=cast("str | float | bool | list[str] | None", value),
            remove=edit.remove,
            item=edit.item,
        ),
        go=cure.go,
    )


def _facts(facts: Mapping[str, Value], code: str, centre: Centre, language: str) -> dict[str, str]:
    return {name: _fact(name, value, code, centre, language) for name, value in facts.items()}


def _fact(name: str, value: Value, code: str, centre: Centre, language: str) -> str:
    if isinstance(value, bool):
        return VALUES.get(language, VALUES_EN)[f"open.{str(value).lower()}"]
    if isinstance(value, int | float):
        if name in _SHARES and code != "skill_nobody_holds":
            return f"{100 * value:.0f}%"
        return clock(value) if name.endswith("_s") or name == "seconds" else f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(_fact(name, each, code, centre, language) for each in value)
    text = str(value)
    if name in _WORDED:
        return VALUES.get(language, VALUES_EN).get(text, text)
    if name in ("other", "name"):
        for section in ("queues", "agents", "calendars"):
            setting = centre.get(section, text)
            if setting is not None:
                return str(getattr(setting, "name", "") or text)
    return text


def _name_of(centre: Centre, section: str, key: str) -> str:
    setting = centre.get(section, key)
    return str(getattr(setting, "name", "") or key)


def clock(seconds: float) -> str:
    """`0:20`, `4:00`, `1:05:00`."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60}:{rest % 60:02d}"
