"""Macros written for ``xw.Book``, run without Excel."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlwings as xw
from openpyxl.chart import BarChart
from openpyxl.chart import Reference as ChartReference
from openpyxl.workbook import Workbook

from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.engine import ENGINE_NAME, activate, open_book
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from tests.hosts.conftest import Functions, Save


@pytest.fixture
def opened(book: Workbook, save: Save, functions: Functions) -> Iterator[xw.Book]:
    book["结果"]["A1"] = "=DOUBLE('面 板''s'!A1:C6)"
    book["结果"]["F1"] = "=SUM(B2:B6)"
    workbook = open_book(save(book), functions, "en")
    yield workbook
    for each in list(workbook.app.books):
        each.close()


def test_the_engine_is_active_and_named(opened: xw.Book) -> None:
    assert xw.engines.active.name == ENGINE_NAME
    assert opened.app.engine.name == ENGINE_NAME
    assert opened.name == "书.xlsx"
    assert [sheet.name for sheet in opened.sheets] == ["面 板's", "结果"]


def test_blocks_of_values_are_read(opened: xw.Book) -> None:
    sheet = opened.sheets["面 板's"]
    assert sheet["A1"].value == "省份"
    assert sheet["A1:C1"].value == ["省份", "年份", "产出"]
    assert sheet["B2:B4"].value == [2010, 2011, 2012]
    assert sheet.range((2, 1), (3, 3)).value == [["北京", 2010, 0.0], ["北京", 2011, 1.0]]
    assert sheet["C4"].value is None
    assert sheet["A1"].expand("down").shape == (6, 1)
    assert sheet["A1"].current_region.address == "$A$1:$C$6"
    assert sheet.used_range.address == "$A$1:$C$6"
    assert sheet["A1"].end("down").row == 6
    assert sheet["A1"].end("right").column == 3
    assert sheet["B6"].end("up").row == 1


def test_a_data_frame_makes_the_round_trip(opened: xw.Book, tmp_path: Path, functions: Functions) -> None:
    frame = opened.sheets["面 板's"]["A1"].options(pd.DataFrame, expand="table", index=False).value
    assert list(frame.columns) == ["省份", "年份", "产出"]
    assert frame["产出"].isna().tolist() == [False, False, True, False, False]
    sheet = opened.sheets.add("新表", after=opened.sheets[-1])
    frame["日期"] = pd.Timestamp("2020-01-02")
    frame["标志"] = np.array([True, False, True, False, True])
    sheet["B2"].options(index=False).value = frame
    opened.save(str(tmp_path / "存.xlsx"))
    opened.close()  # else xlwings hands out the open workbook instead of reading the file
    again = open_book(tmp_path / "存.xlsx", functions, "en")
    back = again.sheets["新表"]["B2"].options(pd.DataFrame, expand="table", index=False).value
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_formulas_are_computed_when_they_are_read(opened: xw.Book) -> None:
    results = opened.sheets["结果"]
    assert results["F1"].value == 20120.0
    assert results["A2:C3"].value == [["北京", 4020.0, 0.0], ["北京", 4022.0, 2.0]]
    opened.sheets["面 板's"]["B2"].value = 2000
    assert results["F1"].value == 20100.0
    results["F2"].formula = "=F1*2"
    results["F3:F4"].formula = [["=F2+1"], ["=F3+1"]]
    assert results["F2:F4"].value == [40200.0, 40201.0, 40202.0]
    assert results["F2"].formula == "=F1*2"
    assert results["A1"].formula == "=DOUBLE('面 板''s'!A1:C6)"
    assert results.used_range.shape == (6, 6)
    results["F5"].formula = "=NA()"
    assert results["F5"].value is None
    assert results["F5"].options(err_to_str=True).value == "#N/A"


def test_what_is_saved_has_its_values_and_stays_dynamic(opened: xw.Book, tmp_path: Path, functions: Functions) -> None:
    opened.sheets["面 板's"]["C7"].value = "x"
    opened.save(str(tmp_path / "一.xlsx"))
    opened.close()
    values = openpyxl.load_workbook(tmp_path / "一.xlsx", data_only=True)["结果"]
    assert (values["F1"].value, values["B6"].value) == (20120, 4028)
    # opened and saved once more, the spill is still one that Excel may resize
    again = open_book(tmp_path / "一.xlsx", functions, "en")
    again.sheets["结果"]["H1"].value = 1
    again.save(str(tmp_path / "二.xlsx"))
    with zipfile.ZipFile(tmp_path / "二.xlsx") as archive:
        assert b'<c r="A1" cm="1"' in archive.read("xl/worksheets/sheet2.xml")
    result = recalculate(tmp_path / "二.xlsx", functions, "en")
    assert not result.is_fixed(next(iter(result.arrays)))


def test_cells_can_be_formatted(opened: xw.Book, tmp_path: Path) -> None:
    sheet = opened.sheets["面 板's"]
    block = sheet["A1:C1"]
    block.font.bold = True
    block.font.color = (255, 0, 0)
    block.font.name = "SimSun"
    block.font.size = 12
    block.color = "#DDEEFF"
    block.horizontal_alignment = "center"
    block.borders["edge_bottom"].weight = "medium"
    sheet["C2:C6"].number_format = "0.000"
    sheet["A:A"].column_width = 20
    sheet["C1"].wrap_text = True
    sheet["E1:F1"].merge()
    sheet["C3"].add_note("核实：数值偏大")
    sheet.autofit()
    sheet.freeze_panes.freeze_at(sheet["A1"])
    opened.save(str(tmp_path / "格式.xlsx"))
    saved = openpyxl.load_workbook(tmp_path / "格式.xlsx")["面 板's"]
    first = saved["A1"]
    assert (first.font.bold, first.font.name, first.font.size, first.font.color.rgb) == (True, "SimSun", 12, "FFFF0000")
    assert first.fill.fgColor.rgb == "FFDDEEFF"
    assert first.alignment.horizontal == "center"
    assert first.border.bottom.style == "medium"
    assert saved["C2"].number_format == "0.000"
    assert [str(merged) for merged in saved.merged_cells.ranges] == ["E1:F1"]
    assert saved["C3"].comment.text == "核实：数值偏大"
    assert saved.freeze_panes == "B2"
    sheet.freeze_panes.freeze_at(sheet["1:2"])
    assert sheet.api.freeze_panes == "A3"
    assert block.font.bold
    assert block.font.color == (255, 0, 0)
    assert block.color == (221, 238, 255)
    assert sheet["E1"].merge_area.address == "$E$1:$F$1"
    assert sheet["C3"].note.text == "核实：数值偏大"
    assert block.borders["edge_bottom"].line_style == "continuous"
    assert block.borders["edge_top"].line_style == "none"


def test_sheets_and_names_can_be_changed(opened: xw.Book) -> None:
    opened.sheets.add("甲", before=opened.sheets[0])
    opened.sheets["甲"].name = "乙"
    assert [sheet.name for sheet in opened.sheets] == ["乙", "面 板's", "结果"]
    assert opened.sheets["结果"].index == 3
    opened.names.add("数据", "='面 板''s'!$A$1:$C$6")
    assert opened.names["数据"].refers_to_range.value[0] == ["省份", "年份", "产出"]
    assert opened.sheets["结果"]["数据"].shape == (6, 3)
    opened.sheets["结果"]["H1"].formula = "=COUNTA(数据)"
    assert opened.sheets["结果"]["H1"].value == 17.0
    opened.names["数据"].delete()
    assert len(opened.names) == 0
    opened.sheets["乙"].delete()
    assert len(opened.sheets) == 2


def test_cells_can_be_cleared(opened: xw.Book) -> None:
    sheet = opened.sheets["面 板's"]
    sheet["A1"].font.bold = True
    sheet["A1:B2"].clear_contents()
    assert sheet["A1:B2"].value == [[None, None], [None, None]]
    assert sheet["A1"].font.bold
    sheet["A1"].clear()
    assert not sheet["A1"].font.bold
    sheet.clear()
    assert all(cell is None for row in sheet["A1:C6"].value for cell in row)


def test_dates_and_missing_values_are_written_as_cells_hold_them(opened: xw.Book) -> None:
    sheet = opened.sheets["结果"]
    sheet["H1"].value = [[dt.datetime(2020, 1, 2), np.nan, np.float64(1.5), pd.NaT, "文", np.int64(3)]]
    assert sheet["H1:M1"].value == [dt.datetime(2020, 1, 2), None, 1.5, None, "文", 3]
    sheet["H2:H4"].value = 7
    assert sheet["H2:H4"].value == [7, 7, 7]


def test_what_needs_excel_says_so(opened: xw.Book) -> None:
    sheet = opened.sheets[0]
    with pytest.raises(NotImplementedError, match="Charts are not available without Excel"):
        _ = sheet.charts
    with pytest.raises(NotImplementedError, match="Pictures are not available without Excel"):
        _ = sheet.pictures
    with pytest.raises(NotImplementedError, match="formulas would not follow"):
        sheet["A1"].insert("down")
    with pytest.raises(NotImplementedError, match="VBA"):
        opened.macro("Makro1")()


def test_a_workbook_that_would_lose_something_is_not_saved(
    book: Workbook, save: Save, functions: Functions, tmp_path: Path
) -> None:
    path = save(book)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("customXml/item1.xml", "<user/>")
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    before = path.read_bytes()
    workbook = open_book(path, functions, "en")
    assert [loss.name.en for loss in workbook.impl.losses()] == ["a digital signature"]
    workbook.sheets[0]["A9"].value = 1
    with pytest.raises(HostError, match=r"saving would lose a digital signature.*_xmlsignatures/sig1.xml"):
        workbook.save()
    assert path.read_bytes() == before
    activate(functions, "en", allow_loss=True)
    workbook.save(str(tmp_path / "丢.xlsx"))
    workbook.close()
    assert openpyxl.load_workbook(tmp_path / "丢.xlsx")["面 板's"]["A9"].value == 1
    with zipfile.ZipFile(tmp_path / "丢.xlsx") as archive:
        assert archive.read("customXml/item1.xml") == b"<user/>"
        assert "_xmlsignatures/sig1.xml" not in archive.namelist()


def _with_shape(path: Path) -> dict[str, bytes]:
    """Add a text box, which openpyxl does not read, to the first drawing of a file; returns its drawing and chart."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    box = (
        b'<absoluteAnchor><pos x="0" y="0"/><ext cx="9525" cy="9525"/><sp><nvSpPr><cNvPr id="9" name="T"/><cNvSpPr/></nvSpPr>'
        b'<spPr><prstGeom xmlns="http://schemas.openxmlformats.org/drawingml/2006/main" prst="rect"/></spPr></sp><clientData/>'
        b"</absoluteAnchor></wsDr>"
    )
    drawing = "xl/drawings/drawing1.xml"
    parts[drawing] = parts[drawing].replace(b"</wsDr>", box)
    assert box in parts[drawing]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return {name: parts[name] for name in (drawing, "xl/charts/chart1.xml")}


def test_drawings_are_carried_over_as_they_stand(book: Workbook, save: Save, functions: Functions) -> None:
    chart = BarChart()
    chart.add_data(ChartReference(book["面 板's"], min_col=3, min_row=1, max_row=6))
    book["结果"].add_chart(chart, "H1")
    path = save(book)
    drawn = _with_shape(path)
    for _ in range(2):  # names must not grow with every save
        workbook = open_book(path, functions, "en")
        workbook.sheets[0]["A9"].value = 1
        workbook.sheets.add("新")
        workbook.sheets["新"].delete()
        workbook.save()
        workbook.close()
        with zipfile.ZipFile(path) as archive:
            kept = [
                name for name in archive.namelist() if name.startswith(("xl/drawings/d", "xl/drawings/k", "xl/charts/"))
            ]
            assert [archive.read(name) for name in sorted(kept, reverse=True)] == list(drawn.values())
            types = archive.read("[Content_Types].xml").decode()
        assert all(f"/{name}" in types for name in kept)
    assert len(openpyxl.load_workbook(path)["结果"]._charts) == 1


def test_a_chart_is_added_beside_a_shape_that_openpyxl_does_not_know(
    book: Workbook, save: Save, functions: Functions
) -> None:
    chart = BarChart()
    chart.add_data(ChartReference(book["面 板's"], min_col=3, min_row=1, max_row=6))
    book["结果"].add_chart(chart, "H1")
    path = save(book)
    drawn = _with_shape(path)
    workbook = open_book(path, functions, "en")
    another = BarChart()
    another.add_data(ChartReference(workbook.sheets["面 板's"].api, min_col=2, min_row=1, max_row=6))
    workbook.sheets["结果"].api.add_chart(another, "H30")
    workbook.save()
    workbook.close()
    with zipfile.ZipFile(path) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml")
        assert archive.read("xl/charts/chart1.xml") == drawn["xl/charts/chart1.xml"]
    assert b'name="T"' in drawing
    assert len(openpyxl.load_workbook(path)["结果"]._charts) == 2


def test_a_failed_save_leaves_the_file_whole(opened: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(opened.fullname)
    before = path.read_bytes()
    opened.sheets[0]["A9"].value = 1

    def fail(*_: object, **__: object) -> None:
        raise HostError(package.Text("坏", "bad"), package.Text("坏", "bad"))

    monkeypatch.setattr("lowcarbon_xl.hosts.embedded.engine.book.save_parts", fail)
    with pytest.raises(HostError):
        opened.save()
    assert path.read_bytes() == before


def test_a_new_workbook_can_be_made(functions: Functions, tmp_path: Path) -> None:
    activate(functions, "en")
    workbook = xw.Book()
    workbook.sheets[0]["A1"].value = [["省份", "x"], ["北京", 2]]
    workbook.sheets[0]["D1"].formula = "=DOUBLE(A1:B2)"
    workbook.save(str(tmp_path / "新.xlsx"))
    workbook.close()
    values = openpyxl.load_workbook(tmp_path / "新.xlsx", data_only=True).active
    assert values is not None
    assert values["E2"].value == 4
