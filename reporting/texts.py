"""The names and sentences of the figures, English and Welsh, for `reporting.definitions`."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]

COUNTED_IN: Mapping[str, Text] = {
    "arrival": {
        "en": "Counted in the interval in which the contact first joined a queue, so that rows add up.",
        "cy": "Cyfrifir yn y cyfnod pan ymunodd y cyswllt â chiw gyntaf, fel bod y rhesi'n adio.",
    },
    "clock": {
        "en": "Time counts where it was spent; it is cut at the borders of intervals.",
        "cy": "Cyfrifir amser lle treuliwyd ef; fe'i torrir ar ffiniau'r cyfnodau.",
    },
    "instant": {
        "en": "Counted in the interval in which it happened.",
        "cy": "Cyfrifir yn y cyfnod pan ddigwyddodd.",
    },
    "now": {"en": "As it is now.", "cy": "Fel y mae nawr."},
}


def _text(name_en: str, sentence_en: str, name_cy: str, sentence_cy: str) -> tuple[Text, Text]:
    return {"en": name_en, "cy": name_cy}, {"en": sentence_en, "cy": sentence_cy}


TEXTS: Mapping[str, tuple[Text, Text]] = {
    "offered": _text(
        "Offered",
        "Callers who joined a queue; one who comes back to it counts once.",
        "Cynigiwyd",
        "Galwyr a ymunodd â chiw; cyfrifir y sawl sy'n dychwelyd unwaith.",
    ),
    "answered": _text(
        "Answered",
        "Of those offered, the callers who spoke with an agent.",
        "Atebwyd",
        "O'r rhai a gynigiwyd, y galwyr a siaradodd ag asiant.",
    ),
    "answered_in_target": _text(
        "Answered in time",
        "Of those answered, the callers who waited at most {target_s} seconds.",
        "Atebwyd mewn pryd",
        "O'r rhai a atebwyd, y galwyr a arhosodd {target_s} eiliad ar y mwyaf.",
    ),
    "abandoned": _text(
        "Given up",
        "Of those offered, the callers who hung up before an agent answered.",
        "Rhoddwyd y gorau",
        "O'r rhai a gynigiwyd, y galwyr a roddodd y ffôn i lawr cyn cael ateb.",
    ),
    "abandoned_in_target": _text(
        "Given up in time",
        "Of those who gave up, the callers who waited at most {target_s} seconds.",
        "Rhoddwyd y gorau mewn pryd",
        "O'r rhai a roddodd y gorau, y galwyr a arhosodd {target_s} eiliad ar y mwyaf.",
    ),
    "short_abandoned": _text(
        "Given up at once",
        "Of those who gave up, the callers who did so within {short_s} seconds.",
        "Rhoddwyd y gorau ar unwaith",
        "O'r rhai a roddodd y gorau, y galwyr a wnaeth o fewn {short_s} eiliad.",
    ),
    "given_up_after_answer": _text(
        "Given up after an answer",
        "Callers who were answered, had to wait again and hung up. They count as answered.",
        "Rhoddwyd y gorau ar ôl ateb",
        "Galwyr a atebwyd, a arhosodd eto ac a roddodd y ffôn i lawr. Cyfrifir hwy fel rhai a atebwyd.",
    ),
    "left_otherwise": _text(
        "Left otherwise",
        "Callers who left the queue for a message, another queue or another number.",
        "Gadawodd fel arall",
        "Galwyr a adawodd y ciw am neges, ciw arall neu rif arall.",
    ),
    "waiting": _text(
        "Waiting",
        "Callers in the queue now, those who ring at an agent included.",
        "Yn aros",
        "Galwyr yn y ciw nawr, gan gynnwys y rhai sy'n canu gydag asiant.",
    ),
    "waiting_first": _text(
        "Not answered yet",
        "Of those offered, the callers who still wait for their first answer.",
        "Heb eu hateb eto",
        "O'r rhai a gynigiwyd, y galwyr sy'n dal i aros am eu hateb cyntaf.",
    ),
    "handled": _text(
        "Handled",
        "Calls that were answered, and whose talk is over or was passed on.",
        "Trafodwyd",
        "Galwadau a atebwyd, ac y daeth eu sgwrs i ben neu y'u pasiwyd ymlaen.",
    ),
    "transferred": _text(
        "Transferred",
        "Calls that an agent passed on to a queue, a person, a number or a menu.",
        "Trosglwyddwyd",
        "Galwadau a basiodd asiant ymlaen i giw, person, rhif neu ddewislen.",
    ),
    "callbacks_chosen": _text(
        "Callbacks chosen",
        "Callers who chose to be called back. They neither waited on nor gave up.",
        "Galwadau yn ôl a ddewiswyd",
        "Galwyr a ddewisodd gael galwad yn ôl. Ni wnaethant aros na rhoi'r gorau.",
    ),
    "callbacks_kept": _text(
        "Callbacks kept",
        "Of the callbacks chosen, those in which the customer spoke with an agent.",
        "Galwadau yn ôl a gadwyd",
        "O'r galwadau yn ôl a ddewiswyd, y rhai lle siaradodd y cwsmer ag asiant.",
    ),
    "service_level": _text(
        "Service level",
        "Answered within {target_s} s, divided by answered plus given up, less those who gave up "
        "within {short_s} s.",
        "Lefel gwasanaeth",
        "Atebwyd o fewn {target_s} e, wedi'i rannu â'r rhai a atebwyd neu a roddodd y gorau, heb y rhai "
        "a wnaeth o fewn {short_s} e.",
    ),
    "service_level_answered": _text(
        "Service level, answered only",
        "Answered within {target_s} s, divided by answered.",
        "Lefel gwasanaeth, atebwyd yn unig",
        "Atebwyd o fewn {target_s} e, wedi'i rannu â'r rhai a atebwyd.",
    ),
    "service_level_all": _text(
        "Service level, given up in time counts",
        "Answered or given up within {target_s} s, divided by answered plus given up.",
        "Lefel gwasanaeth, rhoi'r gorau mewn pryd yn cyfrif",
        "Atebwyd neu rhoddwyd y gorau o fewn {target_s} e, wedi'i rannu â'r cyfan.",
    ),
    "service_level_callbacks": _text(
        "Service level, callbacks count",
        "Answered within {target_s} s, divided by answered plus given up plus callbacks chosen, less those "
        "who gave up within {short_s} s.",
        "Lefel gwasanaeth, galwadau yn ôl yn cyfrif",
        "Atebwyd o fewn {target_s} e, wedi'i rannu â'r rhai a atebwyd, a roddodd y gorau neu a ddewisodd "
        "alwad yn ôl, heb y rhai a roddodd y gorau o fewn {short_s} e.",
    ),
    "service_goal": _text(
        "Goal",
        "The service level that this queue promises.",
        "Nod",
        "Y lefel gwasanaeth y mae'r ciw hwn yn ei haddo.",
    ),
    "abandon_rate": _text(
        "Share given up",
        "Given up, divided by offered.",
        "Cyfran a roddodd y gorau",
        "Rhoddwyd y gorau, wedi'i rannu â'r rhai a gynigiwyd.",
    ),
    "abandon_rate_long": _text(
        "Share given up, without the first seconds",
        "Given up after more than {short_s} s, divided by offered less those who gave up sooner.",
        "Cyfran a roddodd y gorau, heb yr eiliadau cyntaf",
        "Rhoddwyd y gorau ar ôl mwy na {short_s} e, wedi'i rannu â'r rhai a gynigiwyd heb y lleill.",
    ),
    "asa_s": _text(
        "Average speed of answer",
        "Mean wait of those answered: in a queue from joining it, in all together from the first queue.",
        "Cyflymder ateb cyfartalog",
        "Cymedr aros y rhai a atebwyd: mewn ciw o ymuno ag ef, gyda'i gilydd o'r ciw cyntaf.",
    ),
    "longest_wait_s": _text(
        "Longest wait",
        "The longest anybody waited, those still waiting included.",
        "Aros hiraf",
        "Yr hiraf i neb aros, gan gynnwys y rhai sy'n dal i aros.",
    ),
    "aht_s": _text(
        "Average handle time",
        "Talk plus hold plus wrap-up, divided by calls handled.",
        "Amser trin cyfartalog",
        "Siarad a dal a gorffen, wedi'i rannu â'r galwadau a drafodwyd.",
    ),
    "transfer_rate": _text(
        "Share transferred",
        "Transferred, divided by handled.",
        "Cyfran a drosglwyddwyd",
        "Trosglwyddwyd, wedi'i rannu â'r rhai a drafodwyd.",
    ),
    "callbacks_kept_rate": _text(
        "Share of callbacks kept",
        "Callbacks kept, divided by callbacks chosen.",
        "Cyfran y galwadau yn ôl a gadwyd",
        "Galwadau yn ôl a gadwyd, wedi'i rannu â'r rhai a ddewiswyd.",
    ),
    "answer_wait_s": _text(
        "Wait of those answered",
        "All waits of those answered, added up.",
        "Aros y rhai a atebwyd",
        "Pob aros gan y rhai a atebwyd, wedi'u hadio.",
    ),
    "talk_s": _text("Talk", "Talk without hold, added up.", "Siarad", "Siarad heb ddal, wedi'i adio."),
    "hold_s": _text("Hold", "Time on hold, added up.", "Dal", "Amser yn dal, wedi'i adio."),
    "acw_s": _text("Wrap-up", "After-call work, added up.", "Gorffen", "Gwaith ar ôl galwad, wedi'i adio."),
    "assist_s": _text(
        "Time assisting",
        "Time consulted by, or joined to, somebody else's call, added up.",
        "Amser yn helpu",
        "Amser yn cynghori neu'n ymuno â galwad rhywun arall, wedi'i adio.",
    ),
    "busy_s": _text(
        "At work", "Time on contacts and in wrap-up.", "Wrth waith", "Amser ar alwadau ac yn gorffen."
    ),
    "free_s": _text("Ready", "Time available or ringing.", "Yn barod", "Amser ar gael neu'n canu."),
    "not_ready_s": _text(
        "Not ready",
        "Time not ready, whatever the reason.",
        "Ddim yn barod",
        "Amser ddim yn barod, am ba reswm bynnag.",
    ),
    "signed_in_s": _text(
        "Signed in",
        "Time in any state but signed out.",
        "Wedi mewngofnodi",
        "Amser mewn unrhyw gyflwr heblaw wedi allgofnodi.",
    ),
    "people": _text(
        "People",
        "Agents who had at least one of these contacts.",
        "Pobl",
        "Asiantau a gafodd o leiaf un o'r cysylltiadau hyn.",
    ),
    "assisted": _text(
        "Assisted",
        "Calls of others in which an agent was consulted or joined.",
        "Helpwyd",
        "Galwadau pobl eraill lle cynghorodd neu ymunodd asiant.",
    ),
    "missed": _text(
        "Missed",
        "Offers that rang at an agent until their time was over.",
        "Collwyd",
        "Cynigion a ganodd gydag asiant nes i'w hamser ddod i ben.",
    ),
    "declined": _text(
        "Declined", "Offers that an agent turned down.", "Gwrthodwyd", "Cynigion a wrthododd asiant."
    ),
    "occupancy": _text(
        "Occupancy",
        "Time on contacts and in wrap-up, divided by that plus time available or ringing.",
        "Llenwad",
        "Amser ar alwadau ac yn gorffen, wedi'i rannu â hynny ac amser ar gael neu'n canu.",
    ),
    "utilisation": _text(
        "Utilisation",
        "Time on contacts and in wrap-up, divided by all time signed in.",
        "Defnydd",
        "Amser ar alwadau ac yn gorffen, wedi'i rannu â'r holl amser wedi mewngofnodi.",
    ),
}
"""Figure -> its names and its sentences, by language."""
