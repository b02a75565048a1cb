"""Whatever a macro does with openpyxl's objects, the grafted file says the same as openpyxl's own."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from lowcarbon_xl.hosts.embedded.engine.graft.grafting import grafted
from lowcarbon_xl.hosts.embedded.engine.graft.origin import load
from lowcarbon_xl.hosts.embedded.files import read_parts

Change = Callable[[Any, random.Random], None]
VALUES = (None, 1, 2.5, "文 ", " a\n b", True, "=SUM(A1:A3)", dt.datetime(2020, 1, 2, 3), '=B1&"x"', "#N/A", "array")
COLUMNS = "ABCDEFGH"


def cell(sheet: Any, r: random.Random) -> Any:
    found = sheet.cell(r.randint(1, 14), r.randint(1, 8))
    return sheet["A20"] if isinstance(found, MergedCell) else found


def value(sheet: Any, r: random.Random) -> None:
    one, content = cell(sheet, r), r.choice(VALUES)
    one.value = ArrayFormula(one.coordinate, "=SUM(A1:A2*2)") if content == "array" else content


def looks(sheet: Any, r: random.Random) -> None:
    one = cell(sheet, r)
    kind = r.randint(0, 5)
    if kind == 0:
        one.font = Font(
            bold=r.random() < 0.5, size=r.choice([9, 12]), name="SimSun", color=r.choice([None, "FFFF0000"])
        )
    elif kind == 1:
        one.fill = PatternFill("solid", fgColor=r.choice(["FF00FF00", "FF112233"]))
    elif kind == 2:
        one.number_format = r.choice(["0.00", '0.000"t"', "yyyy/mm", "General"])
    elif kind == 3:
        one.alignment = Alignment(wrap_text=True, horizontal=r.choice(["left", "center"]))
    elif kind == 4:
        one.border = Border(top=Side("thin"), left=Side(r.choice(["thin", "double"])))
    else:
        one.protection = Protection(locked=False)


def note(sheet: Any, r: random.Random) -> None:
    cell(sheet, r).comment = r.choice([None, Comment(f"注{r.randint(0, 9)}", "某")])


def link(sheet: Any, r: random.Random) -> None:
    cell(sheet, r).hyperlink = r.choice([None, f"https://example.org/{r.randint(0, 3)}"])


def column(sheet: Any, r: random.Random) -> None:
    dimension = sheet.column_dimensions[r.choice(COLUMNS)]
    dimension.width, dimension.hidden = r.choice([8, 20]), r.random() < 0.3
    if r.random() < 0.3:
        dimension.fill = PatternFill("solid", fgColor="FFABCDEF")


def row(sheet: Any, r: random.Random) -> None:
    dimension = sheet.row_dimensions[r.randint(1, 14)]
    dimension.height, dimension.hidden = r.choice([None, 20, 33]), r.random() < 0.2
    if r.random() < 0.3:
        dimension.font = Font(italic=True)


def merge(sheet: Any, r: random.Random) -> None:
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    top, left = r.randint(1, 12), r.randint(1, 6)
    sheet.merge_cells(start_row=top, end_row=top + 1, start_column=left, end_column=left + 1)


def validation(sheet: Any, r: random.Random) -> None:
    known = sheet.data_validations
    known.dataValidation = known.dataValidation[r.randint(0, 1) :]
    made = DataValidation(type="list", formula1=f'"{r.randint(0, 5)},2"')
    made.add(f"A{r.randint(1, 3)}:B{r.randint(3, 5)}")
    sheet.add_data_validation(made)


def rule(sheet: Any, r: random.Random) -> None:
    looks = Font(bold=True, color=r.choice(["FF00FF00", "FFFF0000"]))
    sheet.conditional_formatting.add(
        f"C{r.randint(1, 2)}:C9", CellIsRule("greaterThan", [str(r.randint(0, 3))], font=looks)
    )


def page(sheet: Any, r: random.Random) -> None:
    sheet.page_setup.orientation = r.choice(["landscape", "portrait"])
    sheet.print_area = f"A1:C{r.randint(2, 9)}"
    sheet.print_title_rows = r.choice([None, "1:2"])
    sheet.oddHeader.center.text = f"页{r.randint(0, 3)}"
    sheet.row_breaks.append(Break(id=r.randint(2, 9)))


def view(sheet: Any, r: random.Random) -> None:
    sheet.sheet_view.showGridLines = r.random() < 0.5
    sheet.sheet_view.zoomScale = r.choice([None, 80])
    sheet.auto_filter.ref = r.choice([None, "A1:C5", "A2:B9"])
    sheet.protection.sheet = r.random() < 0.5
    sheet.sheet_properties.tabColor = r.choice(["FF0000", "00FF00"])


def name(sheet: Any, r: random.Random) -> None:
    names, key = r.choice([sheet, sheet.parent]).defined_names, f"n{r.randint(0, 3)}"
    names.pop(key, None)
    if r.random() < 0.7:
        names[key] = DefinedName(key, attr_text=f"'{sheet.title}'!$A${r.randint(1, 9)}")


def chart(sheet: Any, r: random.Random) -> None:
    sheet._charts = sheet._charts[r.randint(0, 1) :]
    made = BarChart()
    made.add_data(Reference(sheet, min_col=1, min_row=1, max_row=5))
    sheet.add_chart(made, f"J{r.randint(1, 40)}")


def table(sheet: Any, r: random.Random) -> None:
    for other in sheet.parent.worksheets:
        other.tables.clear()
    sheet["L1"], sheet["M1"] = "甲", "乙"
    sheet.add_table(Table(displayName=f"T{r.randint(1, 3)}", ref=f"L1:M{r.randint(3, 5)}"))


def sheets(sheet: Any, r: random.Random) -> None:
    book, kind = sheet.parent, r.randint(0, 4)
    if kind == 0:
        book.create_sheet(f"新{r.randint(0, 99)}", len(book.worksheets))
    elif kind == 1 and len(book.worksheets) > 2:
        book.remove(book.worksheets[-1])
    elif kind == 2:
        sheet.title = f"名{r.randint(0, 999)}"
    elif kind == 3 and not sheet._charts:
        book.copy_worksheet(sheet)
    elif sheet is not book.active:
        sheet.sheet_state = r.choice(["visible", "hidden", "veryHidden"])


CHANGES: tuple[Change, ...] = (
    *(value, looks) * 3,
    *(note, link, column, row, merge, validation, rule, page, view, name, chart, table, sheets),
)


def change(book: openpyxl.Workbook, r: random.Random, times: int) -> None:
    for _ in range(times):
        r.choice(CHANGES)(r.choice(book.worksheets), r)


def said(content: bytes) -> list[Any]:
    """What openpyxl reads in a file."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [
        book.active.title,
        {key: n.attr_text for key, n in book.defined_names.items()},
        *map(_said, book.worksheets),
    ]


def _said(sheet: Any) -> list[Any]:
    cells = {one.coordinate: _cell(one) for one in sheet._cells.values()}
    rows = {number: (dict(one, s=""), repr(one.font)) for number, one in sheet.row_dimensions.items()}
    rules = sheet.conditional_formatting
    return [
        (sheet.title, sheet.sheet_state, sheet.print_area, sheet.print_title_rows, sheet.page_setup.orientation),
        {key: content for key, content in cells.items() if any(content)},
        {number: one for number, one in rows.items() if len(one[0]) > 1},
        {key: (dict(one, style=""), repr(one.fill)) for key, one in sheet.column_dimensions.items()},
        sorted(map(str, sheet.merged_cells.ranges)),
        sorted((str(one.sqref), one.formula1) for one in sheet.data_validations.dataValidation),
        sorted((str(one.sqref), str(r.formula), repr(r.dxf)) for one in rules for r in one.rules),
        (sheet.oddHeader.center.text, sorted(one.id for one in sheet.row_breaks.brk)),
        (sheet.sheet_view.showGridLines, sheet.sheet_view.zoomScale, sheet.auto_filter.ref, sheet.protection.sheet),
        repr(sheet.sheet_properties.tabColor),
        sorted((one.anchor._from.row, one.anchor._from.col) for one in sheet._charts),
        {one.displayName: (one.ref, [column.name for column in one.tableColumns]) for one in sheet.tables.values()},
        {key: one.attr_text for key, one in sheet.defined_names.items()},
    ]


def _cell(one: Any) -> tuple[Any, ...]:
    content = one.value
    if isinstance(content, ArrayFormula):
        content = (content.ref, content.text)
    looks = (one.font, one.fill, one.border, one.number_format, one.alignment, one.protection) if one.has_style else ()
    note = one.comment and (one.comment.text, one.comment.author)
    return (
        content,
        one.data_type if content is not None else None,
        repr(looks) if looks else None,
        note,
        one.hyperlink and one.hyperlink.target,
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_grafted_file_says_what_openpyxls_own_says(tmp_path: Path, seed: int) -> None:
    r = random.Random(seed)
    made = openpyxl.Workbook()
    made.create_sheet("乙 乙")
    change(made, r, 60)
    path = tmp_path / "前.xlsx"
    made.save(path)
    book, origin = load(path, read_parts(path))
    change(book, r, r.randint(1, 25))
    parts = grafted(origin, book)
    assert grafted(origin, book) == parts
    stream, own = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    book.save(own)
    assert said(stream.getvalue()) == said(own.getvalue())
