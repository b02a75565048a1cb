"""A workbook as the audit sees it: cells and formulas from the file, results recalculated without Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.audit.versions import Rectangle, Result, Version, differences
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, Cell, CellError, Output
from lowcarbon_xl.commands.printed import is_banner, own_sheets, printed_results, run_again
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded.dependencies import Dependencies
from lowcarbon_xl.hosts.embedded.formulas import function_names
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from lowcarbon_xl.hosts.embedded.sites import parse_cells
from lowcarbon_xl.hosts.embedded.workbook import WorkbookContent, read_workbook
from lowcarbon_xl.readers.open_file import read_file


def read_sheets(path: Path) -> dict[str, Block]:
    """The cells of every sheet from A1 on, with the values that the file has saved.

    Raises
    ------
    HostError
        When the file cannot be read.
    """
    return {sheet.block.sheet or "": sheet.block for sheet in read_file(path).sheets}


def read_version(path: Path) -> Version:
    """A workbook with what its formulas saved; nothing is recalculated.

    Raises
    ------
    HostError
        When the file cannot be read.
    """
    return version_of(read_workbook(path), read_sheets(path))


def recalculated_version(path: Path, language: Language) -> Version:
    """A workbook with what its formulas saved and what they come to.

    The language of results is the workbook's own; where it does not say, the one in which more of the saved texts
    come out again.

    Raises
    ------
    HostError
        When the file cannot be read.
    """
    sheets = read_sheets(path)
    done = recalculate(path, functions(), language, own_language=True)
    version = version_of(done.content, sheets, done)
    if done.content.language is None and _disagreeing(version):
        again = recalculate(path, functions(), "en" if language == "zh" else "zh")
        other = version_of(again.content, sheets, again)
        if _disagreeing(other) < _disagreeing(version):
            version = other
    return replace(version, results=run_again(path, version.results, version.outputs, language))


def _disagreeing(version: Version) -> int:
    """Cells of results that are saved otherwise than they come to."""
    return sum(
        sum(1 for _ in differences(result.saved, result.computed))
        for result in version.results
        if result.computed is not None
    )


def version_of(content: WorkbookContent, sheets: dict[str, Block], done: Recalculation | None = None) -> Version:
    """A workbook that was read, and recalculated if `done` is given."""
    trees = parse_cells(content.formulas())
    dependencies = Dependencies(content, trees, frozenset())
    results: list[Result] = []
    looking: list[int] = []
    own = own_sheets(content)
    for cell in content.formulas():
        if is_banner(content, cell, own):
            continue
        place = cell.place
        rows = None if done is None else _computed(done, place)
        area = _filled(cell.area, place, rows)
        reads = dependencies.areas(trees[place], place) if place in trees else None
        reached = None if reads is None else tuple(map(rectangle_of, reads))
        if place in trees and _LOOKING.intersection(function_names(trees[place])):
            looking.append(len(results))
        results.append(Result(area, f"={cell.text}", reached, slice_of(sheets[place.sheet], area).values, rows))
    for position in looking:
        results[position] = _looking_behind(results[position], results)
    results += printed_results(
        content, sheets, lambda place: dependencies.areas(trees[place], place) if place in trees else None, done
    )
    return Version(content.path.name, sheets, tuple(results), own)


_LOOKING = {function.name for function in functions() if function.needs_reference}


def _looking_behind(result: Result, results: Sequence[Result]) -> Result:
    """A formula that explains another one (WHY) depends on all that the other one reads."""
    behind = [
        rectangle
        for other in results
        if other is not result and any(map(other.covers, result.reads or ()))
        for rectangle in other.reads or ()
    ]
    return replace(result, reads=(*(result.reads or ()), *behind))


def _computed(done: Recalculation, place: Place) -> Sequence[Sequence[Cell]] | None:
    """What a formula comes to; None where it was not computed."""
    if place in done.arrays:
        return done.arrays[place]
    return ((done.values[place],),) if place in done.values else None


def _filled(area: Area | None, place: Place, rows: Sequence[Sequence[Cell]] | None) -> Rectangle:
    """The cells that a formula fills: in the file, and when it is computed."""
    height, width = area.shape if area is not None else (1, 1)
    if rows is not None:
        height, width = max(height, len(rows)), max(width, len(rows[0]))
    return Rectangle(place.sheet, place.row, place.column, place.row + height - 1, place.column + width - 1)


def rectangle_of(area: Area) -> Rectangle:
    """The host's rectangle as the audit spells it."""
    return Rectangle(area.sheet, area.row, area.column, area.last_row, area.last_column)


def slice_of(sheet: Block, area: Rectangle) -> Block:
    """The cells of a rectangle of a sheet that starts at A1; blanks where the sheet ends before."""
    rows, columns = sheet.shape
    last_row, last_column = min(area.last_row, max(rows, area.row)), min(area.last_column, max(columns, area.column))
    values: list[list[Cell]] = [
        [sheet.values[i][j] if i < rows and j < columns else None for j in range(area.column - 1, last_column)]
        for i in range(area.row - 1, last_row)
    ]
    return Block(values, sheet.sheet, area.row, area.column)


def plain(cell: Output, language: Language) -> object:
    """A cell as JSON has it: error values as their code, dates as texts."""
    if isinstance(cell, Text):
        return cell[language]
    if isinstance(cell, CellError):
        return cell.code
    return cell if cell is None or isinstance(cell, bool | int | float | str) else cell.isoformat()
