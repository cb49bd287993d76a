"""The log's events as sentences, for the story of a contact. English, and Welsh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services import sentences_calls
from app.store import records
from app.words import minutes

_EN: Mapping[str, str] = {
    "contact.arrived": "Called {dnis}.",
    "contact.rejected": "Turned away: no flow answers {dnis}.",
    "contact.never_arrived": "Announced a call that never came.",
    "contact.identified": "Looked up who is calling.",
    "contact.queued": "Joined {queue_name}.",
    "contact.requeued": "Back in {queue_name}, at the old place.",
    "contact.answered": "{agent} answered.",
    "contact.rejoined": "{agent} is back on the call.",
    "contact.held": "{agent} put the caller on hold.",
    "contact.resumed": "{agent} took the caller off hold.",
    "contact.given_back": "{agent} was lost; the caller waits again.",
    "contact.abandoned": "The caller gave up after {wait}.",
    "contact.ended": "The call ended.",
    "contact.ended.caller": "The caller hung up.",
    "contact.ended.agent": "{agent} hung up.",
    "contact.ended.line": "The line broke.",
    "contact.ended.system": "The system ended the call.",
    "contact.verified": "{agent} verified the caller.",
    "contact.questions_asked": "Asked to verify: {asked}.",
    "contact.customer_chosen": "{agent} chose the customer.",
    "contact.case_attached": "{agent} joined it to a case.",
    "contact.disposed": "Outcome: {disposition}.",
    "contact.transferring": "Sent on to {destination}.",
    "note.saved": "{agent} wrote a note.",
    "offer.made": "Rang {agent}.",
    "offer.accepted": "{agent} accepted.",
    "offer.declined": "{agent} declined.",
    "offer.timed_out": "{agent} did not answer.",
    "offer.withdrawn": "No longer offered to {agent}.",
    "acw.started": "{agent} is in wrap-up.",
    "acw.extended": "{agent} took {by_s} s more for wrap-up.",
    "acw.ended": "{agent} finished wrap-up.",
    "recording.started": "Recording began.",
    "recording.paused": "Recording paused.",
    "recording.resumed": "Recording goes on.",
    "recording.finished": "Recording saved.",
    "recording.failed": "The recording failed: {reason}.",
    "voicemail.left": "Left a message.",
    "digits.sent": "{agent} sent {count} keypad tones.",
    "leg.lost": "The line of the {leg} was lost.",
    "leg.restored": "The line of the {leg} is back.",
    "ivr.entered": "Menu: {label}.",
    "ivr.pressed": "Pressed {key}: {label}.",
    "ivr.typed": "Typed: {label}.",
    "ivr.found": "Found: {label}.",
    "ivr.found.not_matched": "Not found: {label}.",
    "ivr.found.nothing_given": "Nothing to look up: {label}.",
    "ivr.found.error": "Could not be looked up: {label}.",
    "ivr.verified": "Verified: {label}.",
    "ivr.verified.number only": "Known by the number only, so unverified.",
    "ivr.verified.account only": "Known by the account number only, so unverified.",
    "ivr.warning": "The menu had a problem: {label}.",
    "flow.unknown_queue": "The menu named a queue that does not exist: {queue}.",
    "flow.lost": "The menu {flow} is gone.",
    "flow.silent": "A prompt could not be played.",
    "repair": "Put right after a restart: {what}.",
    "number.withheld": "Number withheld",
    "outcome.live": "In progress",
    "outcome.gave_up": "Gave up",
    "outcome.message": "Message left",
    "outcome.menu": "Menu only",
    "outcome.no_outcome": "No outcome",
}
_CY: Mapping[str, str] = {
    "contact.arrived": "Ffoniodd {dnis}.",
    "contact.rejected": "Gwrthodwyd: nid oes llif yn ateb {dnis}.",
    "contact.never_arrived": "Cyhoeddwyd galwad na ddaeth.",
    "contact.identified": "Chwiliwyd pwy sy'n ffonio.",
    "contact.queued": "Ymunodd â {queue_name}.",
    "contact.requeued": "Yn ôl yn {queue_name}, yn yr hen le.",
    "contact.answered": "Atebodd {agent}.",
    "contact.rejoined": "Mae {agent} yn ôl ar yr alwad.",
    "contact.held": "Rhoddodd {agent} y galwr i aros.",
    "contact.resumed": "Aeth {agent} yn ôl at y galwr.",
    "contact.given_back": "Collwyd {agent}; mae'r galwr yn aros eto.",
    "contact.abandoned": "Rhoddodd y galwr y gorau iddi ar ôl {wait}.",
    "contact.ended": "Daeth yr alwad i ben.",
    "contact.ended.caller": "Rhoddodd y galwr y ffôn i lawr.",
    "contact.ended.agent": "Rhoddodd {agent} y ffôn i lawr.",
    "contact.ended.line": "Torrodd y llinell.",
    "contact.ended.system": "Daeth y system â'r alwad i ben.",
    "contact.verified": "Cadarnhaodd {agent} pwy yw'r galwr.",
    "contact.questions_asked": "Gofynnwyd i gadarnhau: {asked}.",
    "contact.customer_chosen": "Dewisodd {agent} y cwsmer.",
    "contact.case_attached": "Cysylltodd {agent} hi ag achos.",
    "contact.disposed": "Canlyniad: {disposition}.",
    "contact.transferring": "Anfonwyd ymlaen i {destination}.",
    "note.saved": "Ysgrifennodd {agent} nodyn.",
    "offer.made": "Canwyd ffôn {agent}.",
    "offer.accepted": "Derbyniodd {agent}.",
    "offer.declined": "Gwrthododd {agent}.",
    "offer.timed_out": "Nid atebodd {agent}.",
    "offer.withdrawn": "Nis cynigir i {agent} mwyach.",
    "acw.started": "Mae {agent} yn gorffen yr alwad.",
    "acw.extended": "Cymerodd {agent} {by_s} eiliad arall i orffen.",
    "acw.ended": "Gorffennodd {agent} yr alwad.",
    "recording.started": "Dechreuodd y recordio.",
    "recording.paused": "Oedwyd y recordio.",
    "recording.resumed": "Mae'r recordio'n parhau.",
    "recording.finished": "Cadwyd y recordiad.",
    "recording.failed": "Methodd y recordio: {reason}.",
    "voicemail.left": "Gadawodd neges.",
    "digits.sent": "Anfonodd {agent} {count} tôn bysellbad.",
    "leg.lost": "Collwyd llinell: {leg}.",
    "leg.restored": "Mae'r llinell yn ôl: {leg}.",
    "ivr.entered": "Dewislen: {label}.",
    "ivr.pressed": "Gwasgodd {key}: {label}.",
    "ivr.typed": "Teipiodd: {label}.",
    "ivr.found": "Canfuwyd: {label}.",
    "ivr.found.not_matched": "Heb ei ganfod: {label}.",
    "ivr.found.nothing_given": "Dim i chwilio amdano: {label}.",
    "ivr.found.error": "Methwyd chwilio: {label}.",
    "ivr.verified": "Cadarnhawyd: {label}.",
    "ivr.verified.number only": "Yn hysbys o'r rhif yn unig, felly heb ei gadarnhau.",
    "ivr.verified.account only": "Yn hysbys o rif y cyfrif yn unig, felly heb ei gadarnhau.",
    "ivr.warning": "Roedd problem yn y ddewislen: {label}.",
    "flow.unknown_queue": "Enwodd y ddewislen giw nad yw'n bod: {queue}.",
    "flow.lost": "Mae'r ddewislen {flow} wedi mynd.",
    "flow.silent": "Ni ellid chwarae neges.",
    "repair": "Cywirwyd ar ôl ailgychwyn: {what}.",
    "number.withheld": "Rhif wedi'i gelu",
    "outcome.live": "Ar waith",
    "outcome.gave_up": "Rhoddodd y gorau iddi",
    "outcome.message": "Gadawyd neges",
    "outcome.menu": "Dewislen yn unig",
    "outcome.no_outcome": "Dim canlyniad",
}
_TABLES = {"en": {**_EN, **sentences_calls.EN}, "cy": {**_CY, **sentences_calls.CY}}


class _Values(dict[str, str]):
    """A value that an event lacks is a dash, so that an old log can always be read."""

    def __missing__(self, key: str) -> str:
        return "-"


def sentence(kind: str, language: str, values: Mapping[str, Any] | None = None) -> str:
    """The sentence of one event; its kind where there are no words for it."""
    given = dict(values or {})
    exact = f"{kind}.{given.get('by') or given.get('key')}"
    table = _TABLES.get(language, _TABLES["en"])
    template = table.get(exact) or table.get(kind) or _TABLES["en"].get(kind)
    if template is None:
        template = kind.replace(".", " ").replace("_", " ")
    if isinstance(given.get("wait_s"), int | float):
        given["wait"] = minutes(float(given["wait_s"]))
    return template.format_map(_Values({name: _said(value) for name, value in given.items()}))


def outcome(contact: records.Contact, language: str) -> str:
    """How a contact ended that nobody gave an outcome."""
    if contact.ended_at is None:
        return sentence("outcome.live", language)
    if contact.ended_by == "voicemail":
        return sentence("outcome.message", language)
    if contact.answered_at is not None:
        return sentence("outcome.no_outcome", language)
    return sentence("outcome.gave_up" if contact.queued_at is not None else "outcome.menu", language)


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return "-" if value is None or value == "" else str(value)
