"""Buttons pressed on workbooks in the host without Excel: what they write, that they repeat, that Undo restores."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.catalogue import buttons
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.ribbon.ledger import Field
from lowcarbon_xl.ribbon.plan import COLUMNS
from lowcarbon_xl.ribbon.tiles import LAYOUT
from tests.ribbon.books import MODEL, fill_plan, reopened, state

CHANGING = [
    "template", "fill_gaps", "winsorize", "check", "emissions", "indices", "sbm", "gtfp", "sensitivity", "run_all",
    "run_selected", "table", "pictures", "tile_map", "manual", "doctor", "explain", "log",
    "import_panel", "stale",
]  # fmt: skip
NEEDS = {"explain": "check", "stale": "gtfp"}
PLANNED = {"run_all", "run_selected", "table", "log"}


def prepared(book: Any, button: str) -> None:
    if button in PLANNED:
        fill_plan(book, {**MODEL, "title": "表1"}, {**MODEL, "controls": "就业人员", "title": "表1"})
    if button in NEEDS:
        ribbon.press(book, NEEDS[button])


@pytest.mark.parametrize("button", CHANGING)
def test_undo_restores_cell_for_cell(book: Any, button: str) -> None:
    prepared(book, button)
    before = state(book)
    before["sheets"].pop("_LC_UNDO", None)
    ribbon.press(book, button)
    after = state(book)
    assert after["sheets"].keys() - {"_LC_UNDO"} != before["sheets"].keys() or any(
        after["sheets"][name] != before["sheets"][name] for name in before["sheets"]
    )
    ribbon.press(book, "undo")
    assert state(book) == before


@pytest.mark.parametrize("button", [*CHANGING, "ledger"])
def test_a_second_press_gives_the_same(book: Any, button: str) -> None:
    prepared(book, button)
    ribbon.press(book, button)
    first = copy.deepcopy(state(book, ledger=True))
    ribbon.press(book, button)
    assert state(book, ledger=True) == first


def test_a_second_press_on_the_saved_file_gives_the_same(book: Any, tmp_path: Path) -> None:
    fill_plan(book, {**MODEL, "title": "表1"})
    for button in ("gtfp", "run_all", "tile_map"):
        ribbon.press(book, button)
    again = reopened(book, tmp_path / "first.xlsx")
    before = state(again, ledger=True)
    for button in ("gtfp", "run_all", "tile_map"):
        ribbon.press(again, button)
    assert state(again, ledger=True) == before
    ribbon.press(again, "undo")  # the map, whose second press changed nothing
    assert "格子地图" not in [sheet.name for sheet in again.sheets]


def test_undo_works_on_the_saved_file(book: Any, tmp_path: Path) -> None:
    before = state(book)
    ribbon.press(book, "gtfp")
    again = reopened(book, tmp_path / "pressed.xlsx")
    ribbon.press(again, "undo")
    assert state(again)["sheets"]["面板"] == before["sheets"]["面板"]
    with pytest.raises(InputError, match="nothing to undo"):
        ribbon.press(again, "undo")


def test_a_formula_stands_beside_its_panel_and_computes(book: Any) -> None:
    message = ribbon.press(book, "gtfp")
    assert book.sheets["面板"].range("J1").formula == "=GTFP(A1:H49)"
    assert "面板!J1:M49" in message.zh
    values = book.sheets["面板"].range("J1:M3").options(err_to_str=True).value
    assert values[0] == ["GML指数", "EC", "TC", "累积指数"]
    assert values[1][:3] == ["#N/A"] * 3
    assert values[2][0] == pytest.approx(values[2][1] * values[2][2], rel=1e-12)  # GML = EC x TC


def test_a_result_never_overwrites(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("K20").value = "我的"
    ribbon.press(book, "gtfp", selection="面板!A1:G49")
    assert sheet.range("K20").value == "我的"
    assert sheet.range("M1").formula == "=GTFP(A1:G49)"


def test_the_plan_gives_the_numbers_of_the_worksheet_function(book: Any) -> None:
    fill_plan(book, {**MODEL, "controls": "就业人员", "title": "表1"})
    ribbon.press(book, "run_all")
    book.sheets["备注"].range("C1").value = '=TWFE(面板!A1:H49,"二氧化碳","能源消费","controls=就业人员")'
    function = book.sheets["备注"].range("C2:F2").value
    table = [row[1] for row in book.sheets["结果"].range("A1:B12").value]
    coefficient = next(value for value in table if isinstance(value, float))
    assert coefficient == pytest.approx(function[1], rel=1e-12)
    assert book.sheets["结果"].range("B4").number_format.startswith("0.000")


def test_a_failed_row_says_why_and_does_not_stop_the_others(book: Any) -> None:
    fill_plan(
        book,
        {**MODEL, "y": "二氧化炭"},
        {**MODEL, "kind": "TWEF"},
        {**MODEL, "panel": "面板表"},
        {**MODEL, "output": "备注"},
        {**MODEL, "output": "a/b"},
        {**MODEL, "panel": ""},
        MODEL,
    )
    message = ribbon.press(book, "run_all")
    assert "成功 1，失败 6" in message.zh
    status = book.sheets["模型"].range((5, len(COLUMNS)), (11, len(COLUMNS))).value
    for text, expected in zip(
        status,
        ("是不是“二氧化碳”", "TWFE", "是不是“面板”", "没有覆盖", "不能作工作表名", "没有填", "✓ N=48"),
        strict=True,
    ):
        assert expected in text
    colours = [book.sheets["模型"].range((row, len(COLUMNS))).color for row in range(5, 12)]
    assert len(set(colours[:6])) == 1
    assert colours[6] != colours[0]
    assert book.sheets["备注"].range("A1").value == "我的备注"


def test_every_kind_of_model_runs(book: Any) -> None:
    common = {**MODEL, "controls": "就业人员"}
    fill_plan(
        book,
        {**common, "kind": "描述", "x": "能源消费,二氧化碳", "y": "", "output": "描述"},
        {**common, "kind": "IV", "instruments": "资本存量", "output": "工具"},
        {**common, "kind": "机制", "by": "实际GDP", "output": "机制"},
        {**common, "kind": "异质性", "by": "直辖市", "options": "draws=50", "output": "异质"},
        {**common, "kind": "安慰剂", "options": "draws=50", "output": "安慰"},
        {**common, "kind": "TWFE", "vce": "聚类(省份)", "absorb": "省份", "filter": "年份>=2016", "output": "聚类"},
    )
    assert "成功 6，失败 0" in ribbon.press(book, "run_all").zh
    charts = {sheet.title: [type(c).__name__ for c in sheet._charts] for sheet in book.api.worksheets}
    assert charts["工具"] == ["LineChart", "ScatterChart"]
    assert charts["安慰"] == ["BarChart"]
    assert charts["描述"] == []
    rows = book.sheets["_LC_台账"].range("A2:O7").value
    assert [row[Field.USED] for row in rows] == [48, 48, 48, 48, None, 40]
    assert rows[4][Field.SEED] == 20240101
    assert "筛选 8" in rows[5][Field.DROPPED]


def test_models_of_one_sheet_and_title_stand_side_by_side(book: Any) -> None:
    fill_plan(book, MODEL, {**MODEL, "controls": "就业人员"}, {**MODEL, "y": "实际GDP"})
    ribbon.press(book, "run_all")
    assert book.sheets["结果"].range("B2:D2").value == ["(1)", "(2)", "(3)"]


def test_run_selected_keeps_its_table_whole(book: Any) -> None:
    fill_plan(book, MODEL, {**MODEL, "y": "实际GDP"}, {**MODEL, "output": "别的"})
    message = ribbon.press(book, "run_selected", selection="模型!B6")
    assert "2 个模型" in message.zh
    assert "别的" not in [sheet.name for sheet in book.sheets]


def test_a_press_that_fails_leaves_the_workbook_as_it_was(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(book, ledger=True)

    def broken(*_: object) -> None:
        raise RuntimeError("the chart could not be drawn")

    monkeypatch.setattr("lowcarbon_xl.ribbon.charts_openpyxl.draw", broken)
    with pytest.raises(RuntimeError):
        ribbon.press(book, "pictures")
    after = state(book)
    assert after["sheets"] == before["sheets"]


def test_a_protected_sheet_is_refused_by_name(book: Any) -> None:
    book.sheets["面板"].api.protection.sheet = True
    with pytest.raises(InputError, match="protected") as caught:
        ribbon.press(book, "gtfp", selection="面板!A1:H49")
    assert caught.value.where == "面板"


def test_a_wide_sheet_becomes_a_panel_with_its_repairs_listed(book: Any) -> None:
    sheet = book.sheets["备注"]
    sheet.range("A1").value = "指标：能源消费(万吨标准煤)"
    sheet.range("A2").value = [["地区", "2016年", "2015年"], ["北京市", "12.5", 11.25], ["山西", "…", 31.5]]
    before = sheet.used_range.value
    sheet.activate()
    ribbon.press(book, "import_panel")
    panel = book.sheets["导入面板"].used_range.value
    assert panel == [
        ["省份", "年份", "能源消费(万吨标准煤)"], ["北京", 2015, 11.25], ["北京", 2016, 12.5], ["山西", 2015, 31.5],
        ["山西", 2016, None],
    ]  # fmt: skip
    repairs = {row[2]: row[:5] for row in book.sheets["导入修复"].used_range.value}
    assert repairs["B3"] == ["text_number", "备注", "B3", "12.5", 12.5]
    assert repairs["B4"][:2] == ["mark", "备注"]
    assert sheet.used_range.value == before
    with pytest.raises(InputError, match="results of this add-in"):
        ribbon.press(book, "import_panel", selection="导入面板!A1")


def test_language_switch_changes_what_is_written(book: Any) -> None:
    ribbon.press(book, "language")
    fill_plan(book, MODEL)
    assert book.sheets["模型"].range("A4:B4").value == ["name", "kind"]
    assert "see 结果" in (ribbon.press(book, "run_all") and book.sheets["模型"].range((5, len(COLUMNS))).value)
    ribbon.press(book, "undo")
    ribbon.press(book, "language")
    assert ribbon.book_language(book, "en") == "zh"


def test_the_tile_map_shows_the_selected_year(book: Any) -> None:
    ribbon.press(book, "tile_map", selection="面板!G3")
    sheet = book.sheets["格子地图"]
    assert sheet.range("B1").value == "2016 年各省二氧化碳"
    place = next((i, row.index("北京")) for i, row in enumerate(LAYOUT) if "北京" in row)
    assert sheet.range((4 + 2 * place[0] + 1, 2 + place[1])).value == book.sheets["面板"].range("G3").value


def test_every_province_has_one_tile() -> None:
    names = [name for row in LAYOUT for name in row if name]
    assert len(names) == len(set(names)) == 31


def test_export_writes_scripts_beside_the_workbook(book: Any, path: Path) -> None:
    fill_plan(book, {**MODEL, "name": "基准"})
    ribbon.press(book, "export_do")
    folder = path.parent / "book_stata"
    assert sorted(file.name for file in folder.iterdir()) == ["基准.csv", "基准.do", "基准.dta"]
    expected = book.sheets["Stata 应得结果"].range("D2:E9").value
    assert any(expression.startswith("_b[") for expression, _ in expected)


def test_an_unknown_button_names_the_nearest(book: Any) -> None:
    with pytest.raises(InputError) as caught:
        ribbon.press(book, "gtpf")
    assert "Did you mean gtfp?" in caught.value.remedy.en


def test_pressing_leaves_the_active_sheet(book: Any) -> None:
    book.sheets["备注"].activate()
    ribbon.press(book, "gtfp")
    assert book.sheets.active.name == "备注"


def test_declarations_are_complete() -> None:
    for button in buttons():
        assert button.id.isascii()
        assert button.id == button.id.lower()
        assert all((button.label.zh, button.label.en, button.tip.zh, button.tip.en, button.image))
        assert len(button.tip.zh) + len(button.tip.en) < 700  # the ribbon's tag holds 1,024 characters


def test_tables_are_exported_beside_the_workbook(book: Any, path: Path) -> None:
    docx = pytest.importorskip("docx")
    fill_plan(
        book, {**MODEL, "title": "表1 A&B"}, {**MODEL, "controls": "没有的列"}, {**MODEL, "kind": "描述", "y": ""}
    )
    folder = path.parent / "book_tables"
    for _ in range(2):  # the second press replaces the files
        message = ribbon.press(book, "export_tables")
        assert "2 张表" in message.zh
        assert "1 行没有导出：第 6 行" in message.zh
        assert sorted(file.name for file in folder.iterdir()) == ["tables.docx", "tables.tex", "tables.txt"]
    assert r"表1 A\&B" in (folder / "tables.tex").read_text(encoding="utf-8")
    assert "表1 A&B" in (folder / "tables.txt").read_text(encoding="utf-8")
    assert len(docx.Document(str(folder / "tables.docx")).tables) == 2
    assert [sheet.name for sheet in book.sheets if sheet.name == "结果"] == []
