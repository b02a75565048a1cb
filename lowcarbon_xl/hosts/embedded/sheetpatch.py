"""Patch values into one worksheet's XML; styles, prefixes and everything unknown stay as they are."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence

from lxml import etree

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.hosts.embedded.grid import Grid
from lowcarbon_xl.hosts.embedded.parts import FORMULA, INLINE, MAIN, SHEET_DATA, VALUE, drop_attributes
from lowcarbon_xl.hosts.embedded.places import Area, Place, parse_reference
from lowcarbon_xl.hosts.embedded.values import to_serial
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell

LONGEST_TEXT = 32_767
"""Excel's limit for the text of one cell."""

_WRITABLE_ERRORS = frozenset({"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SHIFT_1904 = 1462


class SheetPatch:
    """One worksheet being patched.

    Parameters
    ----------
    root : Element
        The worksheet; changed in place.
    sheet : str
        Its name.
    date1904 : bool
        Whether serial numbers of dates count from 1904.
    """

    def __init__(self, root: etree._Element, sheet: str, date1904: bool) -> None:
        self._root = root
        self._sheet = sheet
        self._date1904 = date1904
        data = root.find(SHEET_DATA)
        if data is None:
            raise ValueError("a worksheet has sheet data")
        self._grid = Grid(data)
        self.changed = False
        self.kinds_changed = False

    def set_value(self, place: Place, value: Cell) -> None:
        """Give a cell a value; its formula and its style stay."""
        cell = self._cell(place.row, place.column)
        before = etree.tostring(cell)
        _write_value(cell, self._writable(value))
        self.changed |= etree.tostring(cell) != before

    def set_array(self, cell: FormulaCell, text: str, rows: Sequence[Sequence[Cell]], metadata: int | None) -> None:
        """Write an array formula and the cells that it fills.

        Parameters
        ----------
        cell : FormulaCell
            As it was read; what it filled before and no longer does is cleared.
        text : str
            The formula, without ``=``.
        rows : sequence of rows
        metadata : int or None
            Number of the dynamic-array metadata; None leaves an array of fixed size.
        """
        area = Area.sized(cell.place, len(rows), len(rows[0]))
        if metadata is not None:
            self._make_dynamic(cell, text, area, metadata)
        if cell.area is not None:
            self._clear(cell.area, area)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                self.set_value(Place(self._sheet, area.row + i, area.column + j), value)

    def set_plain(self, cell: FormulaCell, rows: Sequence[Sequence[Cell]]) -> None:
        """Write values in place of a formula, for programs that know neither the function nor dynamic arrays."""
        element = self._cell(*cell.place[1:])
        for formula in element.findall(FORMULA):
            element.remove(formula)
        self.kinds_changed = self.changed = True
        self.set_array(cell, cell.text, rows, None)

    def finish(self) -> etree._Element:
        """The worksheet, with the used range brought up to date."""
        dimension = self._root.find(f"{{{MAIN}}}dimension")
        old = (
            parse_reference(dimension.get("ref", ""), self._sheet, lambda name: name) if dimension is not None else None
        )
        if dimension is not None and old is not None:
            last_row, last_column = self._grid.extent()
            last_row, last_column = max(old.last_row, last_row), max(old.last_column, last_column)
            dimension.set("ref", Area(old.sheet, old.row, old.column, last_row, last_column).cells)
        return self._root

    def _make_dynamic(self, cell: FormulaCell, text: str, area: Area, metadata: int) -> None:
        element = self._cell(*cell.place[1:])
        formula = element.find(FORMULA)
        if formula is None:
            return
        before = etree.tostring(element)
        self.kinds_changed |= cell.kind != "array"
        formula.text = text
        drop_attributes(formula, "si")
        formula.set("t", "array")
        formula.set("ref", area.cells)
        element.set("cm", str(metadata))
        self.changed |= etree.tostring(element) != before

    def _clear(self, old: Area, new: Area) -> None:
        """Blank what the last result filled and this one does not."""
        for row in range(old.row, old.last_row + 1):
            for column in range(old.column, old.last_column + 1):
                place = Place(self._sheet, row, column)
                cell = self._grid.find(row, column)
                if cell is not None and not new.contains(place) and cell.find(FORMULA) is None:
                    self.set_value(place, None)

    def _cell(self, row: int, column: int) -> etree._Element:
        """The cell, created in its place when the sheet has none."""
        cell, created = self._grid.cell(row, column)
        self.changed |= created
        return cell

    def _writable(self, value: Cell) -> Cell:
        """A value that a file can hold."""
        if isinstance(value, dt.date | dt.time):
            shift = _SHIFT_1904 if self._date1904 and not isinstance(value, dt.time) else 0
            return to_serial(value) - shift
        if isinstance(value, float) and not math.isfinite(value):
            return CellError("#NUM!")
        if isinstance(value, CellError) and value.code not in _WRITABLE_ERRORS:
            return CellError("#VALUE!")  # Excel itself writes #SPILL! and #CALC! so, with the true one in rich data
        return value


def _write_value(cell: etree._Element, value: Cell) -> None:
    for old in [child for child in cell if child.tag in {VALUE, INLINE}]:
        cell.remove(old)
    drop_attributes(cell, "t", "vm")
    formula = cell.find(FORMULA)
    if formula is None:
        drop_attributes(cell, "cm")
    if value is None:
        return
    kind, text = _spelled(value)
    if kind == "str" and formula is None:
        cell.set("t", "inlineStr")
        holder = etree.Element(INLINE)
        content = etree.SubElement(holder, f"{{{MAIN}}}t")
    else:
        if kind is not None:
            cell.set("t", kind)
        holder = content = etree.Element(VALUE)
    content.text = text
    if text != text.strip():
        content.set(_SPACE, "preserve")
    if formula is None:
        cell.insert(0, holder)
    else:
        formula.addnext(holder)


def _spelled(value: Cell) -> tuple[str | None, str]:
    """The cell type and the text of a value."""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, int | float):
        return None, repr(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)
    if isinstance(value, CellError):
        return "e", value.code
    return "str", escape_text(str(value))


def escape_text(text: str) -> str:
    """A text as a spreadsheet's XML holds it: control characters written out, cut at Excel's limit."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 1] + "…"
    escaped = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", escaped).replace("\r", "_x000D_")
