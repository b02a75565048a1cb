"""The few things that xlwings has no words for: exact contents, looks, dropdowns, very hidden sheets.

Each is done twice: on openpyxl's cells for the engine without Excel, and on Excel's objects.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from typing import Any, Protocol

from lowcarbon_xl.ribbon.blocks import Book, Range, Sheet, local_address
from lowcarbon_xl.ribbon.chart import ChartSpec

Content = str | float | int | bool | dt.datetime | None
"""A cell as a snapshot keeps it: numbers and dates as they are; a text after ``s``, a formula after ``f``, an error
after ``e``, an array formula after ``a`` with its range and a bar."""

OPENPYXL = "openpyxl"
_A4 = 9


class Native(Protocol):
    """What a host must be able to do beyond xlwings."""

    def contents(self, cells: Range) -> list[list[Content]]:
        """Formulas and constants, without what formulas spill."""

    def put_contents(self, cells: Range, rows: Sequence[Sequence[Content]]) -> None:
        """The inverse of `contents`."""

    def copy_looks(self, source: Range, target: Range) -> None:
        """Number formats, fills, borders, fonts, alignment and notes, onto a range of the same shape."""

    def same_looks(self, one: Range, other: Range) -> bool:
        """Whether `copy_looks` would change anything (False where that is not known)."""

    def hide_deeply(self, sheet: Sheet) -> None:
        """Hide a sheet so that users cannot unhide it by the menu."""

    def add_dropdown(self, cells: Range, source: str) -> None:
        """Offer a list (items parted by commas, or a formula) in cells; other entries stay allowed."""

    def merged(self, cells: Range) -> tuple[str, ...]:
        """Addresses of merged ranges that touch the cells."""

    def selected(self, book: Book) -> Range:
        """The selected cells of the active sheet."""

    def is_protected(self, sheet: Sheet) -> bool:
        """Whether cells of the sheet cannot be written."""

    def enter_formula(self, cells: Range, formula: str) -> None:
        """A formula whose result fills these cells: dynamic where the host has that, else a fixed array."""

    def used(self, sheet: Sheet) -> tuple[int, int]:
        """Last row and column with contents, without computing any formula."""

    def set_merges(self, cells: Range, addresses: Sequence[str]) -> None:
        """Merge what `merged` listed, and nothing else, within the cells."""

    def remove_charts(self, sheet: Sheet) -> None:
        """Take all charts off a sheet of ours."""

    def set_page(self, printed: Range, *, upright: bool = False) -> None:
        """Print these cells alone on A4: lying and one page wide, or upright on one page."""

    def add_chart(self, sheet: Sheet, spec: ChartSpec) -> None:
        """Draw a native chart."""


def native(book: Book) -> Native:
    """What fits the book's host."""
    return OpenpyxlNative() if book.app.engine.name == OPENPYXL else ExcelNative()


class OpenpyxlNative:
    """On openpyxl's cells."""

    @staticmethod
    def _rows(cells: Range) -> list[list[Any]]:
        worksheet = cells.sheet.api
        last_row, last_column = cells.row + cells.shape[0] - 1, cells.column + cells.shape[1] - 1
        return [list(line) for line in worksheet.iter_rows(cells.row, last_row, cells.column, last_column)]

    def contents(self, cells: Range) -> list[list[Content]]:
        """Formulas and constants; cells that do not exist are not made by looking at them."""
        known = cells.sheet.api._cells
        rows, columns = cells.shape
        return [[_encoded(known.get((cells.row + i, cells.column + j))) for j in range(columns)] for i in range(rows)]

    def put_contents(self, cells: Range, rows: Sequence[Sequence[Content]]) -> None:
        """Write formulas and constants back."""
        for line, contents in zip(self._rows(cells), rows, strict=True):
            for cell, content in zip(line, contents, strict=True):
                _decode(cell, content)
        cells.sheet.book.impl.touch()

    def copy_looks(self, source: Range, target: Range) -> None:
        """Styles and notes."""
        from openpyxl.comments import Comment

        for line, others in zip(self._rows(source), self._rows(target), strict=True):
            for cell, other in zip(line, others, strict=True):
                other._style = copy.copy(cell._style)
                if (note := getattr(cell, "comment", None)) is not None:
                    other.comment = Comment(note.text, note.author, note.height, note.width)
                elif getattr(other, "comment", None) is not None:
                    other.comment = None

    def same_looks(self, one: Range, other: Range) -> bool:
        """Compare styles and notes cell by cell."""
        return all(
            _style(a) == _style(b) and _note(a) == _note(b)
            for line, others in zip(self._rows(one), self._rows(other), strict=True)
            for a, b in zip(line, others, strict=True)
        )

    def hide_deeply(self, sheet: Sheet) -> None:
        """Very hidden."""
        sheet.api.sheet_state = "veryHidden"

    def add_dropdown(self, cells: Range, source: str) -> None:
        """A list validation, once for each range."""
        from openpyxl.worksheet.datavalidation import DataValidation

        formula = source if source.startswith("=") else f'"{source}"'
        validation = DataValidation(type="list", formula1=formula.removeprefix("="), allow_blank=True)
        validation.showErrorMessage = False
        address = local_address(cells)
        known = cells.sheet.api.data_validations
        known.dataValidation = [old for old in known.dataValidation if str(old.sqref) != address]
        validation.add(address)
        cells.sheet.api.add_data_validation(validation)

    def merged(self, cells: Range) -> tuple[str, ...]:
        """Merged ranges that touch the cells."""
        bottom, right = cells.row + cells.shape[0], cells.column + cells.shape[1]
        return tuple(
            str(m)
            for m in cells.sheet.api.merged_cells.ranges
            if m.min_row < bottom and m.max_row >= cells.row and m.min_col < right and m.max_col >= cells.column
        )

    def selected(self, book: Book) -> Range:
        """The selection that the file remembers."""
        sheet = book.sheets.active
        selections = sheet.api.sheet_view.selection
        text = str(selections[-1].sqref or "A1") if selections else "A1"
        return sheet.range(text.split()[0])

    def is_protected(self, sheet: Sheet) -> bool:
        """Whether the sheet's protection is on."""
        return bool(sheet.api.protection.sheet)

    def enter_formula(self, cells: Range, formula: str) -> None:
        """The recalculation spills it."""
        cells[0, 0].formula2 = formula

    def used(self, sheet: Sheet) -> tuple[int, int]:
        """As the worksheet counts."""
        return int(sheet.api.max_row), int(sheet.api.max_column)

    def set_merges(self, cells: Range, addresses: Sequence[str]) -> None:
        """Unmerge, then merge again."""
        for address in self.merged(cells):
            cells.sheet.api.unmerge_cells(address)
        for address in addresses:
            cells.sheet.api.merge_cells(address)

    def remove_charts(self, sheet: Sheet) -> None:
        """Forget the worksheet's charts."""
        sheet.api._charts = []

    def set_page(self, printed: Range, *, upright: bool = False) -> None:
        """Print area, paper and scale."""
        from openpyxl.worksheet.properties import PageSetupProperties

        worksheet = printed.sheet.api
        worksheet.print_area = local_address(printed)
        worksheet.page_setup.orientation = "portrait" if upright else "landscape"
        worksheet.page_setup.paperSize = _A4
        worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, int(upright)
        worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    def add_chart(self, sheet: Sheet, spec: ChartSpec) -> None:
        """With openpyxl.chart."""
        from lowcarbon_xl.ribbon.charts_openpyxl import draw

        draw(sheet.api, spec)


def _style(cell: Any) -> list[int]:
    """A cell's style numbers; none is the plain one."""
    return list(cell._style) if cell._style is not None and any(cell._style) else []


def _note(cell: Any) -> str | None:
    note = getattr(cell, "comment", None)
    return None if note is None else str(note.text)


def _encoded(cell: Any) -> Content:
    from openpyxl.worksheet.formula import ArrayFormula

    value = None if cell is None else cell.value
    if isinstance(value, ArrayFormula):
        return f"a{value.ref}|{value.text}"
    if isinstance(value, str):
        return {"f": "f", "e": "e"}.get(cell.data_type, "s") + value
    if isinstance(value, int | float | dt.datetime) or value is None:
        return value
    return f"s{value}"


def _decode(cell: Any, content: Content) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.worksheet.formula import ArrayFormula

    if isinstance(cell, MergedCell):
        return
    if not isinstance(content, str):
        cell.value = content
        return
    kind, text = content[0], content[1:]
    if kind == "a":
        where, _, formula = text.partition("|")
        cell.value = ArrayFormula(where, formula)
        return
    cell.value = text
    cell.data_type = {"f": "f", "e": "e"}.get(kind, "s")


class ExcelNative:
    """On Excel's own objects (Windows by COM)."""

    def contents(self, cells: Range) -> list[list[Content]]:
        """Two block reads: formulas and values."""
        formulas = _two_dimensional(_formulas(cells), cells.shape)
        values = cells.options(ndim=2, err_to_str=True, dates=dt.datetime).value
        spilled = _spilled(cells)
        rows: list[list[Content]] = []
        for i, (line, constants) in enumerate(zip(formulas, values, strict=True)):
            rows.append(
                [
                    None if (i, j) in spilled else _excel_content(formula, value)
                    for j, (formula, value) in enumerate(zip(line, constants, strict=True))
                ]
            )
        return rows

    def put_contents(self, cells: Range, rows: Sequence[Sequence[Content]]) -> None:
        """One block write."""
        plain = [[_excel_entry(content) for content in row] for row in rows]
        if hasattr(cells.api, "Formula2"):
            cells.formula2 = plain
        else:
            cells.formula = plain

    def copy_looks(self, source: Range, target: Range) -> None:
        """Paste formats, then notes."""
        source.copy()
        target.paste(paste="formats")
        target.paste(paste="comments")
        source.sheet.book.app.cut_copy_mode = False

    def same_looks(self, one: Range, other: Range) -> bool:
        """Not known without reading cell by cell."""
        return False

    def hide_deeply(self, sheet: Sheet) -> None:
        """Very hidden."""
        sheet.api.Visible = 2

    def add_dropdown(self, cells: Range, source: str) -> None:
        """A list validation without an error alert."""
        validation = cells.api.Validation
        validation.Delete()
        validation.Add(3, 1, 1, source)
        validation.ShowError = False

    def merged(self, cells: Range) -> tuple[str, ...]:
        """Only whether there are any: listing them would take a call a cell."""
        return () if cells.api.MergeCells is False else (local_address(cells),)

    def selected(self, book: Book) -> Range:
        """What the user selected."""
        return book.app.selection or book.sheets.active.range("A1")

    def is_protected(self, sheet: Sheet) -> bool:
        """Whether cells are protected."""
        return bool(sheet.api.ProtectContents)

    def enter_formula(self, cells: Range, formula: str) -> None:
        """Dynamic arrays where Excel has them, else an array formula of the right size."""
        if hasattr(cells.api, "Formula2"):
            cells[0, 0].formula2 = formula
        else:
            cells.formula_array = formula

    def used(self, sheet: Sheet) -> tuple[int, int]:
        """As Excel counts."""
        last = sheet.used_range.last_cell
        return int(last.row), int(last.column)

    def set_merges(self, cells: Range, addresses: Sequence[str]) -> None:
        """Merges come back with the formats that `copy_looks` pastes."""

    def remove_charts(self, sheet: Sheet) -> None:
        """Delete every chart."""
        for chart in list(sheet.charts):
            chart.delete()

    def set_page(self, printed: Range, *, upright: bool = False) -> None:
        """Print area, paper and scale."""
        page = printed.sheet.api.PageSetup
        page.PrintArea = printed.address
        page.Orientation, page.PaperSize = 1 if upright else 2, _A4
        page.Zoom, page.FitToPagesWide, page.FitToPagesTall = False, 1, 1 if upright else False

    def add_chart(self, sheet: Sheet, spec: ChartSpec) -> None:
        """With Excel's own charts."""
        from lowcarbon_xl.ribbon.charts_excel import draw

        draw(sheet, spec)


def _formulas(cells: Range) -> Any:
    return cells.formula2 if hasattr(cells.api, "Formula2") else cells.formula


def _two_dimensional(value: Any, shape: tuple[int, int]) -> list[list[Any]]:
    if shape == (1, 1):
        return [[value]]
    return [list(row) for row in value]


def _spilled(cells: Range) -> set[tuple[int, int]]:
    """Places that another cell's formula fills; asked cell by cell only where there is any spill."""
    api = cells.api
    if not hasattr(api, "HasSpill") or api.HasSpill is False:
        return set()
    rows, columns = cells.shape
    return {
        (i, j)
        for i in range(rows)
        for j in range(columns)
        if (cell := cells[i, j].api).HasSpill and cell.SpillParent.Address != cell.Address
    }


def _excel_content(formula: str, value: Any) -> Content:
    if isinstance(formula, str) and formula.startswith("=") and formula != value:
        return "f" + formula
    if isinstance(value, str):
        return ("e" if value.startswith("#") else "s") + value
    plain: Content = value
    return plain


def _excel_entry(content: Content) -> Any:
    if not isinstance(content, str):
        return "" if content is None else content
    kind, text = content[0], content[1:]
    if kind == "a":
        return text.partition("|")[2]
    return "'" + text if kind == "s" else text
