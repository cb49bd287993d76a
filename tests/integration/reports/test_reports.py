"""Interval reports over HTTP: figures, the contacts behind each cell, files, limits and rights."""

from __future__ import annotations

import csv
import io
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from app.services.report_files import plain
from app.services.reports import Asked, borders_of
from tests.integration.api.conftest import START, Centre, Visitor
from tests.integration.reports.conftest import DAY, NINE, shifted, write
from tests.unit.reporting.log import Log

QUERY = f"from={DAY}&to={DAY}"


async def asked(visitor: Visitor, query: str = "") -> dict[str, Any]:
    answer = await visitor.get(f"/api/reports?{QUERY}{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_report_shows_the_morning_by_half_hours(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    report = await asked(leila, "&queue=billing")
    rows = {row["label"]: row["values"] for row in report["rows"]}
    assert (rows["09:00"]["offered"], rows["09:00"]["answered"], rows["09:00"]["abandoned"]) == (54, 52, 2)
    assert rows["09:00"]["service_level"] == pytest.approx(39 / 53)
    assert rows["09:00"]["asa_s"] == pytest.approx((39 * 10 + 13 * 60) / 52)
    assert rows["09:00"]["aht_s"] == 330
    assert (rows["09:00"]["longest_wait_s"], rows["09:00"]["people"]) == (118, 2)
    assert rows["09:30"]["offered"] == 0
    assert list(rows)[-1] == "10:00"
    assert [row["so_far"] for row in report["rows"]][-2:] == [False, True]
    assert report["total"]["values"]["offered"] == 54
    assert (report["goal"], report["target_s"], report["short_s"]) == (0.8, 20, 5)


async def test_each_value_of_a_dimension_has_its_rows(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    report = await asked(leila, "&each=true&interval=whole")
    assert [(row["name"], row["values"]["offered"]) for row in report["rows"]] == [
        ("Billing", 54),
        ("Retention", 5),
    ]
    assert report["rows"][1]["values"]["service_level"] == 1.0, "by its own 30 seconds"
    assert report["total"]["values"]["offered"] == 59
    teams = await asked(leila, "&dimension=team&each=true&interval=whole")
    assert {row["name"]: row["values"]["handled"] for row in teams["rows"]} == {"Billing": 31, "Tier 2": 26}
    agents = await asked(leila, "&dimension=agent&agent=ag_amina&interval=60")
    assert [row["values"]["missed"] for row in agents["rows"]][9] == 1
    outcomes = await asked(leila, "&dimension=disposition&each=true&interval=day")
    assert {row["key"]: row["values"]["offered"] for row in outcomes["rows"]} == {"": 7, "refund_issued": 52}


@pytest.mark.parametrize(
    "query",
    [
        "&queue=billing",
        "&each=true&interval=60",
        "&dimension=agent&each=true&interval=whole",
        "&dimension=team&each=true&interval=day",
        "&dimension=dnis&each=true&interval=whole",
        "&dimension=disposition&each=true&interval=30",
    ],
)
async def test_every_count_opens_as_many_contacts(morning: Centre, query: str) -> None:
    leila = await morning.signed_in("leila")
    figures = {each["figure"]: each for each in (await leila.get("/api/reports/figures")).json()}
    report = await asked(leila, query)
    opened = 0
    for row in [row for row in report["rows"] if any(row["values"].values())] + [report["total"]]:
        named = {name: row[name] for name in ("slot", "key") if row[name] is not None}
        place = f"&{urlencode(named)}"
        for figure, value in row["values"].items():
            if figures[figure]["unit"] != "count" or figure == "people":
                continue
            answer = await leila.get(f"/api/reports/contacts?{QUERY}{query}{place}&figure={figure}")
            assert answer.json()["counted"] == value, (row["label"], row["key"], figure)
            opened += 1
    assert opened > 10


async def test_a_service_level_opens_those_who_waited_too_long_first(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    report = await asked(leila, "&queue=billing")
    slot = next(row["slot"] for row in report["rows"] if row["label"] == "09:00")
    path = f"/api/reports/contacts?{QUERY}&queue=billing&slot={slot}&figure=service_level"
    behind = (await leila.get(path)).json()
    assert (behind["counted"], behind["hits"], behind["left_out"]) == (53, 39, 1)
    first = behind["rows"][0]
    assert (first["contact_id"], first["ended"], first["waited_s"]) == ("long", "gave_up", 118)
    assert first["why"] == "1 of 2 on contact"
    assert first["clock"] == "09:03:20"
    assert [row["hit"] for row in behind["rows"][:15]] == [False] * 14 + [True]
    missing = await leila.get(f"/api/reports/contacts?{QUERY}&figure=luck")
    assert missing.status_code == 404


async def test_a_report_goes_on_with_what_is_written_meanwhile(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    before = await asked(leila, "&queue=billing")
    log = Log()
    log.queued("new", 3700)
    await write(morning.database, shifted(log, NINE))
    after = await asked(leila, "&queue=billing")
    assert after["total"]["values"]["offered"] == before["total"]["values"]["offered"] + 1
    assert after["total"]["values"]["waiting_first"] == 1


async def test_too_much_is_refused_with_what_to_change(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    far = await leila.get("/api/reports?from=2025-01-01&to=2025-11-19")
    assert far.status_code == 422
    assert far.json()["code"] == "report_too_large"
    assert "at most 31 days" in far.json()["detail"]
    swapped = await leila.get("/api/reports?from=2025-11-19&to=2025-11-18")
    assert "Swap them" in swapped.json()["detail"]


async def test_reports_are_for_supervisors(morning: Centre) -> None:
    for name in ("amina", "oli"):
        visitor = await morning.signed_in(name)
        for path in ("/api/reports?" + QUERY, "/api/reports/schedules", f"/api/reports/file?{QUERY}"):
            assert (await visitor.get(path)).status_code == 403
    ada = await morning.signed_in("ada")
    assert (await ada.get("/api/reports?" + QUERY)).status_code == 200


async def test_a_csv_file_reads_back_as_the_report(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    report = await asked(leila, "&dimension=agent&each=true&interval=whole")
    answer = await leila.get(f"/api/reports/file?{QUERY}&dimension=agent&each=true&interval=whole&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="report-agent-2025-11-19.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [float(line["Handled"]) for line in lines[:-1]] == [
        row["values"]["handled"] for row in report["rows"]
    ]
    assert lines[-1]["From"] == "All"
    assert "'=HYPERLINK(Ines)" in [line["Agent"] for line in lines], "no formula of a name"


async def test_an_xlsx_file_reads_back_with_types_and_definitions(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    report = await asked(leila, "&dimension=agent&each=true&interval=whole")
    answer = await leila.get(
        f"/api/reports/file?{QUERY}&dimension=agent&each=true&interval=whole&format=xlsx"
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book["Figures"]
    head = [cell.value for cell in sheet[1]]
    aht, occupancy = head.index("Average handle time"), head.index("Occupancy")
    for line, row in zip(sheet.iter_rows(min_row=2), [*report["rows"], report["total"]], strict=True):
        assert seconds_of(line[aht].value) == pytest.approx(row["values"]["aht_s"] or 0, abs=1)
        assert line[occupancy].value == pytest.approx(row["values"]["occupancy"])
        assert line[occupancy].value is None or line[occupancy].number_format == "0.0%"
        assert all(cell.data_type != "f" for cell in line), "nothing is a formula"
        assert line[2].value == row["values"]["handled"]
    assert "=HYPERLINK(Ines)" in [cell.value for cell in sheet["B"]]
    meanings = [cell.value for cell in book["Definitions"]["A"]]
    assert meanings[1:] == head[2:]


def seconds_of(value: object) -> float:
    """A time as a spreadsheet shows it, in seconds."""
    match value:
        case time():
            return value.hour * 3600 + value.minute * 60 + value.second
        case timedelta():
            return value.total_seconds()
    return 0.0


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_of_a_file_is_taken_for_a_formula(start: str) -> None:
    assert plain(f"{start}1+1") == f"'{start}1+1"
    assert plain("Amina = fine") == "Amina = fine"


@pytest.mark.parametrize(
    ("day", "slots"), [(date(2025, 10, 26), 50), (date(2025, 3, 30), 46), (date(2025, 11, 19), 48)]
)
def test_days_of_23_and_25_hours_have_their_own_slots(day: date, slots: int) -> None:
    borders = borders_of(Asked(first=day, last=day), ZoneInfo("Europe/London"))
    assert len(borders) - 1 == slots
    assert all(after - before == timedelta(minutes=30) for before, after in pairwise(borders))


async def test_choices_and_definitions_are_in_the_persons_language(morning: Centre) -> None:
    leila = await morning.signed_in("leila")
    choices = (await leila.get("/api/reports/choices")).json()
    assert choices["today"] == START.date().isoformat()
    assert [each["name"] for each in choices["queues"]] == ["Billing", "Retention"]
    assert choices["teams"] == [
        {"value": "Billing", "name": "Billing"},
        {"value": "Tier 2", "name": "Tier 2"},
    ]
    figures = {
        each["figure"]: each for each in (await leila.get("/api/reports/figures?queue=retention")).json()
    }
    assert "within 30 s" in figures["service_level"]["sentence"]
    assert (
        figures["service_level"]["formula"] == "Answered in time / (Answered + Given up - Given up at once)"
    )
    await leila.put("/api/session/language", {"language": "cy"})
    welsh = {each["figure"]: each for each in (await leila.get("/api/reports/figures")).json()}
    assert welsh["answered"]["name"] == "Atebwyd"


async def test_an_event_that_was_written_late_hides_no_others(morning: Centre) -> None:
    """Positions follow time only nearly: what a request writes may come after what happened later."""
    log = Log()
    log.queued("late", -11 * 3600)
    await write(morning.database, shifted(log, NINE - timedelta(hours=1, minutes=59)))
    leila = await morning.signed_in("leila")
    assert (await asked(leila, "&queue=billing"))["total"]["values"]["offered"] == 54
