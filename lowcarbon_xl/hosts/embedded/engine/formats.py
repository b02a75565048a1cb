"""What a range looks like: number formats, colours, fonts, sizes, alignment, merged cells, notes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.hosts.embedded.engine.notes import Note
from lowcarbon_xl.hosts.embedded.engine.styles import Borders, Font, fitted_width, from_rgb, to_rgb
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.ranges import Range

_DEFAULT_WIDTH = 8.43
_DEFAULT_HEIGHT = 15.0


class RangeFormats:
    """The cells of a range and their formats; `Range` adds values."""

    sheet: Any
    _first: tuple[int, int]
    _last: tuple[int, int]

    @property
    def row(self) -> int:
        """The first row."""
        return self._first[0]

    @property
    def column(self) -> int:
        """The first column."""
        return self._first[1]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._last[0] - self._first[0] + 1, self._last[1] - self._first[1] + 1

    @property
    def first(self) -> Any:
        """The upper left openpyxl cell."""
        return self.sheet.worksheet.cell(*self._first)

    def rows_of_cells(self) -> Iterator[tuple[Any, ...]]:
        """The openpyxl cells, row by row; whole columns and rows end where the sheet does."""
        worksheet = self.sheet.worksheet
        last_row = min(self._last[0], max(worksheet.max_row, self.row)) if self._last[0] == LAST_ROW else self._last[0]
        last_column = self._last[1]
        if last_column == LAST_COLUMN:
            last_column = min(last_column, max(worksheet.max_column, self.column))
        yield from worksheet.iter_rows(self.row, last_row, self.column, last_column)

    def cells(self) -> Iterator[Any]:
        """The openpyxl cells, one by one."""
        for row in self.rows_of_cells():
            yield from row

    @property
    def plain_address(self) -> str:
        """``A1:B2`` without dollar signs."""
        rows, columns = self.shape
        first = f"{column_letters(self.column)}{self.row}"
        last = f"{column_letters(self.column + columns - 1)}{self.row + rows - 1}"
        return first if first == last else f"{first}:{last}"

    @property
    def address(self) -> str:
        """``$A$1:$B$2``."""
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        """The address, with dollar signs and the workbook's name as asked."""
        rows, columns = self.shape

        def corner(row: int, column: int) -> str:
            return f"{'$' * col_absolute}{column_letters(column)}{'$' * row_absolute}{row}"

        text = corner(self.row, self.column)
        if (rows, columns) != (1, 1):
            text += ":" + corner(self.row + rows - 1, self.column + columns - 1)
        return f"'[{self.sheet.book.name}]{self.sheet.name}'!{text}" if external else text

    @property
    def number_format(self) -> str | None:
        """The number format that all cells share, or None."""
        formats = {cell.number_format for cell in self.cells()}
        return str(formats.pop()) if len(formats) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        for cell in self.cells():
            cell.number_format = value

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The background of the first cell; None where there is none."""
        fill = self.first.fill
        return to_rgb(fill.fgColor) if fill.fill_type == "solid" else None

    @color.setter
    def color(self, value: Any) -> None:
        fill = PatternFill() if value is None else PatternFill("solid", fgColor=from_rgb(value))
        for cell in self.cells():
            cell.fill = fill

    @property
    def font(self) -> Font:
        """The font."""
        return Font(self)  # type: ignore[arg-type]  # every RangeFormats is a Range

    @property
    def borders(self) -> Borders:
        """The borders."""
        return Borders(self)  # type: ignore[arg-type]  # every RangeFormats is a Range

    def _columns(self) -> list[str]:
        return [column_letters(self.column + offset) for offset in range(self.shape[1])]

    @property
    def column_width(self) -> float | None:
        """The width that all columns share, in characters (0 where they are hidden), or None."""
        dimensions = self.sheet.worksheet.column_dimensions
        widths = {
            (0.0 if dimensions[letters].hidden else dimensions[letters].width)
            if letters in dimensions
            else _DEFAULT_WIDTH
            for letters in self._columns()
        }
        return float(widths.pop()) if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        for letters in self._columns():
            dimension = self.sheet.worksheet.column_dimensions[letters]
            dimension.hidden = value == 0  # as Excel does; openpyxl writes no width of 0
            if value:
                dimension.width = value

    @property
    def row_height(self) -> float | None:
        """The height that all rows share, in points, or None."""
        dimensions = self.sheet.worksheet.row_dimensions
        heights = {dimensions[self.row + i].height or _DEFAULT_HEIGHT for i in range(self.shape[0])}
        return float(heights.pop()) if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        for offset in range(self.shape[0]):
            self.sheet.worksheet.row_dimensions[self.row + offset].height = value

    def autofit(self, axis: str | None = None) -> None:
        """Set the widths of the columns by what these cells show; row heights are left to Excel."""
        if axis in {"rows", "r"}:
            return
        by_column: dict[str, list[Any]] = {}
        for cell in self.cells():
            by_column.setdefault(column_letters(cell.column), []).append(cell)
        for letters, cells in by_column.items():
            self.sheet.worksheet.column_dimensions[letters].width = fitted_width(cells)

    def _align(self, **changes: Any) -> None:
        for cell in self.cells():
            alignment = copy.copy(cell.alignment)
            for name, value in changes.items():
                setattr(alignment, name, value)
            cell.alignment = alignment

    @property
    def wrap_text(self) -> bool:
        """Whether text is wrapped."""
        return bool(self.first.alignment.wrap_text)

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._align(wrap_text=value)

    @property
    def horizontal_alignment(self) -> str:
        """``left``, ``center``, ``right``, ...; ``general`` by default."""
        return self.first.alignment.horizontal or "general"

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        self._align(horizontal={"center_across_selection": "centerContinuous"}.get(value, value))

    @property
    def vertical_alignment(self) -> str:
        """``top``, ``center``, ``bottom``; ``bottom`` by default."""
        return self.first.alignment.vertical or "bottom"

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self._align(vertical=value)

    def merge(self, across: bool = False) -> None:
        """Merge the cells, or each row of them."""
        rows, columns = self.shape
        last_column = self.column + columns - 1
        blocks = (
            [(row, row) for row in range(self.row, self.row + rows)] if across else [(self.row, self.row + rows - 1)]
        )
        for top, bottom in blocks:
            self.sheet.worksheet.merge_cells(
                start_row=top, end_row=bottom, start_column=self.column, end_column=last_column
            )
        self.sheet.book.touch()

    def unmerge(self) -> None:
        """Take merged ranges that touch these cells apart."""
        for merged in self._merged():
            self.sheet.worksheet.unmerge_cells(str(merged))
        self.sheet.book.touch()

    def _merged(self) -> list[Any]:
        rows, columns = self.shape
        return [
            merged
            for merged in self.sheet.worksheet.merged_cells.ranges
            if merged.min_row < self.row + rows
            and merged.max_row >= self.row
            and merged.min_col < self.column + columns
            and merged.max_col >= self.column
        ]

    @property
    def merge_cells(self) -> bool:
        """Whether a merged range touches these cells."""
        return bool(self._merged())

    @property
    def merge_area(self) -> Range:
        """The merged range around the first cell, or the cell itself."""
        for merged in self._merged():
            corner = (merged.min_row, merged.min_col)
            area: Range = self.sheet.range(corner, (merged.max_row, merged.max_col))
            return area
        cell: Range = self.sheet.range((self.row, self.column))
        return cell

    @property
    def hyperlink(self) -> str:
        """The address that the first cell links to; empty where there is none."""
        link = self.first.hyperlink
        return "" if link is None else str(link.target or link.location or "")

    def add_hyperlink(self, address: str, text_to_display: str | None = None, screen_tip: str | None = None) -> None:
        """Link the first cell to an address."""
        if text_to_display is not None:
            self.first.value = text_to_display
        self.first.hyperlink = address
        self.sheet.book.touch()

    @property
    def note(self) -> Note | None:
        """The note of the first cell."""
        return Note(self) if self.noted.comment is not None else None

    def add_note(self, text: str) -> Note:
        """Put a note on the first cell."""
        self.noted.comment = Comment(text, "LowCarbon")
        return Note(self)

    @property
    def noted(self) -> Any:
        """The cell whose note it is: of merged cells the first one."""
        if not isinstance(self.first, MergedCell):
            return self.first
        worksheet, coordinate = self.sheet.worksheet, self.first.coordinate
        merged = next(found for found in worksheet.merged_cells.ranges if coordinate in found)
        return worksheet.cell(merged.min_row, merged.min_col)

    @property
    def table(self) -> None:
        """Tables (list objects) are not known here."""
        return

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Moving cells would leave formulas behind."""
        raise NotImplementedError("Inserting cells is not available without Excel: formulas would not follow")

    def delete(self, shift: str | None = None) -> None:
        """Moving cells would leave formulas behind."""
        raise NotImplementedError("Deleting cells is not available without Excel: formulas would not follow")

    def select(self) -> None:
        """There is no selection."""
