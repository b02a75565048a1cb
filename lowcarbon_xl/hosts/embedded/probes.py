"""Settle doubts about a formula when the values are there: look at cells, and compute parts of formulas beside it."""

from __future__ import annotations

import copy
import itertools
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import formualizer

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.formulas import Locator, Node, function_names, walk, write_formula
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.verdicts import AreaCheck, Doubt, ExpressionCheck, Verdict

_DIGITS = re.compile(r"\d[\d.]*")
_CLOSE = 1e-14
"""Relative distance below which 15 digits do not tell two numbers apart, with some margin."""
_ALMOST = 1e-9


class Probes:
    """The open doubts of one evaluation.

    Parameters
    ----------
    engine : formualizer.Workbook
    sheet : str
        Name of one more sheet that the engine gets; the doubtful parts of formulas are computed on it.
    locator : Locator
    bounds : mapping
        Last used row and column of each sheet.
    """

    def __init__(
        self, engine: formualizer.Workbook, sheet: str, locator: Locator, bounds: Mapping[str, tuple[int, int]]
    ) -> None:
        self._sheet = sheet
        self._engine = engine
        self._locator = locator
        self._bounds = bounds
        self._areas: list[tuple[Place, AreaCheck]] = []
        self._parts: list[tuple[Place, Doubt, int, int]] = []
        self._known: dict[AreaCheck, bool] = {}
        self._rows = 0

    def add(self, place: Place, verdict: Verdict) -> None:
        """Take up the doubts about one cell's formula; parts are computed from now on."""
        for check in verdict.checks:
            if isinstance(check, AreaCheck):
                self._areas.append((place, check))
            elif not any("LCCALL" in function_names(part) for part in check.parts):
                self._add_parts(place, check)

    def _add_parts(self, place: Place, check: ExpressionCheck) -> None:
        if self._rows == 0:
            self._engine.add_sheet(self._sheet)
        self._rows += 1
        for column, part in enumerate(check.parts, start=1):
            text = write_formula(self._moved(part, place), lambda node: None)
            self._engine.set_formula(self._sheet, self._rows, column, "=" + text)
        self._parts.append((place, check.doubt, self._rows, len(check.parts)))

    def _moved(self, part: Node, place: Place) -> Node:
        """The part as it reads on another sheet: references qualified, ROW() and COLUMN() written out."""
        moved = copy.deepcopy(part)
        for node in walk(moved):
            if node["node_type"] == "Reference":
                area = self._locator.locate(str(node["reference"]), place)
                if area is not None:
                    node["reference"] = area.reference
            elif node["node_type"] == "Function" and not node["args"] and node["name"].upper() in {"ROW", "COLUMN"}:
                value = place.row if node["name"].upper() == "ROW" else place.column
                node.clear()
                node.update(node_type="Literal", value=float(value))
        return moved

    def confirmed(self) -> dict[Place, Text]:
        """The cells whose doubts turned out to be founded, with the reason."""
        found: dict[Place, Text] = {}
        for place, check in self._areas:
            if place not in found and self._area_is_bad(check):
                found[place] = check.doubt.value
        for place, doubt, row, count in self._parts:
            values = [self._engine.get_value(self._sheet, row, column + 1) for column in range(count)]
            if place not in found and _BAD_PARTS[doubt](*values):
                found[place] = doubt.value
        return found

    def _area_is_bad(self, check: AreaCheck) -> bool:
        if check not in self._known:
            values = self._values(check.area)
            self._known[check] = (
                _unsorted(values) if check.doubt is Doubt.UNSORTED else any(map(_BAD_CELLS[check.doubt], values))
            )
        return self._known[check]

    def _values(self, area: Area) -> list[Any]:
        used = area.clamped(*self._bounds[area.sheet])
        return [
            self._engine.get_value(area.sheet, row, column)
            for row in range(used.row, used.last_row + 1)
            for column in range(used.column, used.last_column + 1)
        ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tie(left: Any, right: Any) -> bool:
    if not (_is_number(left) and _is_number(right)) or left == right:
        return False
    return math.isclose(left, right, rel_tol=_CLOSE)


def _almost_whole(value: Any) -> bool:
    if not _is_number(value) or value == round(value):
        return False
    return bool(abs(value - round(value)) < _ALMOST * max(1.0, abs(value)))


def _long_number(value: Any) -> bool:
    """Whether a number, or a text that was made of one, shows more than 15 digits."""
    if isinstance(value, str):
        return any(len(run.replace(".", "").strip("0")) > 15 for run in _DIGITS.findall(value) if "." in run)
    return _is_number(value) and (abs(value) >= 1e15 or float(f"{value:.15g}") != value)


def _number_text(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    if not isinstance(value, str):
        return False
    try:
        float(value)
    except ValueError:
        return False
    return True


def _unsorted(values: list[Any]) -> bool:
    numbers = [value for value in values if value is not None]
    if not all(map(_is_number, numbers)):
        # a header above the numbers is passed over by a search among numbers
        numbers = numbers[1:] if numbers and isinstance(numbers[0], str) else [math.nan]
    return not all(map(_is_number, numbers)) or any(
        not later >= earlier for earlier, later in itertools.pairwise(numbers)
    )


_BAD_CELLS: dict[Doubt, Callable[[Any], bool]] = {
    Doubt.ERROR_VALUE: lambda value: isinstance(value, dict),
    Doubt.WILDCARD: lambda value: isinstance(value, dict) or (isinstance(value, str) and "?" in value),
    Doubt.NOT_NUMBERS: _number_text,
    Doubt.LONG_NUMBER: _long_number,
}
_BAD_PARTS: dict[Doubt, Callable[..., bool]] = {
    Doubt.TIE: _tie,
    Doubt.ALMOST_WHOLE: _almost_whole,
    Doubt.LONG_NUMBER: _long_number,
    Doubt.WIDE_SPACE: lambda value: isinstance(value, str) and re.search(r"[^\S ]", value) is not None,
}
