"""What a change to the set-up can be refused for."""

from __future__ import annotations

from collections.abc import Sequence

from app.api.models_setup import FieldChange, FindingView
from app.errors import Conflict, Finding


class SetUpChanged(Conflict):
    """Somebody else was faster. `errors` say which fields they changed, oldest first."""

    code = "setup_changed"
    title = "Somebody else changed this"

    def __init__(
        self, name: str, version: int, seen: int, who: str | None, changes: Sequence[FieldChange]
    ) -> None:
        super().__init__(name, version, seen)
        self.name = name
        self.version = version
        self.seen = seen
        self.who = who
        self._changes = tuple(changes)

    @property
    def findings(self) -> Sequence[Finding]:
        return [
            Finding(field=each.path, what=f"{each.old if each.old is not None else '-'} -> {each.new or '-'}")
            for each in self._changes
        ]

    def __str__(self) -> str:
        if self.version == 0:
            return f"{self.name} was removed meanwhile. Load the page again."
        if self.seen == 0:
            return f"There is a {self.name} already. Choose another name."
        by = self.who or "somebody else"
        fields = ", ".join(sorted({each.path for each in self._changes}))
        what = f" ({fields})" if fields else ""
        return (
            f"{self.name} was changed by {by}{what}: it is at version {self.version}, you saw {self.seen}. "
            "Load it again and make your change once more."
        )


class SetUpInvalid(Conflict):
    """The analyser found errors. `errors` say where each is, and its cures."""

    code = "setup_invalid"
    title = "This cannot be saved"

    def __init__(self, found: Sequence[FindingView]) -> None:
        super().__init__(found)
        self.found = tuple(found)

    @property
    def findings(self) -> Sequence[Finding]:
        return [
            Finding(
                field="/".join((each.section, each.id, *each.where)),
                what=f"{each.title}. {each.what}",
                cure=" or ".join(cure.label for cure in each.cures),
            )
            for each in self.found
        ]

    def __str__(self) -> str:
        first = self.found[0]
        rest = f" And {len(self.found) - 1} more." if len(self.found) > 1 else ""
        return f"{first.title}. {first.what}{rest}"


class InUse(Conflict):
    """Something cannot be taken away while it is used."""

    code = "in_use"
    title = "Still in use"

    def __init__(self, name: str, by: str, cure: str) -> None:
        super().__init__(name, by, cure)
        self.name = name
        self.by = by
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.name} is used by {self.by}. {self.cure}"
