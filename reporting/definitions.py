"""What every figure means: its id, its name, one sentence, its unit. Screens and reports quote these.

The sentence says what is divided by what, so that two people who read the same figure mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One figure. `label` and `sentence` are by language; English is always there.

    Sentences may contain `{target_s}` and `{short_s}`, the queue's own seconds.
    """

    figure_id: str
    unit: Unit
    label: Mapping[str, str]
    sentence: Mapping[str, str]

    def name(self, language: str = "en") -> str:
        """Its short name."""
        return self.label.get(language, self.label["en"])

    def explain(self, language: str = "en", *, target_s: float = 20, short_s: float = 5) -> str:
        """Its sentence, with the seconds that apply."""
        sentence = self.sentence.get(language, self.sentence["en"])
        return sentence.format(target_s=f"{target_s:g}", short_s=f"{short_s:g}")


def _define(figure_id: str, unit: Unit, en: tuple[str, str], cy: tuple[str, str]) -> Definition:
    return Definition(
        figure_id=figure_id,
        unit=unit,
        label={"en": en[0], "cy": cy[0]},
        sentence={"en": en[1], "cy": cy[1]},
    )


_ALL = (
    _define(
        "offered",
        Unit.COUNT,
        ("Offered", "Callers who joined a queue today; one who comes back to it counts once."),
        ("Cynigiwyd", "Galwyr a ymunodd â chiw heddiw; cyfrifir y sawl sy'n dychwelyd unwaith."),
    ),
    _define(
        "answered",
        Unit.COUNT,
        ("Answered", "Of those offered, the callers who spoke with an agent."),
        ("Atebwyd", "O'r rhai a gynigiwyd, y galwyr a siaradodd ag asiant."),
    ),
    _define(
        "abandoned",
        Unit.COUNT,
        ("Given up", "Of those offered, the callers who hung up before an agent answered."),
        ("Rhoddwyd y gorau", "O'r rhai a gynigiwyd, y galwyr a roddodd y ffôn i lawr cyn cael ateb."),
    ),
    _define(
        "short_abandoned",
        Unit.COUNT,
        ("Given up at once", "Of those who gave up, the callers who did so within {short_s} seconds."),
        (
            "Rhoddwyd y gorau ar unwaith",
            "O'r rhai a roddodd y gorau, y galwyr a wnaeth o fewn {short_s} eiliad.",
        ),
    ),
    _define(
        "left_otherwise",
        Unit.COUNT,
        ("Left otherwise", "Callers who left the queue for a message, another queue or another number."),
        ("Gadawodd fel arall", "Galwyr a adawodd y ciw am neges, ciw arall neu rif arall."),
    ),
    _define(
        "waiting",
        Unit.COUNT,
        ("Waiting", "Callers in the queue now, those who ring at an agent included."),
        ("Yn aros", "Galwyr yn y ciw nawr, gan gynnwys y rhai sy'n canu gydag asiant."),
    ),
    _define(
        "service_level",
        Unit.SHARE,
        (
            "Service level",
            "Answered within {target_s} s, divided by answered plus given up, less those who gave up "
            "within {short_s} s.",
        ),
        (
            "Lefel gwasanaeth",
            "Atebwyd o fewn {target_s} e, wedi'i rannu â'r rhai a atebwyd neu a roddodd y gorau, heb y rhai "
            "a wnaeth o fewn {short_s} e.",
        ),
    ),
    _define(
        "service_level_answered",
        Unit.SHARE,
        ("Service level, answered only", "Answered within {target_s} s, divided by answered."),
        (
            "Lefel gwasanaeth, atebwyd yn unig",
            "Atebwyd o fewn {target_s} e, wedi'i rannu â'r rhai a atebwyd.",
        ),
    ),
    _define(
        "service_level_all",
        Unit.SHARE,
        (
            "Service level, given up in time counts",
            "Answered or given up within {target_s} s, divided by answered plus given up.",
        ),
        (
            "Lefel gwasanaeth, rhoi'r gorau mewn pryd yn cyfrif",
            "Atebwyd neu rhoddwyd y gorau o fewn {target_s} e, wedi'i rannu â'r cyfan.",
        ),
    ),
    _define(
        "abandon_rate",
        Unit.SHARE,
        ("Share given up", "Given up, divided by offered."),
        ("Cyfran a roddodd y gorau", "Rhoddwyd y gorau, wedi'i rannu â'r rhai a gynigiwyd."),
    ),
    _define(
        "abandon_rate_long",
        Unit.SHARE,
        (
            "Share given up, without the first seconds",
            "Given up after more than {short_s} s, divided by offered less those who gave up sooner.",
        ),
        (
            "Cyfran a roddodd y gorau, heb yr eiliadau cyntaf",
            "Rhoddwyd y gorau ar ôl mwy na {short_s} e, wedi'i rannu â'r rhai a gynigiwyd heb y lleill.",
        ),
    ),
    _define(
        "asa_s",
        Unit.SECONDS,
        ("Average speed of answer", "Mean wait of those answered, from joining the first queue."),
        ("Cyflymder ateb cyfartalog", "Cymedr aros y rhai a atebwyd, o ymuno â'r ciw cyntaf."),
    ),
    _define(
        "longest_wait_s",
        Unit.SECONDS,
        ("Longest wait", "The longest anybody waited today, those still waiting included."),
        ("Aros hiraf", "Yr hiraf i neb aros heddiw, gan gynnwys y rhai sy'n dal i aros."),
    ),
    _define(
        "aht_s",
        Unit.SECONDS,
        ("Average handle time", "Talk plus hold plus wrap-up, divided by calls handled."),
        ("Amser trin cyfartalog", "Siarad a dal a gorffen, wedi'i rannu â'r galwadau a drafodwyd."),
    ),
    _define(
        "handled",
        Unit.COUNT,
        ("Handled", "Calls answered and over, by the agent who had them last."),
        ("Trafodwyd", "Galwadau a atebwyd ac sydd ar ben, yn ôl yr asiant olaf."),
    ),
    _define(
        "missed",
        Unit.COUNT,
        ("Missed", "Offers that rang at an agent until their time was over."),
        ("Collwyd", "Cynigion a ganodd gydag asiant nes i'w hamser ddod i ben."),
    ),
    _define(
        "declined",
        Unit.COUNT,
        ("Declined", "Offers that an agent turned down."),
        ("Gwrthodwyd", "Cynigion a wrthododd asiant."),
    ),
    _define(
        "occupancy",
        Unit.SHARE,
        ("Occupancy", "Time on contacts and in wrap-up, divided by that plus time available or ringing."),
        ("Llenwad", "Amser ar alwadau ac yn gorffen, wedi'i rannu â hynny ac amser ar gael neu'n canu."),
    ),
    _define(
        "service_goal",
        Unit.SHARE,
        ("Goal", "The service level that this queue promises."),
        ("Nod", "Y lefel gwasanaeth y mae'r ciw hwn yn ei haddo."),
    ),
)

FIGURES: Mapping[str, Definition] = {definition.figure_id: definition for definition in _ALL}
"""Every figure by its id. The ids are the field names of the snapshots in `reporting.day`."""
