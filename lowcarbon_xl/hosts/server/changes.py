"""What a button changed in a workbook, as few blocks as possible, for Office.js to repeat in the open one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.hosts.libreoffice.rewrite import rewrite_formula
from lowcarbon_xl.hosts.server.wire import serial

Json = Any
Position = tuple[int, int]
Look = tuple[Json, ...]

_HARMLESS = re.compile(r"(?!(?:TRUE|FALSE)$)[^\W\d_][^\d]*", re.IGNORECASE)
"""Texts that Excel reads as texts when they are entered; others are entered after an apostrophe."""


@dataclass(frozen=True, slots=True)
class SheetContents:
    """What a sheet held: contents and looks by cell, widths by column, names."""

    cells: Mapping[Position, Json]
    looks: Mapping[Position, Look]
    widths: Mapping[str, float]
    names: Mapping[str, str]
    state: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a workbook held."""

    sheets: Mapping[str, SheetContents]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to do in the open workbook.

    Parameters
    ----------
    created, removed : tuple of str
        Sheets.
    formulas : tuple of dict
        Blocks ``{sheet, address, formulas}``; in created sheets only cells with formulas.
    looks : tuple of dict
        Blocks ``{sheet, address, numberFormat, bold, italic, color, fill}`` in sheets that were there.
    widths : tuple of dict
        ``{sheet, column, width}``, in characters.
    names : tuple of dict
        ``{sheet, name, formula}``; no sheet for those of the workbook, no formula for removed ones.
    states : mapping
        Visibility of sheets that are created or whose visibility changed.
    active : str
        The sheet shown.
    """

    created: tuple[str, ...]
    removed: tuple[str, ...]
    formulas: tuple[dict[str, Json], ...]
    looks: tuple[dict[str, Json], ...]
    widths: tuple[dict[str, Json], ...]
    names: tuple[dict[str, Json], ...]
    states: Mapping[str, str]
    active: str

    def record(self) -> dict[str, Json]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def contents(book: Workbook) -> Contents:
    """What a workbook holds now."""
    return Contents({sheet.title: _sheet(sheet) for sheet in book.worksheets}, _names(book.defined_names))


def compare(before: Contents, book: Workbook) -> Changes:
    """What changed since `before`."""
    after = contents(book)
    created = tuple(name for name in after.sheets if name not in before.sheets)
    kept = [name for name in after.sheets if name in before.sheets]
    blank = SheetContents({}, {}, {}, {}, "visible")
    formulas = [
        *(block for name in kept for block in _changed_cells(name, before.sheets[name], after.sheets[name])),
        *(block for name in created for block in _formula_cells(name, after.sheets[name])),
    ]
    states = {
        name: sheet.state
        for name, sheet in after.sheets.items()
        if sheet.state != before.sheets.get(name, blank).state or name in created
    }
    return Changes(
        created,
        tuple(name for name in before.sheets if name not in after.sheets),
        tuple(formulas),
        tuple(block for name in kept for block in _changed_looks(name, before.sheets[name], after.sheets[name])),
        tuple(line for name in kept for line in _changed_widths(name, before.sheets[name], after.sheets[name])),
        tuple(
            line
            for scope, old, new in [
                (None, before.names, after.names),
                *((name, before.sheets.get(name, blank).names, sheet.names) for name, sheet in after.sheets.items()),
            ]
            for line in _changed_names(scope, old, new)
        ),
        states,
        book.active.title if book.active else "",
    )


def _sheet(sheet: Worksheet) -> SheetContents:
    cells: dict[Position, Json] = {}
    looks: dict[Position, Look] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.value is not None:
                cells[cell.row, cell.column] = _content(cell)
            if cell.has_style:
                looks[cell.row, cell.column] = _look(cell)
    widths = {
        letters: 0.0 if column.hidden else float(column.width)
        for letters, column in sheet.column_dimensions.items()
        if column.width or column.hidden
    }
    return SheetContents(cells, looks, widths, _names(sheet.defined_names), sheet.sheet_state)


def _content(cell: Cell) -> Json:
    """What is entered into a cell: formulas spelled for Office.js, dates as serial numbers, texts as texts."""
    value = cell.value
    if isinstance(value, ArrayFormula):
        return _spelled(value.text or "")
    if isinstance(value, str):
        if cell.data_type == "f":
            return _spelled(value)
        return value if cell.data_type == "e" or _HARMLESS.fullmatch(value) else "'" + value
    if isinstance(value, dt.date | dt.time):
        return serial(value)
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1)
    return value if isinstance(value, bool | int | float) else str(value)


def _spelled(formula: str) -> str:
    names = {function.name for function in functions()}
    return "=" + rewrite_formula(formula.removeprefix("="), names, "LC")


def _look(cell: Cell) -> Look:
    fill = cell.fill
    return (
        cell.number_format,
        bool(cell.font.b),
        bool(cell.font.i),
        _color(cell.font.color),
        _color(fill.fgColor) if fill is not None and fill.fill_type == "solid" else None,
    )


def _color(color: Json) -> str | None:
    """``#RRGGBB``; None for a theme's colour, which stays as Excel has it."""
    rgb = getattr(color, "rgb", None)
    return f"#{rgb[-6:]}" if isinstance(rgb, str) and len(rgb) in (6, 8) else None


def _names(defined: Mapping[str, Json]) -> dict[str, str]:
    return {name: "=" + str(found.attr_text).removeprefix("=") for name, found in defined.items()}


def _changed_cells(sheet: str, old: SheetContents, new: SheetContents) -> Iterator[dict[str, Json]]:
    changed = {
        place: new.cells.get(place, "")
        for place in old.cells.keys() | new.cells.keys()
        if old.cells.get(place) != new.cells.get(place) or type(old.cells.get(place)) is not type(new.cells.get(place))
    }
    yield from _cell_blocks(sheet, changed)


def _formula_cells(sheet: str, new: SheetContents) -> Iterator[dict[str, Json]]:
    """The formulas of a new sheet, entered again: those that came with a file would point back at that file."""
    formulas = {p: value for p, value in new.cells.items() if isinstance(value, str) and value.startswith("=")}
    yield from _cell_blocks(sheet, formulas)


def _cell_blocks(sheet: str, cells: Mapping[Position, Json]) -> Iterator[dict[str, Json]]:
    for top, left, bottom, right in blocks(cells):
        rows = [[cells[i, j] for j in range(left, right + 1)] for i in range(top, bottom + 1)]
        yield {"sheet": sheet, "address": _address(top, left, bottom, right), "formulas": rows}


def _changed_looks(sheet: str, old: SheetContents, new: SheetContents) -> Iterator[dict[str, Json]]:
    groups: dict[Look, list[Position]] = {}
    plain = ("General", False, False, None, None)
    for place in old.looks.keys() | new.looks.keys():
        look = new.looks.get(place, plain)
        if look != old.looks.get(place, plain):
            groups.setdefault(look, []).append(place)
    for look, places in groups.items():
        for block in blocks(places):
            named = zip(("numberFormat", "bold", "italic", "color", "fill"), look, strict=True)
            yield {"sheet": sheet, "address": _address(*block), **dict(named)}


def _changed_widths(sheet: str, old: SheetContents, new: SheetContents) -> Iterator[dict[str, Json]]:
    for column, width in new.widths.items():
        if old.widths.get(column) != width:
            yield {"sheet": sheet, "column": column, "width": width}


def _changed_names(scope: str | None, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[dict[str, Json]]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield {"sheet": scope, "name": name, "formula": new.get(name)}


def blocks(places: Iterable[Position]) -> list[tuple[int, int, int, int]]:
    """Rectangles (top, left, bottom, right) that cover exactly these cells: runs along rows, joined downwards."""
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    done: list[tuple[int, int, int, int]] = []
    for row, left, right in _runs(sorted(places)):
        top, bottom = open_.get((left, right), (row, row - 1))
        if bottom != row - 1:
            done.append((top, left, bottom, right))
            top = row
        open_[left, right] = (top, row)
    done.extend((top, left, bottom, right) for (left, right), (top, bottom) in open_.items())
    return sorted(done)


def _runs(places: list[Position]) -> Iterator[tuple[int, int, int]]:
    """Row, first and last column of neighbouring cells."""
    start = previous = None
    for place in places:
        if previous is None or place != (previous[0], previous[1] + 1):
            if start is not None and previous is not None:
                yield start[0], start[1], previous[1]
            start = place
        previous = place
    if start is not None and previous is not None:
        yield start[0], start[1], previous[1]


def _address(top: int, left: int, bottom: int, right: int) -> str:
    return f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
