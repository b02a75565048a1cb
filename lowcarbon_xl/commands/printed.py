"""Tables and pictures that buttons wrote, as results that can be compared: what they rest on, what they should show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lowcarbon_xl.audit.stale import STALE
from lowcarbon_xl.audit.versions import Rectangle, Result
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.errors import Language, LowCarbonError
from lowcarbon_xl.hosts.embedded.outcome import Rows
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell, WorkbookContent
from lowcarbon_xl.names import IMPORTED_PANEL, OWN_MARK, PLAN_NAMES, PREFIX

_DATA = frozenset({*PLAN_NAMES, IMPORTED_PANEL.zh, IMPORTED_PANEL.en})
"""Sheets that the add-in makes and people go on working with: what stands there is input."""

_BANNER = "STALE("

Reads = Callable[[Place], list[Area] | None]


def own_sheets(content: WorkbookContent) -> frozenset[str]:
    """Sheets that hold what buttons wrote, and nothing that anybody typed."""
    marked = {sheet for sheet, name in content.names if sheet is not None and name == OWN_MARK}
    service = {sheet for sheet in content.sheets if sheet.startswith(PREFIX)}
    return frozenset((marked | service) - _DATA)


def is_banner(content: WorkbookContent, cell: FormulaCell, own: frozenset[str]) -> bool:
    """Whether a formula is the banner under a table."""
    return cell.place.sheet in own and cell.text.lstrip("=").startswith(_BANNER)


def printed_results(
    content: WorkbookContent, sheets: Mapping[str, Block], reads: Reads, done: Recalculation | None
) -> Iterator[Result]:
    """The table above every banner as a result: the ranges that the banner watches are what it reads.

    Parameters
    ----------
    reads : callable
        The areas that the formula of a cell reads.
    done : Recalculation or None
        The recalculated workbook; with it a table whose banner says stale is not what its inputs give.
    """
    own = own_sheets(content)
    for name in sorted(own):
        top = 1
        banners = [cell.place for cell in content.sheets[name].formulas.values() if is_banner(content, cell, own)]
        for group in _neighbours(sorted(banners)):
            area = _table(sheets[name], top, group[0])
            top = group[-1].row + 1
            if area is None:
                continue
            areas = (area for place in group for area in reads(place) or () if area.sheet not in own)
            read = dict.fromkeys(Rectangle(a.sheet, a.row, a.column, a.last_row, a.last_column) for a in areas)
            saved = _slice(sheets[name], area)
            fresh = done is not None and not any(_is_stale(done, place) for place in group)
            yield Result(area, str(saved[0][0]), tuple(read), saved, saved if fresh else None)


def _neighbours(places: Sequence[Place]) -> list[list[Place]]:
    """Banners right below each other, which belong to one table."""
    groups: list[list[Place]] = []
    for place in places:
        if groups and (place.row, place.column) == (groups[-1][-1].row + 1, groups[-1][-1].column):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _is_stale(done: Recalculation, place: Place) -> bool:
    return str(done.values.get(place)).startswith((STALE.zh, STALE.en))


def _table(sheet: Block, top: int, banner: Place) -> Rectangle | None:
    """The cells above a banner up to the first blank column; None where nothing stands there."""
    rows = list(sheet.values[top - 1 : banner.row - 1])
    filled = [i for i, row in enumerate(rows) if any(cell not in (None, "") for cell in row)]
    if not filled:
        return None
    rows = rows[filled[0] :]
    start = banner.column - 1
    width = 0
    while start + width < len(rows[0]) and any(row[start + width] not in (None, "") for row in rows):
        width += 1
    if not width:
        return None
    first = top + filled[0]
    while len(rows) > 1 and sum(cell not in (None, "") for cell in rows[-1][start : start + width]) < 2:
        rows.pop()  # notes: they say nothing that the numbers do not rest on
    return Rectangle(banner.sheet, first, banner.column, first + len(rows) - 1, start + width)


def _slice(sheet: Block, area: Rectangle) -> list[list[Cell]]:
    return [list(row[area.column - 1 : area.last_column]) for row in sheet.values[area.row - 1 : area.last_row]]


def run_again(path: Path, results: tuple[Result, ...], own: frozenset[str], language: Language) -> tuple[Result, ...]:
    """The results with what the plan gives now in place of what is not known of its tables.

    Nothing is saved. A table that the plan does not write, or one of whose models cannot be estimated, stays unknown:
    it is judged by what it reads.
    """
    unknown = [result for result in results if result.area.sheet in own and result.computed is None]
    if not unknown:
        return results
    from lowcarbon_xl import ribbon  # xlwings, which other comparisons need not wait for
    from lowcarbon_xl.hosts.embedded import engine
    from lowcarbon_xl.ribbon.desk import Desk
    from lowcarbon_xl.ribbon.plan_results import planned_tables
    from lowcarbon_xl.ribbon.snapshot import Snapshot

    book = engine.open_book(path, functions(), language)
    try:
        spoken = ribbon.book_language(book, language)
        desk = Desk(book, spoken, None, lambda done, planned, what: None, Snapshot(book, "run_all"))
        now = {name: planned_tables(desk, name) for name in {one.area.sheet for one in unknown}}
    except LowCarbonError:  # there is no plan that can be read
        return results
    finally:
        book.close()
    return tuple(replace(one, computed=_as_saved(one, now)) if one in unknown else one for one in results)


def _as_saved(result: Result, tables: Mapping[str, Mapping[str, Rows]]) -> Rows | None:
    """The table of the same title in the size of the saved one; None where there is none."""
    rows = tables[result.area.sheet].get(result.formula)
    if rows is None:
        return None
    height, width = result.area.last_row - result.area.row + 1, result.area.last_column - result.area.column + 1
    blank = (None,) * width
    cut = [(*row[:width], *blank[len(row) :]) for row in rows[:height]]
    return (*cut, *([blank] * (height - len(cut))))
