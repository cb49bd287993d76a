"""What every figure means: its id, name, sentence, unit, what is divided by what, and where it is counted.

Screens, reports, exports and docs/reports.md quote these, and `compute` works by them: there is no second
place that knows a formula. The sentence says what is divided by what, so that two people who read the same
figure mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reporting.texts import COUNTED_IN, TEXTS


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    """0 to 1."""


class Counted(StrEnum):
    """In which interval something is counted."""

    ARRIVAL = "arrival"
    """That of the contact's first enqueue: its answer, talk and wrap-up count there too, so rows add up."""
    CLOCK = "clock"
    """Time spent is cut at the borders of intervals."""
    INSTANT = "instant"
    """That of the instant at which it happened."""
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Term:
    """A figure added (or, with `sign` -1, taken away)."""

    figure: str
    sign: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One figure. `label` and `sentence` are by language; English is always there.

    Sentences may contain `{target_s}` and `{short_s}`, the queue's own seconds. A figure with `numerator`
    is computed from other figures: their sum, divided by the sum of `denominator` if there is one.
    """

    figure_id: str
    unit: Unit
    label: Mapping[str, str]
    sentence: Mapping[str, str]
    counted: Counted = Counted.ARRIVAL
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()

    def name(self, language: str = "en") -> str:
        """Its short name."""
        return self.label.get(language, self.label["en"])

    def explain(self, language: str = "en", *, target_s: float = 20, short_s: float = 5) -> str:
        """Its sentence, with the seconds that apply."""
        sentence = self.sentence.get(language, self.sentence["en"])
        return sentence.format(target_s=f"{target_s:g}", short_s=f"{short_s:g}")

    def where(self, language: str = "en") -> str:
        """In which interval it is counted, as a sentence."""
        texts = COUNTED_IN[self.counted.value]
        return texts.get(language, texts["en"])

    def formula(self, language: str = "en") -> str:
        """`(a + b) / (c - d)` in the names of its figures; '' for what is simply counted."""
        above, below = (_sum(terms, language) for terms in (self.numerator, self.denominator))
        return f"{above} / {below}" if below else above


def _sum(terms: tuple[Term, ...], language: str) -> str:
    words = ""
    for term in terms:
        name = FIGURES[term.figure].name(language)
        words += f" {'+' if term.sign > 0 else '-'} {name}" if words else name
    return f"({words})" if len(terms) > 1 else words


def _terms(figures: str) -> tuple[Term, ...]:
    """`answered + abandoned - short_abandoned` as terms."""
    terms, sign = [], 1
    for word in figures.split():
        if word in "+-":
            sign = 1 if word == "+" else -1
        else:
            terms.append(Term(word, sign))
    return tuple(terms)


def _define(
    figure_id: str, unit: Unit, counted: Counted = Counted.ARRIVAL, above: str = "", below: str = ""
) -> Definition:
    label, sentence = TEXTS[figure_id]
    return Definition(
        figure_id=figure_id,
        unit=unit,
        label=label,
        sentence=sentence,
        counted=counted,
        numerator=_terms(above),
        denominator=_terms(below),
    )


_COUNT, _S, _SHARE = Unit.COUNT, Unit.SECONDS, Unit.SHARE
_CLOCK, _INSTANT, _NOW, _ARRIVAL = Counted.CLOCK, Counted.INSTANT, Counted.NOW, Counted.ARRIVAL

_ALL = (
    # Contacts, one by one.
    _define("offered", _COUNT),
    _define("answered", _COUNT),
    _define("answered_in_target", _COUNT),
    _define("abandoned", _COUNT),
    _define("abandoned_in_target", _COUNT),
    _define("short_abandoned", _COUNT),
    _define("given_up_after_answer", _COUNT),
    _define("left_otherwise", _COUNT),
    _define("waiting", _COUNT, _NOW),
    _define("waiting_first", _COUNT, _NOW),
    _define("handled", _COUNT),
    _define("transferred", _COUNT),
    _define("callbacks_chosen", _COUNT),
    _define("callbacks_kept", _COUNT),
    # The three service levels.
    _define(
        "service_level",
        _SHARE,
        above="answered_in_target",
        below="answered + abandoned - short_abandoned",
    ),
    _define("service_level_answered", _SHARE, above="answered_in_target", below="answered"),
    _define(
        "service_level_all",
        _SHARE,
        above="answered_in_target + abandoned_in_target",
        below="answered + abandoned",
    ),
    _define(
        "service_level_callbacks",
        _SHARE,
        above="answered_in_target",
        below="answered + abandoned - short_abandoned + callbacks_chosen",
    ),
    _define("service_goal", _SHARE, _NOW),
    # Shares and means.
    _define("abandon_rate", _SHARE, above="abandoned", below="offered"),
    _define(
        "abandon_rate_long",
        _SHARE,
        above="abandoned - short_abandoned",
        below="offered - short_abandoned",
    ),
    _define("asa_s", _S, above="answer_wait_s", below="answered"),
    _define("longest_wait_s", _S),
    _define("aht_s", _S, above="talk_s + hold_s + acw_s", below="handled"),
    _define("transfer_rate", _SHARE, above="transferred", below="handled"),
    _define("callbacks_kept_rate", _SHARE, above="callbacks_kept", below="callbacks_chosen"),
    # Time.
    _define("answer_wait_s", _S),
    _define("talk_s", _S),
    _define("hold_s", _S),
    _define("acw_s", _S),
    _define("assist_s", _S),
    _define("busy_s", _S, _CLOCK),
    _define("free_s", _S, _CLOCK),
    _define("not_ready_s", _S, _CLOCK),
    _define("signed_in_s", _S, _CLOCK),
    # People.
    _define("people", _COUNT),
    _define("assisted", _COUNT),
    _define("missed", _COUNT, _INSTANT),
    _define("declined", _COUNT, _INSTANT),
    _define("occupancy", _SHARE, _CLOCK, above="busy_s", below="busy_s + free_s"),
    _define("utilisation", _SHARE, _CLOCK, above="busy_s", below="signed_in_s"),
)

FIGURES: Mapping[str, Definition] = {definition.figure_id: definition for definition in _ALL}
"""Every figure by its id. The ids are the field names of the snapshots and of the reports' rows."""

COMPUTED = tuple(definition.figure_id for definition in _ALL if definition.numerator)


def compute(figure_id: str, sums: Mapping[str, float]) -> float | None:
    """A computed figure from counted ones; None where there is nothing to divide by."""
    definition = FIGURES[figure_id]
    above = sum(term.sign * sums[term.figure] for term in definition.numerator)
    if not definition.denominator:
        return above
    below = sum(term.sign * sums[term.figure] for term in definition.denominator)
    return above / below if below > 0 else None
