"""Trace of single calls: terms that add up, programs that prove each other, rows that are dropped and why."""

from __future__ import annotations

import math

import pytest

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.audit.trace import Call, Trace
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, Cell, column_letters
from lowcarbon_xl.functions.trace import trace_call

FUNCTIONS = {function.name: function for function in functions()}


def traced(name: str, offset: tuple[int, int], *arguments: Block | Cell) -> Trace:
    """The trace of one cell of a call that stands in AA1 of sheet 果."""
    spill = FUNCTIONS[name].evaluate(arguments, "en")
    assert not spill.failed, spill.reasons
    cell = f"果!{column_letters(27 + offset[1])}{1 + offset[0]}"
    written = tuple(a.whole if isinstance(a, Block) else "" if a is None else repr(a) for a in arguments)
    return trace_call(Call(FUNCTIONS[name], f"={name}(...)", "果!AA1", arguments, written, spill, offset, cell))


def numbers(trace: Trace) -> list[float]:
    return [float(cell.value) for cell in trace.cells if isinstance(cell.value, float)]


ENERGY = Block(
    [
        ["省份", "年份", "原煤(吨)", "天然气(亿立方米)"],
        ["山西", 2019.0, 20000.0, 1.5],
        ["山西", 2020.0, None, 2.0],
    ],
    "能源",
    4,
    1,
)


def test_fuel_terms_add_up_with_units_and_own_factors() -> None:
    factors = Block([["燃料", "因子"], ["原煤", 2.0], ["天然气", 2.5]], "因子", 1, 1)
    trace = traced("EMISSIONS", (1, 0), ENERGY, factors, "fuels=原煤,天然气")
    (section,) = trace.sections
    assert [row[-1] for row in section.rows[1:]] == [4.0, 37.5, 41.5]
    assert trace.value == 41.5
    assert trace.areas == ("能源!C5:D5", "因子!A1:B3")


def test_a_blank_is_named_as_the_reason() -> None:
    trace = traced("EMISSIONS", (2, 0), ENERGY, None, "fuels=原煤,天然气")
    assert "能源!C6" in trace.notes[0].en
    assert trace.ranges == ("能源!A4:D6",)


def _panel(units: int = 6, years: int = 4) -> Block:
    rows: list[list[Cell]] = [["省份", "年份", "劳动", "资本存量", "能源消费", "实际GDP", "二氧化碳"]]
    names = ("北京", "天津", "河北", "山西", "辽宁", "吉林")
    for i in range(units):
        for t in range(years):
            wave = math.sin(3.1 * i + 1.7 * t)
            if i == 0:  # so good in every year that all others lie within every year's technology
                rows.append([names[0], 2010.0 + t, 50.0, 90.0, 30.0, 120.0, 10.0])
                continue
            rows.append(
                [
                    names[i],
                    2010.0 + t,
                    50 + 10 * i + 2 * wave,
                    90 + 8 * i + 5 * t - 3 * wave,
                    30 + 4 * i + wave,
                    60 + 9 * i + 4 * t + 5 * wave,
                    20 + 5 * i - t + 2 * wave,
                ]
            )
    return Block(rows, "面板", 4, 1)


@pytest.mark.parametrize(
    "options",
    ["", "index=ML", "index=Luenberger; reference=sequential", "index=ML; reference=biennial", "frozen=2010-2012"],
)
@pytest.mark.parametrize("column", [0, 1, 2])
def test_the_programs_of_every_index_combine_to_it(options: str, column: int) -> None:
    spill = FUNCTIONS["GTFP"].evaluate((_panel(), options or None), "en")
    row = next(i for i, line in enumerate(spill.rows) if i and isinstance(line[0], float))
    trace = traced("GTFP", (row, column), _panel(), options or None)
    programs = [section for section in trace.sections if "objective" in section.title.en]
    assert programs, trace.notes
    for section in programs:
        objective = float(section.title.en.rpartition("objective ")[2])
        assert math.isclose(sum(float(line[6]) for line in section.rows[1:]), objective, abs_tol=1e-12)
        for line in section.rows[1:]:
            slack = float(line[2]) - float(line[3])
            assert math.isclose(abs(slack), float(line[4]), abs_tol=1e-8 * abs(float(line[2])))
    table = {str(line[0]): line[2] for line in trace.sections[0].rows[-4:]}
    assert trace.value in table.values()
    wanted = {"GML": 2, "ML": 4, "Luenberger": 4}
    index = trace.sections[0].title.zh.partition("，")[0]
    if column == 0 and "biennial" not in options:
        assert len(programs) == wanted[index]
    if column == 1:
        assert len(programs) == 2


def test_a_chained_index_sends_to_the_yearly_ones() -> None:
    trace = traced("GTFP", (1, 3), _panel(), "index=ML")
    assert "trace those" in trace.notes[0].en


REGRESSION: list[list[Cell]] = [["省份", "年份", "y", "x", "w"]]
for _i, _unit in enumerate(("北京", "天津", "河北", "山西", "辽宁")):
    for _t in range(4):
        _wave = math.cos(2.3 * _i + 1.1 * _t * _t)
        REGRESSION.append([_unit, 2010.0 + _t, 1 + _i + _t + 2 * _wave + 0.1 * _i * _t * _t, _wave, float(_t % 2)])
REGRESSION.append(["吉林", 2010.0, 3.0, 1.0, 0.0])
REGRESSION[3][3] = None


def test_rows_that_a_regression_drops_have_their_reasons() -> None:
    panel = Block(REGRESSION, "变量", 1, 1)
    trace = traced("TWFE", (1, 1), panel, "y", "x", "if=年份<2013")
    reasons = {lost.cells: lost.reason.en for lost in trace.dropped}
    assert reasons["变量!A4:E4"] == "missing: x 变量!D4"
    assert reasons["变量!A22:E22"] == "alone in a fixed effect (a singleton)"
    assert reasons["变量!A5:E5"] == "outside the filter"
    assert trace.sections[0].rows[1][1] == 14
    used = {cell.address for cell in trace.cells}
    assert used.isdisjoint({"变量!D4", "变量!C22", "变量!C5"})
    assert "变量!D3" in used
    assert not any(address.startswith("变量!E") for address in used)
    influence = trace.sections[-1].rows
    assert {row[0] for row in influence[1:]} == {"北京", "天津", "河北", "山西", "辽宁"}
    shifts = [abs(float(row[2])) for row in influence[1:]]
    assert shifts == sorted(shifts, reverse=True)


def test_a_statistic_of_a_regression_has_the_sample_but_no_influence() -> None:
    trace = traced("TWFE", (4, 1), Block(REGRESSION, "变量", 1, 1), "y", "x", None)
    assert len(trace.sections) == 1


def test_a_lag_rests_on_the_year_before() -> None:
    trace = traced("LAGYEAR", (2, 0), Block(REGRESSION, "变量", 1, 1), "y", None, None)
    assert [cell.address for cell in trace.cells] == ["变量!C2"]
    assert numbers(trace) == [trace.value]


def test_a_function_of_which_nothing_more_is_known_is_traced_by_its_ranges() -> None:
    trace = traced("HASH", (0, 0), ENERGY)
    assert trace.areas == ("能源!A4:B6", "能源!C4:C5", "能源!D4:D6")
    assert trace.complete


def test_huge_ranges_are_named_and_not_listed() -> None:
    block = Block([["a", "b"], *[[1.0, 2.0]] * 30_000], "大", 1, 1)
    trace = traced("HASH", (0, 0), block)
    assert not trace.cells
    assert not trace.complete
    assert trace.ranges == ("大!A1:B30001",)
