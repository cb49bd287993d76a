"""What the control process does by itself beside calls: sends reports, ends recordings' time."""

from __future__ import annotations

from app.api.ports import Parts
from app.mail import post_of
from app.services.recording_keeper import RecordingKeeper
from app.services.report_post import ReportPost


class Housekeeping:
    def __init__(self) -> None:
        self._post: ReportPost | None = None
        self._keeper: RecordingKeeper | None = None

    def open(self, parts: Parts) -> None:
        self._post = ReportPost(parts, post_of(parts.settings))
        self._keeper = RecordingKeeper(parts)
        self._post.open()
        self._keeper.open()

    def poke(self) -> None:
        """A report may be due."""
        if self._post is not None:
            self._post.poke()

    async def close(self) -> None:
        for each in (self._post, self._keeper):
            if each is not None:
                await each.close()
