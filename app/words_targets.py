"""What the transfer picker says, in each language. Sentences of `app/services/targets.py`."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "left.minutes": "usually {count} min more",
        "left.soon": "usually less than a minute more",
        "left.over": "longer than usual",
        "spoke": "spoke to {who} {when}",
        "spoke.caller": "spoke to this caller {when}",
        "when.today": "today",
        "when.yesterday": "yesterday",
        "when.days": "{count} days ago",
        "lead": "Supervisor",
        "why.no_phone": "no phone open",
        "why.page_gone": "page closed",
        "why.media_lost": "no sound from the page",
        "why.microphone_silent": "microphone silent",
        "why.microphone_ended": "microphone gone",
        "why.busy": "on a call",
        "why.not_ready": "not ready",
        "dialling.no": "This line reaches browsers only. Numbers need a back end with a telephone network.",
        "travels.case_note": "Case #{number} and your note",
        "travels.case": "Case #{number}",
        "travels.note": "Your note",
        "travels.verified": "{how}, not asked again",
        "travels.topic": "Chosen in the menu: {topic}",
        "travels.waited": "The {time} already waited",
        "travels.promise": "Promised: {promise}",
    },
    "cy": {
        "left.minutes": "fel arfer {count} munud arall",
        "left.soon": "fel arfer llai na munud arall",
        "left.over": "yn hirach nag arfer",
        "spoke": "siaradodd â {who} {when}",
        "spoke.caller": "siaradodd â'r galwr hwn {when}",
        "when.today": "heddiw",
        "when.yesterday": "ddoe",
        "when.days": "{count} diwrnod yn ôl",
        "lead": "Goruchwyliwr",
        "why.no_phone": "dim ffôn ar agor",
        "why.page_gone": "tudalen ar gau",
        "why.media_lost": "dim sain o'r dudalen",
        "why.microphone_silent": "meicroffon yn dawel",
        "why.microphone_ended": "dim meicroffon",
        "why.busy": "ar alwad",
        "why.not_ready": "ddim yn barod",
        "dialling.no": "Porwyr yn unig y mae'r llinell hon yn eu cyrraedd. Mae rhifau am rwydwaith ffôn.",
        "travels.case_note": "Achos #{number} a'ch nodyn",
        "travels.case": "Achos #{number}",
        "travels.note": "Eich nodyn",
        "travels.verified": "{how}, ni ofynnir eto",
        "travels.topic": "Dewiswyd yn y ddewislen: {topic}",
        "travels.waited": "Y {time} a arhoswyd eisoes",
        "travels.promise": "Addawyd: {promise}",
    },
}

LANGUAGES = frozenset(_WORDS)


def known_words(language: str) -> frozenset[str]:
    return frozenset(_WORDS[language])


def word(code: str, language: str = "en", /, **values: object) -> str:
    """The sentence for `code`; English where a language is unknown."""
    return _WORDS.get(language, _WORDS["en"])[code].format(**values)
