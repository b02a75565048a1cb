"""What the worker returned lately, found again by the formula in a cell: WHY and the refitting of arrays need it.

Calc does not tell an add-in which cell calls it. So a call is remembered by its function and arguments, and the formula
of a cell is read to find the call that it made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import Cell, CellError, Spill
from lowcarbon_xl.hosts.embedded.formulas import Node, parse_formula, plain_name, walk
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, Area, parse_reference

_LIMIT = 2_000
"""Calls that are kept; a workbook with more is explained as far as they reach."""

_OLD_LAST_COLUMN = 1_024

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A call in a formula: what it returned last, and whether it is the whole formula."""

    spill: Spill | None
    whole: bool


class Memory:
    """The latest calls and their results.

    Parameters
    ----------
    functions : mapping
        The worksheet functions by name.
    """

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._spills: OrderedDict[Key, Spill] = OrderedDict()

    def keep(self, function: str, arguments: Sequence[Any], spill: Spill) -> None:
        """Remember a call by what was sent for its arguments."""
        key = (function, *map(_sent, arguments))
        self._spills.pop(key, None)
        self._spills[key] = spill
        if len(self._spills) > _LIMIT:
            self._spills.popitem(last=False)

    def find(
        self, formula: str | None, anchor: Mapping[str, Any], shown: Cell, offset: tuple[int, int]
    ) -> Found | None:
        """The call of ours in a formula that explains its cell; None when there is none.

        Parameters
        ----------
        formula : str or None
            In Excel's English spelling, without ``=``.
        anchor : mapping
            ``document`` and ``sheet`` of the formula.
        shown, offset
            The value of the cell asked about, and its place in the array.
        """
        tree = parse_formula(formula) if formula else None
        if tree is None:
            return None
        calls = [node for node in walk(tree) if self._is_ours(node)]
        if not calls:
            return None
        if calls[0] is tree:
            return Found(self._match(tree, anchor, shown, offset), whole=True)
        spills = [spill for node in calls if (spill := self._match(node, anchor, None, offset)) and spill.failed]
        return Found(spills[0], whole=False) if spills else None

    def _is_ours(self, node: Node) -> bool:
        return node["node_type"] == "Function" and plain_name(node["name"]) in self._functions

    def _match(self, node: Node, anchor: Mapping[str, Any], shown: Cell, offset: tuple[int, int]) -> Spill | None:
        """The latest call that fits what the formula says; what only Calc can evaluate fits anything."""
        name = plain_name(node["name"])
        written = [_written(argument, anchor) for argument in node["args"]]
        fitting = [spill for key, spill in self._spills.items() if key[0] == name and _fits(key[1:], written)]
        if shown is not None:
            fitting = [spill for spill in fitting if _shows(spill, offset, shown)]
        return fitting[-1] if fitting else None


def _sent(argument: Any) -> object:
    """What identifies an argument: the place of a range, a scalar, or that it is a computed array."""
    if not isinstance(argument, dict):
        return argument
    block = argument.get("block")
    if block is None:
        return "array"
    corners = tuple(block[name] for name in ("row", "column", "last_row", "last_column"))
    return (block["document"], _whole_rows(Area(block["sheet"], *corners)))


_ANYTHING = object()


def _written(argument: Node, anchor: Mapping[str, Any]) -> object:
    """The same for an argument as a formula spells it."""
    if argument["node_type"] == "Omitted":
        return None
    if argument["node_type"] == "Literal":
        return argument["value"]
    if argument["node_type"] == "Reference":
        area = parse_reference(str(argument["reference"]), anchor["sheet"], lambda name: name)
        if area is not None:
            return (anchor["document"], _whole_rows(area))
    return _ANYTHING


def _whole_rows(area: Area) -> Area:
    """Whole rows end at column 1,024 in an older LibreOffice and at Excel's last in formulas."""
    return replace(area, last_column=LAST_COLUMN) if (area.column, area.last_column) == (1, _OLD_LAST_COLUMN) else area


def _fits(sent: Sequence[object], written: Sequence[object]) -> bool:
    return all(_fits_one(s, w) for s, w in _paired(sent, written))


def _paired(sent: Sequence[object], written: Sequence[object]) -> Iterator[tuple[object, object]]:
    """Arguments side by side; those that the formula leaves out at its end are None."""
    for position in range(max(len(sent), len(written))):
        yield (
            sent[position] if position < len(sent) else None,
            written[position] if position < len(written) else None,
        )


def _fits_one(sent: object, written: object) -> bool:
    if written is _ANYTHING:
        return True
    if isinstance(written, tuple) and not isinstance(sent, tuple):  # a range that was sent as its values
        return True
    return sent == written


def _shows(spill: Spill, offset: tuple[int, int], shown: Cell) -> bool:
    """Whether a cell at an offset in the spill's array would show this value."""
    row, column = (0, 0) if spill.failed else offset
    if not (row < len(spill.rows) and column < len(spill.rows[row])):
        return isinstance(shown, CellError)
    own = spill.rows[row][column]
    if isinstance(own, CellError) or isinstance(shown, CellError):
        return isinstance(own, CellError) and isinstance(shown, CellError) and own.code == shown.code
    return own == shown or (own in (None, "") and shown in (None, ""))
