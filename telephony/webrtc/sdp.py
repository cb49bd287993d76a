"""Offers: what we accept, in which words we refuse, and the answer.

The browser gathers all its candidates, posts one offer and gets one answer (no trickling). Audio in both
directions and one data channel, bundled on one port; one codec, so that two parties can always be joined
without decoding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiortc import RTCDtlsParameters, RTCIceCandidate, RTCIceParameters
from aiortc.rtcsctptransport import RTCSctpCapabilities
from aiortc.sdp import MediaDescription, SessionDescription, candidate_to_sdp

from telephony.webrtc.rtp import OPUS, Codec

OFFER_BYTES_MAX = 32 * 1024
CANDIDATES_MAX = 40
DIGESTS = frozenset({"sha-256", "sha-384", "sha-512"})
CHANNEL_SECTION = "application"
LEVEL_EXTENSION = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"


class OfferRefused(Exception):
    """A session description that cannot be accepted.

    Attributes:
        code: one stable word for programs.
        reason: one sentence for people, saying what to change.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The data channel's section of an offer."""

    mid: str
    port: int
    capabilities: RTCSctpCapabilities | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What counts of a browser's offer."""

    sections: tuple[str, ...]
    """Kinds in the order offered; the answer keeps it."""
    mid: str
    codec: Codec
    payload_type: int
    event_type: int | None
    """Payload type of telephone-event at the codec's clock rate, if offered."""
    level_extension: int | None
    """Id of the header extension that tells the level; asked for only where payloads do not show it."""
    channel: Channel | None
    ice: RTCIceParameters
    dtls: RTCDtlsParameters
    candidates: tuple[RTCIceCandidate, ...]


def read_offer(sdp: str, codec: Codec) -> Offer:
    """Check an offer.

    Raises:
        OfferRefused: it is malformed, or is not what a page of ours would send.
    """
    if len(sdp.encode()) > OFFER_BYTES_MAX:
        raise OfferRefused("sdp_too_large", f"The offer is larger than {OFFER_BYTES_MAX // 1024} KiB.")
    try:
        described = SessionDescription.parse(sdp)
    except Exception as error:
        # The parser asserts and indexes its way through; any of its errors means the same to the sender.
        raise OfferRefused("sdp_malformed", "The offer is not a session description (SDP).") from error
    audio = _only(described, "audio")
    if audio is None:
        raise OfferRefused("sdp_no_audio", "The offer has no audio section: add one microphone track.")
    if any(media.kind not in ("audio", CHANNEL_SECTION) for media in described.media):
        raise OfferRefused(
            "sdp_unexpected_media", "The offer may hold audio and a data channel, nothing else."
        )
    channel = _only(described, CHANNEL_SECTION)
    _check_transport(described, audio, channel)
    chosen = _find_codec(audio, codec.name, codec.rate_hz)
    if chosen is None:
        raise OfferRefused("sdp_codec_missing", f"The offer lacks the audio codec in use here: {codec.name}.")
    assert audio.ice is not None
    assert audio.dtls is not None
    return Offer(
        sections=tuple(media.kind for media in described.media),
        mid=audio.rtp.muxId,
        codec=codec,
        payload_type=chosen,
        event_type=_find_codec(audio, "telephone-event", codec.rate_hz),
        level_extension=_find_extension(audio) if codec is OPUS else None,
        channel=_channel(channel),
        ice=audio.ice,
        dtls=audio.dtls,
        candidates=tuple(
            (audio.ice_candidates + (channel.ice_candidates if channel else []))[:CANDIDATES_MAX]
        ),
    )


def _only(described: SessionDescription, kind: str) -> MediaDescription | None:
    found = [media for media in described.media if media.kind == kind]
    if len(found) > 1:
        raise OfferRefused("sdp_unexpected_media", f"The offer has more than one {kind} section.")
    return found[0] if found else None


def _check_transport(
    described: SessionDescription, audio: MediaDescription, channel: MediaDescription | None
) -> None:
    if audio.direction not in (None, "sendrecv"):
        raise OfferRefused("sdp_one_way", "The offered audio is one-way: it must send and receive.")
    if not audio.rtcp_mux:
        raise OfferRefused("sdp_no_rtcp_mux", "The offer must use rtcp-mux.")
    mids = [media.rtp.muxId for media in described.media]
    if not all(_is_token(mid) for mid in mids) or len(set(mids)) != len(mids):
        raise OfferRefused("sdp_malformed", "Each section of the offer needs a mid of its own.")
    bundles = [group.items for group in described.group if group.semantic == "BUNDLE"]
    if len(mids) > 1 and (not bundles or set(bundles[0]) != set(mids)):
        raise OfferRefused("sdp_no_bundle", "The offer must bundle its sections on one port.")
    ice, dtls = audio.ice, audio.dtls
    if ice is None or not _is_ice_chars(ice.usernameFragment, 4) or not _is_ice_chars(ice.password, 22):
        raise OfferRefused("sdp_no_ice", "The offer lacks an ICE user fragment or password.")
    if dtls is None or not any(f.algorithm.lower() in DIGESTS for f in dtls.fingerprints):
        raise OfferRefused("sdp_no_fingerprint", "The offer lacks a SHA-256 certificate fingerprint.")
    if channel is not None and channel.profile != "UDP/DTLS/SCTP":
        raise OfferRefused("sdp_malformed", "The data channel's section must use UDP/DTLS/SCTP.")


def _is_token(text: str) -> bool:
    return 0 < len(text) <= 64 and text.isascii() and text.isprintable() and " " not in text


def _is_ice_chars(text: str | None, least: int) -> bool:
    return text is not None and len(text) >= least and re.fullmatch("[A-Za-z0-9+/]{4,256}", text) is not None


def _find_codec(audio: MediaDescription, name: str, rate_hz: int) -> int | None:
    """The payload type offered for a codec."""
    wanted = f"audio/{name}".lower()
    for codec in audio.rtp.codecs:
        if codec.mimeType.lower() == wanted and codec.clockRate == rate_hz:
            return codec.payloadType
    # Static payload types need no rtpmap (RFC 3551).
    return 0 if wanted == "audio/pcmu" and 0 in audio.fmt else None


def _find_extension(audio: MediaDescription) -> int | None:
    found = (ext.id for ext in audio.rtp.headerExtensions if ext.uri == LEVEL_EXTENSION and 0 < ext.id < 15)
    return next(found, None)


def _channel(media: MediaDescription | None) -> Channel | None:
    if media is None:
        return None
    return Channel(mid=media.rtp.muxId, port=media.sctp_port or 5000, capabilities=media.sctpCapabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class OurSide:
    """What our answer says of us."""

    session_id: int
    ssrc: int
    cname: str
    ice: RTCIceParameters
    dtls: RTCDtlsParameters
    passive: bool
    """The browser insists on starting the DTLS handshake."""
    candidates: tuple[RTCIceCandidate, ...]
    max_message_bytes: int
    sctp_port: int


def write_answer(offer: Offer, ours: OurSide) -> str:
    """The answer to an accepted offer."""
    lines = ["v=0", f"o=- {ours.session_id} 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    mids = [offer.mid if kind == "audio" else _mid(offer) for kind in offer.sections]
    lines += [f"a=group:BUNDLE {' '.join(mids)}", "a=msid-semantic:WMS *"]
    for kind in offer.sections:
        lines += _audio_lines(offer, ours) if kind == "audio" else _channel_lines(offer, ours)
        lines += _transport_lines(ours)
    return "\r\n".join(lines) + "\r\n"


def _mid(offer: Offer) -> str:
    assert offer.channel is not None
    return offer.channel.mid


def _audio_lines(offer: Offer, ours: OurSide) -> list[str]:
    codec, kind = offer.codec, offer.payload_type
    types = [str(kind)] + ([str(offer.event_type)] if offer.event_type is not None else [])
    lines = [
        f"m=audio 9 UDP/TLS/RTP/SAVPF {' '.join(types)}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=rtcp-mux",
        f"a=mid:{offer.mid}",
        "a=sendrecv",
    ]
    if codec is OPUS:
        lines += [f"a=rtpmap:{kind} opus/48000/2", f"a=fmtp:{kind} minptime=20;useinbandfec=1;stereo=0"]
    else:
        lines.append(f"a=rtpmap:{kind} {codec.name}/{codec.rate_hz}")
    lines += ["a=ptime:20", "a=maxptime:20"]
    if offer.event_type is not None:
        lines += [
            f"a=rtpmap:{offer.event_type} telephone-event/{codec.rate_hz}",
            f"a=fmtp:{offer.event_type} 0-15",
        ]
    if offer.level_extension is not None:
        lines.append(f"a=extmap:{offer.level_extension} {LEVEL_EXTENSION}")
    lines += [f"a=msid:patchbay {ours.cname}", f"a=ssrc:{ours.ssrc} cname:{ours.cname}"]
    return lines


def _channel_lines(offer: Offer, ours: OurSide) -> list[str]:
    return [
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{_mid(offer)}",
        f"a=sctp-port:{ours.sctp_port}",
        f"a=max-message-size:{ours.max_message_bytes}",
    ]


def _transport_lines(ours: OurSide) -> list[str]:
    lines = [f"a=ice-ufrag:{ours.ice.usernameFragment}", f"a=ice-pwd:{ours.ice.password}"]
    lines += [f"a=fingerprint:{print_.algorithm} {print_.value}" for print_ in ours.dtls.fingerprints]
    lines.append(f"a=setup:{'passive' if ours.passive else 'active'}")
    lines += [f"a=candidate:{candidate_to_sdp(candidate)}" for candidate in ours.candidates]
    lines.append("a=end-of-candidates")
    return lines
