"""Published tables checked against themselves: a paper's own, and constructed slips."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lowcarbon_xl.econometrics.published import check_table
from lowcarbon_xl.econometrics.published_read import parse_figure, read_published
from lowcarbon_xl.errors import InputError

PAPER = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "paper_tables.csv"
CERTAIN = {("5", "3", "AI", "stars"), ("5", "3", "Urban", "digit_slip")}
BORDERLINE = {("5", "4", "Fin", "stars"), ("7", "3", "Energy", "stars"), ("8", "1", "Urban", "stars")}


@pytest.fixture
def paper() -> list[list[str]]:
    if not PAPER.exists():
        pytest.skip("the paper's tables are not beside the checkout")
    return list(csv.reader(PAPER.read_text(encoding="utf-8-sig").splitlines()))


def places(findings, certainty: str) -> set[tuple[str, str, str, str]]:
    return {
        (finding.table, finding.model, finding.variable, finding.rule)
        for finding in findings
        if finding.certainty == certainty
    }


def test_the_paper_as_a_list_of_figures(paper) -> None:
    findings = check_table(read_published(paper))
    # Table 1's maximum of ln CO2 would be 19.1 Gt for one province.
    assert places(findings, "certain") == CERTAIN | {("1", "", "Co2", "magnitude")}
    assert places(findings, "borderline") == BORDERLINE
    slip = next(finding for finding in findings if finding.rule == "digit_slip")
    assert paper[slip.row][slip.column] == "-202"
    assert "-0.202" in slip.evidence.en
    assert [finding.certainty for finding in findings] == ["certain"] * 3 + ["borderline"] * 3


@pytest.mark.parametrize("table", ["2", "3", "4", "5", "6", "7", "8"])
def test_the_paper_as_it_is_printed(paper, table: str) -> None:
    head, *rows = paper
    records = [dict(zip(head, row, strict=True)) for row in rows]
    records = [one for one in records if one["table"] == table and one["row_type"] == "coefficient"]
    models = list(dict.fromkeys(one["column"] for one in records))
    printed: list[list[object]] = [["", *models]]
    printed[0][1:] = [f"({model})" for model in models]
    for variable in dict.fromkeys(one["variable"] for one in records):
        line = {one["column"]: one for one in records if one["variable"] == variable}
        printed.append([variable, *(line[model]["text_as_printed"] if model in line else "" for model in models)])
        printed.append(["", *(f"({line[model]['t_text']})" if model in line else "" for model in models)])
    printed.append(["N", *(next(one["N"] for one in records if one["column"] == model) for model in models)])
    findings = check_table(read_published(printed))
    expected = {(f"({model})", variable, rule) for number, model, variable, rule in CERTAIN if number == table}
    assert {place[1:] for place in places(findings, "certain")} == expected
    expected = {(f"({model})", variable, rule) for number, model, variable, rule in BORDERLINE if number == table}
    assert {place[1:] for place in places(findings, "borderline")} == expected


def rules(grid, **options) -> list[tuple[str, str, int, int]]:
    findings = check_table(read_published(grid), **options)
    return [(finding.certainty, finding.rule, finding.row, finding.column) for finding in findings]


CLEAN = [
    ["变量", "(1)", "(2)"],
    ["AI", "-0.677***", "0.832***"],
    ["", "(-3.782)", "(4.774)"],
    ["Open", "0.283*", "-0.159"],
    ["", "（1.700）", "（−1.051）"],
    ["观测值", "300", "300"],
    ["R²", "0.980", "0.837"],
]


def changed(row: int, column: int, cell: object) -> list[list[object]]:
    grid = [list(line) for line in CLEAN]
    grid[row][column] = cell
    return grid


def test_a_clean_table_has_no_finding() -> None:
    assert rules(CLEAN, sample=300) == []


@pytest.mark.parametrize(
    ("row", "column", "cell", "expected"),
    [
        (1, 1, "-0.677*", ("certain", "stars", 1, 1)),
        (3, 2, "-0.159*", ("certain", "stars", 3, 2)),
        (2, 1, "(3.782)", ("certain", "sign", 1, 1)),
        (4, 1, "(1700)", ("certain", "digit_slip", 4, 1)),
        (4, 2, "(−1.652)", ("borderline", "stars", 3, 2)),
        (6, 2, "1.837", ("certain", "R2", 6, 2)),
        (5, 1, "301", ("certain", "N", 5, 1)),
        (5, 1, "0", ("certain", "N", 5, 1)),
    ],
)
def test_one_slip_one_finding(row: int, column: int, cell: object, expected: tuple[str, str, int, int]) -> None:
    assert rules(changed(row, column, cell), sample=300) == [expected]


def test_rounding_is_never_a_fault() -> None:
    # 1.96 stands for 1.955 to 1.965: one star or two are both possible.
    for stars in ("*", "**"):
        assert rules([["v", "(1)"], ["x", f"0.50{stars}"], ["", "(1.96)"], ["z", "-0.10"], ["", "(-0.20)"]]) == []


def test_standard_errors_are_recognised_and_divided() -> None:
    grid = [["v", "(1)"], ["x", "0.300**"], ["", "(0.150)"], ["z", "0.300***"], ["", "(0.150)"], ["N", "5000"]]
    assert rules(grid) == [("certain", "stars", 3, 1)]
    assert rules(grid, brackets="se") == [("certain", "stars", 3, 1)]
    positive_t = [["v", "(1)"], ["x", "0.300**"], ["", "(2.150)"], ["z", "0.300***"], ["", "(3.150)"]]
    assert rules(positive_t) == []


def test_numbers_without_text_keep_the_decimals_of_their_neighbours() -> None:
    grid = [["v", 1.0, 2.0], ["x", "0.677***", 0.1], [None, 3.782, 1.6], ["N", 300.0, 300.0]]
    assert rules(grid) == []
    grid[2][2] = 2.7
    assert rules(grid) == [("certain", "stars", 1, 2)]


def test_brackets_in_the_same_cell_and_ragged_rows() -> None:
    grid = [["变量", "(1)", "(2)"], ["", "CO2"], ["AI", "-0.677*** (-3.782)", "0.832*\n(4.774)"], ["N", "300"]]
    assert rules(grid) == [("certain", "stars", 2, 2)]


def test_coefficient_error_and_t_must_agree() -> None:
    head = ["variable", "coefficient", "se", "t", "N"]
    assert rules([head, ["x", "0.300", "0.150", "2.00", "90"]]) == [("certain", "stars", 1, 1)]
    assert rules([head, ["x", "0.300**", "0.150", "2.00", "90"]]) == []
    assert ("certain", "ratio", 1, 3) in rules([head, ["x", "0.300**", "0.100", "2.00", "90"]])


def test_descriptive_tables() -> None:
    head = ["变量", "N", "均值", "标准差", "最小值", "最大值"]
    good = ["lnCO2", 300, 10.471, 0.794, 8.616, 12.461]
    assert rules([head, good]) == []
    assert rules([head, [*good[:5], 14.461]]) == [("certain", "magnitude", 1, 5)]
    assert rules([head, ["x", 300, 1.0, 5.0, 0.5, 2.0]]) == [("certain", "moments", 1, 3)]
    assert rules([head, ["x", 300, 3.0, 0.5, 0.5, 2.0]])[0] == ("certain", "moments", 1, 3)
    assert rules([head, ["x", 4, 1.0, 0.1, 0.9, 9.0]]) == [("certain", "moments", 1, 5)]


@pytest.mark.parametrize(
    ("cell", "value", "stars", "decimals"),
    [
        ("-0.677***", -0.677, 3, 3),
        ("（−3.78）", -3.78, 0, 2),
        ("0.10 **", 0.1, 2, 2),
        ("[1,234.5]", 1234.5, 0, 1),
        ("1.5e-3*", 0.0015, 1, 4),
        (".05", 0.05, 0, 2),
    ],
)
def test_figures_as_they_are_printed(cell: object, value: float, stars: int, decimals: int) -> None:
    figure = parse_figure(cell, 0, 0)
    assert (figure.value, figure.stars, figure.decimals) == (value, stars, decimals)


@pytest.mark.parametrize("cell", ["Yes", "", None, "——", "1.2.3", True, "AI"])
def test_what_is_no_figure(cell: object) -> None:
    assert parse_figure(cell, 0, 0) is None


def test_a_range_without_coefficients_is_refused() -> None:
    with pytest.raises(InputError, match="no regression coefficient"):
        read_published([["a", "b"], ["c", "d"]])
