"""What the router raises."""

from __future__ import annotations


class RoutingError(Exception):
    """An invalid request. The router is as it was before.

    Codes: `unknown_agent`, `unknown_queue`, `state_not_requestable`, `reason_missing`,
    `extension_not_positive`, `instant_without_zone`, `queue_shut`, `number_missing`, `overflow_into_itself`,
    `rows_inconsistent`.
    """

    def __init__(self, code: str, subject: str, cure: str) -> None:
        super().__init__(code, subject, cure)
        self.code = code
        """Stable, for programs."""
        self.subject = subject
        """The id or value that is wrong."""
        self.cure = cure
        """What is wrong with it and what to change, one sentence."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.cure}"
