"""Sentences that the server itself says on pages, in each language. Codes come from the cores."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "path.called": "Called {number}",
        "path.proved": "{what} accepted",
        "path.waited": "In line for {what}",
        "due.reply": "Reply",
        "due.resolution": "Resolution",
        "history.call": "Call, {time}",
        "history.voicemail": "Message left",
        "history.gave_up": "Gave up after {time}",
        "history.menu_only": "Call, menu only",
        "time.seconds": "{count} s",
        "time.minutes": "{minutes} min {seconds} s",
        "topic.billing": "An invoice or payment",
        "topic.technical": "My internet or meter",
        "topic.moving": "I am moving home",
        "topic.sales": "A new contract",
        "topic.complaints": "A complaint",
        "language.en": "English",
        "language.cy": "Cymraeg",
        "because.skill": "{0} {1} of 10, needs {2} or more",
        "because.longest_idle": "Idle longest of {0} who could take it",
        "because.longest_idle.1": "Idle longest",
        "because.only_one": "The only one free who could take it",
        "because.best_skill": "Best skilled of {0} who could take it",
        "because.best_skill.1": "Best skilled",
        "because.serves": "You serve {0}",
        "excluded.not_available": "Busy or not ready",
        "excluded.on_contact": "On a call",
        "excluded.ringing": "Being rung",
        "excluded.acw": "In wrap-up",
        "excluded.not_ready": "Not ready",
        "excluded.signed_out": "Signed out",
        "excluded.unreachable": "Cannot be reached",
        "excluded.media": "Phone cannot be joined with this call",
        "excluded.skill_missing": "Lacks a skill",
        "excluded.skill_low": "Skill too low",
        "excluded.cooling_off": "Was just offered this caller",
        "excluded.excluded": "Left out for this caller",
        "verdict.not_waiting": "This caller no longer waits.",
        "verdict.caller_lost": "The caller's line broke. The place is kept while it may come back.",
        "verdict.being_offered": "Ringing {agent} now, for {until} more.",
        "verdict.nobody_serves_queue": "No agent is set up for this queue. Add one under Queues.",
        "verdict.nobody_qualified": "No agent of this queue has the skills this caller needs.",
        "verdict.nobody_signed_in": "Nobody who can take this caller is signed in.",
        "verdict.nobody_reachable": "Those who are free cannot be reached: see why below.",
        "verdict.cooling_off": "Whoever is free was just offered this caller. Again in {until}.",
        "verdict.all_busy": "Next in line. Nobody who can take this caller is free.",
        "verdict.behind": "{count} callers are served before. Nobody who can take this caller is free.",
        "verdict.behind.1": "One caller is served before. Nobody who can take this caller is free.",
        "fact.queue": "Queue",
        "fact.priority": "Priority",
        "fact.since": "In line since",
        "fact.needs": "Needs",
        "fact.none": "Nothing special",
        "fact.offered_before": "Offered before",
        "fact.nobody": "To nobody",
        "excluded.queue_not_served": "Does not serve this queue",
        "excluded.available": "Free",
        "alert.queue_wait": "{queue}: longest wait {wait}",
        "alert.queue_wait.text": "Limit {limit}",
        "alert.queue_level": "{queue} near its limit",
        "alert.queue_level.text": "{count} waiting, {free} free",
        "alert.unreachable": "{agent} is unreachable",
        "alert.unreachable.no_phone": "No phone is open. No calls are offered.",
        "alert.unreachable.page_gone": "The page is closed or asleep. No calls are offered.",
        "alert.unreachable.media_lost": "No sound comes from the page. No calls are offered.",
        "alert.unreachable.microphone_silent": "No sound from the microphone. No calls are offered.",
        "alert.unreachable.microphone_ended": "The microphone was taken away. No calls are offered.",
        "unreachable.no_phone": "No phone open",
        "unreachable.page_gone": "Page closed",
        "unreachable.media_lost": "No sound from the page",
        "unreachable.microphone_silent": "Microphone silent",
        "unreachable.microphone_ended": "Microphone gone",
        "alert.together.agent_unreachable": "{count} agents are unreachable",
        "alert.together.agent_long": "{count} agents are long in wrap-up",
        "alert.together.agent_missed": "{count} agents missed calls",
        "alert.more": "and {count} more",
        "alert.long_acw": "{agent} in wrap-up {time}",
        "alert.long_acw.text": "Longer than {limit}",
        "alert.missed": "{agent} missed calls",
        "alert.missed.text": "Set to not ready",
        "role.agent": "Agent",
        "unknown_caller": "Unknown caller",
        "withheld": "Number withheld",
    },
    "cy": {
        "path.called": "Galwodd {number}",
        "path.proved": "{what}: derbyniwyd",
        "path.waited": "Yn y llinell ar gyfer {what}",
        "due.reply": "Ateb",
        "due.resolution": "Datrysiad",
        "history.call": "Galwad, {time}",
        "history.voicemail": "Gadawyd neges",
        "history.gave_up": "Rhoddodd y gorau iddi ar ôl {time}",
        "history.menu_only": "Galwad, dewislen yn unig",
        "time.seconds": "{count} eiliad",
        "time.minutes": "{minutes} munud {seconds} eiliad",
        "topic.billing": "Anfoneb neu daliad",
        "topic.technical": "Fy rhyngrwyd neu fesurydd",
        "topic.moving": "Rwy'n symud tŷ",
        "topic.sales": "Contract newydd",
        "topic.complaints": "Cwyn",
        "language.en": "English",
        "language.cy": "Cymraeg",
        "because.skill": "{0} {1} o 10, angen {2} neu fwy",
        "because.longest_idle": "Wedi aros hiraf o'r {0} a allai ei gymryd",
        "because.longest_idle.1": "Wedi aros hiraf",
        "because.only_one": "Yr unig un rhydd a allai ei gymryd",
        "because.best_skill": "Y mwyaf medrus o'r {0} a allai ei gymryd",
        "because.best_skill.1": "Y mwyaf medrus",
        "because.serves": "Rydych chi'n gwasanaethu {0}",
        "excluded.not_available": "Prysur neu ddim yn barod",
        "excluded.on_contact": "Ar alwad",
        "excluded.ringing": "Y ffôn yn canu",
        "excluded.acw": "Yn gorffen galwad",
        "excluded.not_ready": "Ddim yn barod",
        "excluded.signed_out": "Wedi allgofnodi",
        "excluded.unreachable": "Methu ei gyrraedd",
        "excluded.media": "Ni ellir cysylltu'r ffôn â'r alwad hon",
        "excluded.skill_missing": "Heb y sgil",
        "excluded.skill_low": "Sgil yn rhy isel",
        "excluded.cooling_off": "Newydd gael cynnig y galwr hwn",
        "excluded.excluded": "Wedi'i adael allan ar gyfer y galwr hwn",
        "verdict.not_waiting": "Nid yw'r galwr hwn yn aros mwyach.",
        "verdict.caller_lost": "Torrodd llinell y galwr. Cedwir y lle rhag ofn iddi ddod yn ôl.",
        "verdict.being_offered": "Yn canu ffôn {agent} nawr, am {until} arall.",
        "verdict.nobody_serves_queue": "Nid oes asiant ar gyfer y ciw hwn. Ychwanegwch un o dan Ciwiau.",
        "verdict.nobody_qualified": "Nid oes gan neb yn y ciw hwn y sgiliau sydd eu hangen.",
        "verdict.nobody_signed_in": "Nid oes neb a all gymryd y galwr hwn wedi mewngofnodi.",
        "verdict.nobody_reachable": "Ni ellir cyrraedd y rhai sy'n rhydd: gweler pam isod.",
        "verdict.cooling_off": "Newydd gynnig y galwr i bawb sy'n rhydd. Eto ymhen {until}.",
        "verdict.all_busy": "Nesaf yn y llinell. Nid oes neb a all gymryd y galwr hwn yn rhydd.",
        "verdict.behind": "Mae {count} galwr o'i flaen. Nid oes neb a all gymryd y galwr hwn yn rhydd.",
        "verdict.behind.1": "Mae un galwr o'i flaen. Nid oes neb a all gymryd y galwr hwn yn rhydd.",
        "fact.queue": "Ciw",
        "fact.priority": "Blaenoriaeth",
        "fact.since": "Yn y llinell ers",
        "fact.needs": "Angen",
        "fact.none": "Dim byd arbennig",
        "fact.offered_before": "Cynigiwyd o'r blaen",
        "fact.nobody": "I neb",
        "excluded.queue_not_served": "Ddim yn gwasanaethu'r ciw hwn",
        "excluded.available": "Rhydd",
        "alert.queue_wait": "{queue}: aros hiraf {wait}",
        "alert.queue_wait.text": "Terfyn {limit}",
        "alert.queue_level": "{queue} yn agos at ei derfyn",
        "alert.queue_level.text": "{count} yn aros, {free} yn rhydd",
        "alert.unreachable": "Ni ellir cyrraedd {agent}",
        "alert.unreachable.no_phone": "Nid oes ffôn ar agor. Ni chynigir galwadau.",
        "alert.unreachable.page_gone": "Mae'r dudalen ar gau neu'n cysgu. Ni chynigir galwadau.",
        "alert.unreachable.media_lost": "Ni ddaw sain o'r dudalen. Ni chynigir galwadau.",
        "alert.unreachable.microphone_silent": "Dim sain o'r meicroffon. Ni chynigir galwadau.",
        "alert.unreachable.microphone_ended": "Tynnwyd y meicroffon. Ni chynigir galwadau.",
        "unreachable.no_phone": "Dim ffôn ar agor",
        "unreachable.page_gone": "Tudalen ar gau",
        "unreachable.media_lost": "Dim sain o'r dudalen",
        "unreachable.microphone_silent": "Meicroffon yn dawel",
        "unreachable.microphone_ended": "Dim meicroffon",
        "alert.together.agent_unreachable": "Ni ellir cyrraedd {count} asiant",
        "alert.together.agent_long": "{count} asiant yn hir yn gorffen galwad",
        "alert.together.agent_missed": "Collodd {count} asiant alwadau",
        "alert.more": "a {count} arall",
        "alert.long_acw": "{agent} yn gorffen galwad ers {time}",
        "alert.long_acw.text": "Hirach na {limit}",
        "alert.missed": "Collodd {agent} alwadau",
        "alert.missed.text": "Wedi'i osod i ddim yn barod",
        "role.agent": "Asiant",
        "unknown_caller": "Galwr anhysbys",
        "withheld": "Rhif wedi'i gelu",
    },
}

LANGUAGES = frozenset(_WORDS)


def known_words() -> frozenset[str]:
    """The codes that have words."""
    return frozenset(_WORDS["en"])


def word(code: str, language: str = "en", /, *args: object, **values: object) -> str:
    """The sentence for `code`. English where a language lacks it, the code itself where both do."""
    template = _WORDS.get(language, {}).get(code) or _WORDS["en"].get(code)
    return template.format(*args, **values) if template is not None else code


def counted(code: str, count: int, language: str = "en", /, *args: object, **values: object) -> str:
    """`code.1` when `count` is 1, else `code`."""
    exact = f"{code}.{count}"
    if exact in _WORDS["en"]:
        return word(exact, language, *args, **values)
    return word(code, language, *args, **values)


def because(codes: tuple[str, ...], language: str = "en") -> list[str]:
    """The router's `Decision.because` as sentences for 'Routed to you because'."""
    sentences = []
    for code in codes:
        head, *values = code.split(":")
        if head == "skill" and len(values) > 3:
            values = [":".join(values[:-2]), *values[-2:]]
        count = int(values[0]) if len(values) == 1 and values[0].isdigit() else 0
        sentences.append(counted(f"because.{head}", count, language, *values))
    return sentences


def minutes(seconds: float) -> str:
    """`m:ss`, as on every list."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
