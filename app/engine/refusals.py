"""What is answered to a person who asks for something that is not possible now."""

from __future__ import annotations


class Refused(Exception):
    """What was asked is not possible now; nothing changed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail
