"""Caller numbers as they arrive, and as they are compared: E.164, withheld, or unusable.

Importing this module loads no geographic data; `place_of` does, on its first call (seconds of work), so
call it in a thread at start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

WITHHELD_WORDS = frozenset(
    {"", "anonymous", "private", "restricted", "withheld", "unavailable", "unknown", "blocked"}
)
"""What networks put in place of a number that the caller asked to hide, in lower case."""

ANI_LENGTH_MAX = 64
"""Characters; a longer one is no number and is not worth parsing."""

_URI = re.compile(r"^(?:sips?|tel):([^@;>]*)", re.IGNORECASE)
_DRAMA_MOBILE = "+447700900"
"""Ofcom keeps this range for drama, so that demo data rings nobody. Source: Ofcom, numbers for drama use."""


class NumberKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    FREEPHONE = "freephone"
    OTHER = "other"


class UnusableReason(StrEnum):
    NOT_A_NUMBER = "not_a_number"
    IMPOSSIBLE = "impossible"
    """Digits, but too few or too many for any subscriber: an extension, a truncated number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class E164:
    """A number that can be compared and called back.

    Attributes:
        value: `+` and at most 15 digits.
        country: two letters of the country the number was issued in, `001` for none in particular.
        assigned: False when the numbering plan holds the range unassigned; forged numbers often are.
    """

    value: str
    country: str
    kind: NumberKind
    assigned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """The caller hid the number. Never matched to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Something arrived that cannot be compared with the numbers we keep. `ani` is as received."""

    ani: str
    reason: UnusableReason


CallerNumber = E164 | Withheld | Unusable

_KINDS = {
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE: NumberKind.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.OTHER,
    PhoneNumberType.TOLL_FREE: NumberKind.FREEPHONE,
}


def normalise(ani: str, default_region: str) -> CallerNumber:
    """Turn a calling number, in any of the forms that networks deliver, into one that can be compared.

    Args:
        ani: as received: national or international digits, with or without punctuation, a `tel:` or
            `sip:` address, a word that means withheld, or nothing.
        default_region: two-letter country whose national form numbers without `+` or `00` are in.
    """
    raw = ani.strip()
    found = _URI.match(raw)
    text = (found.group(1) if found else raw).strip().strip('"')
    if text.lower() in WITHHELD_WORDS:
        return Withheld()
    if len(text) > ANI_LENGTH_MAX:
        return Unusable(ani=ani, reason=UnusableReason.NOT_A_NUMBER)
    try:
        parsed = phonenumbers.parse(text, default_region)
    except phonenumbers.NumberParseException as error:
        too_short = error.error_type in (
            phonenumbers.NumberParseException.TOO_SHORT_NSN,
            phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD,
            phonenumbers.NumberParseException.TOO_LONG,
        )
        reason = UnusableReason.IMPOSSIBLE if too_short else UnusableReason.NOT_A_NUMBER
        return Unusable(ani=ani, reason=reason)
    if not phonenumbers.is_possible_number(parsed):
        return Unusable(ani=ani, reason=UnusableReason.IMPOSSIBLE)
    return _e164(parsed)


def _e164(parsed: phonenumbers.PhoneNumber) -> E164:
    value = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(parsed)
    if country is None:
        country = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    kind = _KINDS.get(phonenumbers.number_type(parsed), NumberKind.OTHER)
    drama = value.startswith(_DRAMA_MOBILE)
    return E164(
        value=value,
        country=country,
        kind=NumberKind.MOBILE if drama else kind,
        assigned=drama or phonenumbers.is_valid_number(parsed),
    )


def format_international(e164: str) -> str:
    """`+441134960142` as people read it: `+44 113 496 0142`. Anything else comes back unchanged."""
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def mask(ani: str) -> str:
    """A number for logs, events and shared screens: only its last two digits are kept."""
    digits = [character for character in ani if character.isdigit()]
    if len(digits) < 4:
        return "withheld" if not digits else "••"
    return f"•••• ••{''.join(digits[-2:])}"


def place_of(number: E164, language: str = "en") -> str:
    """The town or area of a landline, '' when the numbering plan does not say. See the module's note."""
    from phonenumbers import geocoder

    parsed = phonenumbers.parse(number.value, None)
    return str(geocoder.description_for_number(parsed, language))
