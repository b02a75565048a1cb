"""The conformance calls as a workbook, and what the embedded host makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Cell, CellError, column_letters
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from tests.conformance.calls import CALLS, ConformanceCall
from tests.conformance.sheets import SHEETS, Rows

Grid = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call shows: its cells, and the English reason where it failed."""

    cells: Grid
    reason: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.cells), len(self.cells[0])


def save_book(
    path: Path,
    calls: Iterable[ConformanceCall] = CALLS,
    spell: Callable[[str], str] = str,
    shapes: Mapping[str, tuple[int, int]] | None = None,
    sheets: Mapping[str, Rows] = SHEETS,
) -> Path:
    """Write the sheets of data and a sheet for each call.

    Parameters
    ----------
    path : Path
    calls : iterable of ConformanceCall
    spell : callable
        Writes a formula as the host spells it.
    shapes : mapping, optional
        Rows and columns of array formulas by the call's id, for hosts whose formulas do not spill; without it each
        formula stands in one cell.
    sheets : mapping
        The data; `SMALL_SHEETS` does for calls that are not about size.
    """
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for name, rows in sheets.items():
        _fill(book.create_sheet(name), rows)
    for call in calls:
        height, width = (shapes or {}).get(call.id, (1, 1))
        area = f"A1:{column_letters(width)}{height}"
        sheet = book.create_sheet(call.id)
        sheet["A1"] = ArrayFormula(area, spell(call.formula)) if shapes is not None else spell(call.formula)
    book.save(path)
    return path


def _fill(sheet: Worksheet, rows: Rows) -> None:
    for i, row in enumerate(rows, 1):
        for j, value in enumerate(row, 1):
            if isinstance(value, CellError):
                sheet.cell(i, j, value.code).data_type = "e"
            elif value is not None:
                sheet.cell(i, j, value)


def embedded_answers(folder: Path, calls: Iterable[ConformanceCall] = CALLS) -> dict[str, Answer]:
    """The answers of the embedded host by the call's id, headers in English."""
    listed = tuple(calls)
    result = recalculate(save_book(folder / "conformance.xlsx", listed), functions(), "en")
    if result.refused:
        raise AssertionError(f"the embedded host refuses {[(r.place.address, r.reason.en) for r in result.refused]}")
    reasons = {failure.place: failure.reason.en for failure in result.failures}
    answers = {}
    for call in listed:
        place = Place(call.id, 1, 1)
        cells = result.arrays.get(place, ((result.values[place],),))
        answers[call.id] = Answer(cells, reasons.get(place, ""))
    return answers
