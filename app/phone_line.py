"""The built-in back end as the edge sees it: where pages connect their phones."""

from __future__ import annotations

from collections.abc import Mapping

from telephony.port import Capabilities, LegKind
from telephony.webrtc.backend import ConnectRefused, WebRtcBackend


class WebRtcLine:
    """See `app.api.ports.PhoneLine`."""

    def __init__(self, back_end: WebRtcBackend, codec: str) -> None:
        self._back_end = back_end
        self._codec = codec

    @property
    def name(self) -> str:
        return self._back_end.name

    @property
    def capabilities(self) -> Capabilities:
        return self._back_end.capabilities

    @property
    def codec(self) -> str:
        return self._codec

    async def connect(
        self,
        *,
        leg_id: str,
        kind: LegKind,
        sdp: str,
        ani: str = "",
        dnis: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> str:
        try:
            return await self._back_end.connect(
                leg_id=leg_id, kind=kind, sdp=sdp, ani=ani, dnis=dnis, attributes=attributes
            )
        except ConnectRefused as refused:
            raise ValueError(refused.reason) from refused

    async def press(self, leg_id: str, digit: str) -> None:
        await self._back_end.press(leg_id, digit)
