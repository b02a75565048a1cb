"""What a macro does to sheets, tables, notes, charts and formulas, and what is refused by name."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw
from lxml import etree
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.embedded.engine import activate
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package
from lowcarbon_xl.hosts.embedded.parts import MAIN
from tests.hosts.conftest import Functions
from tests.hosts.full_book import CONTROLS, DATA, NOTES, PARTS, PIVOT
from tests.hosts.test_embedded_graft import Macro, run
from tests.hosts.written import parts_of

BOOK = "xl/workbook.xml"
CHAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
CACHE = "xl/pivotCache/pivotCacheDefinition1.xml"


def loaded(path: Path, **options: Any) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not know
        return openpyxl.load_workbook(path, **options)


def test_renaming_moving_and_hiding_a_sheet_leaves_its_part_alone(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[DATA].name = "新名"
        book.api.move_sheet(NOTES, -3)
        book.sheets["新名"].activate()
        book.sheets[CONTROLS].visible = False

    before, after = parts_of(full), parts_of(run(full, functions, macro))
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {BOOK, CACHE}
    assert 'sheet="新名"' in after[CACHE].decode()
    book = loaded(full.with_name("后.xlsx"))
    assert book.sheetnames == [NOTES, "新名", PIVOT, CONTROLS]
    assert book[CONTROLS].sheet_state == "hidden"
    assert book[NOTES].defined_names["本表"].attr_text == f"{NOTES}!$A$1"  # local to the sheet that moved
    assert book["新名"].auto_filter.ref == "A1:C5"
    assert "'新名'!$A$1:$C$5" in after[BOOK].decode()  # the filter's own name follows


def test_a_removed_sheet_takes_along_what_only_it_led_to(full: Path, functions: Functions) -> None:
    before = parts_of(full)
    after = parts_of(run(full, functions, lambda book: book.sheets[CONTROLS].delete()))
    gone = {name for name in before if name not in after}
    assert gone == {
        PARTS[CONTROLS],
        "xl/worksheets/_rels/sheet3.xml.rels",
        "xl/drawings/vmlDrawing9.vml",
        "xl/ctrlProps/ctrlProp1.xml",
        "xl/comments9.xml",
        "xl/threadedComments/threadedComment1.xml",
    }
    assert not any(name.encode() in after["[Content_Types].xml"] for name in gone)
    assert {name for name in after if name in before and after[name] != before[name]} == {
        BOOK,
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
    }
    names = etree.fromstring(after[BOOK]).iter(f"{{{MAIN}}}definedName")
    scopes = {str(name.get("name")): name.get("localSheetId") for name in names}
    assert scopes == {"全部": None, "_xlnm._FilterDatabase": "0", "本表": "2"}


def test_showing_another_sheet_does_not_select_two(full: Path, functions: Functions) -> None:
    after = parts_of(run(full, functions, lambda book: book.sheets[NOTES].activate()))
    selected = [name for name, part in PARTS.items() if re.search(rb'tabSelected="(1|true)"', after[part])]
    assert selected == [NOTES]
    assert b'activeTab="3"' in after[BOOK]


def writes_on(sheet: str, cell: str) -> Macro:
    def macro(book: xw.Book) -> None:
        book.sheets[sheet][cell].value = 99

    return macro


def answers(book: xw.Book) -> None:
    book.sheets[CONTROLS]["B2"].note.text = "别的"


def removes_the_source(book: xw.Book) -> None:
    book.sheets[DATA].delete()


REFUSED: dict[str, tuple[Macro, str]] = {
    "pivot": (writes_on(PIVOT, "B4"), f"数据透视表（改写了 {PIVOT}!B4）.*pivotTable1.xml"),
    "query": (writes_on(DATA, "G2"), f"数据连接和查询（改写了 {DATA}!G2）.*queryTable1.xml"),
    "thread": (answers, f"批注会话（改写了 {CONTROLS}!B2）.*threadedComment1.xml"),
    "source": (removes_the_source, f"数据透视表（来源工作表“{DATA}”被删除）.*pivotCacheDefinition1.xml"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_survive_is_refused_by_name(full: Path, functions: Functions, case: str) -> None:
    macro, message = REFUSED[case]
    with pytest.raises(HostError) as refused:
        run(full, functions, macro)
    assert re.search(message, refused.value.message().zh)
    assert not full.with_name("后.xlsx").exists()

    def accepted(book: xw.Book) -> None:
        activate(functions, "zh", allow_loss=True)
        macro(book)

    assert run(full, functions, accepted).exists()


def test_a_slicer_of_a_removed_sheet_is_refused_whatever_is_allowed(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[PIVOT].delete()
        activate(functions, "en", allow_loss=True)

    with pytest.raises(HostError, match=f"slicers .the sheet {PIVOT} is removed.*slicerCache1.xml"):
        run(full, functions, macro)


def test_formats_and_notes_on_a_pivot_table_are_not_refused(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[PIVOT]["B4"].font.bold = True
        book.sheets[DATA]["G2"].color = "#FF0000"

    before, after = parts_of(full), parts_of(run(full, functions, macro))
    assert before["xl/pivotTables/pivotTable1.xml"] == after["xl/pivotTables/pivotTable1.xml"]


def test_the_last_note_takes_its_parts_along_but_not_the_controls(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[DATA]["C3"].note.delete()

    before, after = parts_of(full), parts_of(run(full, functions, macro))
    assert {"xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml"} == before.keys() - after.keys()
    assert b"legacyDrawing" not in after[PARTS[DATA]]
    assert after["xl/drawings/vmlDrawing9.vml"] == before["xl/drawings/vmlDrawing9.vml"]


def test_a_removed_chart_takes_its_part_along_and_nothing_else(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[PIVOT].api._charts = []

    before, after = parts_of(full), parts_of(run(full, functions, macro))
    assert before.keys() - after.keys() == {"xl/charts/chart1.xml"}
    drawing = after["xl/drawings/drawing1.xml"].decode()
    assert [name in drawing for name in ("我的框", "照片", "sle:slicer", "c:chart")] == [True, True, True, False]


def test_a_chart_that_is_changed_in_place_is_drawn_anew(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[PIVOT].api._charts[0].title = "改了"

    after = parts_of(run(full, functions, macro))
    assert "改了" in after["xl/charts/chart1.xml"].decode()
    assert "我的框" in after["xl/drawings/drawing1.xml"].decode()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Shared formulas, a group of columns, links and a rule with a colour, as other programs write them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number in range(1, 5):
        sheet.append([number, f"=A{number}*2", "链接"])
    for row in range(1, 4):
        sheet.cell(row, 3).hyperlink = "https://example.org/"
    sheet["E1"].comment = Comment("旧", "某")
    sheet.column_dimensions["E"].width = 5
    path = tmp_path / "平.xlsx"
    book.save(path)
    parts = parts_of(path)
    part = "xl/worksheets/sheet1.xml"
    text = parts[part].decode()
    text = text.replace("<f>A1*2</f>", '<f t="shared" ref="B1:B4" si="0">A1*2</f>')
    for number in range(2, 5):
        text = text.replace(f"<f>A{number}*2</f>", '<f t="shared" si="0"/>')
    text = re.sub("<cols>.*</cols>", '<cols><col min="2" max="6" width="9" customWidth="1" hidden="1"/></cols>', text)
    text = re.sub(r'<hyperlink ref="C[23]"[^>]*/>', "", text).replace('ref="C1"', 'ref="C1:C3"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {part: text.encode()}).items():
            archive.writestr(name, content)
    return path


def test_a_shared_formula_outlives_the_cell_that_held_its_text(plain: Path, functions: Functions) -> None:
    path = run(plain, functions, lambda book: setattr(book.sheets[0]["B1"], "value", 7))
    sheet = loaded(path).active
    assert sheet is not None
    assert [sheet.cell(row, 2).value for row in range(1, 5)] == [7, "=A2*2", "=A3*2", "=A4*2"]
    assert [cell.value for (cell,) in loaded(path, data_only=True).active["B1:B4"]] == [7, 4, 6, 8]


@pytest.mark.parametrize(("cell", "kept"), [("B1", False), ("A1", True)])
def test_the_list_of_formulas_goes_when_a_formula_does(
    plain: Path, functions: Functions, cell: str, kept: bool
) -> None:
    package = Package(plain, parts_of(plain))
    package.add("xl/calcChain.xml", f'<calcChain xmlns="{MAIN}"><c r="B1" i="1"/></calcChain>'.encode(), CHAIN)
    package.relate(package.main, "calcChain", "xl/calcChain.xml")
    with zipfile.ZipFile(plain, "w") as archive:
        for name, content in package.finish().items():
            archive.writestr(name, content)
    after = parts_of(run(plain, functions, lambda book: setattr(book.sheets[0][cell], "value", 7)))
    assert ("xl/calcChain.xml" in after) == kept
    assert (b"calcChain" in after["[Content_Types].xml"]) == kept
    assert (b"calcChain" in after["xl/_rels/workbook.xml.rels"]) == kept


def test_a_column_in_a_group_gets_a_width_of_its_own(plain: Path, functions: Functions) -> None:
    path = run(plain, functions, lambda book: setattr(book.sheets[0]["C:C"], "column_width", 20))
    columns = etree.fromstring(parts_of(path)["xl/worksheets/sheet1.xml"]).find(f"{{{MAIN}}}cols")
    assert [(c.get("min"), c.get("max"), c.get("width"), c.get("hidden")) for c in columns] == [
        ("2", "2", "9", "1"),
        ("3", "3", "20", None),
        ("4", "6", "9", "1"),
    ]


def test_a_link_of_several_cells_stays_on_those_that_keep_it(plain: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        book.sheets[0]["C2"].api.hyperlink = "https://example.com/"

    sheet = loaded(run(plain, functions, macro)).active
    assert sheet is not None
    assert [sheet.cell(row, 3).hyperlink.target for row in range(1, 4)] == [
        "https://example.org/",
        "https://example.com/",
        "https://example.org/",
    ]


def test_a_header_of_a_table_is_the_name_of_its_column(full: Path, functions: Functions) -> None:
    def macro(book: xw.Book) -> None:
        activate(functions, "zh", allow_loss=True)  # the table is what a query returned
        book.sheets[DATA]["G1"].value = "新列"

    after = parts_of(run(full, functions, macro))
    columns = etree.fromstring(after["xl/tables/table1.xml"]).iter(f"{{{MAIN}}}tableColumn")
    assert [column.get("name") for column in columns] == ["查询", "新列"]


def test_a_sheet_of_charts_stays(tmp_path: Path, functions: Functions) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([1, 2])
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, max_col=2, min_row=1))
    book.create_chartsheet("图", 0).add_chart(chart)
    book.active = 1
    path = tmp_path / "图.xlsx"
    book.save(path)

    def macro(opened: xw.Book) -> None:
        opened.sheets[0]["A1"].value = 9
        opened.sheets[0].api.print_area = "A1:B2"

    before, after = parts_of(path), parts_of(run(path, functions, macro))
    assert {name for name in before if after.get(name) != before[name]} == {"xl/worksheets/sheet1.xml", BOOK}
    assert b'name="_xlnm.Print_Area" localSheetId="1"' in after[BOOK]


def test_a_file_without_styles_gets_some(tmp_path: Path, functions: Functions) -> None:
    path = tmp_path / "无.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.save(path)
    parts = parts_of(path)
    del parts["xl/styles.xml"]
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = re.sub(rb"<(Override|Relationship)[^>]*styles[^>]*/>", b"", parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    after = loaded(run(path, functions, lambda opened: setattr(opened.sheets[0]["B1"].font, "bold", True)))
    assert after.active["B1"].font.bold
    assert after.active["A1"].font == Font(
        name="Calibri", family=2, sz=11, scheme="minor", color=after.active["A1"].font.color
    )
