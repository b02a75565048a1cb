"""What the engine calls: its values become blocks with places, our function runs, its spill and reasons are kept."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lowcarbon_xl.catalogue import Argument_, Kind
from lowcarbon_xl.cells import Block, Cell, CellError, Reference, Spill
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.reasons import blocked_by_area
from lowcarbon_xl.hosts.embedded.sites import CallSite, Rewriter
from lowcarbon_xl.hosts.embedded.tiles import Tile, first_rows
from lowcarbon_xl.hosts.embedded.values import EngineRows, to_cell, to_cells, to_engine_value
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell, WorkbookContent

Progress = Callable[[int, int, str], None]
"""Told after each call of ours: how many are done, how many there are, and what was done."""


@dataclass(frozen=True, slots=True)
class _Computed:
    """One call as it was computed last: its values, what its references showed, its result and the cells it fills."""

    values: list[Any]
    seen: list[tuple[object, ...]]
    spill: Spill
    area: Area


class Calls:
    """The memory of one evaluation: every call site with what it was given and what it returned.

    The engine may call from several threads and more than once, so one call computes at a time and a second
    call with the same values costs nothing.
    """

    def __init__(
        self,
        content: WorkbookContent,
        cells: Mapping[Place, FormulaCell],
        rewriter: Rewriter,
        language: Language,
        progress: Progress | None,
        refused: Mapping[Place, CellError],
        before: Calls | None = None,
        blocked: Mapping[Place, Text] | None = None,
    ) -> None:
        self._content = content
        self._cells = cells
        self._rewriter = rewriter
        self._language: Language = language
        self._progress = progress
        self._lock = threading.RLock()
        self._computed: dict[int, _Computed] = {}
        self._anchors: dict[Place, int] = {}
        self._wide: set[int] = set()
        self._refused = dict(refused)
        self._remembered = dict(before._computed) if before is not None else {}
        self._blocked = dict(blocked or {})

    def __call__(self, number: float, *values: Any) -> list[list[Any]]:
        """One call from the engine: the number of the site, then the values of the arguments."""
        with self._lock:
            site = self._rewriter.sites[int(number)]
            arguments = [self._argument(site, position, value) for position, value in enumerate(values)]
            typed = _typed(values)
            seen = [_shown(argument) for argument in arguments if isinstance(argument, Reference)]
            before = self._computed.get(site.number)
            if before is not None and before.values == typed and before.seen == seen:
                return _to_engine(before.spill, site)
            earlier = self._remembered.get(site.number)
            if earlier is not None and earlier.values == typed and earlier.seen == seen:
                spill = self._fitted(site, earlier.spill)
            else:
                spill = self._fitted(site, _rectangular(site.function.evaluate(arguments, self._language)))
            self._keep(site, _Computed(typed, seen, spill, spill_area(site, spill)))
            return _to_engine(spill, site)

    def _fitted(self, site: CallSite, spill: Spill) -> Spill:
        """The spill, or the reason why Excel has no room for it: merged cells or a table in the way."""
        area = spill_area(site, spill)
        if (
            not site.whole
            or site.fixed is not None
            or area.shape == (1, 1)
            or site.place.sheet not in self._content.sheets
        ):
            return spill
        if site.place in self._blocked:
            return Spill(((CellError("#SPILL!", self._blocked[site.place]),),))
        tables = [table.area for table in self._content.tables.values()]
        for obstacle in (*self._content.sheets[area.sheet].merged, *tables):
            if obstacle.intersects(area):
                reason = blocked_by_area(site.place, obstacle, table=obstacle in tables)
                return Spill(((CellError("#SPILL!", reason),),))
        return spill

    def _keep(self, site: CallSite, computed: _Computed) -> None:
        self._computed[site.number] = computed
        if site.whole or (computed.spill.failed and self._anchors.get(site.place) is None):
            self._anchors[site.place] = site.number
        self._wide.discard(site.number)
        if site.whole and computed.area.shape != (1, 1):
            self._wide.add(site.number)
        if self._progress is not None:
            done, planned = len(self._computed), len(self._rewriter.sites)
            self._progress(done, planned, f"{site.place.address} {site.function.name}")

    def tile(self, tile: Tile) -> list[list[Any]]:
        """One tile of a result that the engine does not take in one piece."""
        with self._lock:
            result = self.result(tile.anchor)
            rows = result[1].rows[tile.first : tile.last] if result is not None else ()
            return [[to_engine_value(cell, "") for cell in row] for row in rows] or [[""]]

    def overrule(self, place: Place, spill: Spill) -> None:
        """Give a cell another result than its call returned: its spill is blocked, or it stands in a circle."""
        number = self._anchors.get(place)
        if number is None:
            number = next(site.number for site in self._rewriter.sites if site.place == place)
        before = self._computed.get(number)
        if before is not None and before.spill.rows == spill.rows:
            return
        seen = before.seen if before else []
        self._computed[number] = _Computed(before.values if before else [], seen, spill, Area.sized(place, 1, 1))
        self._anchors[place] = number
        self._wide.discard(number)

    def result(self, place: Place) -> tuple[CallSite, Spill] | None:
        """The call that is a cell's whole formula, or one that failed inside it, with what it returned last."""
        number = self._anchors.get(place)
        return None if number is None else (self._rewriter.sites[number], self._computed[number].spill)

    def stale_references(self) -> list[CallSite]:
        """Sites whose referenced cells belong to another spill now than when they were computed."""
        stale = []
        for number, computed in self._computed.items():
            site = self._rewriter.sites[number]
            now = [
                _shown(self._reference(given.area, [[None]]))
                for given, argument in zip(site.given, site.function.arguments, strict=False)
                if argument.kind is Kind.REFERENCE and given.area is not None
            ]
            if now != computed.seen:
                stale.append(site)
        return stale

    def covering(self, place: Place) -> tuple[CallSite, Spill] | None:
        """The call of ours whose spill covers a cell, or that failed inside the cell's own formula."""
        for number in self._wide:
            if self._computed[number].area.contains(place):
                return self._rewriter.sites[number], self._computed[number].spill
        return self.result(place)

    def _argument(self, site: CallSite, position: int, value: Any) -> Argument_:
        given = site.given[position]
        if given.omitted:
            return None
        declared = site.function.arguments
        wants_reference = position < len(declared) and declared[position].kind is Kind.REFERENCE
        if given.area is not None:
            rows = value if isinstance(value, list) else [[value]]
            return self._reference(given.area, rows) if wants_reference else self._block(given.area, rows)
        if isinstance(value, list):
            return Block(to_cells(value))
        return to_cell(value)

    def _reference(self, area: Area, rows: EngineRows) -> Reference:
        block = self._block(area, rows)
        corner = area.corner
        covering = self.covering(corner)
        anchor = covering[0].place if covering else corner
        formula = self._cells.get(anchor)
        return Reference(
            block=block,
            formula=f"={formula.text}" if formula else None,
            spill=covering[1] if covering else None,
            offset=(corner.row - anchor.row, corner.column - anchor.column),
        )

    def _block(self, area: Area, rows: EngineRows) -> Block:
        """The cells with their place; what passes the engine badly (blanks, dates, reasons) is put right."""
        values = to_cells(rows)
        sheet = self._content.sheets[area.sheet]
        extent = Area.sized(area.corner, len(values), len(values[0]) if values else 0)
        if sheet.dates:
            self._show_dates(values, extent, sheet.dates)
        for number in self._wide:
            if self._computed[number].area.intersects(extent):
                _overlay(values, extent, self._rewriter.sites[number], self._computed[number].spill)
        for place in [place for place in self._anchors if extent.contains(place)]:
            site, spill = self._rewriter.sites[self._anchors[place]], self._computed[self._anchors[place]].spill
            _overlay(values, extent, site, spill)
        for place, error in self._refused.items():
            if extent.contains(place):
                values[place.row - area.row][place.column - area.column] = error
        merged = tuple(other.cells for other in sheet.merged if other.intersects(extent))
        return Block(values, area.sheet, area.row, area.column, merged)

    def _show_dates(self, values: list[list[Cell]], extent: Area, dates: frozenset[tuple[int, int]]) -> None:
        for i, line in enumerate(values):
            for j, value in enumerate(line):
                if (extent.row + i, extent.column + j) in dates:
                    line[j] = self._date(value)

    def _date(self, value: Cell) -> Cell:
        """A serial number as the date that the cell shows."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if 0 <= value < 1:
            return (dt.datetime.min + dt.timedelta(days=value)).time()
        epoch = dt.datetime(1904, 1, 1) if self._content.date1904 else dt.datetime(1899, 12, 30)
        try:
            moment = epoch + dt.timedelta(days=value)
        except OverflowError:
            return value
        return moment.date() if moment.time() == dt.time() else moment


def spill_area(site: CallSite, spill: Spill) -> Area:
    """The cells that a whole-formula call fills."""
    rows, columns = site.fixed or (len(spill.rows), len(spill.rows[0]) if spill.rows else 1)
    return Area.sized(site.place, max(rows, 1), max(columns, 1))


def _rectangular(spill: Spill) -> Spill:
    """The spill with rows of equal length and at least one cell."""
    width = max((len(row) for row in spill.rows), default=0) or 1
    if spill.rows and all(len(row) == width for row in spill.rows):
        return spill
    rows = tuple((*row, *(None for _ in range(width - len(row)))) for row in spill.rows)
    return replace(spill, rows=rows or ((None,),))


def _overlay(values: list[list[Cell]], extent: Area, site: CallSite, spill: Spill) -> None:
    """Put our own cells back where the engine's copy says less: blanks and reasons."""
    down, right = extent.row - site.place.row, extent.column - site.place.column
    for i, line in enumerate(values):
        if not 0 <= i + down < len(spill.rows):
            continue
        ours = spill.rows[i + down]
        for j, value in enumerate(line):
            if not 0 <= j + right < len(ours):
                continue
            own = ours[j + right]
            if (own is None and value == "") or (isinstance(own, CellError) and isinstance(value, CellError)):
                line[j] = own


def _typed(values: Iterable[Any]) -> list[Any]:
    """Values with their types, since 1 == True in Python but not in a spreadsheet."""
    return [
        (value, [[type(cell) for cell in row] for row in value]) if isinstance(value, list) else (value, type(value))
        for value in values
    ]


def _shown(reference: Reference) -> tuple[object, ...]:
    """What a function that looks at a reference can see besides the values."""
    return (reference.formula, id(reference.spill) if reference.spill else None, reference.offset)


def _to_engine(spill: Spill, site: CallSite) -> list[list[Any]]:
    """Rows as the engine takes them; an array of fixed size is filled up with #N/A and cut, as Excel does."""
    blank = None if site.nested else ""  # the engine turns a spilled blank into 0, and a blank is never 0
    whole = site.whole and site.fixed is None
    taken = spill.rows[: first_rows(spill)] if whole else spill.rows
    rows = [[to_engine_value(cell, blank) for cell in row] for row in taken] or [[blank]]
    if site.fixed is None:
        return rows
    height, width = site.fixed
    missing = {"type": "Error", "kind": "Na"}
    cut = [row[:width] + [missing] * (width - len(row)) for row in rows[:height]]
    return cut + [[missing] * width for _ in range(height - len(cut))]
