"""Check, Explain, Ledger, Stale and Trace, pressed on a workbook in the host without Excel."""

from __future__ import annotations

from typing import Any

import pytest

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.ribbon.ledger import Field
from tests.ribbon.books import FUELS, MODEL, fill_plan, state


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


def test_the_ledger_only_grows_and_marks_what_was_undone(book: Any) -> None:
    ribbon.press(book, "gtfp")
    ribbon.press(book, "undo")
    row = book.sheets["_LC_台账"].range("A2:O2").value
    assert row[Field.WHAT] == "面板!J1 =GTFP(A1:H49)"
    assert row[Field.STATE] == "已撤销"
    ribbon.press(book, "gtfp")
    assert book.sheets["_LC_台账"].range("A2:O3").value == [[*row[: Field.STATE], None], [None] * len(Field)]
