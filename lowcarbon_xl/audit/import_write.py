"""An imported panel as rows to write, and as a workbook with the sheets 面板 and 修复."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lowcarbon_xl.audit.importing import ImportedPanel
from lowcarbon_xl.cells import CellError, Output
from lowcarbon_xl.errors import HostError, Language, Text

PANEL_SHEET = Text("面板", "panel")
REPAIRS_SHEET = Text("修复", "repairs")
REPAIR_HEADERS = (
    Text("规则", "rule"),
    Text("工作表", "sheet"),
    Text("单元格", "cells"),
    Text("原来", "before"),
    Text("现在", "after"),
    Text("说明", "what was done"),
)
REPAIR_WIDTHS = (18, 14, 16, 34, 28, 56)
_MOST_ROWS = 1_048_576


def repair_rows(imported: ImportedPanel) -> list[list[Output]]:
    """The list of repairs with its header; blanks are written as 空 so that nothing looks forgotten."""
    rows: list[list[Output]] = [list(REPAIR_HEADERS)]
    for repair in imported.repairs:
        before = repair.before if repair.before is None else str(repair.before)
        after: Output = Text("（空）", "(blank)") if repair.after is None and before is not None else repair.after
        rows.append([repair.rule, repair.sheet, repair.cells, before, after, repair.what])
    return rows


def write_import(imported: ImportedPanel, output: Path, language: Language = "zh") -> None:
    """Write the panel and its repairs as an .xlsx workbook, in one stroke.

    Raises
    ------
    HostError
        When the output is no .xlsx, does not fit into a sheet, or cannot be written.
    """
    from openpyxl import Workbook  # only here: reading needs none of it

    from lowcarbon_xl.hosts.embedded.package import save_parts
    from lowcarbon_xl.hosts.embedded.saved import saved_parts

    if output.suffix.casefold() != ".xlsx":
        raise HostError(
            Text("输出文件要用 .xlsx 扩展名", "the output must be an .xlsx file"),
            Text("改为 面板.xlsx 之类的文件名", "Name it panel.xlsx, for instance"),
            where=str(output),
        )
    if max(len(imported.rows), len(imported.repairs) + 1) > _MOST_ROWS:
        raise HostError(
            Text("行数超过一张工作表的上限", "there are more rows than a sheet can hold"),
            Text("分几个文件导入", "Import it in parts"),
            where=str(output),
        )
    book = Workbook(write_only=True)
    _sheet(book, PANEL_SHEET[language], imported.rows, (10, 8), language)
    _sheet(book, REPAIRS_SHEET[language], repair_rows(imported), REPAIR_WIDTHS, language)
    save_parts(saved_parts(book), output)


def _sheet(book: Any, name: str, rows: Sequence[Sequence[Output]], widths: Sequence[float], language: Language) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    sheet.freeze_panes = "C2" if name == PANEL_SHEET[language] else "A2"
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _plain(value, language))
            if cell.data_type == "f":
                cell.data_type = "s"  # a text that begins with = is no formula of ours
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)


def _plain(value: Output, language: Language) -> Any:
    """What the file can hold: texts without the control characters that XML forbids."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, Text):
        return value[language]
    if isinstance(value, str | CellError):
        return ILLEGAL_CHARACTERS_RE.sub("", str(value))
    return value
