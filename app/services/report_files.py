"""Reports as files: CSV and XLSX. Nothing in them is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from app.api import models_reports as wire
from app.services.report_words import say
from reporting import FIGURES, Unit

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_DAY_S = 86_400.0


def file_name(view: wire.ReportView, file_format: wire.FileFormat) -> str:
    """`report-queue-2025-11-19.csv`; letters and digits only."""
    days = f"{view.from_day:%Y-%m-%d}"
    if view.to_day != view.from_day:
        days += f"-to-{view.to_day:%Y-%m-%d}"
    return f"report-{view.dimension}-{days}.{file_format}"


def report_file(view: wire.ReportView, file_format: wire.FileFormat, language: str) -> bytes:
    """The report in one of the formats."""
    return csv_bytes(view, language) if file_format == "csv" else xlsx_bytes(view, language)


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula: where it would, an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _head(view: wire.ReportView, language: str) -> list[str]:
    head = [say("interval", language)]
    return [*head, say(view.dimension, language)] if view.each else head


def _lead(row: wire.ReportRow, view: wire.ReportView, language: str) -> list[str]:
    label = say("total", language) if row.slot is None else row.label
    return [label, row.name] if view.each else [label]


def csv_bytes(view: wire.ReportView, language: str) -> bytes:
    """UTF-8 with a mark at the start, so that spreadsheets read accents. Figures are plain numbers."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = [FIGURES[figure].name(language) for figure in view.figures]
    writer.writerow([plain(each) for each in (*_head(view, language), *names)])
    for row in (*view.rows, view.total):
        figures = [_csv_number(figure, row.values.get(figure)) for figure in view.figures]
        writer.writerow([*(plain(each) for each in _lead(row, view, language)), *figures])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv_number(figure: str, value: float | None) -> str:
    if value is None:
        return ""
    match FIGURES[figure].unit:
        case Unit.COUNT:
            return f"{value:.0f}"
        case Unit.SECONDS:
            return f"{value:.1f}"
        case Unit.SHARE:
            return f"{value:.4f}"


def xlsx_bytes(view: wire.ReportView, language: str) -> bytes:
    """One sheet of figures, typed as counts, times and percentages; one that says what each means."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        Unit.COUNT: book.add_format({"num_format": "0"}),
        Unit.SECONDS: book.add_format({"num_format": "[h]:mm:ss"}),
        Unit.SHARE: book.add_format({"num_format": "0.0%"}),
    }
    sheet = book.add_worksheet(say("figures", language))
    leads = _head(view, language)
    names = [FIGURES[figure].name(language) for figure in view.figures]
    for column, text in enumerate([*leads, *names]):
        sheet.write_string(0, column, text, head)
    for line, row in enumerate((*view.rows, view.total), start=1):
        for column, text in enumerate(_lead(row, view, language)):
            sheet.write_string(line, column, text)
        for column, figure in enumerate(view.figures, start=len(leads)):
            value, unit = row.values.get(figure), FIGURES[figure].unit
            if value is not None:
                sheet.write_number(
                    line, column, value / _DAY_S if unit is Unit.SECONDS else value, formats[unit]
                )
    sheet.freeze_panes(1, len(leads))
    sheet.set_column(0, len(leads) - 1, 22)
    sheet.set_column(len(leads), len(leads) + len(names), 12)
    _definitions(book.add_worksheet(say("definitions", language)), view.figures, view, head, language)
    book.close()
    return out.getvalue()


def _definitions(
    sheet: xlsxwriter.worksheet.Worksheet,
    figures: Sequence[str],
    view: wire.ReportView,
    head: xlsxwriter.format.Format,
    language: str,
) -> None:
    for column, key in enumerate(("figure", "meaning", "formula", "counted")):
        sheet.write_string(0, column, say(key, language), head)
    for line, figure in enumerate(figures, start=1):
        definition = FIGURES[figure]
        texts = (
            definition.name(language),
            definition.explain(language, target_s=view.target_s, short_s=view.short_s),
            definition.formula(language),
            definition.where(language),
        )
        for column, text in enumerate(texts):
            sheet.write_string(line, column, text)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 3, 60)
