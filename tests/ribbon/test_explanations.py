"""Explanations stay with what they explain: not with cells, and not with other numbers."""

from __future__ import annotations

from typing import Any

import lowcarbon_xl.ribbon as ribbon
from tests.ribbon.books import MODEL, PROVINCES, fill_plan

PANEL = "A1:H49"
DOUBT = "普查年数据，已核实"


def explained(book: Any) -> None:
    """A doubt about a repeated value, explained."""
    sheet = book.sheets["面板"]
    sheet.range("E22").value = sheet.range("E21").value
    ribbon.press(book, "check")
    findings = book.sheets["审核结果"]
    row = next(i for i, row in enumerate(findings.used_range.value, start=1) if row[1] == "repeated_value")
    findings.range((row, 7)).value = DOUBT
    assert "已说明 1 条" in ribbon.press(book, "check").zh


def test_inserted_and_sorted_rows_do_not_part_an_explanation_from_its_data(book: Any) -> None:
    explained(book)
    sheet = book.sheets["面板"]
    rows = sheet.range("A1:H49").value
    sheet.range("A1:H49").value = None
    sheet.range("A4").value = [
        rows[0],
        *sorted(rows[1:], key=lambda row: (PROVINCES.index(row[0]) % 3, row[0], row[1])),
    ]
    assert "已说明 1 条" in ribbon.press(book, "check").zh
    fill_plan(book, {**MODEL, "panel": "面板!A4:H52"})
    ribbon.press(book, "run_all")
    printed = [str(cell) for row in book.sheets["结果"].used_range.value for cell in row]
    note = next(text for text in printed if DOUBT in text)
    places = [
        i for i, row in enumerate(sheet.range("A5:H52").value, start=5) if row[:2] in (["山西", 2016], ["山西", 2017])
    ]
    assert f"面板!E{places[0]}:E{places[1]}）" in note


def test_an_explanation_follows_a_sheet_that_is_renamed(book: Any) -> None:
    explained(book)
    book.sheets["面板"].name = "新面板"
    assert "已说明 1 条" in ribbon.press(book, "check").zh
    fill_plan(book, {**MODEL, "panel": "新面板!A1:H49"})
    ribbon.press(book, "run_all")
    assert any(DOUBT in str(cell) for row in book.sheets["结果"].used_range.value for cell in row)


def test_an_explanation_of_other_numbers_is_quoted_and_explains_nothing(book: Any) -> None:
    explained(book)
    sheet = book.sheets["面板"]
    sheet.range("E21:E22").value = [[88.0], [88.0]]
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    printed = [str(cell) for row in book.sheets["结果"].used_range.value for cell in row]
    assert any(DOUBT in text and "写说明以后数据有改动" in text for text in printed)
    for _ in range(2):  # the blank beside the finding withdraws nothing
        assert "已说明 0 条" in ribbon.press(book, "check").zh
        row = next(row for row in book.sheets["审核结果"].used_range.value if row[1] == "repeated_value")
        assert f"原说明不再有效：{DOUBT}" in row[4]
        assert row[6] is None


def test_a_withdrawn_explanation_is_gone(book: Any) -> None:
    explained(book)
    findings = book.sheets["审核结果"]
    row = next(i for i, row in enumerate(findings.used_range.value, start=1) if row[1] == "repeated_value")
    findings.range((row, 7)).value = None
    assert "已说明 0 条" in ribbon.press(book, "check").zh
    fill_plan(book, MODEL)
    ribbon.press(book, "run_all")
    assert not any(DOUBT in str(cell) for row in book.sheets["结果"].used_range.value for cell in row)


def test_explanations_stand_beside_the_results_of_formulas_too(book: Any) -> None:
    explained(book)
    ribbon.press(book, "gtfp", selection=f"面板!{PANEL}")
    assert DOUBT in book.sheets["面板"].range("J1").note.text


def test_a_note_goes_to_the_first_of_merged_cells(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("E5:E6").merge()
    ribbon.press(book, "check", selection="面板!A1:H49")
    assert "[LowCarbon]" in sheet.range("E5").note.text


def test_the_year_before_belongs_to_what_a_jump_is_explained_by(book: Any) -> None:
    sheet = book.sheets["面板"]
    sheet.range("E22").value = 3 * sheet.range("E21").value
    ribbon.press(book, "check")
    findings = book.sheets["审核结果"]
    rows = findings.used_range.value
    jumps = [i for i, row in enumerate(rows, start=1) if row[1] in ("jump", "spike", "level_break", "decimal_slip")]
    for row in jumps:
        findings.range((row, 7)).value = DOUBT
    explained = int(ribbon.press(book, "check").zh.split("已说明 ")[1].split(" ")[0])
    assert explained
    sheet.range("E21").value = sheet.range("E21").value * 1.01
    again = int(ribbon.press(book, "check").zh.split("已说明 ")[1].split(" ")[0])
    assert again < explained
