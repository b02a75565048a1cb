"""The first set of checks on a block: keys, types, signs, blanks; and nothing that makes it fail."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lowcarbon_xl.functions.checks  # noqa: F401  (declares AUDIT)
from lowcarbon_xl.audit.audit import audit_block
from lowcarbon_xl.audit.finding import MANY, Finding, addresses, compact, positions_of
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, Cell, CellError, Spill

HEADER: list[Cell] = ["省份", "年份", "地区生产总值(亿元)", "能源消费总量(万吨标准煤)", "二氧化碳(万吨)"]
PROVINCES = ("北京", "天津", "河北", "山西")
YEARS = (2013.0, 2014.0, 2015.0)


def panel() -> list[list[Cell]]:
    """A clean panel of four provinces and three years."""
    rows: list[list[Cell]] = [list(HEADER)]
    for i, province in enumerate(PROVINCES, start=1):
        for t, year in enumerate(YEARS):
            growth = 1.06**t
            rows.append([province, year, 9000.0 * i * growth, 5000.0 * i * growth, 11000.0 * i * growth])
    return rows


def findings(rows: list[list[Cell]], merged: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    return audit_block(Block(rows, "面板", 1, 1, merged))


def only(found: tuple[Finding, ...], rule: str) -> Finding:
    matching = [finding for finding in found if finding.rule == rule]
    assert len(matching) == 1, [(f.rule, f.cells) for f in found]
    return matching[0]


def evaluate(block: Block, options: str = "") -> Spill:
    audit = next(function for function in functions() if function.name == "AUDIT")
    return audit.evaluate([block, options], "en")


def test_a_clean_panel_has_no_finding() -> None:
    assert findings(panel()) == ()


@pytest.mark.parametrize(
    ("row", "column", "cell", "rule", "severity"),
    [
        (3, 2, "19 829.3", "text_number", "error"),
        (3, 2, "19829.3 ", "hidden_blanks", "error"),
        (3, 3, CellError("#DIV/0!"), "error_cell", "error"),
        (3, 3, "#N/A", "error_cell", "error"),
        (3, 3, "…", "missing_mark", "error"),
        (3, 3, "n.a.", "missing_mark", "error"),
        (3, 3, None, "blank_cells", "verify"),
        (3, 3, " ", "blank_text", "error"),
        (3, 3, True, "logical_in_data", "error"),
        (3, 3, "见注释说明，数据来自统计年鉴", "note_in_data", "error"),
        (3, 3, -5300.0, "negative_value", "error"),
        (3, 3, 0.0, "zero_total", "error"),
        (3, 4, 0.0, "zero_total", "verify"),
        (3, 1, dt.date(2015, 1, 1), "date_as_year", "error"),
        (3, 1, "2015", "text_number", "error"),
        (3, 0, "北 京", "blank_in_name", "error"),
        (3, 0, "北京\t", "hidden_blanks", "error"),
        (3, 0, "背景", "unknown_province", "error"),
        (3, 0, "全国", "national_row", "error"),
    ],
)
def test_a_planted_defect_is_found_at_its_cell(row: int, column: int, cell: Cell, rule: str, severity: str) -> None:
    rows = panel()
    rows[row][column] = cell
    finding = only(findings(rows), rule)
    assert finding.severity == severity
    assert finding.sheet == "面板"
    assert finding.cells == (f"{'ABCDE'[column]}{row + 1}",)
    assert finding.evidence.zh
    assert finding.remedy.en


def test_a_duplicate_names_both_rows_and_the_missing_year() -> None:
    rows = panel()
    rows[3][1] = 2014.0
    found = findings(rows)
    assert only(found, "duplicate_key").cells == ("A3", "A4")
    assert "2015" in only(found, "missing_key").evidence.en


def test_a_code_that_contradicts_its_name_is_found() -> None:
    rows = panel()
    codes: list[Cell] = ["code"] + [110000.0] * 3 + [120000.0] * 3 + [130000.0] * 3 + [140000.0] * 3
    codes[5] = 130000.0
    coded = [[code, *row] for code, row in zip(codes, rows, strict=True)]
    assert set(only(findings(coded), "code_against_name").cells) == {"A6", "B6"}


def test_merged_cells_over_rows_are_errors_and_within_a_row_are_not() -> None:
    assert only(findings(panel(), ("C3:C4",)), "merged_rows").severity == "error"
    assert only(findings(panel(), ("C3:D3",)), "merged_cells").severity == "verify"


def test_blanks_are_counted_by_column() -> None:
    rows = panel()
    rows[1][2] = rows[2][2] = rows[5][3] = None
    blank = [finding for finding in findings(rows) if finding.rule == "blank_cells"]
    assert [finding.cells for finding in blank] == [("C2", "C3"), ("D6",)]
    assert "2 of 12" in blank[0].evidence.en


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.floats(allow_nan=False),
    st.integers(-10, 3000),
    st.booleans(),
    st.sampled_from(
        ["北京", "全国", "2013", "2014年", "y2015", "…", "", " ", "省份", "年份", "GDP", "a" * 300, "1,234", "\t"]
    ),
    st.sampled_from([CellError("#N/A"), dt.date(2013, 1, 1), dt.time(1, 2)]),
)


@given(st.integers(1, 6).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w), max_size=8)))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_no_range_makes_it_fail(rows: list[list[Cell]]) -> None:
    for finding in audit_block(Block(rows, "S")):
        assert finding.severity in ("error", "verify")
        assert all(r <= len(rows) and c <= len(rows[0]) for r, c in positions_of(finding.cells)), finding


@pytest.mark.parametrize(
    "rows",
    [
        [[None]],
        [[1.0]],
        [["a"]],
        [["a", "b"], ["c", "d"]],
        [[CellError("#REF!")] * 4] * 4,
        [["x"] * 1000, [1.0] * 1000],
        [],
        [[]],
    ],
    ids=["blank", "one number", "one text", "texts", "errors", "1000 columns", "no rows", "no columns"],
)
def test_odd_ranges_give_findings(rows: list[list[Cell]]) -> None:
    found = audit_block(Block(rows, "S"))
    assert found
    assert all(finding.remedy.zh and finding.remedy.en for finding in found)


def test_the_spill_has_six_columns_and_errors_first() -> None:
    rows = panel()
    rows[1][2] = None
    rows[5][3] = -10600.0
    spill = evaluate(Block(rows, "面板"))
    assert spill.rows[0] == ("severity", "rule", "sheet", "cells", "evidence", "remedy")
    assert [row[0] for row in spill.rows[1:]] == ["error", "verify"]
    assert [row[3] for row in spill.rows[1:]] == ["D6", "C2"]
    assert evaluate(Block(rows, "面板"), "tier=error; header=0").rows[0][1] == "negative_value"
    assert evaluate(Block(panel(), "面板"), "lang=zh").rows[1][4] == "没有发现问题"


def test_many_cells_are_listed_as_rectangles() -> None:
    square = [(row, column) for row in range(2, 52) for column in range(3, 53)]
    assert len(square) > MANY
    assert addresses(square) == ("C2:AZ51",)
    assert compact([(1, 1), (2, 1), (5, 1), (1, 2), (2, 2)]) == ("A5", "A1:B2")
    assert set(positions_of(addresses(square))) == set(square)
