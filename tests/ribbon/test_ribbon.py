"""Buttons pressed on workbooks in the host without Excel: what they write, that they repeat, that Undo restores."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.catalogue import buttons, functions
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.hosts.embedded.engine import open_book
from lowcarbon_xl.ribbon.ledger import Field
from lowcarbon_xl.ribbon.plan import COLUMNS
from lowcarbon_xl.ribbon.tiles import LAYOUT

PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江")
YEARS = range(2015, 2021)


def wave(*numbers: int) -> float:
    """A number between 0 and 1 that looks random and is the same everywhere."""
    return (sum(n * f for n, f in zip(numbers, (0.754877, 0.569840, 0.321311), strict=False)) * 7.13) % 1.0


def panel_rows() -> list[list[Any]]:
    header = ["省份", "年份", "就业人员", "资本存量", "能源消费", "实际GDP", "二氧化碳", "直辖市"]
    rows = []
    for p, name in enumerate(PROVINCES):
        for t, year in enumerate(YEARS):
            scale = 1 + p / 3
            rows.append(
                [
                    name,
                    year,
                    round(scale * (100 + 5 * t + 20 * wave(p, t, 1)), 3),
                    round(scale * (300 + 30 * t + 50 * wave(p, t, 2)), 3),
                    round(scale * (60 + 3 * t + 15 * wave(p, t, 3)), 3),
                    round(scale * (200 + 25 * t + 60 * wave(p, t, 4)), 3),
                    round(scale * (90 + 4 * t + 25 * wave(p, t, 5)), 3),
                    1 if p < 2 else 0,
                ]
            )
    return [header, *rows]


FUELS = ["原煤", "焦炭", "原油", "汽油", "煤油", "柴油", "燃料油", "液化石油气", "天然气"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook of a user's: a panel with formats and a note of its own, energy, and a sheet of remarks."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "面板"
    for row in panel_rows():
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, color="FFC00000")
    sheet["C3"].comment = Comment("核对过", "统计员")
    sheet["C3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["D4"].border = Border(bottom=Side("double"))
    energy = book.create_sheet("能源")
    energy.append(["省份", "年份", *(f"{fuel}({'亿立方米' if fuel == '天然气' else '万吨'})" for fuel in FUELS)])
    for p, name in enumerate(PROVINCES):
        for t, year in enumerate(YEARS):
            energy.append([name, year, *(round(50 + 100 * wave(p, t, f), 2) for f in range(len(FUELS)))])
    notes = book.create_sheet("备注")
    notes["A1"] = "我的备注"
    target = tmp_path / "book.xlsx"
    book.save(target)
    return target


def opened(path: Path) -> Any:
    return open_book(path, functions(), "zh")


@pytest.fixture
def book(path: Path) -> Iterator[Any]:
    opened_book = opened(path)
    yield opened_book
    for one in list(opened_book.app.books):
        one.close()


def reopened(book: Any, path: Path) -> Any:
    """The book saved, closed and read again."""
    book.save(path)
    book.close()
    return opened(path)


def state(book: Any, *, ledger: bool = False) -> dict[str, Any]:
    """Every cell that is anything, with its looks and note, by sheet."""
    sheets = {}
    for sheet in book.api.worksheets:
        if sheet.title == "_LC_台账" and not ledger:
            continue
        cells = {}
        for row in sheet.iter_rows():
            for cell in row:
                value = getattr(cell.value, "text", cell.value)
                value = f"{value:.15g}" if isinstance(value, float | int) else value  # what a file keeps
                note = getattr(cell, "comment", None)
                if value is not None or cell.has_style or note is not None:
                    looks = (cell.font, cell.fill, cell.border, cell.number_format, cell.alignment)
                    shown = (value, *map(repr, looks), None if note is None else note.text)
                    cells[cell.coordinate] = shown
        merged = sorted(map(str, sheet.merged_cells.ranges))
        sheets[sheet.title] = (sheet.sheet_state, cells, merged, len(sheet._charts))
    return {"sheets": sheets, "names": {name: d.attr_text for name, d in book.api.defined_names.items()}}


def fill_plan(book: Any, *rows: dict[str, str]) -> None:
    ribbon.press(book, "template")
    sheet = book.sheets["模型"]
    cells = [[row.get(column.key) for column in COLUMNS] for row in rows]
    blank = [[None] * len(COLUMNS)] * 5
    sheet.range("A5").value = [*cells, *blank]


MODEL = {"kind": "TWFE", "panel": "面板!A1:H49", "y": "二氧化碳", "x": "能源消费", "output": "结果"}
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
    assert [row[Field.USED] for row in rows] == [48, 48, 48, 36, 48, 40]
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


def test_check_marks_cells_and_keeps_notes_and_explanations(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("C3").value = "12,5x"
    sheet.range("E5").value = -5.0
    ribbon.press(book, "check", selection="面板!A1:H49")
    assert sheet.range("C3").note.text == "核对过"
    assert "[LowCarbon]" in sheet.range("E5").note.text
    assert sheet.range("E5").color == (252, 228, 214)
    findings = book.sheets["审核结果"]
    findings.range("G2").value = "已核实"
    told = findings.range("A2:G2").value
    ribbon.press(book, "check", selection="面板!A1:H49")
    assert findings.range("A2:G2").value == told


def test_an_explained_doubt_shows_as_explained_and_is_printed_with_results(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("E5").value = -5.0
    sheet.range("E22").value = sheet.range("E21").value
    assert "已说明 0 条" in ribbon.press(book, "check").zh
    findings = book.sheets["审核结果"]
    rows = findings.used_range.value
    doubt = next(i for i, row in enumerate(rows, start=1) if row[1] == "repeated_value" and "E22" in row[3])
    error = next(i for i, row in enumerate(rows, start=1) if row[1] == "negative_value")
    findings.range((doubt, 7)).value = "普查年数据，已核实"
    findings.range((error, 7)).value = "就是负数"
    sheet.range("E5").value = 75.0  # corrected: no longer marked
    assert "已说明 1 条" in ribbon.press(book, "check").zh
    told = next(row for row in findings.used_range.value if row[1] == "repeated_value" and "E22" in row[3])
    assert told[0] == "✓ 已说明"
    assert told[6] == "普查年数据，已核实"
    marked = sheet.range(told[3].split(", ")[0])[0, 0]
    assert "普查年数据" in marked.note.text
    assert sheet.range("E5").color != (252, 228, 214)
    assert sheet.range("E5").note is None or "负" not in sheet.range("E5").note.text
    ledger = book.sheets["_LC_台账"].used_range.value
    assert any(
        row[Field.WHAT] == "说明 repeated_value" and row[Field.CONVENTIONS] == "普查年数据，已核实" for row in ledger
    )
    findings.delete()  # the ledger keeps what was said
    assert "已说明 1 条" in ribbon.press(book, "check").zh
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    printed = [str(cell) for row in book.sheets["结果"].used_range.value for cell in row]
    assert any("普查年数据，已核实" in text for text in printed)


def test_the_summary_counts_families_and_provinces(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("E5").value = -5.0
    ribbon.press(book, "check")
    rows = book.sheets["审核汇总"].used_range.value
    findings = book.sheets["审核结果"].used_range.value[1:]
    total = next(row for row in rows if row[0] == "合计")
    assert total[1:3] == [sum(row[0].startswith(mark) for row in findings) for mark in "✖▲"]
    assert next(row for row in rows if row[0] == "3 符号和量级")[1] >= 1
    assert next(row for row in rows if row[0] == "北京")[1] >= 1


def test_check_lists_what_the_buttons_filled(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("D4").value = None
    ribbon.press(book, "fill_gaps")
    ribbon.press(book, "check")
    found = [row for row in book.sheets["审核结果"].used_range.value if row[1] == "imputed"]
    assert len(found) == 1
    assert "面板!D4 （空） ->" in found[0][4]
    row, column = sheet.range(found[0][3]).row, sheet.range(found[0][3]).column
    assert (row, sheet.range((1, column)).value) == (4, "资本存量")


def test_a_changed_input_makes_its_results_stale_and_no_others(book: Any) -> None:
    fill_plan(book, MODEL, {**MODEL, "panel": "能源!A1:K49", "y": "原煤(万吨)", "x": "焦炭(万吨)", "output": "另一个"})
    ribbon.press(book, "run_all")
    assert "2 个结果，0 个过期" in ribbon.press(book, "stale").zh
    sheet = book.sheets["面板"]
    was = sheet.range("E5").value
    sheet.range("E5").value = was + 1
    assert "2 个结果，1 个过期" in ribbon.press(book, "stale").zh
    rows = book.sheets["过期检查"].used_range.value
    assert [row[0] for row in rows[1:]] == ["✖ 过期", "✓ 有效"]
    assert rows[1][5] == f"面板!E5（北京 2018 能源消费）：{was:g} -> {was + 1:g}"
    assert sheet.range("E5").color == (252, 228, 214)
    assert f"{was:g} -> {was + 1:g}" in sheet.range("E5").note.text
    ribbon.press(book, "run_all")
    assert "2 个结果，0 个过期" in ribbon.press(book, "stale").zh
    assert sheet.range("E5").note is None
    assert sheet.range("E5").color is None


def test_trace_tints_the_sample_and_hatches_what_was_dropped(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("G6").value = None  # 天津... a row with a missing value
    sheet.range("D7").color = (1, 2, 3)
    fill_plan(book, MODEL)
    before = state(book)
    before["sheets"].pop("_LC_UNDO", None)
    message = ribbon.press(book, "trace", selection="模型!B5")
    assert "去掉 1 行" in message.zh
    assert sheet.range("G5").color == sheet.range("E7").color == (221, 235, 247)
    assert sheet.range("D7").color == (1, 2, 3)  # the stock of capital is not in the model
    assert book.api["面板"]["A6"].fill.fill_type == "lightUp"
    assert "缺失：二氧化碳 面板!G6" in sheet.range("A6").note.text
    rows = book.sheets["溯源"].used_range.value
    assert [row[0] for row in rows if row[1] and str(row[1]).startswith("缺失：")] == ["面板!A6:H6"]
    cells = {row[0]: row[2] for row in rows}
    assert cells["面板!G5"] == sheet.range("G5").value
    ribbon.press(book, "undo")
    assert state(book) == before


def test_trace_of_a_spilled_cell_and_of_the_next_one_leaves_the_marks_of_the_last_alone(book: Any) -> None:
    ribbon.press(book, "emissions", selection="能源!A1:K49")
    energy = book.sheets["能源"]
    heads = energy.range("A1").expand("right").value
    place = next(c for c in range(12, 20) if energy.range((1, c)).value is not None)
    energy.range("C3").color = (9, 9, 9)
    letter = energy.range((3, place)).get_address(False, False)
    first = ribbon.press(book, "trace", selection=f"能源!{letter}")
    assert f"依据 {len(FUELS)} 个单元格" in first.zh
    assert energy.range("C3").color == (221, 235, 247)
    assert energy.range("C4").color is None
    ribbon.press(book, "trace", selection=f"能源!{energy.range((4, place)).get_address(False, False)}")
    assert energy.range("C3").color == (9, 9, 9)
    assert energy.range("C4").color == (221, 235, 247)
    assert heads[0] == "省份"
    with pytest.raises(InputError, match="no result of a formula"):
        ribbon.press(book, "trace", selection="能源!C3")


def test_check_does_not_audit_our_own_results(book: Any) -> None:
    ribbon.press(book, "gtfp")
    ribbon.press(book, "check", selection="面板!A1")
    cells = [row[3] for row in book.sheets["审核结果"].used_range.options(ndim=2).value]
    assert not any(letter in str(text) for text in cells for letter in "JKLM")


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


def test_the_ledger_only_grows_and_marks_what_was_undone(book: Any) -> None:
    ribbon.press(book, "gtfp")
    ribbon.press(book, "undo")
    row = book.sheets["_LC_台账"].range("A2:O2").value
    assert row[Field.WHAT] == "面板!J1 =GTFP(A1:H49)"
    assert row[Field.STATE] == "已撤销"
    ribbon.press(book, "gtfp")
    assert book.sheets["_LC_台账"].range("A2:O3").value == [[*row[: Field.STATE], None], [None] * len(Field)]


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
