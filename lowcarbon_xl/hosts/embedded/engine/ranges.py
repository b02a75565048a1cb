"""Ranges: values in blocks, formulas, formats, and the moves that xlwings makes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import MergedCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.formula import ArrayFormula
from xlwings import base_classes, utils

from lowcarbon_xl.cells import CellError
from lowcarbon_xl.hosts.embedded.engine.formats import RangeFormats
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW, Place

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.sheets import Sheet

_STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}


class Range(RangeFormats, base_classes.Range):
    """A rectangle of cells.

    Parameters
    ----------
    sheet : Sheet
    arg1, arg2 : str, tuple or Range
        An address, a name, or the upper left and lower right cells.
    """

    max_cells_per_read = None
    max_cells_per_write = None
    has_array = False
    options: Any = None

    def __init__(self, sheet: Sheet, arg1: Any, arg2: Any = None) -> None:
        self.sheet = sheet
        self.arg1_input = arg1
        first, last = _corners(sheet, arg1)
        if arg2 is not None:
            other_first, other_last = _corners(sheet, arg2)
            first = min(first[0], other_first[0]), min(first[1], other_first[1])
            last = max(last[0], other_last[0]), max(last[1], other_last[1])
        self._first, self._last = first, last

    @property
    def api(self) -> Any:
        """The openpyxl cells."""
        return self.sheet.worksheet[self.plain_address]

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        """Sheet, row, column, rows and columns."""
        return (self.sheet.name, self.row, self.column, *self.shape)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, arg1: int, arg2: int | None = None) -> Range:
        """One cell by its 1-based place in the range."""
        if arg2 is None:
            down, right = divmod(arg1 - 1, self.shape[1])
            arg1, arg2 = down + 1, right + 1
        return Range(self.sheet, (self.row + arg1 - 1, self.column + arg2 - 1))

    @property
    def raw_value(self) -> Any:
        """Values: a list of rows, or one value for one cell."""
        rows = [[self._read(cell) for cell in row] for row in self.rows_of_cells()]
        return rows[0][0] if self.shape == (1, 1) else rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self._write(value)

    def _read(self, cell: Any) -> Any:
        place = Place(self.sheet.name, cell.row, cell.column)
        book = self.sheet.book
        value = cell.value
        if cell.data_type == "f" or isinstance(value, ArrayFormula):
            value = book.value_at(place)
        elif book.may_be_spilled(place, value):
            value = book.spilled().get(place, value)
        return value.code if isinstance(value, CellError) else value

    def _write(self, value: Any) -> None:
        rows = value if isinstance(value, list | tuple) else None
        for i, line in enumerate(self.rows_of_cells()):
            for j, cell in enumerate(line):
                if isinstance(cell, MergedCell):
                    continue  # as in Excel, what lies under a merged cell takes no value
                cell.value = value if rows is None else rows[i][j]
        self.sheet.book.touch()

    def clear_contents(self) -> None:
        """Blank the cells; styles stay."""
        self._write(None)

    def clear_formats(self) -> None:
        """Take the styles away; values stay."""
        for cell in self.cells():
            cell._style = StyleArray()

    def clear(self) -> None:
        """Blank the cells and take their styles away."""
        self.clear_contents()
        self.clear_formats()

    @property
    def formula(self) -> Any:
        """Formulas, or constants where there are none: one text, or rows of texts."""
        rows = tuple(tuple(_formula_text(cell.value) for cell in row) for row in self.rows_of_cells())
        return rows[0][0] if self.shape == (1, 1) else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        self._write(value)

    formula2 = formula

    @property
    def formula_array(self) -> str | None:
        """The array formula of the first cell."""
        value = self.first.value
        return str(value.text) if isinstance(value, ArrayFormula) else None

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        self.first.value = ArrayFormula(self.plain_address, value)
        self.sheet.book.touch()

    def end(self, direction: str) -> Range:
        """Where Ctrl and an arrow key would go."""
        down, right = _STEPS[direction]
        worksheet = self.sheet.worksheet
        limit = (worksheet.max_row, worksheet.max_column)
        used = self.sheet.used_range
        limit = max(limit[0], used.shape[0]), max(limit[1], used.shape[1])
        here = self._first
        following = here[0] + down, here[1] + right
        run = self._filled(here) and self._filled(following)
        while 1 <= following[0] <= limit[0] and 1 <= following[1] <= limit[1]:
            if run and not self._filled(following):
                return Range(self.sheet, here)
            here = following
            if not run and self._filled(here):
                return Range(self.sheet, here)
            following = here[0] + down, here[1] + right
        if run:
            return Range(self.sheet, here)
        edge = {"down": (LAST_ROW, here[1]), "up": (1, here[1]), "right": (here[0], LAST_COLUMN), "left": (here[0], 1)}
        return Range(self.sheet, edge[direction])

    def _filled(self, cell: tuple[int, int]) -> bool:
        if min(cell) < 1:
            return False
        return Range(self.sheet, cell).raw_value not in (None, "")

    @property
    def current_region(self) -> Range:
        """The block around the first cell that blank rows and columns enclose."""
        top, left = self._first
        bottom, right = self._last
        limit = self.sheet.used_range.shape
        grown = True
        while grown:
            grown = False
            for edge in ("top", "bottom", "left", "right"):
                box = {
                    "top": (top - 1, left - 1, top - 1, right + 1),
                    "bottom": (bottom + 1, left - 1, bottom + 1, right + 1),
                    "left": (top - 1, left - 1, bottom + 1, left - 1),
                    "right": (top - 1, right + 1, bottom + 1, right + 1),
                }[edge]
                if not self._any_filled(box, limit):
                    continue
                grown = True
                top -= edge == "top"
                bottom += edge == "bottom"
                left -= edge == "left"
                right += edge == "right"
        return Range(self.sheet, (top, left), (bottom, right))

    def _any_filled(self, box: tuple[int, int, int, int], limit: tuple[int, int]) -> bool:
        top, left, bottom, right = max(box[0], 1), max(box[1], 1), min(box[2], limit[0]), min(box[3], limit[1])
        if min(box[2], box[3]) < 1 or top > bottom or left > right:
            return False
        value = Range(self.sheet, (top, left), (bottom, right)).raw_value
        rows = value if isinstance(value, list) else [[value]]
        return any(cell not in (None, "") for row in rows for cell in row)


def _corners(sheet: Sheet, argument: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """Upper left and lower right cell of what a caller names a range by."""
    if isinstance(argument, Range):
        return argument._first, argument._last
    if isinstance(argument, str):
        text = argument.replace("$", "").rpartition("!")[2]
        names = (sheet.worksheet.defined_names, sheet.book.workbook.defined_names)
        for known in names:
            if argument in known:
                return _corners(sheet, str(known[argument].attr_text))
        first, last = utils.a1_to_tuples(text)  # type: ignore[no-untyped-call]  # xlwings is half typed
        return first, last or first
    row, column, *size = map(int, argument)  # slices of a range come with their rows and columns
    rows, columns = size or (1, 1)
    return (row, column), (row + rows - 1, column + columns - 1)


def _formula_text(value: Any) -> str:
    """A cell's formula, or its constant as text."""
    if isinstance(value, ArrayFormula):
        return str(value.text)
    return "" if value is None else str(value)
