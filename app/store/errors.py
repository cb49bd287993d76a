"""What the store raises.

StoreError
├── StoreUnavailable    the database cannot be reached or does not answer
├── RecordChanged       somebody else changed the record meanwhile
├── RecordExists        a name that must be unique is taken
├── RecordMissing       there is no such record
├── LeaseHeld           another process owns the domain
└── LeaseLost           this process no longer owns the domain
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of what the store raises."""


class StoreUnavailable(StoreError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the database does not answer: {self.reason}"


class RecordChanged(StoreError):
    """`version` is what the caller had read."""

    def __init__(self, what: str, key: str, version: int) -> None:
        super().__init__(what, key, version)
        self.what = what
        self.key = key
        self.version = version

    def __str__(self) -> str:
        return f"{self.what} {self.key} was changed meanwhile; version {self.version} is old. Read it again."


class RecordExists(StoreError):
    def __init__(self, what: str, key: str) -> None:
        super().__init__(what, key)
        self.what = what
        self.key = key

    def __str__(self) -> str:
        return f"there is already a {self.what} {self.key}"


class RecordMissing(StoreError):
    def __init__(self, what: str, key: str) -> None:
        super().__init__(what, key)
        self.what = what
        self.key = key

    def __str__(self) -> str:
        return f"there is no {self.what} {self.key}"


class LeaseHeld(StoreError):
    def __init__(self, domain: str, owner: str, free_in_s: float | None) -> None:
        super().__init__(domain, owner, free_in_s)
        self.domain = domain
        self.owner = owner
        self.free_in_s = free_in_s

    def __str__(self) -> str:
        when = "while it runs" if self.free_in_s is None else f"for {self.free_in_s:.1f} s more"
        return f"{self.domain} belongs to {self.owner or 'another process'} {when}"


class LeaseLost(StoreError):
    def __init__(self, domain: str, epoch: int) -> None:
        super().__init__(domain, epoch)
        self.domain = domain
        self.epoch = epoch

    def __str__(self) -> str:
        return f"{self.domain} is no longer ours: epoch {self.epoch} is over"
