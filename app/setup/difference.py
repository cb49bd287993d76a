"""What changes from one centre to another: object by object, field by field, old beside new."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.api.models import Wire
from app.api.models_setup import SECTIONS, FieldChange, ObjectChange
from app.setup.centre import Centre


def difference(old: Centre, new: Centre) -> list[ObjectChange]:
    """In the order of the sections, then by key. Nothing when both say the same."""
    changes = []
    for section in SECTIONS:
        before, after = old.sections[section], new.sections[section]
        for key in sorted(before.keys() | after.keys()):
            change = _change(section, key, before.get(key), after.get(key))
            if change is not None:
                changes.append(change)
    return changes


def _change(section: str, key: str, before: Wire | None, after: Wire | None) -> ObjectChange | None:
    if before == after:
        return None
    name = getattr(after or before, "name", "") or key
    if before is None:
        # Only what it decides: the rest is as in any other.
        assert after is not None
        fields = list(field_changes({}, after.model_dump(mode="json", exclude_defaults=True)))
        return ObjectChange(section=section, id=key, name=name, kind="added", fields=fields)
    if after is None:
        return ObjectChange(section=section, id=key, name=name, kind="removed", fields=[])
    fields = list(field_changes(before.model_dump(mode="json"), after.model_dump(mode="json")))
    if not fields:
        return None
    return ObjectChange(section=section, id=key, name=name, kind="changed", fields=fields)


def field_changes(old: Any, new: Any, path: str = "") -> Iterator[FieldChange]:
    """Leaves that differ. Entries of a list that have an id or a code are matched by it."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in [*old, *(name for name in new if name not in old)]:
            yield from field_changes(old.get(name, _ABSENT), new.get(name, _ABSENT), _join(path, name))
    elif _named(old) and _named(new):
        before, after = _by_name(old), _by_name(new)
        yield from field_changes(before, after, path)
        if list(before) != list(after) and before.keys() == after.keys():
            yield FieldChange(path=_join(path, "order"), old=", ".join(before), new=", ".join(after))
    elif old is _ABSENT and (isinstance(new, Mapping) or _named(new)) and new:
        yield from field_changes({} if isinstance(new, Mapping) else [], new, path)
    elif old != new:
        yield FieldChange(path=path, old=_text(old), new=_text(new))


_ABSENT = object()


def _join(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _named(value: Any) -> bool:
    """A list of things with names (or nothing): steps by id, reasons by code."""
    return isinstance(value, list) and all(
        isinstance(each, Mapping) and ("id" in each or "code" in each) for each in value
    )


def _by_name(entries: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(each.get("id") or each.get("code")): each for each in entries}


def _text(value: Any) -> str | None:
    if value is _ABSENT:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
