"""What a workbook holds besides cells survives a macro: the package before and after."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from lxml import etree
from openpyxl.chart import LineChart, Reference

from lowcarbon_xl.hosts.embedded.engine import open_book
from lowcarbon_xl.hosts.embedded.parts import MAIN
from tests.hosts.conftest import Functions
from tests.hosts.full_book import CONTROLS, DATA, NOTES, PARTS, PIVOT
from tests.hosts.programs import converted
from tests.hosts.written import parts_of

Macro = Callable[[xw.Book], None]
LISTS = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
"""What says which parts and styles there are."""


def run(path: Path, functions: Functions, macro: Macro, name: str = "后.xlsx") -> Path:
    """The file after a macro."""
    book = open_book(path, functions, "zh")
    try:
        macro(book)
        book.save(str(path.with_name(name)))
    finally:
        book.close()
    return path.with_name(name)


def adds_a_sheet(book: xw.Book) -> None:
    sheet = book.sheets.add("新", after=book.sheets[-1])
    sheet["A1"].value = [["甲", 1], ["乙", 2]]
    sheet["A1"].font.bold = True
    sheet["A1"].color = "#FFEEDD"
    sheet["B1"].number_format = "0.0000"
    sheet["C1"].formula = "=SUM(B1:B2)"
    sheet["A:A"].column_width = 22
    sheet["B2"].add_note("新的")


def writes_beside(book: xw.Book) -> None:
    sheet = book.sheets[NOTES]
    sheet["A3"].value = "写"
    if sheet["A3"].note is None:
        sheet["A3"].add_note("注")
    sheet["B7"].value = 7
    sheet["A1"].font.bold = True


def touches_all(book: xw.Book) -> None:
    """Cells, formats, notes and a chart on the very sheets that hold the rest, but outside of it."""
    controls, pivot, data = book.sheets[CONTROLS], book.sheets[PIVOT], book.sheets[DATA]
    controls["A8"].value = 9
    controls["A9"].add_note("别处")
    controls["D1"].font.italic = True
    pivot["A12"].value = "脚注"
    chart = LineChart()
    chart.add_data(Reference(data.api, min_col=3, min_row=1, max_row=5), titles_from_data=True)
    pivot.api.add_chart(chart, "D30")
    data["A2"].value = "南"
    data["C5"].add_note("又一条")
    data["B:C"].column_width = 30


MACROS: dict[Macro, set[str]] = {
    adds_a_sheet: set(),
    writes_beside: {PARTS[NOTES]},
    touches_all: {
        PARTS[CONTROLS],
        PARTS[PIVOT],
        PARTS[DATA],
        "xl/comments9.xml",
        "xl/drawings/vmlDrawing9.vml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
        "xl/drawings/drawing1.xml",
        "xl/drawings/_rels/drawing1.xml.rels",
    },
}
"""Macros, with the parts that they change besides the lists."""

each_macro = pytest.mark.parametrize("macro", list(MACROS), ids=lambda macro: macro.__name__)


@each_macro
def test_every_other_part_stays_byte_for_byte(full: Path, functions: Functions, macro: Macro) -> None:
    before, after = parts_of(full), parts_of(run(full, functions, macro))
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed <= LISTS | MACROS[macro]
    assert MACROS[macro] <= changed


def test_opening_and_saving_changes_what_is_computed_alone(full: Path, functions: Functions) -> None:
    before, after = parts_of(full), parts_of(run(full, functions, lambda book: None))
    assert before.keys() == after.keys()
    assert {name for name in before if after[name] != before[name]} == {"xl/workbook.xml"}  # asks no more to compute


@each_macro
def test_what_is_changed_keeps_all_that_it_had(full: Path, functions: Functions, macro: Macro) -> None:
    """Every element of a changed part is still there, but those that the macro changed."""
    before, after = parts_of(full), parts_of(run(full, functions, macro))
    for name in MACROS[macro] | {"xl/styles.xml"}:
        gone = _elements(before[name]) - _elements(after[name])
        cells = {text for text in gone if text.startswith((b"<c ", b"<row ", b"<col ", b"<dimension "))}
        assert gone == cells, name
        assert len(cells) <= 8, name


def _elements(part: bytes) -> set[bytes]:
    """The elements of a part that hold no others, and the cells, without the space around them."""
    found = set()
    for element in etree.fromstring(part).iter():
        whole = isinstance(element.tag, str) and etree.QName(element).localname in {"c", "comment", "si", "shape"}
        if not len(element) or whole:
            text = etree.tostring(element, with_tail=False)
            found.add(text.replace(f' xmlns="{MAIN}"'.encode(), b""))
    return found


@each_macro
def test_cells_that_are_not_written_look_the_same(full: Path, functions: Functions, macro: Macro) -> None:
    written = {(NOTES, "A1"), (CONTROLS, "D1")}
    old, new = parts_of(full), parts_of(run(full, functions, macro))
    for name, part in PARTS.items():
        styles = _styles(new[part])
        assert {cell for cell, style in _styles(old[part]).items() if styles.get(cell) != style} <= {
            cell for sheet, cell in written if sheet == name
        }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not know
        before, after = openpyxl.load_workbook(full), openpyxl.load_workbook(run(full, functions, macro))
    for sheet in before.worksheets:
        other = after[sheet.title]
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            same = other[cell.coordinate]
            assert cell.number_format == same.number_format
            if (sheet.title, cell.coordinate) not in written:
                assert [repr(looks) for looks in (cell.font, cell.fill, cell.border)] == [
                    repr(looks) for looks in (same.font, same.fill, same.border)
                ]
        assert other.column_dimensions["D"].hidden == sheet.column_dimensions["D"].hidden
        assert other.auto_filter.ref == sheet.auto_filter.ref
        assert other.freeze_panes == sheet.freeze_panes
        assert {*other.merged_cells.ranges} == {*sheet.merged_cells.ranges}
    assert {name: n.attr_text for name, n in after.defined_names.items()} == {"全部": f"{DATA}!$A$1:$C$5"}
    assert after[NOTES].defined_names["本表"].attr_text == f"{NOTES}!$A$1"
    assert after[DATA]["C3"].comment.text == "核对过"


def _styles(part: bytes) -> dict[str, str]:
    return {str(cell.get("r")): cell.get("s", "0") for cell in etree.fromstring(part).iter(f"{{{MAIN}}}c")}


def test_the_notes_of_a_sheet_keep_their_shapes_and_its_controls(full: Path, functions: Functions) -> None:
    after = parts_of(run(full, functions, touches_all))
    vml = after["xl/drawings/vmlDrawing9.vml"]
    assert vml.count(b"<v:shape ") == 3
    assert b'ObjectType="Checkbox"' in vml
    assert after["xl/comments9.xml"].count(b"<comment ") == 2
    assert '<b/><sz val="9"/></rPr><t>会话</t>'.encode() in after["xl/comments9.xml"]
    etree.fromstring(vml)


def test_what_the_macro_wrote_is_there(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        for one in MACROS:
            one(book)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(run(full, functions, macro))
        values = openpyxl.load_workbook(full.with_name("后.xlsx"), data_only=True)
    new = book["新"]
    assert [[cell.value for cell in row] for row in new["A1:B2"]] == [["甲", 1], ["乙", 2]]
    assert (new["A1"].font.bold, new["A1"].fill.fgColor.rgb, new["B1"].number_format) == (True, "FFFFEEDD", "0.0000")
    assert (new["B2"].comment.text, new.column_dimensions["A"].width) == ("新的", 22)
    assert values["新"]["C1"].value == 3
    assert (book[NOTES]["A3"].value, book[NOTES]["A3"].comment.text, book[NOTES]["B7"].value) == ("写", "注", 7)
    assert book[NOTES]["A1"].font.bold
    assert book[NOTES]["B7"].fill.fgColor.rgb == "FFDDEEFF"
    assert (book[CONTROLS]["A8"].value, book[CONTROLS]["A9"].comment.text) == (9, "别处")
    assert (book[CONTROLS]["D1"].value, book[CONTROLS]["D1"].font.italic) == ("红与黑", True)
    assert len(book[PIVOT]._charts) == 2
    assert book[DATA]["A2"].value == "南"
    assert book[DATA]["A2"].font.name == "SimSun"
    assert [note.text for note in (book[DATA]["C3"].comment, book[DATA]["C5"].comment)] == ["核对过", "又一条"]
    assert [book[DATA].column_dimensions[letter].width for letter in "BC"] == [30, 30]


def test_a_title_that_a_macro_gives_is_written(full: Path, functions: Functions) -> None:
    after = parts_of(run(full, functions, lambda book: setattr(book.api.properties, "title", "题")))
    titles = etree.fromstring(after["docProps/core.xml"]).findall("{http://purl.org/dc/elements/1.1/}title")
    assert [title.text for title in titles] == ["题"]


@each_macro
def test_a_second_run_gives_the_same_file(full: Path, functions: Functions, macro: Macro) -> None:
    once = run(full, functions, macro)
    assert run(full, functions, macro, "同.xlsx").read_bytes() == once.read_bytes()
    if macro is writes_beside:
        assert run(once, functions, macro, "再.xlsx").read_bytes() == once.read_bytes()


@each_macro
def test_the_open_xml_sdk_finds_nothing_new(full: Path, functions: Functions, macro: Macro, validator: str) -> None:
    assert _complaints(validator, run(full, functions, macro)) == _complaints(validator, full)


def _complaints(validator: str, path: Path) -> set[tuple[str, str]]:
    report = subprocess.run([validator, str(path)], capture_output=True, text=True, timeout=60, check=False).stdout
    return {(error["path"], error["description"]) for error in json.loads(report)["errors"]}


def test_libreoffice_opens_it(full: Path, functions: Functions, office: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = converted(office, run(full, functions, touches_all), tmp_path)
    assert book.sheetnames == [DATA, PIVOT, CONTROLS, NOTES]
    assert (book[CONTROLS]["A6"].value, book[CONTROLS]["A8"].value) == (21, 9)
    assert book[NOTES]["D1"].value == "红与黑"
    assert book[PIVOT]["A12"].value == "脚注"
