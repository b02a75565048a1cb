"""Bad input gets a clear error that names sheet!cell and the remedy, in both languages, and never a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.errors import Text
from tests.conftest import Call, block

HEADER: list[Cell] = ["省份", "年份", "劳动", "资本", "能源", "GDP", "CO2"]
PROVINCES = ("北京", "天津", "河北")


def panel() -> list[list[Cell]]:
    """Three provinces, three years, everything in order."""
    rows = [
        [province, 2010.0 + t, 10.0 + p, 20.0 + t, 5.0 + p * t, 30.0 + p + 2 * t, 8.0 + p + t]
        for p, province in enumerate(PROVINCES)
        for t in range(3)
    ]
    return [list(HEADER), *rows]


def set_cell(row: int, column: int, value: Cell) -> Callable[[list[list[Cell]]], list[list[Cell]]]:
    """Put a value into a cell (zero-based)."""

    def change(rows: list[list[Cell]]) -> list[list[Cell]]:
        rows[row][column] = value
        return rows

    return change


CASES: dict[str, tuple[Callable[[list[list[Cell]]], list[list[Cell]]], str, str, str, str]] = {
    "no header": (lambda rows: rows[1:], "", "面板!B1", "列名", "column names"),
    "unknown option": (lambda rows: rows, "rst=VRS", "", "rts", "Did you mean rts"),
    "unknown value": (lambda rows: rows, "rts=VRD", "", "VRS", "Did you mean VRS"),
    "option twice": (lambda rows: rows, "rts=VRS;rts=CRS", "", "写了两次", "twice"),
    "two candidates": (
        set_cell(0, 3, "实际GDP"),
        "inputs=劳动,能源",
        "面板!F1",
        "实际GDP（面板!D1）",
        "实际GDP (面板!D1)",
    ),
    "text number": (set_cell(4, 3, "20.5"), "", "面板!D5", "文本形式的数字", "typed as text"),
    "text": (set_cell(4, 3, "缺"), "", "面板!D5", "文字", "text"),
    "error cell": (set_cell(2, 6, CellError("#N/A")), "", "面板!G3", "#N/A", "#N/A"),
    "blank": (set_cell(2, 5, None), "", "面板!F3", "空格不等于 0", "not 0"),
    "zero CO2": (set_cell(3, 6, 0.0), "", "面板!G4", "大于 0", "positive"),
    "negative energy": (set_cell(1, 4, -5.0), "", "面板!E2", "-5", "-5"),
    "logical": (set_cell(1, 4, True), "", "面板!E2", "逻辑值", "logical"),
    "date": (set_cell(1, 1, dt.date(2010, 12, 31)), "", "面板!B2", "2010", "2010"),
    "duplicate key": (set_cell(2, 1, 2010.0), "", "面板!A3", "两次", "twice"),
    "one province": (lambda rows: rows[:4], "", "面板!A1:G4", "一个主体", "only one unit"),
    "one year": (lambda rows: [rows[0], *rows[1::3]], "", "面板!A1:G4", "一年", "only year"),
    "year gap": (lambda rows: rows[:2] + rows[3:], "", "面板!A3", "2011", "2011"),
    "no data rows": (lambda rows: [[*HEADER, "a", "b", "c"]], "", "面板!A1:J1", "没有数据", "no data"),
    "unknown province": (set_cell(1, 0, "北亰"), "", "面板!A2", "不认识的省份", "unknown province"),
    "national total": (set_cell(1, 0, "全国"), "", "面板!A2", "全国合计", "national total"),
    "blank header": (set_cell(0, 4, None), "", "面板!E1", "没有标题", "no header"),
    "missing role": (set_cell(0, 6, "排放"), "", "面板!A1:G10", "bad=列名", "bad=COLUMN"),
    "column used twice": (lambda rows: rows, "inputs=劳动,GDP;good=GDP", "面板!F1", "用了两次", "used twice"),
    "missing column": (lambda rows: rows, "good=GPD", "面板!A1:G10", "是不是“GDP”", "Did you mean 'GDP'"),
    "base without data": (lambda rows: rows, "base=1999", "", "1999", "1999"),
    "empty": (lambda rows: [[None] * 7] * 3, "", "面板!A1", "空的", "empty"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_error_names_the_cell_and_the_remedy(call: Call, case: str, language: str) -> None:
    change, options, where, zh, en = CASES[case]
    spill = call("GTFP", block(change(panel())), options, language=language)
    assert spill.failed
    cell = spill.rows[0][0]
    assert isinstance(cell, CellError)
    assert cell.code == "#VALUE!"
    assert isinstance(cell.reason, Text)
    message = cell.reason[language]  # type: ignore[literal-required]
    assert message.startswith(where)
    assert (zh if language == "zh" else en) in message
    assert message.count("。" if language == "zh" else ".") >= 2, "a remedy follows"


def test_the_panel_without_defects_is_computed(call: Call) -> None:
    spill = call("GTFP", block(panel()))
    assert not spill.failed
    assert len(spill.rows) == 10


def test_merged_cells_are_refused_by_their_address(call: Call) -> None:
    rows = panel()
    rows[2][0] = rows[3][0] = None
    spill = call("GTFP", block(rows, merged=("A2:A4",)))
    assert str(spill.reasons[0].en).startswith("面板!A2:A4: cells A2:A4 are merged")


def test_merged_cells_below_the_data_do_not_matter(call: Call) -> None:
    rows = [*panel(), [None] * 7, [None] * 7]
    assert not call("GTFP", block(rows, merged=("A11:B12",))).failed


def test_text_numbers_are_read_on_request(call: Call) -> None:
    rows = panel()
    expected = call("GTFP", block(rows)).rows
    rows[1][2] = " １0.0 "
    assert call("GTFP", block(rows), "text=read").rows == expected


def test_a_year_gap_can_be_allowed(call: Call) -> None:
    rows = panel()
    del rows[2]
    spill = call("GTFP", block(rows), "gaps=allow")
    assert not spill.failed
    after_gap = spill.rows[2][0]
    assert isinstance(after_gap, CellError)
    assert after_gap.code == "#N/A"
    assert "2011" in after_gap.reason.en  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["EMISSIONS", "GTFP", "SBMDDF", "REALGDP", "CAPITALSTOCK", "FILLGAPS", "WINSORIZE", "DESCRIBE"]
)
@pytest.mark.parametrize("value", [None, 3.0, "", "文字", CellError("#REF!"), True])
def test_a_single_cell_of_any_kind_is_an_error_and_no_crash(call: Call, name: str, value: Cell) -> None:
    spill = call(name, block([[value]]))
    assert spill.failed
    assert "internal" not in spill.reasons[0].en


def test_a_defect_of_ours_is_an_error_value_and_not_a_number(catalogue: dict, caplog: pytest.LogCaptureFixture) -> None:
    from dataclasses import replace

    def broken(panel: object, options: object) -> object:
        raise ZeroDivisionError("division by zero")

    function = replace(catalogue["GTFP"], name="BROKEN", compute=broken)
    spill = function.evaluate([block(panel())], "en")
    assert spill.failed
    assert "ZeroDivisionError" in spill.reasons[0].en
    assert "BROKEN failed" in caplog.text
