"""What reports say beside their figures, by language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "total": "All",
        "interval": "From",
        "queue": "Queue",
        "agent": "Agent",
        "team": "Team",
        "dnis": "Number",
        "disposition": "Outcome",
        "none.queue": "No queue",
        "none.agent": "Nobody",
        "none.team": "No team",
        "none.dnis": "Unknown number",
        "none.disposition": "No outcome",
        "withheld": "Number withheld",
        "unknown": "Unknown caller",
        "why.busy": "{busy} of {people} on contact",
        "why.nobody": "Nobody was signed in",
        "why.short": "left within {short_s} s, not counted",
        "figures": "Figures",
        "definitions": "Definitions",
        "figure": "Figure",
        "meaning": "Meaning",
        "formula": "Computed as",
        "counted": "Counted",
        "subject": "{name}, {days}",
        "body": "The report “{name}” for {days} is attached.\n\n"
        "Sent by {centre} at {time}. Who gets it is set in Reports, Send regularly.",
        "body.test": "This is a test: it was asked for by hand.",
        "mail.outbox": "Reports are written into {folder}. Set PATCHBAY_SMTP_HOST to send them.",
        "mail.smtp": "Sent through {host} as {sender}.",
        "delivery.sent": "Sent to {count}.",
        "delivery.written": "Written into the outbox; no mail server is set up.",
        "delivery.failed": "Given up after {count} tries. {why}",
        "delivery.retry": "Not sent yet. {why}",
        "delivery.unsure": "The server stopped while this was sent. It may have arrived; it is not resent.",
    },
    "cy": {
        "total": "Pob un",
        "interval": "O",
        "queue": "Ciw",
        "agent": "Asiant",
        "team": "Tîm",
        "dnis": "Rhif",
        "disposition": "Canlyniad",
        "none.queue": "Dim ciw",
        "none.agent": "Neb",
        "none.team": "Dim tîm",
        "none.dnis": "Rhif anhysbys",
        "none.disposition": "Dim canlyniad",
        "withheld": "Rhif wedi'i gelu",
        "unknown": "Galwr anhysbys",
        "why.busy": "{busy} o {people} ar alwad",
        "why.nobody": "Nid oedd neb wedi mewngofnodi",
        "why.short": "gadawodd o fewn {short_s} e, heb ei gyfrif",
        "figures": "Ffigurau",
        "definitions": "Diffiniadau",
        "figure": "Ffigur",
        "meaning": "Ystyr",
        "formula": "Cyfrifir fel",
        "counted": "Lle cyfrifir",
        "subject": "{name}, {days}",
        "body": "Mae'r adroddiad “{name}” ar gyfer {days} wedi'i atodi.\n\n"
        "Anfonwyd gan {centre} am {time}. Gosodir pwy sy'n ei gael yn Adroddiadau, Anfon yn rheolaidd.",
        "body.test": "Prawf yw hwn: gofynnwyd amdano â llaw.",
        "mail.outbox": "Ysgrifennir adroddiadau i {folder}. Gosodwch PATCHBAY_SMTP_HOST i'w hanfon.",
        "mail.smtp": "Anfonir drwy {host} fel {sender}.",
        "delivery.sent": "Anfonwyd at {count}.",
        "delivery.written": "Ysgrifennwyd i'r blwch allan; nid oes gweinydd post wedi'i osod.",
        "delivery.failed": "Rhoddwyd y gorau ar ôl {count} cynnig. {why}",
        "delivery.retry": "Heb ei anfon eto. {why}",
        "delivery.unsure": "Stopiodd y gweinydd wrth anfon. Gall fod wedi cyrraedd, felly nis anfonir eto.",
    },
}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "cy": ("Llun", "Maw", "Mer", "Iau", "Gwe", "Sad", "Sul"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "cy": ("Ion", "Chwe", "Maw", "Ebr", "Mai", "Meh", "Gor", "Awst", "Medi", "Hyd", "Tach", "Rhag"),
}


def say(key: str, language: str, **values: object) -> str:
    """The words of `key`; English where a language is unknown."""
    return _WORDS.get(language, _WORDS["en"])[key].format_map(values)


def day_name(day: date, language: str) -> str:
    """`Wed 19 Nov`."""
    days, months = (table.get(language, table["en"]) for table in (_DAYS, _MONTHS))
    return f"{days[day.weekday()]} {day.day} {months[day.month - 1]}"


def days_name(first: date, last: date, language: str) -> str:
    """`Wed 19 Nov`, or `Mon 17 Nov - Sun 23 Nov`."""
    name = day_name(first, language)
    return name if first == last else f"{name} - {day_name(last, language)}"
