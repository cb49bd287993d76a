"""The sentences of a pop, in each language. Decisions carry codes; words are chosen when they are shown.

A template named `x_one` replaces `x` when `count` is 1. Each language has every code (tested).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One thing to say: a code of the tables below and the values its template needs, sentences included."""

    code: str
    values: Mapping[str, str | int | Sentence] = field(default_factory=dict)


ENGLISH: Mapping[str, str] = {
    "match_pin": "Typed the account number and the right PIN",
    "match_account": "Gave this account number",
    "match_account_and_number": "Gave this account number and calls from its number",
    "match_called": "Called from this number {count} times",
    "match_called_one": "Called from this number once",
    "match_main": "First number on the record",
    "match_second": "Gave it as a second number",
    "match_contract": "Number on the contract",
    "match_chosen": "Chosen by the agent",
    "label_pin": "Verified by PIN",
    "label_agent": "Verified by questions",
    "label_number_only": "Unverified",
    "label_nothing": "Unverified",
    "why_number_only": "A number alone can be borrowed or forged. No PIN was typed in the menu.",
    "why_nothing_account": "An account number is printed on every letter. No PIN was typed in the menu.",
    "why_nothing_withheld": "The number is withheld and no PIN was typed in the menu.",
    "why_nothing_unknown": "Nobody we know calls from this number. There is nothing to compare with yet.",
    "why_nothing": "No PIN was typed in the menu.",
    "may_case": "Open a case, take a message",
    "may_public": "Say what is public: tariffs, outages, hours",
    "may_read": "Read out balance, address or payments",
    "may_change": "Change anything, refund, send a code elsewhere",
    "ask_account": "Account number, or PIN",
    "ask_birth": "Date of birth, as on the account",
    "ask_invoice": "Amount of the last invoice",
    "ask_name_birth": "Full name and date of birth",
    "ask_address": "Address",
    "ask_code": "A code sent to this mobile",
    "greeting_morning": "Good morning",
    "greeting_afternoon": "Good afternoon",
    "greeting_evening": "Good evening",
    "open_known": "{greeting} {customer}, this is {agent} at {centre}. How can I help?",
    "open_topic": "{greeting} {customer}, this is {agent} at {centre}. Are you calling about {topic}?",
    "open_case": "{greeting} {customer}, this is {agent} at {centre}. Are you calling about case {case}?",
    "open_unverified": "{greeting}, this is {agent} at {centre}. Who am I speaking to, please?",
    "open_unknown": "{greeting}, this is {agent} at {centre}. May I have your name?",
    "open_return": "This is {agent} at {centre}. The line broke off; we can go on where you stopped.",
    "reason_case_named": "Asked about case {case} in the menu.",
    "reason_case_likely": "Case {case} is open: {subject}.",
    "reason_topic": "Chose {topic} in the menu.",
    "reason_recent": "Last heard of: {title}.",
    "offered_accepted": "{agent} (answered)",
    "offered_declined": "{agent} (declined)",
    "offered_timed_out": "{agent} (no answer)",
    "offered_withdrawn": "{agent} (taken back)",
    "number_withheld": "Number withheld",
    "number_unusable": "No usable number",
    "number_unassigned": "not an assigned number",
    "kind_mobile": "mobile",
    "kind_landline": "landline",
    "kind_freephone": "freephone",
}

WELSH: Mapping[str, str] = {
    "match_pin": "Teipiodd rif y cyfrif a'r PIN cywir",
    "match_account": "Rhoddodd rif y cyfrif hwn",
    "match_account_and_number": "Rhoddodd rif y cyfrif hwn ac mae'n galw o'i rif",
    "match_called": "Galwodd o'r rhif hwn {count} gwaith",
    "match_called_one": "Galwodd o'r rhif hwn unwaith",
    "match_main": "Y rhif cyntaf ar y cofnod",
    "match_second": "Rhoddodd hwn fel ail rif",
    "match_contract": "Y rhif ar y contract",
    "match_chosen": "Dewiswyd gan yr asiant",
    "label_pin": "Dilyswyd â PIN",
    "label_agent": "Dilyswyd drwy gwestiynau",
    "label_number_only": "Heb ei ddilysu",
    "label_nothing": "Heb ei ddilysu",
    "why_number_only": "Gellir benthyg neu ffugio rhif. Ni theipiwyd PIN yn y ddewislen.",
    "why_nothing_account": "Mae rhif cyfrif ar bob llythyr. Ni theipiwyd PIN yn y ddewislen.",
    "why_nothing_withheld": "Mae'r rhif wedi'i guddio ac ni theipiwyd PIN yn y ddewislen.",
    "why_nothing_unknown": "Nid oes neb hysbys yn galw o'r rhif hwn. Nid oes dim i gymharu ag ef eto.",
    "why_nothing": "Ni theipiwyd PIN yn y ddewislen.",
    "may_case": "Agor achos, cymryd neges",
    "may_public": "Dweud beth sy'n gyhoeddus: prisiau, toriadau, oriau",
    "may_read": "Darllen balans, cyfeiriad neu daliadau",
    "may_change": "Newid dim, ad-dalu, anfon cod i rywle arall",
    "ask_account": "Rhif y cyfrif, neu'r PIN",
    "ask_birth": "Dyddiad geni, fel ar y cyfrif",
    "ask_invoice": "Swm yr anfoneb ddiwethaf",
    "ask_name_birth": "Enw llawn a dyddiad geni",
    "ask_address": "Cyfeiriad",
    "ask_code": "Cod a anfonir i'r ffôn symudol hwn",
    "greeting_morning": "Bore da",
    "greeting_afternoon": "Prynhawn da",
    "greeting_evening": "Noswaith dda",
    "open_known": "{greeting} {customer}, {agent} o {centre} sydd yma. Sut alla i helpu?",
    "open_topic": "{greeting} {customer}, {agent} o {centre} sydd yma. Ydych chi'n galw am {topic}?",
    "open_case": "{greeting} {customer}, {agent} o {centre} sydd yma. Ydych chi'n galw am achos {case}?",
    "open_unverified": "{greeting}, {agent} o {centre} sydd yma. Gyda phwy rydw i'n siarad?",
    "open_unknown": "{greeting}, {agent} o {centre} sydd yma. Ga i'ch enw chi, os gwelwch yn dda?",
    "open_return": "{agent} o {centre} sydd yma. Torrodd y llinell; gallwn fynd ymlaen o'r un lle.",
    "reason_case_named": "Holodd am achos {case} yn y ddewislen.",
    "reason_case_likely": "Mae achos {case} ar agor: {subject}.",
    "reason_topic": "Dewisodd {topic} yn y ddewislen.",
    "reason_recent": "Y peth diwethaf: {title}.",
    "offered_accepted": "{agent} (atebodd)",
    "offered_declined": "{agent} (gwrthododd)",
    "offered_timed_out": "{agent} (dim ateb)",
    "offered_withdrawn": "{agent} (tynnwyd yn ôl)",
    "number_withheld": "Rhif wedi'i guddio",
    "number_unusable": "Dim rhif defnyddiadwy",
    "number_unassigned": "nid yw'n rhif a ddyrannwyd",
    "kind_mobile": "symudol",
    "kind_landline": "llinell dir",
    "kind_freephone": "rhadffôn",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "cy": WELSH}


def say(sentence: Sentence, language: str = DEFAULT_LANGUAGE) -> str:
    """The sentence in `language`; English where the language has no table.

    Raises:
        KeyError: no template has this code, or a value that the template needs is missing.
    """
    table = LANGUAGES.get(language, ENGLISH)
    one = f"{sentence.code}_one"
    code = one if sentence.values.get("count") == 1 and one in table else sentence.code
    values = {
        name: say(value, language) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    return table[code].format_map(values)
