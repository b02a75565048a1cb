"""One table, several writers: the sheet, LaTeX and Word show the same numbers between the same three rules."""

from __future__ import annotations

import csv
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from lowcarbon_xl.errors import InputError, NotAvailableError, Text
from lowcarbon_xl.tables.block import write_block
from lowcarbon_xl.tables.latex import escape, to_latex
from lowcarbon_xl.tables.model import Table
from lowcarbon_xl.tables.numerals import printed
from lowcarbon_xl.tables.regression import regression_table
from lowcarbon_xl.tables.text import to_text
from lowcarbon_xl.tables.word import to_docx
from lowcarbon_xl.tables.xlsx import write_xlsx


@pytest.fixture(scope="module")
def table(least_squares, instrumented) -> Table:
    return regression_table([*least_squares, instrumented], shown="all", title=Text("基准回归", "Baseline"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_styles_cover_every_cell_once(table, language) -> None:
    block = write_block(table, language)
    rows, columns = block.shape
    seen = [
        (row, column)
        for area, _ in block.styles
        for row in range(area.first_row, area.last_row + 1)
        for column in range(area.first_column, area.last_column + 1)
    ]
    assert sorted(seen) == [(row, column) for row in range(rows) for column in range(columns)]
    assert len(block.styles) < rows * columns / 2  # worth writing in blocks
    assert {len(row) for row in block.values} == {columns}
    assert len(block.heights) == rows


def test_three_rules_and_no_verticals(table, tmp_path) -> None:
    sheet = written(table, tmp_path)
    header = 2  # under the title
    body = header + len(table.header)
    last = body + len(table.body) - 1
    for column in range(1, table.columns + 1):
        assert style(sheet.cell(header, column), "top") == "medium"
        assert style(sheet.cell(body - 1, column), "bottom") == "thin"
        assert style(sheet.cell(last, column), "bottom") == "medium"
    for row in sheet.iter_rows():
        for cell in row:
            assert style(cell, "left") is None
            assert style(cell, "right") is None
    ruled = {cell.row for row in sheet.iter_rows() for cell in row if style(cell, "top") or style(cell, "bottom")}
    assert ruled == {header, header + table.spans[0].row, body - 1, last}


def style(cell, edge: str) -> str | None:
    side = getattr(cell.border, edge)
    return side.style if side is not None else None


def written(table: Table, folder: Path, language: str = "zh"):
    path = folder / "table.xlsx"
    write_xlsx(table, path, "A1", language)
    return load_workbook(path).active


def test_numbers_in_the_sheet_are_numbers_with_formats(table, tmp_path) -> None:
    sheet = written(table, tmp_path)
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    coefficient = sheet.cell(rows["value"], 3)
    assert isinstance(coefficient.value, float)
    assert coefficient.number_format == '0.000"***"'
    assert sheet.cell(rows["value"] + 1, 3).number_format == '"("0.00")";"("-0.00")"'
    assert sheet.cell(rows["观测值"], 2).value == 200
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert "A1:E1" in merged
    assert "D3:E3" in merged


def test_a_table_stands_where_it_is_anchored() -> None:
    book = Workbook()
    sheet = book.active
    tiny = Table(Text("表", "T"), ((cell("a"), cell("b")),), ((cell("x"), cell("y")),), (Text("注", "n"),))
    assert write_xlsx(tiny, sheet, "C5", "en") == "C5:D8"
    assert sheet["C6"].value == "a"
    assert sheet["D7"].value == "y"
    assert style(sheet["C7"], "bottom") == "medium"
    assert style(sheet["B6"], "top") is None


def cell(text: str):
    from lowcarbon_xl.tables.model import text_cell

    return text_cell(text)


def test_a_table_is_refused_where_it_does_not_fit(table) -> None:
    sheet = Workbook().active
    with pytest.raises(InputError, match="do not fit"):
        write_xlsx(table, sheet, "A1048570")
    assert sheet.max_row == 1


def test_existing_files_are_not_overwritten(table, tmp_path) -> None:
    path = tmp_path / "kept.xlsx"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match=r"kept\.xlsx exists"):
        write_xlsx(table, path)
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_libreoffice_shows_what_we_print(table, tmp_path, language) -> None:
    """The number formats evaluated by a real spreadsheet, cell by cell."""
    path = tmp_path / "table.xlsx"
    write_xlsx(table, path, "A1", language)
    shown = as_shown(path, tmp_path)
    grid = [*table.header, *table.body]
    for place, row in enumerate(grid, start=1):
        for column, one in enumerate(row):
            assert shown[place][column].strip() == printed(one, language), (place, column)


def as_shown(path: Path, folder: Path) -> list[list[str]]:
    """A sheet as LibreOffice displays it, with a profile of its own and a hard time limit."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not on PATH")
    arguments = [
        office,
        "--headless",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,,,,false,true",
        "--outdir",
        str(folder),
        str(path),
    ]
    target = path.with_suffix(".csv")
    for _ in range(2):  # the first start of a new profile may only set it up
        process = subprocess.Popen(
            arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            process.wait(120)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        if target.exists():
            break
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_latex_is_balanced_and_square(table, language) -> None:
    text = to_latex(table, language, label="tab:base")
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]
    assert text.count(r"\cmidrule") == len(table.spans)
    begun = re.findall(r"\\begin\{(\w+)\}", text)
    assert sorted(begun) == sorted(re.findall(r"\\end\{(\w+)\}", text))
    unescaped = re.sub(r"\\[{}$&%#_\\]", "", text)
    assert unescaped.count("{") == unescaped.count("}")
    assert unescaped.count("$") % 2 == 0
    inside = re.search(r"\\toprule\n(.*)\\bottomrule", text, re.DOTALL)[1]
    for line in inside.splitlines():
        if line.endswith(r"\\"):
            merged = sum(int(width) - 1 for width in re.findall(r"\\multicolumn\{(\d+)\}", line))
            assert len(re.split(r"(?<!\\)&", line)) + merged == table.columns, line


def test_latex_escapes_what_would_break_it(least_squares) -> None:
    assert escape("R&D_投入 50% #1 {a} a\\b ~^ $") == (
        r"R\&D\_投入 50\% \#1 \{a\} a\textbackslash{}b \textasciitilde{}\textasciicircum{} \$"
    )
    text = to_latex(regression_table(least_squares, labels={"value": "R&D_%"}), "en")
    assert r"R\&D\_\%" in text
    assert "$0.118^{***}$" in text
    assert "{(}$10.88$)" in text


def test_a_terminal_sees_the_same_numbers(table) -> None:
    text = to_text(table, "en")
    for row in table.body:
        for one in row:
            assert printed(one, "en") in text


def test_word_has_the_rules_and_both_fonts(table, tmp_path) -> None:
    docx = pytest.importorskip("docx")
    path = tmp_path / "table.docx"
    to_docx(table, path, "zh")
    document = docx.Document(str(path))
    grid = document.tables[0]
    texts = [[one.text for one in row.cells] for row in grid.rows]
    assert texts[len(table.header)][0] == printed(table.body[0][0], "zh")
    assert texts[-1][-1] == printed(table.body[-1][-1], "zh")
    xml = grid._tbl.xml
    assert xml.count('<w:top w:val="single" w:sz="12"') == table.columns
    assert xml.count('<w:bottom w:val="single" w:sz="12"') == table.columns
    assert "<w:left " not in xml.replace("w:tblCellMar", "")
    assert 'w:eastAsia="宋体"' in document.element.xml
    with pytest.raises(InputError, match=r"table\.docx exists"):
        to_docx(table, path)


def test_word_says_what_to_install(table, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    importlib.invalidate_caches()
    with pytest.raises(NotAvailableError, match="python-docx"):
        to_docx(table, tmp_path / "table.docx")
    assert not (tmp_path / "table.docx").exists()
