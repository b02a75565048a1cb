"""Results written into the original package."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from lxml import etree
from openpyxl.chart import BarChart
from openpyxl.chart import Reference as ChartReference
from openpyxl.styles import Font
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from lowcarbon_xl.catalogue import PANEL
from lowcarbon_xl.cells import Block, CellError, Spill
from lowcarbon_xl.hosts.embedded.parts import MAIN
from lowcarbon_xl.hosts.embedded.sheetpatch import LONGEST_TEXT, escape_text
from lowcarbon_xl.hosts.embedded.workbook import read_workbook
from tests.hosts.conftest import Functions, Save, declare
from tests.hosts.written import PANEL_CALL, cell_xml, parts_of, sheet_xml, with_parts, write

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def test_values_and_spills_can_be_read_without_computing(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet["A1"] = PANEL_CALL
    sheet["E2"] = "=SUM(C2:C6)"
    sheet["E3"] = "=1/0"
    sheet["E4"] = '="a"&"b"'
    sheet["E5"] = "=1>0"
    output = write(save(book), functions)
    values = openpyxl.load_workbook(output, data_only=True)["结果"]
    assert [[cell.value for cell in row] for row in values["A1:C3"]] == [
        ["省份", "年份", "产出"],
        ["北京", 4020, 0],
        ["北京", 4022, 2],
    ]
    assert values["C4"].value is None
    assert [values[f"E{row}"].value for row in range(2, 6)] == [16, "#DIV/0!", "ab", True]
    formulas = openpyxl.load_workbook(output)["结果"]
    anchor = formulas["A1"].value
    assert isinstance(anchor, ArrayFormula)
    assert (anchor.ref, anchor.text) == ("A1:C6", PANEL_CALL)
    assert formulas["E2"].value == "=SUM(C2:C6)"


def test_a_call_is_marked_as_a_dynamic_array(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = PANEL_CALL
    output = write(save(book), functions)
    assert cell_xml(output, "A1").get("cm") == "1"
    parts = parts_of(output)
    assert b"fDynamic" in parts["xl/metadata.xml"]
    assert b"/xl/metadata.xml" in parts["[Content_Types].xml"]
    assert b"sheetMetadata" in parts["xl/_rels/workbook.xml.rels"]
    assert sheet_xml(output).find(f"{{{MAIN}}}dimension").get("ref") == "A1:C6"


def test_existing_metadata_is_kept_and_added_to(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = PANEL_CALL
    first = write(save(book), functions)
    metadata = parts_of(first)["xl/metadata.xml"].decode()
    other = metadata.replace("XLDAPR", "XLRICHVALUE").replace('cellMeta="1"', "")
    with_parts(first, {"xl/metadata.xml": other.encode()})
    second = write(first, functions, first.with_name("second.xlsx"))
    root = etree.fromstring(parts_of(second)["xl/metadata.xml"])
    names = [kind.get("name") for kind in root.iter(f"{{{MAIN}}}metadataType")]
    assert names == ["XLRICHVALUE", "XLDAPR"]
    assert cell_xml(second, "A1").get("cm") == "2"
    assert [etree.QName(child).localname for child in root] == [
        "metadataTypes",
        "futureMetadata",
        "futureMetadata",
        "cellMetadata",
    ]


def test_a_second_run_changes_nothing(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet["A1"] = f"=@{PANEL_CALL[1:]}"
    sheet["E1"] = "=SUM(A1:C9)"
    sheet["E2"] = "=WHY(B3)"
    sheet["E3"] = "=SUMPRODUCT(LEN(A1:A3))"
    sheet["G1"] = "=DOUBLE(A1:C6)"
    first = write(save(book), functions)
    second = write(first, functions, first.with_name("second.xlsx"))
    assert first.read_bytes() == second.read_bytes()


def test_a_smaller_result_clears_what_the_larger_one_filled(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = PANEL_CALL
    first = write(save(book), functions)
    sheet = parts_of(first)["xl/worksheets/sheet2.xml"].decode()
    smaller = sheet.replace("DOUBLE('面 板''s'!A1:C6)", "DOUBLE('面 板''s'!A1:B3)")
    assert smaller != sheet
    with_parts(first, {"xl/worksheets/sheet2.xml": smaller.encode()})
    second = write(first, functions, first.with_name("second.xlsx"))
    values = openpyxl.load_workbook(second, data_only=True)["结果"]
    filled = {cell.coordinate for row in values.iter_rows() for cell in row if cell.value is not None}
    assert filled == {"A1", "B1", "A2", "B2", "A3", "B3"}


def test_what_needs_no_change_stays_byte_for_byte(book: Workbook, save: Save, functions: Functions) -> None:
    panel, sheet = book["面 板's"], book["结果"]
    chart = BarChart()
    chart.add_data(ChartReference(panel, min_col=3, min_row=1, max_row=6), titles_from_data=True)
    sheet.add_chart(chart, "H1")
    sheet["A1"] = PANEL_CALL
    sheet["E1"] = "=1+1"
    path = save(book)
    rels = parts_of(path)["_rels/.rels"].decode()
    custom = (
        '<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml" '
        'Target="customXml/item1.xml"/></Relationships>'
    )
    with_parts(
        path,
        {
            "xl/media/image1.png": PIXEL,
            "customXml/item1.xml": b"<note>kept</note>",
            "_rels/.rels": rels.replace("</Relationships>", custom).encode(),
        },
    )
    before_file = path.read_bytes()
    output = write(path, functions)
    before, after = parts_of(path), parts_of(output)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/worksheets/sheet2.xml",
    }
    assert after.keys() - before.keys() == {"xl/metadata.xml"}
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "customXml/item1.xml"} <= after.keys()
    assert path.read_bytes() == before_file


@pytest.mark.filterwarnings("ignore:Unknown extension")
def test_prefixes_and_extensions_of_a_sheet_survive(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet["A1"] = PANEL_CALL
    sheet["A1"].font = Font(bold=True)
    sheet["C6"].font = Font(italic=True)
    path = save(book)
    xml = parts_of(path)["xl/worksheets/sheet2.xml"].decode()
    extended = xml.replace(
        "<worksheet ",
        '<worksheet xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" ',
    ).replace("</worksheet>", '<extLst><ext uri="{kept}"/></extLst></worksheet>')
    with_parts(path, {"xl/worksheets/sheet2.xml": extended.encode()})
    output = write(path, functions)
    patched = parts_of(output)["xl/worksheets/sheet2.xml"].decode()
    assert 'mc:Ignorable="x14ac"' in patched
    assert '<ext uri="{kept}"/>' in patched
    fonts = openpyxl.load_workbook(output)["结果"]
    assert fonts["A1"].font.bold
    assert fonts["C6"].font.italic


def test_cells_are_made_in_order_among_existing_ones(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet["B2"] = PANEL_CALL
    sheet["A4"] = "left"
    sheet["F4"] = "right"
    sheet["A9"] = "below"
    output = write(save(book), functions)
    root = sheet_xml(output)
    rows = [int(row.get("r")) for row in root.iter(f"{{{MAIN}}}row")]
    assert rows == sorted(set(rows))
    fourth = next(row for row in root.iter(f"{{{MAIN}}}row") if row.get("r") == "4")
    assert [cell.get("r") for cell in fourth] == ["A4", "B4", "C4", "D4", "F4"]


def test_a_refused_cell_keeps_the_value_of_the_file(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet["A1"] = "=SUMPRODUCT(LEN('面 板''s'!A2:A6))"
    sheet["A2"] = "=A1+1"
    path = save(book)
    xml = parts_of(path)["xl/worksheets/sheet2.xml"].decode()
    cached = xml.replace("A2:A6))</f><v></v>", "A2:A6))</f><v>10</v>").replace(
        "A2:A6))</f><v/>", "A2:A6))</f><v>10</v>"
    )
    assert cached != xml
    with_parts(path, {"xl/worksheets/sheet2.xml": cached.encode()})
    values = openpyxl.load_workbook(write(path, functions), data_only=True)["结果"]
    assert values["A1"].value == 10
    assert values["A2"].value == "#VALUE!"  # nothing is computed from a value that this host has not checked


def test_shared_formulas_of_ours_become_single_ones(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    for row in (1, 2, 3):
        sheet[f"A{row}"] = f"=PLACE('面 板''s'!A{row})"
    path = save(book)
    root = sheet_xml(path)
    for row, formula in enumerate(root.iter(f"{{{MAIN}}}f"), start=1):
        formula.set("t", "shared")
        formula.set("si", "0")
        if row == 1:
            formula.set("ref", "A1:A3")
        else:
            formula.text = None
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="A1" i="2"/></calcChain>'
    )
    types = (
        parts_of(path)["[Content_Types].xml"]
        .decode()
        .replace(
            "</Types>",
            '<Override PartName="/xl/calcChain.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>',
        )
    )
    rels = (
        parts_of(path)["xl/_rels/workbook.xml.rels"]
        .decode()
        .replace(
            "</Relationships>",
            '<Relationship Id="rIdC" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" '
            'Target="calcChain.xml"/></Relationships>',
        )
    )
    with_parts(
        path,
        {
            "xl/worksheets/sheet2.xml": etree.tostring(root),
            "xl/calcChain.xml": chain,
            "[Content_Types].xml": types.encode(),
            "xl/_rels/workbook.xml.rels": rels.encode(),
        },
    )
    output = write(path, functions)
    values = openpyxl.load_workbook(output, data_only=True)["结果"]
    assert [str(values[f"A{row}"].value).split("|")[0] for row in (1, 2, 3)] == [
        f"'面 板''s'!A{row}" for row in (1, 2, 3)
    ]
    assert b"shared" not in parts_of(output)["xl/worksheets/sheet2.xml"]
    assert "xl/calcChain.xml" not in parts_of(output)
    assert b"calcChain" not in parts_of(output)["[Content_Types].xml"]
    assert b"calcChain" not in parts_of(output)["xl/_rels/workbook.xml.rels"]


def test_excel_is_not_asked_to_compute_when_it_opens_the_file(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = PANEL_CALL
    path = save(book)
    assert b'fullCalcOnLoad="1"' in parts_of(path)["xl/workbook.xml"]
    settings = etree.fromstring(parts_of(write(path, functions))["xl/workbook.xml"]).find(f"{{{MAIN}}}calcPr")
    assert settings.get("fullCalcOnLoad") is None
    assert int(settings.get("calcId")) >= 191029


def test_odd_values_are_written_as_excel_accepts_them(book: Workbook, save: Save) -> None:
    def odd(panel: Block) -> Spill:
        return Spill(
            (
                ("标题", None, True, 12, 1.5),
                (float("nan"), float("inf"), 2**60, dt.date(2020, 1, 2), CellError("#SPILL!")),
                (" 空格 ", "换\n行", "控\x01制", "_x0041_", "长" * 40_000),
            )
        )

    book["结果"]["A1"] = "=ODD('面 板''s'!A1:C6)"
    output = write(save(book), (declare("ODD", odd, PANEL),))
    values = openpyxl.load_workbook(output, data_only=True)["结果"]
    read = [[cell.value for cell in row] for row in values["A1:E3"]]
    assert read[0] == ["标题", None, True, 12, 1.5]
    assert read[1] == ["#NUM!", "#NUM!", 2**60, 43832, "#VALUE!"]
    assert read[2][:2] == [" 空格 ", "换\n行"]
    assert len(str(read[2][4])) == LONGEST_TEXT
    xml = parts_of(output)["xl/worksheets/sheet2.xml"].decode()
    assert "控_x0001_制" in xml
    assert "_x005F_x0041_" in xml
    assert "nan" not in xml.lower().replace("nane", "")


def test_escaping_is_read_back_as_it_was() -> None:
    from openpyxl.utils.escape import unescape

    for text in ("a\x01b", "_x0041_", "plain", "中\x1f文", "_x_"):
        assert unescape(escape_text(text)) == text


def test_a_sheet_without_cell_addresses_is_understood(book: Workbook, save: Save, functions: Functions) -> None:
    book["结果"]["A1"] = "=PLACE('面 板''s'!A1:C6)"
    book["结果"]["B2"] = "=A1"
    path = save(book)
    parts = parts_of(path)
    changes = {}
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        root = etree.fromstring(parts[name])
        for cell in root.iter(f"{{{MAIN}}}c"):
            if cell.get("r") != "B2":
                del cell.attrib["r"]
        changes[name] = etree.tostring(root)
    with_parts(path, changes)
    assert read_workbook(path).sheets["结果"].formulas.keys() == {("结果", 1, 1), ("结果", 2, 2)}
    values = openpyxl.load_workbook(write(path, functions), data_only=True)["结果"]
    assert str(values["A1"].value).startswith("'面 板''s'!A1:C6|(6, 3)")
