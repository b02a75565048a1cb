"""One evaluation of a workbook: formulas go into the engine, results and reasons come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import formualizer

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import CellError, Spill
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded import reasons
from lowcarbon_xl.hosts.embedded.calls import Calls, Progress
from lowcarbon_xl.hosts.embedded.dependencies import Dependencies
from lowcarbon_xl.hosts.embedded.enginefile import engine_file
from lowcarbon_xl.hosts.embedded.files import unreadable_by_engine
from lowcarbon_xl.hosts.embedded.formulas import Locator, Node, walk, write_formula
from lowcarbon_xl.hosts.embedded.lint import judge
from lowcarbon_xl.hosts.embedded.outcome import Outcome, filled_area, is_circular
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW, Area, Place
from lowcarbon_xl.hosts.embedded.probes import Probes
from lowcarbon_xl.hosts.embedded.sites import CALL, Rewriter, is_fixed_array, parse_cells
from lowcarbon_xl.hosts.embedded.tiles import TILE, Tile, first_rows, tiles_of
from lowcarbon_xl.hosts.embedded.verdicts import Doubt
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell, WorkbookContent

_ROUNDS = 5
"""WHY may look at a cell whose reason comes later; longer chains of looks at looks do not occur."""

_LOOKED_AT = 20_000
"""So many cells are looked at one by one."""

_RESTARTS = 50
"""Each restart refuses one more formula at least, or has a whole column reach further down."""


class Evaluation:
    """Evaluates the formulas of one workbook once.

    Parameters
    ----------
    content : WorkbookContent
    functions : iterable of Function
    language : {"zh", "en"}
    progress : callable, optional

    Attributes
    ----------
    texts : dict
        Formulas of ours whose text changes: an implicit intersection before the call is dropped.
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
        self._tiles: tuple[Tile, ...] = ()
        self._blocked: dict[Place, Text] = {}
        self._rewriter = Rewriter(self._functions, self._locator, self._bounds)
        self._calls = Calls(content, self._cells, self._rewriter, language, progress, self._refused)
        self.texts: dict[Place, str] = {}
        self._drop_intersections()
        self._ours = frozenset(p for p, tree in self._trees.items() if self._rewriter.holds_calls(tree))
        spilling = self._ours | {place for place, cell in self._cells.items() if cell.area is not None}
        self.dependencies = Dependencies(content, self._trees, frozenset(spilling))

    def _drop_intersections(self) -> None:
        """Take ``@`` from before whole calls of ours, in the trees and in the texts."""
        for place, tree in self._trees.items():
            bare = self._rewriter.bare(tree)
            if bare is not tree:
                self._trees[place] = bare
                self.texts[place] = write_formula(bare, lambda node: None)
                self._cells[place] = replace(self._cells[place], text=self.texts[place])

    def _begin(self) -> None:
        """A fresh memory of calls and a fresh engine that has computed nothing yet."""
        self._rewriter = Rewriter(self._functions, self._locator, self._bounds)
        self._calls = Calls(
            self._content,
            self._cells,
            self._rewriter,
            self._language,
            self._progress,
            self._refused,
            self._calls,
            self._blocked,
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
            raise unreadable_by_engine(self._content.path, str(error)) from error
        self._engine.set_temporal_egress("serial")
        now = dt.datetime.now().astimezone()
        offset = now.utcoffset() or dt.timedelta()
        self._engine.set_deterministic_clock(now.astimezone(dt.UTC), int(offset.total_seconds()))
        self._engine.register_function(CALL, self._calls, min_args=1, allow_override_builtin=True)
        self._probes = Probes(self._engine, self._content.free_sheet("_LC_probe"), self._locator, self._bounds)
        for place, verdict in self._verdicts.items():
            if place not in self._refused:
                self._probes.add(place, verdict)
        for place, formula in installed.items():
            if place.sheet not in self._content.sheets and isinstance(formula, str):
                self._engine.add_sheet(place.sheet)
                self._engine.set_formula(*place, "=" + formula)
        self._lay_tiles()

    def _lay_tiles(self) -> None:
        """Give the engine the lower tiles of large results; a cell in the way blocks the result as a whole."""
        self._engine.register_function(TILE, lambda number, _: self._calls.tile(self._tiles[int(number)]), min_args=2)
        for number, tile in enumerate(self._tiles):
            if self._engine.get_value(*tile.place) is not None:
                self._blocked[tile.anchor] = reasons.blocked(tile.anchor, tile.place)
            else:
                anchor = Area.sized(tile.anchor, 1, 1).reference
                self._engine.set_formula(*tile.place, f"={TILE}({number},{anchor})")

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

    def run(self) -> Outcome:
        """Evaluate everything (or what is needed), until refusals, reasons and whole columns have settled."""
        self._judge()
        for _ in range(_RESTARTS):
            self._begin()
            if self._evaluate() and self._settle() and not (self._doubtful() or self._tiled() or self._grown()):
                break
        return Outcome(
            self._engine,
            self._calls,
            self._cells,
            self._trees,
            self._ours,
            self._refused,
            self.dependencies,
            self._language,
        )

    def _judge(self) -> None:
        """Refuse what the engine would compute wrongly, and note what only values can tell."""
        self._verdicts = {
            place: judge(
                cell,
                self._trees.get(place),
                self._locator,
                self._functions.__contains__,
                date1904=self._content.date1904,
            )
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
            if fixed and self._is_computed(place) and filled_area(self._engine, place) != cell.area:
                found.setdefault(place, Doubt.OTHER_SIZE.value)
        for place, what in found.items():
            self._refuse(place, reasons.not_computed(place, what))
        return bool(found)

    def add(self, cell: FormulaCell, tree: Node) -> None:
        """Take in one more formula, on a sheet of its own; only what it needs will be evaluated."""
        self._needed = self.dependencies.closure(tree, cell.place)
        if self._needed is not None:
            self._needed |= {cell.place}
        self._cells[cell.place] = cell
        self._trees[cell.place] = tree
        self._drop_intersections()
        if self._rewriter.holds_calls(tree):
            self._ours |= {cell.place}

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
        circular = frozenset(place for place in self._cells if is_circular(self._engine.get_value(*place)))
        for place in self._written.keys() & self._ours:
            kind = _kind(self._engine.get_value(*place))
            result = self._calls.result(place)
            if place in circular:
                way = self.dependencies.circle(place, circular)
                self._calls.overrule(place, Spill(((CellError("#REF!", reasons.circle(place, way)),),)))
            elif kind == "Spill" and result is not None and result[0].whole and not result[1].failed:
                blocker = self._blocker(place, first_rows(result[1]), len(result[1].rows[0]))
                reason = reasons.blocked(place, blocker)
                self._calls.overrule(place, Spill(((CellError("#SPILL!", reason),),)))

    def _blocker(self, place: Place, rows: int, columns: int) -> Place | None:
        """The first occupied cell in the way of a result of that size."""
        cells = (Place(place.sheet, place.row + i, place.column + j) for i in range(rows) for j in range(columns))
        return next((cell for cell in cells if cell != place and self._engine.get_value(*cell) is not None), None)

    def _tiled(self) -> bool:
        """Whether large results need other tiles than there are, or have turned out to be blocked."""
        for tile in self._tiles:
            result = self._calls.result(tile.anchor)
            if result is not None and _kind(self._engine.get_value(*tile.place)) == "Spill":
                blocker = self._blocker(tile.place, tile.last - tile.first, len(result[1].rows[0]))
                self._blocked.setdefault(tile.anchor, reasons.blocked(tile.anchor, blocker))
        results = [self._calls.result(place) for place in sorted(self._ours)]
        wanted = tuple(
            tile
            for result in results
            if result is not None and result[0].whole and result[0].fixed is None
            and result[0].place not in self._blocked and first_rows(result[1]) < len(result[1].rows)
            and not self._is_alone(result[0].place, result[1])
            for tile in tiles_of(result[0].place, result[1])
        )  # fmt: skip
        blocked = any(tile.anchor in self._blocked for tile in self._tiles)
        before, self._tiles = self._tiles, wanted
        return blocked or before != wanted

    def _is_alone(self, place: Place, spill: Spill) -> bool:
        """Whether nothing reads the lower part of a large result and nothing stands in its way: the engine can do without.

        What the result holds is known from the call itself; tiles cost a second evaluation of the whole workbook.
        """
        height, width = first_rows(spill), len(spill.rows[0])
        lower = Area.sized(Place(place.sheet, place.row + height, place.column), len(spill.rows) - height, width)
        if lower.last_row > LAST_ROW or lower.last_column > LAST_COLUMN or self._is_occupied(lower):
            return False
        for other, tree in self._trees.items():
            areas = self.dependencies.areas(tree, other)
            if areas is None or any(area.intersects(lower) for area in areas):
                return False
        others = (other for other in self._ours if other != place)
        arrays = (other for other, cell in self._cells.items() if cell.area is not None and other != place)
        return not any(filled_area(self._engine, other).intersects(lower) for other in (*others, *arrays))

    def _is_occupied(self, area: Area) -> bool:
        """Whether a typed value or a formula stands in an area; True as well where that takes long to find out."""
        if any(area.contains(place) for place in self._cells):
            return True
        rows, columns = self._bounds.get(area.sheet, (0, 0))
        down = range(area.row, min(area.last_row, rows) + 1)
        across = range(area.column, min(area.last_column, columns) + 1)
        if len(down) * len(across) > _LOOKED_AT:
            return True
        return any(self._engine.get_value(area.sheet, row, column) is not None for row in down for column in across)

    def _grown(self) -> bool:
        """Whether spills reach below what whole-column references were cut at; widens the bounds if so."""
        whole = [
            given.area
            for site in self._rewriter.sites
            for given in site.given
            if given.area is not None and (given.area.last_row == LAST_ROW or given.area.last_column == LAST_COLUMN)
        ]
        before = dict(self._bounds)
        areas = [filled_area(self._engine, place) for place in self._ours]
        areas += [filled_area(self._engine, tile.place) for tile in self._tiles]
        for area in areas:
            if area.sheet in self._bounds and any(area.intersects(reader) for reader in whole):
                rows, columns = self._bounds[area.sheet]
                self._bounds[area.sheet] = (max(rows, area.last_row), max(columns, area.last_column))
        return self._bounds != before


def _kind(value: object) -> str | None:
    return str(value.get("kind")) if isinstance(value, dict) else None
