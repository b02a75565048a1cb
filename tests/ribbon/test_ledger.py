"""The ledger: what it says of a run, what a banner watches."""

from __future__ import annotations

from typing import Any

import pytest

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.audit.stale import judge
from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.ribbon.blocks import read_block
from lowcarbon_xl.ribbon.ledger import SNAPSHOT_COLUMN, Field
from tests.ribbon.books import MODEL, PROVINCES, fill_plan, reopened

PANEL = "A1:H49"


def ledger(book: Any) -> list[list[Any]]:
    """The rows of the ledger below its header."""
    rows: list[list[Any]] = book.sheets["_LC_台账"].used_range.options(ndim=2).value
    return rows[1:]


def test_a_run_says_which_columns_were_read_as_what(book: Any) -> None:
    ribbon.press(book, "gtfp")
    row = ledger(book)[0]
    assert "C1 就业人员 → 劳动、投入" in row[Field.COLUMNS]
    assert "G1 二氧化碳 → 二氧化碳、非期望产出" in row[Field.COLUMNS]
    assert "直辖市" not in row[Field.COLUMNS]
    book.sheets["备注"].range("B1").formula = f"=HASH(面板!{PANEL})"
    assert row[Field.INPUT_HASH] == book.sheets["备注"].range("B1").value
    assert row[Field.FORMULA_HASH] == "无"


def test_a_model_says_its_roles_its_rows_and_why_others_are_dropped(book: Any) -> None:
    book.sheets["面板"].range("E9").value = None
    fill_plan(book, {**MODEL, "controls": "就业人员", "filter": "年份>=2016"})
    ribbon.press(book, "run_all")
    row = ledger(book)[0]
    assert set(row[Field.COLUMNS].replace("面板!", "").split("；")) == {
        "G1 二氧化碳 → 被解释变量",
        "E1 能源消费 → 解释变量",
        "C1 就业人员 → 控制变量",
        "B1 年份 → 时间、样本筛选",
        "A1 省份 → 主体",
    }
    assert row[Field.USED] == 39
    assert row[Field.DROPPED] == "缺失 1，筛选 8，单点 0"


def test_the_factor_table_has_a_version(book: Any) -> None:
    ribbon.press(book, "emissions", selection="能源!A1:K49")
    assert ledger(book)[0][Field.FACTORS].startswith("因子组 A（")


def test_selected_formulas_are_recorded_on_demand(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("J1").formula2 = f"=GTFP({PANEL})"
    sheet.range("P1").formula2 = f'=TWFE({PANEL},"二氧化碳","能源消费","if=年份>2015")'
    sheet.range("P40").formula = f"=HASH({PANEL})"
    assert "台账有 0 次运行" in ribbon.press(book, "ledger", selection="面板!A1").zh
    assert "新记 1 个" in ribbon.press(book, "ledger", selection="面板!K30").zh
    assert "选中 2 个公式结果，新记 1 个" in ribbon.press(book, "ledger", selection="面板!A1:Z60").zh
    first, second = ledger(book)
    assert first[Field.WHAT] == f"面板!J1 =GTFP({PANEL})"
    assert second[Field.USED] == 40
    assert second[Field.DROPPED].startswith("缺失 0，筛选 8")


def test_a_selected_error_is_no_result(book: Any) -> None:
    book.sheets["面板"].range("J1").formula2 = "=GTFP(A1:D49)"
    with pytest.raises(InputError, match="selected result is an error"):
        ribbon.press(book, "ledger", selection="面板!J1")


def test_a_formula_among_the_inputs_changes_the_hash_of_formulas_alone(book: Any) -> None:
    ribbon.press(book, "gtfp")
    value = book.sheets["面板"].range("C5").value
    book.sheets["面板"].range("C5").formula = f"={value}"
    ribbon.press(book, "gtfp")
    first, second = ledger(book)
    assert first[Field.INPUT_HASH] == second[Field.INPUT_HASH]
    assert first[Field.FORMULA_HASH] != second[Field.FORMULA_HASH]


def banners(book: Any, sheet: str) -> list[Any]:
    """The cells of a sheet that hold banners."""
    cells = book.sheets[sheet].used_range
    return [c for row in cells.rows for c in row if str(c.formula).startswith("=STALE(")]


def banner(book: Any, sheet: str) -> Any:
    """The only banner of a sheet."""
    (found,) = banners(book, sheet)
    return found


def test_the_banner_under_a_table_names_what_changed(book: Any, path: Any) -> None:
    fill_plan(book, MODEL, {**MODEL, "y": "二氧化碳", "vce": "聚类(省份)"})
    ribbon.press(book, "run_all")
    assert banner(book, "结果").value == "有效"
    again = reopened(book, path)
    again.sheets["面板"].range("E9").value = 99.0
    told = banner(again, "结果").value
    assert told.startswith("过期：1 格变了：面板!E9（天津 2016 能源消费）")
    assert told.endswith("-> 99")
    ribbon.press(again, "run_all")
    assert banner(again, "结果").value == "有效"


def test_columns_that_rest_on_other_data_have_banners_of_their_own(book: Any) -> None:
    fill_plan(book, MODEL, {**MODEL, "controls": "就业人员"}, {**MODEL, "vce": "iid"})
    ribbon.press(book, "run_all")
    shown = [(cell.number_format, cell.value) for cell in banners(book, "结果")]
    assert [("(1)(3)" in text, "(2)" in text, value) for text, value in shown] == [
        (True, False, "有效"),
        (False, True, "有效"),
    ]
    book.sheets["面板"].range("C9").value = 123.0
    assert [str(cell.value)[:2] for cell in banners(book, "结果")] == ["有效", "过期"]
    book.sheets["面板"].range("E9").value = 99.0
    assert [str(cell.value)[:2] for cell in banners(book, "结果")] == ["过期", "过期"]


@pytest.mark.parametrize(
    ("button", "sheet"), [("pictures", "图_GTFP"), ("sensitivity", "敏感性"), ("tile_map", "格子地图")]
)
def test_every_result_that_does_not_follow_its_data_has_a_banner(book: Any, button: str, sheet: str) -> None:
    ribbon.press(book, button)
    assert banner(book, sheet).value == "有效"
    book.sheets["面板"].range("G3:H3").value = [77.0, 2]
    book.sheets["能源"].range("K3").value = 77.0
    assert banner(book, sheet).value.startswith("过期：")


def test_sorting_the_panel_makes_nothing_stale(book: Any) -> None:
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    rows = book.sheets["面板"].range("A2:H49").value
    book.sheets["面板"].range("A2:H49").value = sorted(rows, key=lambda row: (row[1], row[0]))
    assert banner(book, "结果").value == "有效"


KINDS = {
    "TWFE": {"controls": "就业人员", "filter": "实际GDP>0"},
    "IV": {"instruments": "资本存量"},
    "机制": {"by": "实际GDP"},
    "异质性": {"by": "直辖市", "options": "draws=20"},
    "安慰剂": {"options": "draws=20"},
    "描述": {"controls": "就业人员"},
}


READ_ALONE = {("TWFE", 6), ("机制", 7)}
"""Read without moving a number here: rows are asked whether they are above 0; two steps regress the mediator alone."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_stale_exactly_when_a_column_that_it_rests_on_changes(book: Any, kind: str) -> None:
    """Every column is changed in turn, and the model run again on the changed panel."""
    fill_plan(book, {**MODEL, "kind": kind, **KINDS[kind]})
    ribbon.press(book, "run_all")
    sheet = book.sheets["面板"]
    hashed = ledger(book)[0][Field.RESULT_HASH]
    shown = _numbers(book)
    kept = Block([[ledger(book)[0][SNAPSHOT_COLUMN - 1]]])
    for column in range(3, 9):
        cell = sheet.range((12, column))
        before = cell.value
        cell.value = before + 1 if column < 8 else 1 - before
        fresh = judge(kept, [read_block(sheet.range(PANEL))]).fresh
        ribbon.press(book, "run_all")
        same = _numbers(book) == shown and ledger(book)[-1][Field.RESULT_HASH] == hashed
        cell.value = before
        assert fresh == same or (kind, column) in READ_ALONE, (kind, column)


def _numbers(book: Any) -> list[Any]:
    rows = book.sheets["结果"].used_range.value
    return [cell for row in rows for cell in row if isinstance(cell, float)]


@pytest.mark.parametrize("panel", ["面板", "面板!A:H", "面板!A1:H49"])
def test_years_added_below_a_panel_that_is_named_as_a_whole_make_its_results_stale(book: Any, panel: str) -> None:
    sheet = book.sheets["面板"]
    sheet.range("A50").value = [[name, 2021.0, *row[2:]] for name, row in zip(PROVINCES, rows_of(sheet), strict=True)]
    added = sheet.range("A50:H57").value
    sheet.range("A50:H57").value = None
    fill_plan(book, {**MODEL, "panel": panel})
    ribbon.press(book, "run_all")
    book.sheets["备注"].range("B1").formula2 = "=GTFP(面板!A:G)"
    ribbon.press(book, "ledger", selection="备注!B1")
    assert ledger(book)[1][Field.USED] == 48
    sheet.range("A50:H57").value = added
    whole = panel != "面板!A1:H49"
    assert str(banner(book, "结果").value).startswith("过期" if whole else "有效")
    assert f"{1 + whole} 个过期" in ribbon.press(book, "stale").zh


def rows_of(sheet: Any) -> list[list[Any]]:
    """The last year of every province."""
    rows: list[list[Any]] = sheet.range("A2:H49").value
    return rows[5::6]


def test_another_mediator_is_another_run(book: Any) -> None:
    plan = {**MODEL, "kind": "机制", "by": "实际GDP"}
    fill_plan(book, plan)
    ribbon.press(book, "run_all")
    fill_plan(book, {**plan, "by": "实际GDP,资本存量"})
    ribbon.press(book, "run_all")
    assert len(ledger(book)) == 2
    assert banner(book, "结果").value == "有效"
    book.sheets["面板"].range("D12").value = 1234.0
    assert str(banner(book, "结果").value).startswith("过期")
    assert "1 个结果，1 个过期" in ribbon.press(book, "stale").zh


def test_undo_leaves_the_runs_of_other_presses_alone(book: Any) -> None:
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    ribbon.press(book, "table")
    ribbon.press(book, "undo")
    assert [row[Field.STATE] for row in ledger(book)] == [None]


def test_a_sorted_ledger_tells_the_same(book: Any) -> None:
    fill_plan(book, MODEL, {**MODEL, "controls": "就业人员", "output": "别的"})
    ribbon.press(book, "run_all")
    sheet = book.sheets["_LC_台账"]
    last = sheet.used_range.last_cell
    rows = sheet.range((2, 1), (last.row, last.column)).value
    sheet.range((2, 1), (last.row, last.column)).value = rows[::-1]
    book.sheets["面板"].range("C12").value = 321.0
    assert str(banner(book, "结果").value) == "有效"
    assert str(banner(book, "别的").value).startswith("过期")


def test_an_inserted_column_changes_nothing(book: Any) -> None:
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    kept = Block([[ledger(book)[0][SNAPSHOT_COLUMN - 1]]])
    rows = book.sheets["面板"].range(PANEL).value
    wider = Block([[*row[:3], "备注" if i == 0 else 1.0, *row[3:]] for i, row in enumerate(rows)], "面板")
    assert judge(kept, [wider]).fresh
    changed = [list(row) for row in wider.values]
    changed[8][5] = 99.0
    told = judge(kept, [Block(changed, "面板")])
    assert [change.cell for change in told.changes] == ["F9"]
