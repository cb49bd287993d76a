"""Reports to and from the browser, both ends being ours here."""

from __future__ import annotations

import pytest
from pylibsrtp import Policy

from telephony.webrtc.rtcp import Reporter
from tests.unit.telephony.test_rtp import Line, session


def reporter(cname: str) -> Reporter:
    inbound, outbound = session(Policy.SSRC_ANY_INBOUND), session(Policy.SSRC_ANY_OUTBOUND)
    return Reporter(inbound, outbound, cname=cname, rate_hz=8000)


def line_with_losses() -> Line:
    line = Line()
    for sequence in range(1, 101):
        if sequence % 5 != 2:
            line.send(sequence, now=sequence * 0.02, ssrc=99)
    return line


def test_the_loss_of_the_interval_is_told_and_kept() -> None:
    line = line_with_losses()
    us, browser = reporter("us"), reporter("browser")
    report = us.build(line.inlet, line.outlet, now=3.0, unix_s=1_000_000.0)
    browser.read(report, ssrc=99, now=3.0, unix_s=1_000_000.0)
    assert us.heard_by_us.loss_fraction == pytest.approx(0.2, abs=0.01)
    assert browser.heard_by_browser is not None
    assert browser.heard_by_browser.loss_fraction == pytest.approx(0.2, abs=0.01)


def test_the_next_interval_starts_from_zero() -> None:
    line = line_with_losses()
    us = reporter("us")
    us.build(line.inlet, line.outlet, now=3.0, unix_s=1_000_000.0)
    for sequence in range(101, 151):
        line.send(sequence, now=sequence * 0.02, ssrc=99)
    us.build(line.inlet, line.outlet, now=6.0, unix_s=1_000_003.0)
    assert us.heard_by_us.loss_fraction == 0.0


def test_the_round_trip_comes_from_our_report_and_its_echo() -> None:
    line, far = Line(), Line()
    us, browser = reporter("us"), reporter("browser")
    line.outlet.frame(b"\xff" * 160, 0.0)
    # The browser hears our stream, and gets our report 20 ms after it was written.
    far.send(1, ssrc=line.outlet.ssrc)
    browser.read(us.build(line.inlet, line.outlet, now=10.0, unix_s=5000.0), ssrc=99, now=70.02, unix_s=60.0)
    # Half a second later it reports, and that takes another 20 ms.
    answer = browser.build(far.inlet, far.outlet, now=70.52, unix_s=60.5)
    us.read(answer, ssrc=line.outlet.ssrc, now=10.54, unix_s=5000.54)
    assert us.round_trip_s == pytest.approx(0.04, abs=0.001)


def test_reports_about_somebody_else_are_passed_over() -> None:
    line = line_with_losses()
    us, browser = reporter("us"), reporter("browser")
    browser.read(us.build(line.inlet, line.outlet, now=3.0, unix_s=0.0), ssrc=12345, now=3.0, unix_s=0.0)
    assert browser.heard_by_browser is None


@pytest.mark.parametrize("junk", [b"", b"\x80\xc8", bytes(40), b"\x81\xc9\xff\xff" + bytes(60)])
def test_junk_is_passed_over(junk: bytes) -> None:
    us = reporter("us")
    us.read(junk, ssrc=1, now=0.0, unix_s=0.0)
    assert us.heard_by_browser is None
