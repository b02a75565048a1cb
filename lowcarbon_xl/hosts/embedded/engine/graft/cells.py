"""Changed cells and rows, put into a worksheet's XML one by one; every other cell stays as it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lxml import etree
from openpyxl.cell._writer import etree_write_cell

from lowcarbon_xl.hosts.embedded.engine.graft.merge import merge_attributes
from lowcarbon_xl.hosts.embedded.engine.graft.state import BLANK, PLAIN, Key, SheetState
from lowcarbon_xl.hosts.embedded.engine.graft.styles import Styles, adopt
from lowcarbon_xl.hosts.embedded.grid import Grid
from lowcarbon_xl.hosts.embedded.parts import CELL, FORMULA, INLINE, VALUE, drop_attributes, split_address

_CONTENT = frozenset({FORMULA, VALUE, INLINE})


class _Catcher:
    """Takes the element that openpyxl would write into a file."""

    element: Any = None

    def write(self, element: Any) -> None:
        self.element = element


def graft_cells(
    data: etree._Element, worksheet: Any, before: SheetState, after: SheetState, styles: Styles
) -> tuple[Grid, bool]:
    """Put changed cells and rows into a sheet's data.

    Returns
    -------
    Grid
        The cells, for whoever changes more of them.
    bool
        Whether a formula came or went.
    """
    grid = Grid(data)
    changed = before.changed_cells(after)
    formulas = False
    values = {key for key in changed if before.cells.get(key, BLANK)[:2] != after.cells.get(key, BLANK)[:2]}
    _free_shared_formulas(data, grid, worksheet, values)
    for key in changed:
        old, new = before.cells.get(key, BLANK), after.cells.get(key, BLANK)
        if new[0] is None and new[2] == PLAIN:
            formulas |= old[1] == "f"
            grid.remove(*key)
            continue
        cell, _ = grid.cell(*key)
        if key in values:
            formulas |= "f" in (old[1], new[1])
            _write_content(cell, worksheet, key)
        if old[2] != new[2]:
            _set_style(cell, "s", styles.number(new[2]))
    _graft_rows(grid, before, after, styles)
    return grid, formulas


def _write_content(cell: etree._Element, worksheet: Any, key: Key) -> None:
    for child in [child for child in cell if child.tag in _CONTENT]:
        cell.remove(child)
    drop_attributes(cell, "t", "cm", "vm")
    made = _written(worksheet, key)
    if made is None:
        return
    if (kind := made.get("t")) not in (None, "n"):
        cell.set("t", str(kind))
    for position, child in enumerate(list(made)):
        cell.insert(position, child)
    value = cell.find(VALUE)
    if value is not None and cell.find(FORMULA) is not None:
        cell.remove(value)  # openpyxl's empty place for a value that is not computed yet


def _written(worksheet: Any, key: Key) -> etree._Element | None:
    """The cell as openpyxl writes it, without its style; numbers keep all their digits."""
    cell = worksheet._cells.get(key)
    if cell is None or cell._value is None:
        return None
    catcher = _Catcher()
    etree_write_cell(catcher, worksheet, cell)
    made = adopt(catcher.element)
    value = made.find(VALUE)
    if value is not None and isinstance(cell._value, float) and math.isfinite(cell._value):
        value.text = repr(float(cell._value))  # openpyxl writes sixteen digits, and one more may count
    return made


def _set_style(element: etree._Element, name: str, number: int) -> None:
    if number:
        element.set(name, str(number))
    else:
        drop_attributes(element, name)


def _free_shared_formulas(data: etree._Element, grid: Grid, worksheet: Any, changed: Iterable[Key]) -> None:
    """Write out the formulas that take their text from a cell which is about to lose it."""
    groups = set()
    for key in changed:
        cell = grid.find(*key)
        formula = cell.find(FORMULA) if cell is not None else None
        if formula is not None and formula.get("t") == "shared" and (formula.text or "").strip():
            groups.add(formula.get("si"))
    if not groups:
        return
    for formula in list(data.iter(FORMULA)):
        if formula.get("t") != "shared" or formula.get("si") not in groups:
            continue
        cell = formula.getparent()
        made = _written(worksheet, split_address(cell.get("r", ""))) if cell is not None and cell.tag == CELL else None
        written = made.find(FORMULA) if made is not None else None
        if written is not None:
            drop_attributes(formula, "t", "si", "ref")
            formula.text = written.text


def _graft_rows(grid: Grid, before: SheetState, after: SheetState, styles: Styles) -> None:
    plain: tuple[dict[str, str], tuple[int, ...]] = ({}, PLAIN)
    for number in sorted(before.rows.keys() | after.rows.keys()):
        old, new = before.rows.get(number, plain), after.rows.get(number, plain)
        if old == new:
            continue
        row = grid.row(number)
        merge_attributes(row, old[0], new[0])
        if old[1] != new[1]:
            _set_style(row, "s", styles.number(new[1]))
