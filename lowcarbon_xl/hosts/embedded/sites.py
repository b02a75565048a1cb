"""Call sites: where each call of our functions stands and what its arguments refer to.

The engine hands a function values without places. So every call is rewritten, ``GTFP(A1:H301,"x")`` into
``LCCALL(17,'面板'!A1:H301,"x")``, where 17 is the number of a call site that remembers the places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.hosts.embedded.formulas import Locator, Node, parse_formula, plain_name, walk, write_formula
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW, Area, Place
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell

CALL = "LCCALL"
"""The one function that the engine knows of ours."""


@dataclass(frozen=True, slots=True)
class Given:
    """One argument as written: the cells that it refers to, if it is a plain reference, or that it is left out."""

    area: Area | None = None
    omitted: bool = False


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of one of our functions.

    Parameters
    ----------
    number : int
        Its number in the rewritten formula.
    place : Place
        The cell whose formula holds it.
    function : Function
    given : tuple of Given
        Its arguments.
    whole : bool
        Whether the call is the whole formula, so that its result is what the cell spills.
    nested : bool
        Whether its result is an argument of another call of ours.
    fixed : tuple of int or None
        Rows and columns of an array formula of fixed size that the result must fill.
    """

    number: int
    place: Place
    function: Function
    given: tuple[Given, ...]
    whole: bool
    nested: bool
    fixed: tuple[int, int] | None


@dataclass(slots=True)
class Rewriter:
    """Rewrites formulas for the engine and collects the call sites.

    Parameters
    ----------
    functions : iterable of Function
    locator : Locator
    bounds : dict
        Last row and column of each sheet that whole-column and whole-row references reach.
    """

    functions: Mapping[str, Function]
    locator: Locator
    bounds: dict[str, tuple[int, int]]
    sites: list[CallSite] = field(default_factory=list)

    def holds_calls(self, tree: Node) -> bool:
        """Whether a formula calls one of our functions."""
        return any(self._function(node) is not None for node in walk(tree))

    def bare(self, tree: Node) -> Node:
        """The tree without an implicit intersection around a call of ours.

        Files that were written without dynamic-array metadata carry one, and it would cut the result to one cell.
        """
        inner: Node | None = None
        if tree["node_type"] == "UnaryOp" and tree["operator"] == "@":
            inner = tree["operand"]
        elif tree["node_type"] == "Function" and plain_name(tree["name"]) == "SINGLE" and len(tree["args"]) == 1:
            inner = tree["args"][0]
        return inner if inner is not None and self._function(inner) is not None else tree

    def rewrite(self, cell: FormulaCell, tree: Node) -> str:
        """The formula as the engine gets it (without ``=``); registers its call sites."""
        return self._write(tree, cell, whole=tree, nested=False)

    def _function(self, node: Node) -> Function | None:
        return self.functions.get(plain_name(node["name"])) if node["node_type"] == "Function" else None

    def _write(self, node: Node, cell: FormulaCell, *, whole: Node, nested: bool) -> str:
        def call(part: Node) -> str | None:
            function = self._function(part)
            if function is None:
                return None
            return self._write_call(part, function, cell, whole=part is whole, nested=nested and part is node)

        return write_formula(node, call)

    def _write_call(self, node: Node, function: Function, cell: FormulaCell, *, whole: bool, nested: bool) -> str:
        given = tuple(self._given(argument, cell.place) for argument in node["args"])
        number = len(self.sites)
        fixed = cell.area.shape if whole and is_fixed_array(cell) and cell.area else None
        self.sites.append(CallSite(number, cell.place, function, given, whole, nested, fixed))
        written = [
            self.bounded(place.area).reference if place.area else self._write(argument, cell, whole={}, nested=True)
            for argument, place in zip(node["args"], given, strict=True)
        ]
        return f"{CALL}({','.join([str(number), *written])})"

    def _given(self, argument: Node, place: Place) -> Given:
        if argument["node_type"] == "Omitted":
            return Given(omitted=True)
        if argument["node_type"] != "Reference":
            return Given()
        return Given(area=self.locator.locate(str(argument["reference"]), place))

    def bounded(self, area: Area) -> Area:
        """Whole columns and rows cut at what their sheet uses; the engine would pass a million blank rows."""
        rows, columns = self.bounds[area.sheet]
        return area.clamped(
            rows if area.last_row == LAST_ROW else area.last_row,
            columns if area.last_column == LAST_COLUMN else area.last_column,
        )


def is_fixed_array(cell: FormulaCell) -> bool:
    """Whether a formula is an array of fixed size (entered with Ctrl+Shift+Enter) over more than one cell."""
    return cell.area is not None and not cell.dynamic and cell.area.shape != (1, 1)


def parse_cells(cells: Iterable[FormulaCell]) -> dict[Place, Node]:
    """Syntax trees of all formulas that can be read."""
    trees: dict[Place, Node] = {}
    known: dict[str, Node | None] = {}
    for cell in cells:
        if cell.text not in known:
            known[cell.text] = parse_formula(cell.text)
        tree = known[cell.text]
        if tree is not None:
            trees[cell.place] = tree
    return trees
