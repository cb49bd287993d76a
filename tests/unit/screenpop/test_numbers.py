"""Caller numbers: every form a network delivers ends as E.164, withheld, or unusable."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screenpop.numbers import (
    E164,
    NumberKind,
    Unusable,
    UnusableReason,
    Withheld,
    format_international,
    mask,
    normalise,
    place_of,
)


@pytest.mark.parametrize(
    "ani",
    [
        "0113 496 0142",
        "+44 113 496 0142",
        "00441134960142",
        "(0113) 4960142",
        "tel:+44-113-496-0142",
        "sip:+441134960142@carrier.example;user=phone",
        '"01134960142"',
    ],
)
def test_every_form_of_a_number_is_the_same_number(ani: str) -> None:
    number = normalise(ani, "GB")
    assert number == E164(value="+441134960142", country="GB", kind=NumberKind.LANDLINE, assigned=True)


@pytest.mark.parametrize(
    "ani", ["", "  ", "anonymous", "Restricted", "sip:anonymous@anonymous.invalid", "Unknown"]
)
def test_a_hidden_number_is_withheld(ani: str) -> None:
    assert normalise(ani, "GB") == Withheld()


@pytest.mark.parametrize(
    ("ani", "reason"),
    [
        ("201", UnusableReason.IMPOSSIBLE),
        ("+4411349601421134960142", UnusableReason.IMPOSSIBLE),
        ("front desk", UnusableReason.NOT_A_NUMBER),
        ("1" * 500, UnusableReason.NOT_A_NUMBER),
        ("'; drop table customers; --", UnusableReason.NOT_A_NUMBER),
    ],
)
def test_what_cannot_be_compared_says_why(ani: str, reason: UnusableReason) -> None:
    assert normalise(ani, "GB") == Unusable(ani=ani, reason=reason)


def test_a_national_number_is_read_in_the_region_it_was_called_in() -> None:
    in_france = normalise("01 23 45 67 89", "FR")
    assert isinstance(in_france, E164)
    assert (in_france.value, in_france.country) == ("+33123456789", "FR")


def test_the_demo_mobiles_are_mobiles_although_nobody_owns_them() -> None:
    number = normalise("07700 900142", "GB")
    assert number == E164(value="+447700900142", country="GB", kind=NumberKind.MOBILE, assigned=True)


def test_an_unassigned_range_is_told() -> None:
    number = normalise("+441000000000", "GB")
    assert isinstance(number, E164)
    assert not number.assigned


@given(st.text(max_size=80))
def test_nothing_that_arrives_raises(ani: str) -> None:
    assert isinstance(normalise(ani, "GB"), E164 | Withheld | Unusable)


@given(st.from_regex(r"\+44113496[0-9]{4}", fullmatch=True))
def test_normalising_a_normal_number_changes_nothing(value: str) -> None:
    number = normalise(value, "US")
    assert isinstance(number, E164)
    assert number.value == value


def test_international_form_is_spaced_and_anything_else_is_left_alone() -> None:
    assert format_international("+441134960142") == "+44 113 496 0142"
    assert format_international("front desk") == "front desk"


@pytest.mark.parametrize(
    ("ani", "masked"),
    [("+441134960142", "•••• ••42"), ("201", "••"), ("", "withheld"), ("anonymous", "withheld")],
)
def test_a_masked_number_keeps_two_digits_at_most(ani: str, masked: str) -> None:
    assert mask(ani) == masked


def test_places_are_known_for_landlines_only() -> None:
    leeds, mobile = normalise("01134960142", "GB"), normalise("07700900142", "GB")
    assert isinstance(leeds, E164)
    assert isinstance(mobile, E164)
    assert place_of(leeds) == "Leeds"
    assert place_of(mobile) == ""


def test_importing_screenpop_loads_no_geographic_data() -> None:
    """It takes seconds and tens of megabytes; a server that starts should not wait for it."""
    code = "import sys, screenpop; sys.exit(any('geo' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
