"""One evaluation of a workbook: formulas go into the engine, results and reasons come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import formualizer

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import Cell, CellError, Spill
from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.hosts.embedded import reasons
from lowcarbon_xl.hosts.embedded.allowed import VOLATILE
from lowcarbon_xl.hosts.embedded.calls import Calls, Progress
from lowcarbon_xl.hosts.embedded.dependencies import Dependencies
from lowcarbon_xl.hosts.embedded.enginefile import engine_file
from lowcarbon_xl.hosts.embedded.files import unreadable_part
from lowcarbon_xl.hosts.embedded.formulas import ERROR_CODES, Locator, Node, function_names, walk, write_formula
from lowcarbon_xl.hosts.embedded.lint import judge
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW, Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.probes import Probes
from lowcarbon_xl.hosts.embedded.sites import CALL, Rewriter, is_fixed_array, parse_cells
from lowcarbon_xl.hosts.embedded.verdicts import Doubt
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
        self._refused: dict[Place, CellError] = {}
        self._rewriter = Rewriter(self._functions, self._locator, self._bounds)
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
        """A fresh memory of calls and a fresh engine that has computed nothing yet."""
        self._rewriter = Rewriter(self._functions, self._locator, self._bounds)
        self._calls = Calls(
            self._content, self._cells, self._rewriter, self._language, self._progress, dict(self._refused)
        )
        self._written = {
            place: self._rewriter.rewrite(self._cells[place], self._trees[place])
            for place in sorted(self._ours)
            if self._is_needed(place) and place not in self._refused
        }
        for place, tree in self._trees.items():
            plain = partial(self._locator.plain_reference, place)
            if place not in self._ours and self._is_computed(place) and any(map(plain, walk(tree))):
                self._written[place] = write_formula(tree, plain)
        installed = {place: self._installed(cell) for place, cell in self._cells.items()}
        try:
            self._engine = formualizer.load_workbook_bytes(engine_file(self._content, installed))
        except Exception as error:  # the engine's loader raises whatever its parser met
            raise unreadable_part(self._content.path, "formualizer", str(error)) from error
        self._engine.set_temporal_egress("serial")
        self._engine.register_function(CALL, self._calls, min_args=1, allow_override_builtin=True)
        self._probes = Probes(self._engine, self._locator, self._bounds)
        for place, verdict in self._verdicts.items():
            if place not in self._refused:
                self._probes.add(place, verdict)
        for place, formula in installed.items():
            if place.sheet not in self._content.sheets and isinstance(formula, str):
                self._engine.add_sheet(place.sheet)
                self._engine.set_formula(*place, "=" + formula)

    def _installed(self, cell: FormulaCell) -> str | CellError | None:
        """What the engine gets for a formula cell: a text, an error in place of a refused formula, or nothing."""
        if not self._is_needed(cell.place):
            return None
        refused = self._refused.get(cell.place)
        return refused if refused is not None else self._written.get(cell.place, cell.text)

    def _is_computed(self, place: Place) -> bool:
        return self._is_needed(place) and place not in self._refused

    def _is_needed(self, place: Place) -> bool:
        return self._needed is None or place in self._needed

    def run(self) -> None:
        """Evaluate everything (or what is needed), until refusals, reasons and whole columns have settled."""
        self._judge()
        for _ in range(_ROUNDS):
            self._begin()
            if self._evaluate() and self._settle() and not self._doubtful() and not self._grown():
                return

    def _judge(self) -> None:
        """Refuse what the engine would compute wrongly, and note what only values can tell."""
        self._verdicts = {
            place: judge(cell, self._trees.get(place), self._locator, self._functions.__contains__)
            for place, cell in self._cells.items()
            if self._is_needed(place)
        }
        for place, verdict in self._verdicts.items():
            if verdict.refused is not None:
                self._refuse(place, reasons.not_computed(place, verdict.refused))

    def _refuse(self, place: Place, reason: Text) -> None:
        self._refused[place] = CellError("#VALUE!", reason)

    def _doubtful(self) -> bool:
        """Refuse what the values have shown to be doubtful; whether there was any."""
        found = self._probes.confirmed()
        for place, cell in self._cells.items():
            fixed = cell.area is not None and not cell.dynamic and (is_fixed_array(cell) or place not in self._ours)
            if fixed and self._is_computed(place) and self._area(place) != cell.area:
                found.setdefault(place, Doubt.OTHER_SIZE.value)
        for place, what in found.items():
            self._refuse(place, reasons.not_computed(place, what))
        return bool(found)

    def single(self, cell: FormulaCell, tree: Node) -> Spill:
        """Evaluate one more formula that stands on a sheet of its own, and what it needs."""
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
            return Spill(((self._refused[cell.place],),), language=self._language)
        result = self._calls.result(cell.place)
        if result is not None and (result[0].whole or result[1].failed):
            return result[1]
        rows = self._rows(cell.place)
        if rows and isinstance(rows[0][0], CellError) and rows[0][0].reason is None:
            return Spill(((CellError(rows[0][0].code, self._origin(cell.place, rows[0][0].code)),),))
        return Spill(rows, language=self._language)

    def _origin(self, place: Place, code: str) -> Text:
        """The reason for an error value that a formula took over from cells that it refers to."""
        for area in self.dependencies.areas(self._trees[place], place) or ():
            covering = self._calls.covering(area.corner)
            known = covering[1].rows[0][0] if covering is not None and covering[1].failed else None
            refused = next((error for other, error in self._refused.items() if area.contains(other)), None)
            error = refused or known
            if isinstance(error, CellError) and error.reason is not None:
                return error.reason
        return reasons.inherited(code)

    def _evaluate(self) -> bool:
        """Let the engine compute; when a formula stops it as a whole, refuse that formula and report False."""
        try:
            self._engine.evaluate_all()
        except formualizer.ExcelEvaluationError:
            self._isolate()
            return False
        return True

    def _isolate(self) -> None:
        """Find the formulas that stop the engine as a whole, and refuse them alone."""
        suspects = [place for place in self._cells if place not in self._refused and not self._computes(place)]
        texts = {place: self._written.get(place, self._cells[place].text) for place in suspects}
        for place in suspects:
            self._engine.set_value(*place, None)
        for place in suspects:
            if not self._computes(place, texts[place]):
                self._refuse(place, reasons.stops_engine(self._cells[place]))
                self._engine.set_value(*place, None)

    def _computes(self, place: Place, text: str | None = None) -> bool:
        try:
            if text is not None:
                self._engine.set_formula(*place, "=" + text)
            self._engine.evaluate_cell(*place)
        except (formualizer.ExcelEvaluationError, RuntimeError):
            return False
        return True

    def _settle(self) -> bool:
        """Let functions that look at a reference look again where what they saw has changed; always True."""
        for _ in range(_ROUNDS):
            self._explain_engine_errors()
            stale = {site.place for site in self._calls.stale_references()}
            if not stale:
                break
            for place in stale:
                self._engine.set_formula(*place, "=" + self._written[place])
            self._engine.evaluate_all()
        return True

    def _explain_engine_errors(self) -> None:
        """Give blocked spills and circles, which the engine reports without a word, their reasons."""
        circular = frozenset(p for p in self._cells if _kind(self._engine.get_value(*p)) == "Circ")
        for place in self._written.keys() & self._ours:
            kind = _kind(self._engine.get_value(*place))
            result = self._calls.result(place)
            if kind == "Circ":
                way = self.dependencies.circle(place, circular)
                self._calls.overrule(place, Spill(((CellError("#REF!", reasons.circle(place, way)),),)))
            elif kind == "Spill" and result is not None and result[0].whole and not result[1].failed:
                reason = reasons.blocked(place, self._blocker(place, result[1]))
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
        results = {place: self._calls.result(place) for place in sorted(self._ours - self._refused.keys())}
        return {place: result[1] for place, result in results.items() if result is not None and result[0].whole}

    def texts(self) -> dict[Place, str]:
        """Formulas of ours whose text changes: an implicit intersection before the call is dropped."""
        return dict(self._texts)

    def failures(self) -> Iterator[Failure]:
        """Cells with a call of ours that show an error value."""
        for place in sorted(self._ours - self._refused.keys()):
            rows = self._rows(place)
            value = rows[0][0]
            if not isinstance(value, CellError) or len(rows) * len(rows[0]) > 1:
                continue
            result = self._calls.result(place)
            own = result[1].rows[0][0] if result is not None and result[1].failed else None
            reason = own.reason if isinstance(own, CellError) else None
            yield Failure(place, value.code, reason or self._origin(place, value.code))

    def refused(self) -> Iterator[Refusal]:
        """Ordinary formulas that were not computed."""
        for place, error in sorted(self._refused.items()):
            if error.reason is not None:
                yield Refusal(place, "=" + self._cells[place].text, error.reason)

    def notes(self) -> Iterator[Text]:
        """Remarks on cells: those that change at every recalculation."""
        for place, tree in self._trees.items():
            volatile = sorted(VOLATILE.intersection(function_names(tree)))
            if volatile:
                names = ", ".join(volatile)
                yield Text(
                    f"{place.address}：{names} 每次重算都会变",
                    f"{place.address}: {names} changes whenever it is computed",
                )


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
