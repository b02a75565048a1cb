"""What xlwings has no words for, on Excel's own objects (Windows, by COM)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from lowcarbon_xl.ribbon.blocks import Book, Range, Sheet, local_address
from lowcarbon_xl.ribbon.chart import ChartSpec
from lowcarbon_xl.ribbon.native_types import A4, Content


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
        page.Orientation, page.PaperSize = 1 if upright else 2, A4
        page.Zoom, page.FitToPagesWide, page.FitToPagesTall = False, 1, 1 if upright else False

    def hatch(self, cells: Range) -> None:
        """The pattern xlPatternLightUp in grey."""
        cells.api.Interior.Pattern = 14
        cells.api.Interior.PatternColor = 0x7F7F7F

    def set_links(self, sheet: Sheet, links: Mapping[tuple[int, int], str]) -> None:
        """Excel's hyperlinks."""
        known = sheet.api.Hyperlinks
        known.Delete()
        for place, target in links.items():
            known.Add(sheet.range(place).api, "", target)

    def add_alarm(self, cells: Range, formula: str, colour: tuple[int, int, int]) -> None:
        """A format condition of the kind xlExpression."""
        conditions = cells.api.FormatConditions
        conditions.Delete()
        red, green, blue = colour
        conditions.Add(2, None, formula).Interior.Color = red + 256 * green + 65536 * blue

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
