"""One panel in every layout that bureaus use: the same planted defects are found at their own cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lowcarbon_xl.audit.audit import audit_blocks
from lowcarbon_xl.cells import Block, Cell, column_letters
from lowcarbon_xl.panel.provinces import provinces

PROVINCES = [province.zh for province in provinces() if province.region3 and province.zh != "西藏"][:12]
YEARS = list(range(2010, 2023))
SLIP = (3, 6)
NEGATIVE = (7, 2)
TEXT = (9, 9)
Values = list[list[Cell]]
Sheets = tuple[list[Block], Callable[[int, int], tuple[str, str]]]


def energy() -> Values:
    """Energy of twelve provinces, with a slip of the decimal point, a negative value and a number as text."""
    rng = np.random.default_rng(5)
    level = rng.uniform(3000, 30000, (12, 1)) * np.exp(rng.normal(0.04, 0.015, (12, 13)).cumsum(axis=1))
    values: Values = [[round(float(v), 2) for v in row] for row in level]
    slip, negative, text = (values[u][t] for u, t in (SLIP, NEGATIVE, TEXT))
    assert isinstance(slip, float)
    assert isinstance(negative, float)
    values[SLIP[0]][SLIP[1]] = round(slip * 10, 2)
    values[NEGATIVE[0]][NEGATIVE[1]] = -negative
    values[TEXT[0]][TEXT[1]] = str(text)
    return values


def cell(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def long(values: Values) -> Sheets:
    rows: list[list[Cell]] = [["省份", "年份", "能源消费总量(万吨标准煤)"]]
    rows += [[p, float(y), values[i][t]] for i, p in enumerate(PROVINCES) for t, y in enumerate(YEARS)]
    return [Block(rows, "长表")], lambda u, t: ("长表", cell(2 + u * len(YEARS) + t, 3))


def wide(values: Values) -> Sheets:
    rows: list[list[Cell]] = [
        ["数据库：分省年度数据"],
        ["指标：能源消费总量(万吨标准煤)"],
        ["地区", *(f"{y}年" for y in reversed(YEARS))],
    ]
    rows += [[p, *reversed(values[i])] for i, p in enumerate(PROVINCES)]
    rows += [["注：2010年以后为修订数。"], ["数据来源：国家统计局"]]
    width = len(YEARS) + 1
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    return [Block(padded, "宽表")], lambda u, t: ("宽表", cell(4 + u, len(YEARS) + 1 - t))


def prefixed(values: Values) -> Sheets:
    rows: list[list[Cell]] = [["指标", "地区", *(f"y{y}" for y in YEARS)]]
    rows += [["能源消费总量_万吨标准煤", p, *values[i]] for i, p in enumerate(PROVINCES)]
    return [Block(rows, "前缀")], lambda u, t: ("前缀", cell(2 + u, 3 + t))


def stata(values: Values) -> Sheets:
    rows: list[list[Cell]] = [["省份", *(f"energy{y}" for y in YEARS)]]
    rows += [[p, *values[i]] for i, p in enumerate(PROVINCES)]
    return [Block(rows, "stata")], lambda u, t: ("stata", cell(2 + u, 2 + t))


def transposed(values: Values) -> Sheets:
    rows: list[list[Cell]] = [["能源消费总量"], ["单位：万吨标准煤"], ["年份", *PROVINCES]]
    rows += [[float(y), *(values[i][t] for i in range(12))] for t, y in enumerate(YEARS)]
    padded = [[*row, *[None] * (13 - len(row))] for row in rows]
    return [Block(padded, "转置")], lambda u, t: ("转置", cell(4 + t, 2 + u))


def beside(values: Values) -> Sheets:
    """A table of names and years, a blank column, and the energy table on its right."""
    right = wide(values)[0][0].values[2:-2]
    left: list[list[Cell]] = [["地区", "2020年", "2021年"]] + [
        [p, 100.0 + i, 110.0 + i] for i, p in enumerate(PROVINCES)
    ]
    rows = [[*a, None, *b] for a, b in zip(left, right, strict=True)]
    return [Block(rows, "并列")], lambda u, t: ("并列", cell(2 + u, 4 + len(YEARS) + 1 - t))


def stacked(values: Values) -> Sheets:
    """Merged header cells over the years, Chinese above English."""
    rows: list[list[Cell]] = [
        ["地 区\nRegion", "能源消费总量（万吨标准煤）\nEnergy", *[None] * 12],
        [None, *(float(y) for y in YEARS)],
    ]
    rows += [[p, *values[i]] for i, p in enumerate(PROVINCES)]
    return [Block(rows, "双层", merged=("A1:A2", "B1:N1"))], lambda u, t: ("双层", cell(3 + u, 2 + t))


def sheets(values: Values) -> Sheets:
    blocks = []
    for i, province in enumerate(PROVINCES):
        rows: list[list[Cell]] = [
            ["年份", "能源消费总量(万吨标准煤)"],
            *([float(y), values[i][t]] for t, y in enumerate(YEARS)),
        ]
        blocks.append(Block(rows, province))
    return blocks, lambda u, t: (PROVINCES[u], cell(2 + t, 2))


LAYOUTS = (long, wide, prefixed, stata, transposed, beside, stacked, sheets)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("place", "rule"),
    [(SLIP, "decimal_slip"), (NEGATIVE, "negative_value"), (TEXT, "text_number")],
    ids=lambda x: str(x),
)
def test_a_defect_is_found_in_every_layout(
    layout: Callable[[Values], Sheets], place: tuple[int, int], rule: str
) -> None:
    blocks, where = layout(energy())
    sheet, address = where(*place)
    found = [f for f in audit_blocks(blocks) if f.rule == rule]
    assert [(f.sheet, f.cells, f.severity) for f in found] == [(sheet, (address,), "error")]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
def test_a_clean_panel_has_no_error_in_any_layout(layout: Callable[[Values], Sheets]) -> None:
    values = energy()
    rng = np.random.default_rng(5)
    level = rng.uniform(3000, 30000, (12, 1)) * np.exp(rng.normal(0.04, 0.015, (12, 13)).cumsum(axis=1))
    for u, t in (SLIP, NEGATIVE, TEXT):
        values[u][t] = round(float(level[u, t]), 2)
    assert [(f.rule, f.cells) for f in audit_blocks(layout(values)[0]) if f.severity == "error"] == []


def test_a_level_that_stays_apart_is_found_over_province_sheets() -> None:
    values = energy()
    for t in range(8, 13):
        values[5][t] = float(str(values[5][t])) / 5
    found = [f for f in audit_blocks(sheets(values)[0]) if f.rule == "level_break"]
    assert [(f.sheet, f.cells) for f in found] == [(PROVINCES[5], tuple(f"B{row}" for row in range(10, 15)))]


def test_three_tables_on_one_sheet_are_three_tables() -> None:
    head, body = ["地区", "2019年", "2020年", "2021年"], [[p, 10.0, 11.0, 12.0] for p in PROVINCES]
    blank: list[Cell] = [None] * 4
    rows: list[list[Cell]] = []
    for title in ("表1 能源", "续表1", "续表2"):
        rows += [[title, None, None, None], head, *map(list, body), blank]  # type: ignore[list-item]
    rows[4][2] = "abc"
    rows[20][2] = "abc"
    found = [f for f in audit_blocks([Block(rows, "三表")]) if f.rule == "text_in_data"]
    assert [f.cells for f in found] == [("C5", "C21")]


def test_tables_side_by_side_need_not_share_their_rows() -> None:
    """Left one long table; right two short ones, one below the other, each with a header of its own."""
    left: list[list[Cell]] = [["省份", "年份", "能源(万吨标准煤)"]]
    left += [[p, float(y), 5000.0 + 100 * i + 10 * (y - 2010)] for i, p in enumerate(PROVINCES) for y in YEARS]
    blank: list[Cell] = [None] * 3
    right: list[list[Cell]] = [["年份", "甲", "乙"], *([2000.0 + t, 10.0 + t, 20.0 + t] for t in range(6)), blank]
    right += [["年份", "丙", "丁"], *([2000.0 + t, 30.0 + t, 40.0 + t] for t in range(6))]
    right += [blank] * (len(left) - len(right))
    rows = [["标题", *[None] * 6], *([*a, None, *b] for a, b in zip(left, right, strict=True))]
    assert [f for f in audit_blocks([Block(rows, "并排")]) if f.severity == "error"] == []
    rows[12][5] = "abc"
    found = [f for f in audit_blocks([Block(rows, "并排")]) if f.severity == "error"]
    assert [(f.rule, f.cells) for f in found] == [("text_in_data", ("F13",))]


def test_a_title_merged_over_the_table_is_no_part_of_its_labels() -> None:
    block = long(energy())[0][0]
    rows = [["各省能源", None, None], ["模拟数据", None, None], *map(list, block.values)]
    found = [f for f in audit_blocks([Block(rows, "长表", merged=("A1:C1",))]) if f.rule == "negative_value"]
    assert found[0].evidence.en.startswith("能源消费总量(万吨标准煤) ")


def test_cities_are_units_too() -> None:
    rows: list[list[Cell]] = [["城市", "年份", "能源(万吨标准煤)"]]
    rng = np.random.default_rng(2)
    for city in range(20):
        for t, value in enumerate(1000 * np.exp(rng.normal(0.03, 0.02, 10).cumsum())):
            rows.append([f"市{city}", 2010.0 + t, float(value)])
    rows[57][2] = 10 * float(str(rows[57][2]))
    found = audit_blocks([Block(rows, "城市")])
    assert [(f.rule, f.cells) for f in found if f.severity == "error"] == [("decimal_slip", ("C58",))]
    assert [f.rule for f in found if f.severity == "verify"] == ["units_not_provinces"]
