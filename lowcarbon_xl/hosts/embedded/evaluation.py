"""One evaluation of a workbook: formulas go into the engine, results and reasons come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import formualizer

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import Cell, CellError, Spill
from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.hosts.embedded import lint
from lowcarbon_xl.hosts.embedded.calls import Calls, Progress
from lowcarbon_xl.hosts.embedded.dependencies import Dependencies
from lowcarbon_xl.hosts.embedded.files import unreadable_part
from lowcarbon_xl.hosts.embedded.formulas import ERROR_CODES, Locator, Node, write_formula
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW, Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.sites import CALL, Rewriter, parse_cells
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell, WorkbookContent

Rows = tuple[tuple[Cell, ...], ...]
_ROUNDS = 5
"""WHY may look at a cell whose reason comes later, and a whole column may grow; longer chains do not occur."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell with a call of ours that shows an error value, and why."""

    place: Place
    code: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """An ordinary formula that this host does not compute, and why."""

    place: Place
    formula: str
    reason: Text


class Evaluation:
    """Evaluates the formulas of one workbook once.

    Parameters
    ----------
    content : WorkbookContent
    functions : iterable of Function
    language : {"zh", "en"}
    progress : callable, optional
    """

    def __init__(
        self,
        content: WorkbookContent,
        functions: Iterable[Function],
        language: Language,
        progress: Progress | None = None,
    ) -> None:
        self._content = content
        self._functions = {function.name: function for function in functions}
        self._language: Language = language
        self._progress = progress
        self._trees = parse_cells(content.formulas())
        self._cells = {cell.place: cell for cell in content.formulas()}
        self._locator = Locator(content)
        self._bounds = {name: (sheet.rows, sheet.columns) for name, sheet in content.sheets.items()}
        self._needed: frozenset[Place] | None = None
        self._scratch: str | None = None
        self._begin()
        self._drop_intersections()
        self._ours = frozenset(p for p, tree in self._trees.items() if self._rewriter.holds_calls(tree))
        spilling = self._ours | {place for place, cell in self._cells.items() if cell.area is not None}
        self.dependencies = Dependencies(content, self._trees, frozenset(spilling))

    def _drop_intersections(self) -> None:
        """Take ``@`` from before whole calls of ours, in the trees and in the texts."""
        self._texts: dict[Place, str] = {}
        for place, tree in self._trees.items():
            bare = self._rewriter.bare(tree)
            if bare is not tree:
                self._trees[place] = bare
                self._texts[place] = write_formula(bare, lambda node: None)
                self._cells[place] = replace(self._cells[place], text=self._texts[place])

    def _begin(self) -> None:
        """A fresh engine, with nothing computed."""
        self._rewriter = Rewriter(self._functions, self._locator, self._bounds)
        self._calls = Calls(self._content, self._cells, self._rewriter, self._language, self._progress)
        self._written: dict[Place, str] = {}
        self._refused: dict[Place, Text] = {}
        try:
            self._engine = formualizer.load_workbook(str(self._content.path))
        except Exception as error:  # the engine's loader raises whatever its parser met
            raise unreadable_part(self._content.path, "formualizer", str(error)) from error
        self._engine.set_temporal_egress("serial")
        if self._scratch is not None:
            self._engine.add_sheet(self._scratch)
        self._engine.register_function(CALL, self._calls, min_args=1, allow_override_builtin=True)

    def run(self) -> None:
        """Evaluate everything (or what is needed), until reasons and whole columns have settled."""
        for _ in range(_ROUNDS):
            self._install()
            self._evaluate()
            self._settle()
            if not self._grown():
                return
            self._begin()

    def single(self, cell: FormulaCell, tree: Node) -> Spill:
        """Evaluate one more formula that stands on a sheet of its own, and what it needs."""
        self._scratch = cell.place.sheet
        self._engine.add_sheet(self._scratch)
        self._needed = self.dependencies.closure(tree, cell.place)
        self._cells[cell.place] = cell
        self._trees[cell.place] = tree
        self._drop_intersections()
        if self._needed is not None:
            self._needed |= {cell.place}
        if self._rewriter.holds_calls(tree):
            self._ours |= {cell.place}
        self.run()
        if cell.place in self._refused:
            return Spill(((CellError("#VALUE!", self._refused[cell.place]),),), language=self._language)
        result = self._calls.result(cell.place)
        if result is not None and (result[0].whole or result[1].failed):
            return result[1]
        return Spill(self._rows(cell.place), language=self._language)

    def _install(self) -> None:
        """Give the engine what it shall compute: rewritten calls, cleared spills, refused cells as errors."""
        for place, cell in self._cells.items():
            if cell.area is not None:
                self._clear(cell.area, place)
        for place, cell in self._cells.items():
            tree = self._trees.get(place)
            if self._needed is not None and place not in self._needed:
                self._engine.set_value(*place, None)
            elif tree is not None and place in self._ours:
                self._written[place] = self._rewriter.rewrite(cell, tree)
                self._engine.set_formula(*place, self._written[place])
            elif (reason := lint.refusal(cell, tree)) is not None:
                self._refuse(place, reason)
            elif place.sheet not in self._content.sheets:
                self._engine.set_formula(*place, "=" + cell.text)

    def _clear(self, area: Area, anchor: Place) -> None:
        for row in range(area.row, area.last_row + 1):
            for column in range(area.column, area.last_column + 1):
                place = Place(area.sheet, row, column)
                if place != anchor and place not in self._cells:
                    self._engine.set_value(*place, None)

    def _refuse(self, place: Place, reason: Text) -> None:
        self._refused[place] = reason
        self._calls.reasons[place] = CellError("#VALUE!", reason)
        self._engine.set_value(*place, formualizer.LiteralValue.error("Value", None))

    def _evaluate(self) -> None:
        try:
            self._engine.evaluate_all()
        except formualizer.ExcelEvaluationError:
            self._isolate()
            self._engine.evaluate_all()

    def _isolate(self) -> None:
        """Find the formulas that stop the engine as a whole, and refuse them alone."""
        suspects = [place for place in self._cells if place not in self._refused and not self._computes(place)]
        texts = {place: self._written.get(place, "=" + self._cells[place].text) for place in suspects}
        for place in suspects:
            self._engine.set_value(*place, None)
        for place in suspects:
            self._engine.set_formula(*place, texts[place])
            if not self._computes(place):
                self._refuse(place, lint.stops_engine(self._cells[place]))

    def _computes(self, place: Place) -> bool:
        try:
            self._engine.evaluate_cell(*place)
        except formualizer.ExcelEvaluationError:
            return False
        return True

    def _settle(self) -> None:
        """Let functions that look at a reference look again where what they saw has changed."""
        for _ in range(_ROUNDS):
            self._explain_engine_errors()
            stale = {site.place for site in self._calls.stale_references()}
            if not stale:
                return
            for place in stale:
                self._engine.set_formula(*place, self._written[place])
            self._evaluate()

    def _explain_engine_errors(self) -> None:
        """Give blocked spills and circles, which the engine reports without a word, their reasons."""
        circular = frozenset(p for p in self._cells if _kind(self._engine.get_value(*p)) == "Circ")
        for place in self._ours:
            kind = _kind(self._engine.get_value(*place))
            result = self._calls.result(place)
            if kind == "Circ":
                way = self.dependencies.circle(place, circular)
                self._calls.overrule(place, Spill(((CellError("#REF!", lint.circle(place, way)),),)))
            elif kind == "Spill" and result is not None and result[0].whole and not result[1].failed:
                reason = lint.blocked(place, self._blocker(place, result[1]))
                self._calls.overrule(place, Spill(((CellError("#SPILL!", reason),),)))

    def _blocker(self, place: Place, spill: Spill) -> Place | None:
        """The first occupied cell in the way of a spill."""
        rows, columns = len(spill.rows), len(spill.rows[0])
        cells = (Place(place.sheet, place.row + i, place.column + j) for i in range(rows) for j in range(columns))
        return next((cell for cell in cells if cell != place and self._engine.get_value(*cell) is not None), None)

    def _grown(self) -> bool:
        """Whether spills reach below what whole-column references were cut at; widens the bounds if so."""
        whole = [
            given.area
            for site in self._rewriter.sites
            for given in site.given
            if given.area is not None and (given.area.last_row == LAST_ROW or given.area.last_column == LAST_COLUMN)
        ]
        before = dict(self._bounds)
        for area in map(self._area, self._ours):
            if area.sheet in self._bounds and any(area.intersects(reader) for reader in whole):
                rows, columns = self._bounds[area.sheet]
                self._bounds[area.sheet] = (max(rows, area.last_row), max(columns, area.last_column))
        return self._bounds != before

    def _area(self, place: Place) -> Area:
        """The cells that a formula fills."""
        role = self._engine.inspect_cell(Area.sized(place, 1, 1).reference, include_values=False).cell.spill
        extent = role.extent if role is not None else None
        area = parse_reference(extent, place.sheet, lambda name: name) if extent else None
        return area if area is not None else Area.sized(place, 1, 1)

    def _rows(self, place: Place) -> Rows:
        """What a formula fills its cells with: our own cells where we have them, else the engine's."""
        result = self._calls.result(place)
        if result is not None and result[0].whole and result[0].fixed is None:
            return tuple(tuple(_plain(cell) for cell in row) for row in result[1].rows)
        area = self._area(place)
        return tuple(
            tuple(
                to_cell(self._engine.get_value(place.sheet, row, column))
                for column in range(area.column, area.last_column + 1)
            )
            for row in range(area.row, area.last_row + 1)
        )

    def values(self) -> dict[Place, Cell]:
        """The value of every computed formula cell."""
        arrays = self.arrays()
        return {
            place: arrays[place][0][0] if place in arrays else to_cell(self._engine.get_value(*place))
            for place in self._cells
            if place not in self._refused
        }

    def arrays(self) -> dict[Place, Rows]:
        """The rows of every formula that fills cells: ours, and ordinary array formulas."""
        arrays = self._ours | {place for place, cell in self._cells.items() if cell.area is not None}
        return {place: self._rows(place) for place in sorted(arrays) if place not in self._refused}

    def spills(self) -> dict[Place, Spill]:
        """What our functions returned, by the cells whose whole formula they are."""
        results = {place: self._calls.result(place) for place in sorted(self._ours)}
        return {place: result[1] for place, result in results.items() if result is not None and result[0].whole}

    def texts(self) -> dict[Place, str]:
        """Formulas of ours whose text changes: an implicit intersection before the call is dropped."""
        return dict(self._texts)

    def failures(self) -> Iterator[Failure]:
        """Cells with a call of ours that show an error value."""
        for place in sorted(self._ours):
            rows = self._rows(place)
            value = rows[0][0]
            if not isinstance(value, CellError) or len(rows) * len(rows[0]) > 1:
                continue
            result = self._calls.result(place)
            own = result[1].rows[0][0] if result is not None and result[1].failed else None
            reason = own.reason if isinstance(own, CellError) else None
            yield Failure(place, value.code, reason or lint.inherited(value.code))

    def refused(self) -> Iterator[Refusal]:
        """Ordinary formulas that were not computed."""
        for place, reason in sorted(self._refused.items()):
            yield Refusal(place, "=" + self._cells[place].text, reason)

    def notes(self) -> Iterator[Text]:
        """Remarks on single cells."""
        yield from ()


def to_cell(value: Any) -> Cell:
    """An engine's value as a cell."""
    if isinstance(value, dict):
        return CellError(ERROR_CODES.get(str(value.get("kind")), "#VALUE!"))
    cell: Cell = value
    return cell


def _plain(cell: object) -> Cell:
    if isinstance(cell, Text):
        raise TypeError("a text must be rendered before it is written")
    plain: Cell = cell  # type: ignore[assignment]  # everything else that a spill may hold is a cell
    return plain


def _kind(value: object) -> str | None:
    return str(value.get("kind")) if isinstance(value, dict) else None


def unreadable_formula(text: str) -> InputError:
    """The error for a formula that cannot be read at all."""
    return InputError(
        Text(f"公式读不懂：{text}", f"the formula cannot be read: {text}"),
        Text("请检查括号、引号和逗号", "Check brackets, quotes and commas"),
    )
