"""Checks that compare: along years, across columns, against other tables, rules of one's own, references."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import numpy as np
import pytest

from lowcarbon_xl.audit.audit import audit_block, audit_blocks
from lowcarbon_xl.audit.finding import Finding, positions_of
from lowcarbon_xl.audit.rules import default_rules, with_sheet
from lowcarbon_xl.cells import Block, Cell, CellError
from lowcarbon_xl.emissions.factors import factor_set
from lowcarbon_xl.errors import InputError
from lowcarbon_xl.panel.provinces import provinces

PROVINCES = [province.zh for province in provinces() if province.region3 and province.zh != "西藏"]
YEARS = np.arange(2008, 2020)
HEADER: list[Cell] = [
    *(
        "省份",
        "年份",
        "地区生产总值(亿元)",
        "地区生产总值指数(上年=100)",
        "第一产业增加值(亿元)",
        "第二产业增加值(亿元)",
    ),
    *("第三产业增加值(亿元)", "实际GDP(2008年价)", "年末人口(万人)", "就业人员(万人)", "能源消费(万吨标准煤)"),
]
GDP, INDEX, PRIMARY, SECONDARY, REAL, PEOPLE, JOBS, ENERGY = 2, 3, 4, 5, 7, 8, 9, 10
Rows = list[list[Cell]]


def panel(seed: int = 3) -> Rows:
    """Thirty provinces and twelve years that hang together: sectors, volume index, real GDP."""
    rng = np.random.default_rng(seed)
    shape = (30, len(YEARS))
    index = rng.normal(107, 1.5, shape).round(1)
    price = rng.normal(0.02, 0.01, (1, shape[1])) + rng.normal(0, 0.006, shape)
    people = rng.uniform(500, 9000, (30, 1)) * np.exp(rng.normal(0.004, 0.002, shape).cumsum(axis=1))
    real = (
        people[:, :1] * rng.uniform(2, 5, (30, 1)) * np.cumprod(np.where(YEARS[0] == YEARS, 1.0, index / 100), axis=1)
    )
    gdp = real * np.exp(np.cumsum(price, axis=1))
    shares = np.stack([np.full(shape, 0.1), rng.normal(0.45, 0.01, shape)])
    energy = real * rng.uniform(0.4, 1.2, (30, 1)) * np.exp(rng.normal(-0.02, 0.01, shape).cumsum(axis=1))
    jobs = people * 0.55 * np.exp(rng.normal(0, 0.003, shape))
    rows: Rows = [list(HEADER)]
    for i, province in enumerate(PROVINCES):
        for t, year in enumerate(YEARS):
            first, second = (round(float(gdp[i, t] * share), 2) for share in shares[:, i, t])
            total = round(float(gdp[i, t]), 2)
            figures = (real[i, t], people[i, t], jobs[i, t], energy[i, t])
            values = [total, float(index[i, t]), first, second, round(total - first - second, 2)]
            rows.append([province, float(year), *values, *(round(float(v), 2) for v in figures)])
    return rows


def at(province: int, year: int) -> int:
    """The row (0 is the header) of a province and a year, both counted from 0."""
    return 1 + province * len(YEARS) + year


def value(rows: Rows, row: int, column: int) -> float:
    cell = rows[row][column]
    assert isinstance(cell, float)
    return cell


def scale(rows: Rows, row: int, column: int, factor: float) -> None:
    rows[row][column] = round(value(rows, row, column) * factor, 2)


def errors(rows: Rows) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in audit_block(Block(rows, "面板")):
        found.setdefault(finding.rule, []).append(finding)
    return found


def cells(found: dict[str, list[Finding]], rule: str, severity: str) -> set[str]:
    return {cell for f in found.get(rule, []) if f.severity == severity for cell in f.cells}


def test_a_panel_that_hangs_together_has_no_error() -> None:
    assert [f for f in audit_block(Block(panel(), "面板")) if f.severity == "error"] == []


def swap_rows(rows: Rows) -> None:
    a, b = at(4, 5), at(20, 5)
    rows[a][2:], rows[b][2:] = rows[b][2:], rows[a][2:]


def swap_columns(rows: Rows) -> None:
    row = at(6, 6)
    rows[row][PEOPLE], rows[row][ENERGY] = rows[row][ENERGY], rows[row][PEOPLE]


def copy_row(rows: Rows) -> None:
    rows[at(9, 4)][2:] = rows[at(9, 3)][2:]


def shift_down(rows: Rows) -> None:
    for row in range(len(rows) - 1, 1, -1):
        rows[row][PEOPLE] = rows[row - 1][PEOPLE]
    rows[1][PEOPLE] = None


def other_unit(rows: Rows) -> None:
    for t in range(12):
        scale(rows, at(11, t), ENERGY, 1e4)


def other_unit_later(rows: Rows) -> None:
    for t in range(7, 12):
        scale(rows, at(11, t), ENERGY, 1e4)


def part_of_total(rows: Rows) -> None:
    for t in range(9, 12):
        scale(rows, at(2, t), ENERGY, 0.2)


def mislabel(rows: Rows) -> None:
    rows[at(13, 11)][0] = PROVINCES[3]


def break_sum(rows: Rows) -> None:
    scale(rows, at(5, 5), SECONDARY, 1.08)


def break_index(rows: Rows) -> None:
    scale(rows, at(5, 5), REAL, 1.05)


def old_vintage(rows: Rows) -> None:
    for t in range(6):
        for column in (GDP, PRIMARY, SECONDARY, SECONDARY + 1):
            scale(rows, at(8, t), column, 1.3)


@pytest.mark.parametrize(
    ("plant", "rule", "expected"),
    [
        (swap_rows, "swapped_provinces", {f"{c}{r + 1}" for c in "CDEFGHIJK" for r in (at(4, 5), at(20, 5))}),
        (swap_columns, "swapped_columns", {f"I{at(6, 6) + 1}", f"K{at(6, 6) + 1}"}),
        (copy_row, "copied_row", {f"{c}{at(9, 4) + 1}" for c in "CDEFGHIJK"}),
        (shift_down, "shifted_column", {"I1"}),
        (other_unit, "unit_mix", {f"K{at(11, t) + 1}" for t in range(12)}),
        (other_unit_later, "unit_mix", {f"K{at(11, t) + 1}" for t in range(7, 12)}),
        (part_of_total, "level_break", {f"K{at(2, t) + 1}" for t in range(9, 12)}),
        (mislabel, "mislabelled_row", {f"A{at(13, 11) + 1}", f"B{at(13, 11) + 1}"}),
        (break_sum, "adding_up", {f"{c}{at(5, 5) + 1}" for c in "CEFG"}),
        (break_index, "volume_index", {f"H{at(5, 5) + 1}"}),
        (old_vintage, "vintage_break", {f"C{at(8, 5) + 1}", f"C{at(8, 6) + 1}"}),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_a_comparison_finds_the_cells(plant: Callable[[Rows], None], rule: str, expected: set[str]) -> None:
    rows = panel()
    plant(rows)
    got = cells(errors(rows), rule, "error")
    assert got >= expected
    if rule not in ("shifted_column",):
        assert got == expected


def test_a_jump_is_verified_and_its_threshold_can_be_changed_in_a_sheet() -> None:
    rows = panel()
    scale(rows, at(3, 11), JOBS, 1.2)
    assert f"J{at(3, 11) + 1}" in cells(errors(rows), "jump", "verify")
    own: Rows = [["kind", "rule", "concept", "tier", "value"], ["threshold", "jump", "employment", "error", 0.3]]
    found = audit_blocks([Block(rows, "面板"), Block(own, "规则")])
    assert not [f for f in found if f.rule == "jump" and f"J{at(3, 11) + 1}" in f.cells]
    own[1][4] = 0.1
    strict = [f for f in audit_blocks([Block(rows, "面板"), Block(own, "规则")]) if f.rule == "jump"]
    assert ("error", f"J{at(3, 11) + 1}") in {(f.severity, cell) for f in strict for cell in f.cells}


def test_an_identity_can_be_added_in_a_sheet() -> None:
    rows = panel()
    own: Rows = [
        ["kind", "rule", "concept", "tier", "value", "text", "zh", "en"],
        [
            "identity",
            "adding_up",
            "x",
            "error",
            0.01,
            "employment = population",
            "就业等于人口",
            "employment is population",
        ],
    ]
    found = audit_blocks([Block(rows, "面板"), Block(own, "规则")])
    assert any("employment is population" in f.evidence.en for f in found if f.severity == "error")


@pytest.mark.parametrize(
    "row", [["threshold", "jump", "gdp", "", "viel"], ["range", "magnitude", "gdp", "", "3"], ["x"]]
)
def test_an_unreadable_rule_is_refused_by_its_cell(row: list[Cell]) -> None:
    header: list[Cell] = ["kind", "rule", "concept", "tier", "value"]
    block = Block([header, [*row, *[None] * (5 - len(row))]], "规则")
    with pytest.raises(InputError) as caught:
        with_sheet(default_rules(), [block])
    assert caught.value.where == "规则!E2"


def test_a_label_that_the_magnitude_contradicts() -> None:
    rows = panel()
    rows[0][GDP] = "gdp_bn"
    assert "C1" in cells(errors(rows), "unit_against_magnitude", "error")


def test_two_columns_with_each_other_s_header_contradict_the_usual_ratios() -> None:
    rows = panel()
    rows[0][PEOPLE], rows[0][JOBS] = rows[0][JOBS], rows[0][PEOPLE]
    assert cells(errors(rows), "implausible_ratio", "error") == {"I1", "J1"}


def test_a_column_that_jumps_most_years_is_not_what_its_header_says() -> None:
    rows = panel()
    people = np.array([row[PEOPLE] for row in rows[1:]]).reshape(30, -1)
    assert not any(f.rule == "odd_growth" for f in audit_block(Block(rows)))
    fast = (people[:, :1] * 1.12 ** np.arange(people.shape[1])).ravel()
    for row, value in zip(rows[1:], fast.tolist(), strict=True):
        row[PEOPLE] = value
    finding = next(f for f in audit_block(Block(rows)) if f.rule == "odd_growth")
    assert finding.cells == ("I1",)
    assert finding.severity == "verify"
    assert "年末人口" in finding.evidence.zh


def test_co2_that_does_not_follow_from_its_fuels() -> None:
    names = ("原煤", "焦炭", "原油", "汽油", "煤油", "柴油", "燃料油", "液化石油气", "天然气")
    factors = [factor_set("A")[key].multiplier for key in factor_set("A")]
    rng = np.random.default_rng(4)
    rows: Rows = [["省份", "年份", *names, "二氧化碳(万吨)"]]
    for province in PROVINCES[:6]:
        for year in range(2010, 2018):
            amounts = rng.uniform(50, 500, 9).round(2)
            rows.append([province, float(year), *amounts.tolist(), round(float(amounts @ factors), 2)])
    assert "recomputed_co2" not in errors(rows)
    row = 20
    rows[row][4] = value(rows, row, 4) + 80
    assert cells(errors(rows), "recomputed_co2", "error") == {f"{c}{row + 1}" for c in "CDEFGHIJKL"}


def test_two_tables_of_one_indicator_with_different_figures() -> None:
    rows = panel()
    years = list(range(2012, 2020))
    wide: Rows = [["地区", *(float(y) for y in years)]]
    wide += [[p, *(rows[at(i, y - 2008)][GDP] for y in years)] for i, p in enumerate(PROVINCES)]
    assert not [f for f in audit_blocks([Block(rows, "面板"), Block(wide, "宽")]) if f.rule == "two_vintages"]
    wide[4][3] = value(wide, 4, 3) * 1.12
    found = {
        f.sheet: f.cells for f in audit_blocks([Block(rows, "面板"), Block(wide, "宽")]) if f.rule == "two_vintages"
    }
    assert found == {"面板": (f"C{at(3, 6) + 1}",), "宽": ("D5",)}


def test_a_truncated_range_lacks_province_years() -> None:
    found = errors(panel()[:-5])
    assert found["missing_key"][0].severity == "error"
    assert PROVINCES[-1] in found["missing_key"][0].evidence.zh
    assert PROVINCES[-1] in errors(panel()[:-12])["missing_province"][0].evidence.zh


def test_a_reference_that_stops_short_of_its_table() -> None:
    rows = panel()
    last = len(rows)
    formulas = {
        "结果": {
            (2, 2): f"AVERAGE(面板!C2:C{last - 5})",
            (3, 2): f"AVERAGE('面板'!$C$2:$C${last})",
            (4, 2): "SUM(面板!C2:C30)",
            (5, 2): "SUM(面板!C:C)",
        }
    }
    found = [f for f in audit_blocks([Block(rows, "面板")], formulas=formulas) if f.rule == "range_stops_short"]
    assert [(f.severity, f.sheet, f.cells) for f in found] == [("error", "结果", ("B2",))]
    assert f"C{last - 4}:C{last}" in found[0].evidence.en


def test_units_do_not_change_what_is_found() -> None:
    """Rescaling a column without a unit in its label changes no finding about its path."""
    rows = panel()
    for row in rows[1:]:
        row[2:] = [row[ENERGY], row[JOBS]]
    rows[0] = ["省份", "年份", "甲", "乙"]
    scale(rows, at(5, 5), 2, 10)
    scale(rows, at(15, 7), 3, 1.4)
    scaled: Rows = [
        rows[0],
        *([*r[:2], value(rows, i, 2) * 1024, value(rows, i, 3) / 512] for i, r in enumerate(rows[1:], 1)),
    ]
    shuffled: Rows = [rows[0], *(rows[i] for i in np.random.default_rng(1).permutation(np.arange(1, len(rows))))]
    assert {(f.rule, f.cells) for f in audit_block(Block(rows))} == {
        (f.rule, f.cells) for f in audit_block(Block(scaled))
    }
    assert sorted(f.rule for f in audit_block(Block(rows))) == sorted(f.rule for f in audit_block(Block(shuffled)))


def test_a_column_filled_in_other_years_than_its_siblings() -> None:
    names = ("原煤(万吨)", "焦炭(万吨)", "汽油(万吨)", "柴油(万吨)")
    rows: Rows = [["省份", "年份", *names]]
    rng = np.random.default_rng(8)
    for province in PROVINCES[:8]:
        for year in range(2008, 2016):
            shift = [year >= 2011, year >= 2011, year >= 2011, 2010 <= year <= 2014]
            rows.append([province, float(year), *(float(rng.uniform(90, 110)) if there else None for there in shift)])
    found = [f for f in audit_block(Block(rows)) if f.rule == "odd_coverage"]
    assert [(f.severity, f.cells) for f in found] == [("verify", ("F1",))]


def test_a_sector_whose_share_leaps() -> None:
    rows = panel()
    for t in range(6):
        scale(rows, at(8, t), SECONDARY, 0.85)
    assert {f"C{at(8, 6) + 1}", f"F{at(8, 6) + 1}"} <= cells(errors(rows), "share_break", "verify")
    assert "share_break" not in errors(panel())


def test_regions_among_provinces_are_named_as_such() -> None:
    rows = panel()
    rows[at(2, 3)][0] = "华北"
    found = errors(rows)
    assert found["regional_row"][0].cells == (f"A{at(2, 3) + 1}",)
    assert "unknown_province" not in found


@pytest.mark.parametrize("seed", range(12))
def test_no_damage_makes_it_fail(seed: int) -> None:
    """Panels with junk strewn over them, columns overwritten, rows cut off."""
    rng = random.Random(seed)
    junk: list[Cell] = [
        None,
        "",
        "…",
        "北京",
        "全国",
        "2013年",
        2013.0,
        0.0,
        -1.0,
        1e300,
        1e-300,
        float("inf"),
        float("nan"),
    ]
    junk += [CellError("#N/A"), True, dt.date(2013, 1, 1), dt.time(1, 2), "1,234", "12%", "续表", 10**18]
    rows = panel(seed)
    for _ in range(rng.choice([1, 20, 300])):
        rows[rng.randrange(len(rows))][rng.randrange(11)] = rng.choice(junk)
    column, filler = rng.randrange(11), rng.choice(junk)
    for row in rows[rng.randint(0, 1) :]:
        row[column] = filler
    cut = rows[rng.randint(0, 2) : rng.randint(3, len(rows))]
    for finding in audit_block(Block(cut, "面板", 5, 3)):
        assert all(5 <= r < 5 + len(cut) and 3 <= c < 14 for r, c in positions_of(finding.cells)), finding
