"""Offers accepted and refused, and the answer."""

from __future__ import annotations

from contextlib import suppress

import pytest
from aiortc import RTCDtlsFingerprint, RTCDtlsParameters, RTCIceCandidate, RTCIceParameters
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from telephony.webrtc.rtp import OPUS, PCMU
from telephony.webrtc.sdp import (
    CANDIDATES_MAX,
    OFFER_BYTES_MAX,
    OfferRefused,
    OurSide,
    read_offer,
    write_answer,
)

FINGERPRINT = ":".join(["AB"] * 32)
TRANSPORT = f"""a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 {FINGERPRINT}
a=setup:actpass
"""
AUDIO = f"""m=audio 9 UDP/TLS/RTP/SAVPF 111 0 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host
a=candidate:2 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active
a=candidate:3 1 udp 2122260223 4c3f.local 50001 typ host
{TRANSPORT}a=mid:0
a=sendrecv
a=rtcp-mux
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=rtpmap:111 opus/48000/2
a=rtpmap:0 PCMU/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
"""
CHANNEL = f"""m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
{TRANSPORT}a=mid:1
a=sctp-port:5000
a=max-message-size:262144
"""
SESSION = "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
BUNDLE = "a=group:BUNDLE 0 1\n"


def offer(*, session: str = SESSION + BUNDLE, audio: str = AUDIO, channel: str = CHANNEL) -> str:
    return (session + audio + channel).replace("\n", "\r\n")


def ours(*, passive: bool = False) -> OurSide:
    return OurSide(
        session_id=5,
        ssrc=1234,
        cname="us",
        ice=RTCIceParameters(usernameFragment="wxyz", password="p" * 22),
        dtls=RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint("sha-256", FINGERPRINT)]),
        passive=passive,
        candidates=(RTCIceCandidate(1, "f", "192.0.2.9", 40000, 1, "udp", "host"),),
        max_message_bytes=65536,
        sctp_port=5000,
    )


def test_what_counts_of_an_offer_is_read() -> None:
    read = read_offer(offer(), PCMU)
    assert (read.payload_type, read.event_type, read.mid) == (0, 126, "0")
    assert read.channel is not None
    assert (read.channel.mid, read.channel.port) == ("1", 5000)
    assert read.level_extension is None
    opus = read_offer(offer(), OPUS)
    assert (opus.payload_type, opus.event_type, opus.level_extension) == (111, 110, 1)


def test_a_static_payload_type_needs_no_map() -> None:
    assert read_offer(offer(audio=AUDIO.replace("a=rtpmap:0 PCMU/8000\n", "")), PCMU).payload_type == 0


def test_an_offer_without_keypad_events_or_data_channel_is_fine() -> None:
    plain = AUDIO.replace("a=rtpmap:126 telephone-event/8000\n", "")
    read = read_offer(offer(audio=plain, channel="", session=SESSION), PCMU)
    assert read.event_type is None
    assert read.channel is None


@pytest.mark.parametrize("passive", [False, True])
@pytest.mark.parametrize("codec", [PCMU, OPUS])
def test_the_answer_names_one_codec_and_keeps_the_order_of_sections(codec: object, passive: bool) -> None:
    wanted = OPUS if codec is OPUS else PCMU
    read = read_offer(offer(session=SESSION + "a=group:BUNDLE 1 0\n", audio=CHANNEL, channel=AUDIO), wanted)
    answer = SessionDescription.parse(write_answer(read, ours(passive=passive)))
    assert [media.kind for media in answer.media] == ["application", "audio"]
    audio = answer.media[1]
    assert [codec.mimeType for codec in audio.rtp.codecs] == [f"audio/{wanted.name}", "audio/telephone-event"]
    assert audio.rtcp_mux
    assert audio.dtls is not None
    assert audio.dtls.role == ("server" if passive else "client")
    assert answer.group[0].items == ["1", "0"]
    assert [candidate.port for candidate in audio.ice_candidates] == [40000]


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("sdp_malformed", "nonsense\nm=audio"),
        ("sdp_no_audio", ""),
        ("sdp_too_large", offer() + "a=x:" + "x" * OFFER_BYTES_MAX),
        ("sdp_no_audio", offer(audio="", session=SESSION + "a=group:BUNDLE 1\n")),
        ("sdp_unexpected_media", offer() + AUDIO.replace("m=audio", "m=video").replace("mid:0", "mid:2")),
        ("sdp_unexpected_media", offer(channel=AUDIO)),
        ("sdp_codec_missing", offer(audio=AUDIO.replace("PCMU", "PCMA").replace(" 0 ", " 8 "))),
        ("sdp_one_way", offer(audio=AUDIO.replace("sendrecv", "recvonly"))),
        ("sdp_no_rtcp_mux", offer(audio=AUDIO.replace("a=rtcp-mux\n", ""))),
        ("sdp_no_bundle", offer(session=SESSION)),
        ("sdp_malformed", offer(audio=AUDIO.replace("a=mid:0\n", ""))),
        ("sdp_no_ice", offer(audio=AUDIO.replace("a=ice-pwd:abcdefghijklmnopqrstuvwx\n", ""))),
        ("sdp_no_ice", offer(audio=AUDIO.replace("abcdefghijklmnopqrstuvwx", "short"))),
        ("sdp_no_fingerprint", offer(audio=AUDIO.replace("sha-256", "md5"))),
        ("sdp_malformed", offer(channel=CHANNEL.replace("UDP/DTLS/SCTP", "TCP/DTLS/SCTP"))),
        ("sdp_malformed", offer(audio=AUDIO.replace("typ host\n", "typ\n"))),
    ],
)
def test_what_a_page_of_ours_would_not_send_is_refused_by_name(code: str, bad: str) -> None:
    with pytest.raises(OfferRefused) as refused:
        read_offer(bad, PCMU)
    assert refused.value.code == code
    assert refused.value.reason.endswith(".")


def test_a_flood_of_candidates_is_cut_short() -> None:
    line = "a=candidate:1 1 udp 1 192.0.2.7 50000 typ host\n"
    read = read_offer(offer(audio=AUDIO + line * 300), PCMU)
    assert len(read.candidates) == CANDIDATES_MAX


@given(st.integers(0, 2000), st.text(max_size=30))
def test_a_damaged_offer_is_read_or_refused_and_nothing_else(place: int, junk: str) -> None:
    good = offer()
    at = place % len(good)
    with suppress(OfferRefused):
        assert read_offer(good[:at] + junk + good[at + len(junk) :], PCMU).codec is PCMU


@given(st.text(max_size=400))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(OfferRefused):
        read_offer(text, PCMU)
