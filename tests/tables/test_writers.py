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

from lowcarbon_xl.errors import NotAvailableError, Text
from lowcarbon_xl.hosts.embedded.engine import open_book
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.put_table import put_table
from lowcarbon_xl.ribbon.snapshot import Snapshot
from lowcarbon_xl.tables.block import write_block
from lowcarbon_xl.tables.latex import escape, to_latex
from lowcarbon_xl.tables.model import Table
from lowcarbon_xl.tables.numerals import printed
from lowcarbon_xl.tables.regression import regression_table
from lowcarbon_xl.tables.text import to_text
from lowcarbon_xl.tables.word import to_docx


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
    return load_workbook(saved(table, folder, language)).active


def saved(table: Table, folder: Path, language: str) -> Path:
    """The table put onto a sheet of a new workbook by the code of the buttons."""
    path = folder / "table.xlsx"
    Workbook().save(path)
    book = open_book(path, (), language)
    put_table(Desk(book, language, None, lambda *_: None, Snapshot(book, "table")), book.sheets[0], 1, table)
    book.sheets["_LC_UNDO_NEW"].delete()
    book.save(str(path))
    book.close()
    return path


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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_libreoffice_shows_what_we_print(table, tmp_path, language) -> None:
    """The number formats evaluated by a real spreadsheet, cell by cell."""
    shown = as_shown(saved(table, tmp_path, language), tmp_path)
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
    to_docx([table, table], path, "zh")
    document = docx.Document(str(path))
    assert len(document.tables) == 2
    grid = document.tables[0]
    texts = [[one.text for one in row.cells] for row in grid.rows]
    assert texts[len(table.header)][0] == printed(table.body[0][0], "zh")
    assert texts[-1][-1] == printed(table.body[-1][-1], "zh")
    xml = grid._tbl.xml
    assert xml.count('<w:top w:val="single" w:sz="12"') == table.columns
    assert xml.count('<w:bottom w:val="single" w:sz="12"') == table.columns
    assert "<w:left " not in xml.replace("w:tblCellMar", "")
    assert 'w:eastAsia="宋体"' in document.element.xml


def test_word_says_what_to_install(table, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    importlib.invalidate_caches()
    with pytest.raises(NotAvailableError, match="python-docx"):
        to_docx([table], tmp_path / "table.docx")
    assert not (tmp_path / "table.docx").exists()
