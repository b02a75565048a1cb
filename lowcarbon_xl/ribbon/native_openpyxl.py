"""What xlwings has no words for, on openpyxl's cells (the engine without Excel)."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lowcarbon_xl.ribbon.blocks import Book, Range, Sheet, local_address
from lowcarbon_xl.ribbon.chart import ChartSpec
from lowcarbon_xl.ribbon.native_types import A4, Content


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
        worksheet.page_setup.paperSize = A4
        worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, int(upright)
        worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    def hatch(self, cells: Range) -> None:
        """A pattern fill."""
        from openpyxl.styles import PatternFill

        for line in self._rows(cells):
            for cell in line:
                cell.fill = PatternFill("lightUp", fgColor="FF7F7F7F")

    def set_links(self, sheet: Sheet, links: Mapping[tuple[int, int], str]) -> None:
        """Hyperlinks without a relation."""
        from openpyxl.worksheet.hyperlink import Hyperlink

        for line in sheet.api.iter_rows():
            for cell in line:
                if getattr(cell, "hyperlink", None) is not None:
                    cell.hyperlink = None
        for (row, column), place in links.items():
            cell = sheet.api.cell(row, column)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)

    def add_alarm(self, cells: Range, formula: str, colour: tuple[int, int, int]) -> None:
        """A conditional format by formula."""
        from openpyxl.formatting.formatting import ConditionalFormattingList
        from openpyxl.formatting.rule import Rule
        from openpyxl.styles import PatternFill
        from openpyxl.styles.differential import DifferentialStyle

        worksheet, address = cells.sheet.api, local_address(cells)
        red = "FF" + "".join(f"{part:02X}" for part in colour)
        looks = DifferentialStyle(fill=PatternFill("solid", start_color=red, end_color=red))
        alarm = Rule(type="expression", formula=[formula.removeprefix("=")], dxf=looks)
        rules = {str(known.sqref): list(known.rules) for known in worksheet.conditional_formatting} | {address: [alarm]}
        kept = ConditionalFormattingList()
        for place, listed in rules.items():
            for rule in listed:
                rule.priority = 0  # the list numbers its rules anew
                kept.add(place, rule)
        worksheet.conditional_formatting = kept

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
