"""A call as the add-in's wrapper makes it: places, reasons for WHY, sizes for array formulas."""

from __future__ import annotations

import pytest

from lowcarbon_xl.cells import CellError, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.classic import udf
from lowcarbon_xl.hosts.classic.results import KEPT, Place, Results
from lowcarbon_xl.hosts.classic.values import MARK, MISSING
from tests.conformance.sheets import SHEETS
from tests.hosts_classic.excel import caller, com_range, place

PANEL = com_range(SHEETS["面板"])
HOLE = com_range(SHEETS["缺一格"])


@pytest.fixture(autouse=True)
def results(monkeypatch: pytest.MonkeyPatch) -> Results:
    """A memory of its own for every test."""
    fresh = Results()
    monkeypatch.setattr(udf, "_results", fresh)
    return fresh


def gtfp(
    values: object, sheet: str, formula: str, row: int = 1, options: object = None, **where: str
) -> list[list[object]]:
    return udf.call("GTFP", [values, options], [place(sheet), None], caller("结果", formula, row, **where), "en")


def why(row: int, formula: str, owner: int = 1, value: object = None) -> str:
    where = (*place("结果", row), formula, float(owner), 1.0)
    return str(udf.call("WHY", [value], [where], caller("结果", "=WHY(A1)", 1, 9), "en")[0][0])


def test_a_result_is_a_full_rectangle_with_marked_errors() -> None:
    rows = gtfp(PANEL, "面板", "=GTFP(面板!A1:G31)")
    assert len(rows) == 31
    assert {len(row) for row in rows} == {4}
    assert rows[1][0] == f"{MARK}#N/A"
    assert isinstance(rows[2][0], float)
    assert rows[2][0] > 0.5


def test_a_failure_names_the_cell_and_why_tells_it() -> None:
    assert gtfp(HOLE, "缺一格", "=GTFP(缺一格!A1:G10)") == [[f"{MARK}#VALUE!"]]
    assert "缺一格!E3: " in why(1, "=GTFP(缺一格!A1:G10)", value=-2146826273)


def test_why_knows_each_cell_of_a_spill() -> None:
    formula = "=GTFP(面板!A1:G31)"
    gtfp(PANEL, "面板", formula)
    assert "2015" in why(2, formula)
    assert "GML" in why(3, formula, value=1.01)


def test_a_failed_array_formula_has_one_reason_in_every_cell() -> None:
    gtfp(HOLE, "缺一格", "=GTFP(缺一格!A1:G10)")
    assert "缺一格!E3: " in why(7, "=GTFP(缺一格!A1:G10)")


def test_why_of_a_result_from_before_python_started_says_what_to_do() -> None:
    assert "Ctrl+Alt+F9" in why(1, "=GTFP(面板!A1:G31)", value=-2146826273)


def test_why_does_not_tell_an_old_formulas_reason() -> None:
    gtfp(HOLE, "缺一格", "=GTFP(缺一格!A1:G10)")
    assert "Ctrl+Alt+F9" in why(1, "=GTFP(面板!A1:G31)")
    assert "typed value" in why(1, "", value=3.0)
    assert "ordinary formula" in why(1, "=1+1", value=2.0)


def test_a_failure_inside_a_longer_formula_is_kept_until_it_succeeds() -> None:
    formula = "=SUM(GTFP(缺一格!A1:G10))"
    gtfp(HOLE, "缺一格", formula)
    assert "缺一格!E3: " in why(1, formula)
    gtfp(PANEL, "面板", formula)
    assert "缺一格!E3: " not in why(1, formula)


def test_the_first_of_two_failures_in_a_formula_is_the_reason() -> None:
    formula = "=SUM(GTFP(缺一格!A1:G10))+SUM(EMISSIONS(单格!A1:B2))"
    gtfp(HOLE, "缺一格", formula)
    udf.call("EMISSIONS", [(("x",),), None, None], [place("单格"), None, None], caller("结果", formula), "en")
    assert "缺一格!E3: " in why(1, formula)


def test_size_is_that_of_the_last_result() -> None:
    formula = "=GTFP(面板!A1:G31)"
    assert udf.size(caller("结果", formula)) == [[0.0, 0.0]]
    gtfp(PANEL, "面板", formula)
    assert udf.size(caller("结果", formula)) == [[31.0, 4.0]]
    assert udf.size(caller("结果", "=GTFP(面板!A1:G30)")) == [[0.0, 0.0]]
    gtfp(PANEL, "面板", "=SUM(GTFP(面板!A1:G31))")
    assert udf.size(caller("结果", "=SUM(GTFP(面板!A1:G31))")) == [[0.0, 0.0]]


def test_a_reason_passes_on_to_the_formula_that_reads_the_cell() -> None:
    formula = "=GTFP(缺一格!A1:G10)"
    gtfp(HOLE, "缺一格", formula)
    udf.call("DESCRIBE", [-2146826273, None], [place("结果"), None], caller("结果", "=DESCRIBE(A1)", 1, 5), "en")
    told = udf.call(
        "WHY",
        [-2146826273],
        [(*place("结果", 1, 5), "=DESCRIBE(A1)", 1.0, 5.0)],
        caller("结果", "=WHY(E1)", 2, 9),
        "en",
    )
    assert "结果!A1" in str(told[0][0])


def test_blanks_and_reasons_of_our_own_results_come_back(results: Results) -> None:
    missing = CellError("#N/A", Text("首年", "first year"))
    results.keep(Place("簿.xlsx", "结果", 2, 2), "GTFP", "=GTFP(A1)", Spill(((None, 1.0), ("", missing))))
    read = [["", "", 5.0], ["", "", 1.0], ["", "", CellError("#N/A")], [CellError("#N/A")] * 3]
    results.explain("簿.xlsx", "结果", 1, 1, read)
    assert read == [["", "", 5.0], ["", None, 1.0], ["", "", missing], [CellError("#N/A")] * 3]


def test_separate_areas_are_refused() -> None:
    rows = udf.call("GTFP", [None, None], [(2.0,), None], caller("结果", "=GTFP((A1:B2,D1:E2))"), "en")
    assert rows == [[f"{MARK}#VALUE!"]]
    assert "2 separate areas" in why(1, "=GTFP((A1:B2,D1:E2))")


def test_another_workbook_is_named() -> None:
    formula = "=GTFP([源.xlsx]缺一格!A1:G10)"
    where = place("缺一格", book="源.xlsx")
    udf.call("GTFP", [HOLE, None], [where, None], caller("结果", formula), "en")
    assert "'[源.xlsx]缺一格'!E3: " in why(1, formula)


def test_places_start_where_the_range_starts() -> None:
    formula = "=GTFP(表!C11:I20)"
    udf.call("GTFP", [HOLE, MISSING], [place("表", 11, 3), None], caller("结果", formula), "en")
    assert "表!G13: " in why(1, formula)


def test_a_call_from_no_cell_is_answered_and_not_kept(results: Results) -> None:
    rows = udf.call("GTFP", [PANEL, "header=0"], [place("面板"), None], None, "zh")
    assert len(rows) == 30
    assert not list(results.on("簿.xlsx", "结果"))


def test_headers_come_in_the_language_asked_for() -> None:
    chinese = udf.call("GTFP", [PANEL, None], [place("面板"), None], None, "zh")
    assert chinese[0][3] == "累积指数"
    assert gtfp(PANEL, "面板", "=GTFP(面板!A1:G31)")[0][3] == "cumulative"


def test_a_function_that_is_not_installed_is_an_error_with_a_remedy() -> None:
    spill = udf.evaluate("NOSUCH", [], [], "en")
    assert spill.failed
    assert "lowcarbon install" in spill.reasons[0].en


def test_a_value_that_cannot_be_read_leaves_a_reason() -> None:
    spill = udf.evaluate("GTFP", [1j, None], [place("面板"), None], "en")
    assert isinstance(spill.rows[0][0], CellError)
    assert "no number is given" in spill.reasons[0].en


def test_the_memory_is_bounded(results: Results) -> None:
    spill = udf.evaluate("NOSUCH", [], [], "en")
    for row in range(KEPT + 5):
        results.keep(Place("簿", "表", row, 1), "GTFP", "=GTFP(A1)", spill)
    assert results.at(Place("簿", "表", 0, 1), "=GTFP(A1)") is None
    assert results.at(Place("簿", "表", KEPT + 4, 1), "=GTFP(A1)") is not None


@pytest.mark.parametrize(
    ("formula", "whole"),
    [
        ("=GTFP(A:H)", True),
        ('=GTFP(A:H,"a)b(")', True),
        ("='lowcarbon.xlam'!GTFP(A:H)", True),
        ("=gtfp(INDEX(A:H,1,1):H9)", True),
        ("=GTFP('表 (1)'!A:H)", True),
        ("=GTFP(A:H)+GTFP(B:C)", False),
        ("=SUM(GTFP(A:H))", False),
        ("=-GTFP(A:H)", False),
    ],
)
def test_whole_formulas_are_told_from_parts(formula: str, whole: bool, results: Results) -> None:
    rows = gtfp(PANEL, "面板", formula)
    assert len(rows) == 31
    assert (results.at(Place("簿.xlsx", "结果", 1, 1), formula) is not None) is whole
