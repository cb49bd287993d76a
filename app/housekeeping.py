"""What the control process does by itself beside calls: sends reports, ends recordings' time."""

from __future__ import annotations

import asyncio

import structlog

from app.api.ports import Parts
from app.demo.recordings import make_recordings
from app.mail import post_of
from app.services.recording_keeper import RecordingKeeper
from app.services.report_post import ReportPost
from app.tasks import end_task

log = structlog.get_logger(__name__)


class Housekeeping:
    def __init__(self) -> None:
        self._demo: asyncio.Task[None] | None = None
        self._post: ReportPost | None = None
        self._keeper: RecordingKeeper | None = None

    def open(self, parts: Parts) -> None:
        self._post = ReportPost(parts, post_of(parts.settings))
        self._keeper = RecordingKeeper(parts)
        self._post.open()
        self._keeper.open()
        if parts.settings.demo:
            self._demo = asyncio.create_task(_furnish(parts), name="demo-recordings")

    def poke(self) -> None:
        """A report may be due."""
        if self._post is not None:
            self._post.poke()

    async def close(self) -> None:
        if self._demo is not None:
            await end_task(self._demo)
        for each in (self._post, self._keeper):
            if each is not None:
                await each.close()


async def _furnish(parts: Parts) -> None:
    """The demo's recordings, while the server already serves; without them it works too."""
    try:
        made = await make_recordings(parts)
    except Exception:
        log.exception("the demo's recordings were not made")
    else:
        log.info("the demo's recordings are there", made=made)
