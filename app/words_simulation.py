"""What "try a change" says about a result, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "and": "{first} and {last}",
        "answer.better": "Better for {queue}, and no promise that is kept today would be broken.",
        "answer.better_but": "Better for {queue}, but {broken} would no longer keep what is promised.",
        "answer.worse": "Worse for {queue}.",
        "answer.worse_and": "Worse for {queue}, and {broken} would no longer keep what is promised.",
        "answer.same": "Nothing that {queue} callers would notice.",
        "answer.same_but": "Nothing that {queue} callers would notice, but {broken} would no longer "
        "keep what is promised.",
        "gain.more": "{count} more of {of} callers are answered within {target_s} s",
        "gain.fewer": "{count} fewer of {of} callers are answered within {target_s} s",
        "gain.equal": "As many of {of} callers are answered within {target_s} s",
        "gain.give_up_fewer": "{count} fewer give up",
        "gain.give_up_more": "{count} more give up",
        "gain.give_up_equal": "as many give up",
        "pays": "{queue} pays with {points} points.",
        "pays.more": "{queue} pays with {points} points and {second} with {second_points}.",
        "gains_too": "{queue} gains {points} points too.",
        "missed": "{queue} still misses its goal of {goal}%.",
        "cause.took_others": "{agents} took {calls} {queue} calls more, most of them from {begin} to {end}.",
        "cause.took_others_any": "{agents} took {calls} {queue} calls more.",
        "cause.fewer_people": "{calls} fewer people serve this queue.",
        "cause.fewer_people.1": "One person fewer serves this queue.",
        "cause.overtaken.1": "One caller of this queue is served before them now.",
        "cause.overtaken": "{calls} callers of this queue are served before them now.",
        "cause.more_calls": "{calls} callers who gave up before are answered now, and keep its people busy.",
        "cause.small_shifts": "No one thing: calls end at other times and meet other people.",
        "cause.rule": "The rule that decides it most often: {rule}.",
        "rule.weight": "weight of {0}",
        "rule.step": "step {0}",
        "rule.fair_share": "fair share of {0}",
        "rule.preferred": "preferred agent {0}",
        "rule.callback": "callback",
        "nobody": "Of {of}, {less} wait less and {same} the same.",
        "sure": "With {seeds} other seeds the gain lies between {low} and {high} points.",
        "sure.kept": "{queue} never fell below its goal.",
        "why.at": "At {at} of waiting: {verdict}",
        "why.agents": "Of {count} who may take it: {reasons}.",
        "why.now": "Now answered by {agent} after {wait}.",
        "why.now_gave_up": "Now gives up after {wait}.",
        "why.now_left": "Now leaves the queue after {wait}.",
        "why.before": "As it is, answered by {agent} after {wait}.",
        "why.before_gave_up": "As it is, gives up after {wait}.",
        "why.before_left": "As it is, leaves the queue after {wait}.",
        "change.weight": "{queue}, weight {before} → {after}",
        "change.requirement": "{queue}, {skill} ≥ {before} → {after}",
        "change.requirement_new": "{queue}, {skill} ≥ {after}",
        "change.requirement_gone": "{queue}, {skill} no longer needed",
        "change.strategy": "{queue}, {before} → {after}",
        "change.step_moved": "{queue}, step {step} opens at {before} → {after}",
        "change.step_new": "{queue}, new step {step}, at {after}",
        "change.step_gone": "{queue}, without step {step}",
        "change.step_other": "{queue}, step {step} does something else",
        "change.rule": "{queue}, {rule} {before} → {after}",
        "change.rule_other": "{queue}, {rule} changed",
        "change.skill": "{agent}, {skill} {before} → {after}",
        "change.queues": "{agent} serves {queues}",
        "change.staff": "{queue}, {people} people",
        "change.across": "Across queues: {before} → {after}",
        "change.none": "Nothing is changed yet",
    },
    "cy": {
        "and": "{first} a {last}",
        "answer.better": "Gwell i {queue}, ac ni fyddai'r un addewid a gedwir heddiw yn cael ei thorri.",
        "answer.better_but": "Gwell i {queue}, ond ni fyddai {broken} yn cadw'r hyn a addewir mwyach.",
        "answer.worse": "Gwaeth i {queue}.",
        "answer.worse_and": "Gwaeth i {queue}, ac ni fyddai {broken} yn cadw'r hyn a addewir mwyach.",
        "answer.same": "Dim y byddai galwyr {queue} yn sylwi arno.",
        "answer.same_but": "Dim y byddai galwyr {queue} yn sylwi arno, ond ni fyddai {broken} yn "
        "cadw'r hyn a addewir mwyach.",
        "gain.more": "Atebir {count} yn fwy o {of} galwr o fewn {target_s} eiliad",
        "gain.fewer": "Atebir {count} yn llai o {of} galwr o fewn {target_s} eiliad",
        "gain.equal": "Atebir cynifer o {of} galwr o fewn {target_s} eiliad",
        "gain.give_up_fewer": "mae {count} yn llai yn rhoi'r gorau iddi",
        "gain.give_up_more": "mae {count} yn fwy yn rhoi'r gorau iddi",
        "gain.give_up_equal": "mae cynifer yn rhoi'r gorau iddi",
        "pays": "Mae {queue} yn talu â {points} pwynt.",
        "pays.more": "Mae {queue} yn talu â {points} pwynt a {second} â {second_points}.",
        "gains_too": "Mae {queue} yn ennill {points} pwynt hefyd.",
        "missed": "Mae {queue} yn dal i fethu ei nod o {goal}%.",
        "cause.took_others": "Cymerodd {agents} {calls} galwad {queue} yn fwy, gan amlaf {begin}-{end}.",
        "cause.took_others_any": "Cymerodd {agents} {calls} galwad {queue} yn fwy.",
        "cause.fewer_people": "Mae {calls} yn llai o bobl yn gwasanaethu'r ciw hwn.",
        "cause.fewer_people.1": "Mae un person yn llai yn gwasanaethu'r ciw hwn.",
        "cause.overtaken.1": "Gwasanaethir un galwr o'r ciw hwn o'u blaen nawr.",
        "cause.overtaken": "Gwasanaethir {calls} o alwyr y ciw hwn o'u blaen nawr.",
        "cause.more_calls": "Atebir {calls} galwr a roddai'r gorau iddi o'r blaen, a hynny'n cymryd amser.",
        "cause.small_shifts": "Dim un peth: daw galwadau i ben ar adegau eraill a chwrdd â phobl eraill.",
        "cause.rule": "Y rheol sy'n penderfynu amlaf: {rule}.",
        "rule.weight": "pwysau {0}",
        "rule.step": "cam {0}",
        "rule.fair_share": "cyfran deg {0}",
        "rule.preferred": "asiant a ffefrir {0}",
        "rule.callback": "galwad yn ôl",
        "nobody": "O {of}, mae {less} yn aros llai a {same} yr un faint.",
        "sure": "Gyda {seeds} hedyn arall mae'r ennill rhwng {low} a {high} pwynt.",
        "sure.kept": "Ni ddisgynnodd {queue} o dan ei nod erioed.",
        "why.at": "Ar ôl aros {at}: {verdict}",
        "why.agents": "O {count} a all ei chymryd: {reasons}.",
        "why.now": "Nawr atebir gan {agent} ar ôl {wait}.",
        "why.now_gave_up": "Nawr mae'n rhoi'r gorau iddi ar ôl {wait}.",
        "why.now_left": "Nawr mae'n gadael y ciw ar ôl {wait}.",
        "why.before": "Fel y mae, atebir gan {agent} ar ôl {wait}.",
        "why.before_gave_up": "Fel y mae, mae'n rhoi'r gorau iddi ar ôl {wait}.",
        "why.before_left": "Fel y mae, mae'n gadael y ciw ar ôl {wait}.",
        "change.weight": "{queue}, pwysau {before} → {after}",
        "change.requirement": "{queue}, {skill} ≥ {before} → {after}",
        "change.requirement_new": "{queue}, {skill} ≥ {after}",
        "change.requirement_gone": "{queue}, nid oes angen {skill} mwyach",
        "change.strategy": "{queue}, {before} → {after}",
        "change.step_moved": "{queue}, mae cam {step} yn agor am {before} → {after}",
        "change.step_new": "{queue}, cam newydd {step}, am {after}",
        "change.step_gone": "{queue}, heb gam {step}",
        "change.step_other": "{queue}, mae cam {step} yn gwneud rhywbeth arall",
        "change.rule": "{queue}, {rule} {before} → {after}",
        "change.rule_other": "{queue}, newidiwyd {rule}",
        "change.skill": "{agent}, {skill} {before} → {after}",
        "change.queues": "Mae {agent} yn gwasanaethu {queues}",
        "change.staff": "{queue}, {people} o bobl",
        "change.across": "Ar draws ciwiau: {before} → {after}",
        "change.none": "Nid oes dim wedi'i newid eto",
    },
}


def say(code: str, language: str, /, *args: object, **values: object) -> str:
    """The sentence for `code`; English where a language lacks it."""
    template = _WORDS.get(language, {}).get(code) or _WORDS["en"][code]
    return template.format(*args, **values)


def listed(names: Sequence[str], language: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return say("and", language, first=", ".join(names[:-1]), last=names[-1])


def known(code: str) -> bool:
    """Whether there are words for `code`."""
    return code in _WORDS["en"]


def rule_words(rule: str, language: str, names: Mapping[str, str]) -> str:
    """A rule that a decision names: `weight:retention` -> `weight of Retention`."""
    head, _, rest = rule.partition(":")
    return say(f"rule.{head}", language, names.get(rest, rest)) if known(f"rule.{head}") else rule
