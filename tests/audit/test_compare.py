"""Two versions compared: every verdict, renamed sheets, inserted rows, rewritten keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lowcarbon_xl.audit.changes import block_changes
from lowcarbon_xl.audit.compare import Comparison, ResultChange, compare
from lowcarbon_xl.audit.versions import Rectangle, Result, Version
from lowcarbon_xl.cells import Block, Cell

HEAD: list[Cell] = ["省份", "年份", "能源", "GDP", "合计", "均值"]
PANEL: list[list[Cell]] = [
    ["北京", 2013.0, 1.0, 10.0],
    ["北京", 2014.0, 2.0, 11.0],
    ["山西", 2013.0, 3.0, 12.0],
    ["山西", 2014.0, 4.0, 13.0],
]


def version(
    panel: list[list[Cell]],
    total: Cell,
    mean: Cell,
    *,
    sheet: str = "面板",
    computed: bool = True,
    formula: str = "",
    notes: Cell = "来源：年鉴",
) -> Version:
    """A panel with a total of its energy in E2 and the mean of that in F2; the true values are worked out here."""
    rows: list[list[Cell]] = [HEAD, *([*row, None, None] for row in panel), [None] * 6, [notes, *[None] * 5]]
    rows[1][4:6] = [total, mean]
    last = len(panel) + 1
    energy = sum(float(row[2]) for row in panel)  # type: ignore[arg-type]
    true: Sequence[Cell] = (energy, energy / 2)
    results = tuple(
        Result(
            Rectangle(sheet, 2, column, 2, column),
            text,
            reads,
            ((saved,),),
            ((value,),) if computed else None,
        )
        for column, text, reads, saved, value in (
            (5, formula or f"=SUM(C2:C{last})", (Rectangle(sheet, 2, 3, last, 3),), total, true[0]),
            (6, "=E2/2", (Rectangle(sheet, 2, 5, 2, 5),), mean, true[1]),
        )
    )
    return Version("版本", {sheet: Block(rows, sheet)}, results)


OLD = version(PANEL, 10.0, 5.0)


def edited(row: int, column: int, value: Cell) -> list[list[Cell]]:
    rows = [list(line) for line in PANEL]
    rows[row][column] = value
    return rows


def verdicts(found: Comparison) -> dict[str, str]:
    return {result.cell.rpartition("!")[2]: result.verdict for result in found.results}


def result(found: Comparison, cell: str) -> ResultChange:
    return next(r for r in found.results if r.cell.endswith(f"!{cell}"))


def test_nothing_to_say_about_the_same_workbook() -> None:
    found = compare(OLD, OLD)
    assert not found.inputs
    assert not found.results
    assert not found.stale


def test_results_that_follow_and_one_that_reads_another_result() -> None:
    found = compare(OLD, version(edited(1, 2, 5.0), 13.0, 6.5))
    assert [change.text.en for change in found.inputs] == ["面板!C3 (北京 2014 能源): 2 -> 5"]
    assert verdicts(found) == {"E2": "follows", "F2": "follows"}
    assert result(found, "E2").because == ("面板!C3",)
    assert result(found, "F2").because == ("面板!E2",)
    assert not found.stale


@pytest.mark.parametrize("computed", [True, False], ids=["recalculated", "by references"])
def test_results_that_should_follow_and_do_not(computed: bool) -> None:
    found = compare(OLD, version(edited(1, 2, 5.0), 10.0, 5.0, computed=computed))
    assert verdicts(found) == {"E2": "stale", "F2": "stale"}
    assert result(found, "E2").recalculated is computed
    assert found.stale
    if computed:
        assert result(found, "E2").examples == (("E2", 10.0, 13.0),)


def test_half_of_a_chain_was_updated() -> None:
    found = compare(OLD, version(edited(1, 2, 5.0), 13.0, 5.0))
    assert verdicts(found) == {"E2": "follows", "F2": "stale"}


def test_an_input_that_a_result_does_not_read_or_does_not_change_it() -> None:
    assert verdicts(compare(OLD, version(edited(1, 3, 99.0), 10.0, 5.0))) == {}
    swapped = edited(1, 2, 1.0)
    swapped[0][2] = 2.0
    assert verdicts(compare(OLD, version(swapped, 10.0, 5.0))) == {"E2": "unaffected"}


def test_a_result_typed_over_and_one_that_was_wrong_before() -> None:
    assert verdicts(compare(OLD, version(PANEL, 10.5, 5.0))) == {"E2": "stale", "F2": "unaffected"}
    wrong = version(PANEL, 11.0, 5.5)
    found = compare(wrong, wrong)
    assert verdicts(found) == {"E2": "drifted", "F2": "drifted"}
    assert found.stale


def test_a_change_without_a_cause() -> None:
    found = compare(version(PANEL, 10.0, 5.0), version(PANEL, 10.5, 5.0, computed=False))
    assert result(found, "E2").verdict == "unexplained"


def test_a_formula_that_was_rewritten() -> None:
    found = compare(OLD, version(PANEL, 10.0, 5.0, formula="=SUM(C2:C5)*1"))
    assert result(found, "E2").verdict == "formula"
    assert result(found, "E2").before_formula == "=SUM(C2:C5)"


def test_a_range_that_was_cut_short_is_a_rewritten_formula() -> None:
    total = OLD.results[0]
    cut = replace(
        total, formula="=SUM(C2:C4)", reads=(Rectangle("面板", 2, 3, 4, 3),), saved=((6.0,),), computed=((6.0,),)
    )
    found = compare(OLD, replace(OLD, results=(cut, OLD.results[1])))
    assert result(found, "E2").verdict == "formula"
    rows = [*PANEL, ["辽宁", 2013.0, 5.0, 9.0]]  # the panel grew, the range did not
    grown = version(rows, 10.0, 5.0, computed=False)
    short = replace(grown, results=(replace(grown.results[0], reads=total.reads), grown.results[1]))
    assert verdicts(compare(OLD, short)) == {}
    assert verdicts(compare(OLD, version(rows, 15.0, 7.5))) == {"E2": "follows", "F2": "follows"}


def test_inserted_rows_count_as_inserted_and_results_follow() -> None:
    rows = [PANEL[0], ["北京", 2012.0, 7.0, 9.0], *PANEL[1:]]
    found = compare(OLD, version(rows, 17.0, 8.5))
    assert {(c.cell, c.kind) for c in found.inputs if c.key} == {(f"{c}3", "added") for c in "ABCD"}
    assert verdicts(found) == {"E2": "follows", "F2": "follows"}


def test_deleted_rows_reach_the_results_that_read_them() -> None:
    found = compare(OLD, version(PANEL[:3], 10.0, 5.0))
    assert {c.kind for c in found.inputs if c.key} == {"removed"}
    assert result(found, "E2").verdict == "stale"
    assert any("✕" in reason for reason in result(found, "E2").because)


def test_a_renamed_sheet_is_the_same_sheet() -> None:
    found = compare(OLD, version(edited(0, 2, 2.0), 10.0, 5.0, sheet="Panel 2"))
    assert found.renamed == (("面板", "Panel 2"),)
    assert not found.added
    assert not found.removed
    assert [change.text.zh for change in found.inputs] == ["'Panel 2'!C2（北京 2013 能源）：1 -> 2"]
    assert verdicts(found) == {"E2": "stale", "F2": "stale"}


def test_sorting_a_panel_changes_nothing() -> None:
    found = compare(OLD, version(PANEL[::-1], 10.0, 5.0))
    assert not found.inputs
    assert not found.results


def test_new_and_missing_results_and_sheets() -> None:
    extra = Version("版本", {**OLD.sheets, "新": Block([[1.0]], "新")}, OLD.results[:1])
    found = compare(OLD, extra)
    assert found.added == ("新",)
    assert verdicts(found) == {"F2": "removed"}
    assert verdicts(compare(extra, OLD)) == {"F2": "new"}


def test_a_volatile_formula_is_not_judged() -> None:
    def with_clock(saved: float) -> Version:
        clock = replace(OLD.results[0], formula="=NOW()*2", reads=(), saved=((saved,),), computed=((9.0,),))
        return replace(OLD, results=(clock,))

    found = compare(with_clock(1.0), with_clock(2.0))
    assert verdicts(found) == {"E2": "volatile"}
    assert not found.stale


def test_a_key_that_was_edited_is_one_cell() -> None:
    old = Block([HEAD[:4], *PANEL], "面板", 4, 1)
    new = Block([HEAD[:4], *edited(3, 1, 2015.0)], "面板", 4, 1)
    assert [change.text.en for change in block_changes(old, new)] == ["面板!B8 (山西 2015 年份): 2014 -> 2015"]


def test_outside_of_panels_the_place_counts() -> None:
    found = compare(OLD, version(PANEL, 10.0, 5.0, notes="来源：公报"))
    assert [change.text.zh for change in found.inputs] == ["面板!A7：来源：年鉴 -> 来源：公报"]


@pytest.mark.parametrize(
    ("formula", "shape"),
    [
        ("=SUM(C2:C5)", "=SUM(_)"),
        ("=SUM('甲 表'!$C$2:$C$5,面板!A:G,2:9)", "=SUM(_,_,_)"),
        ('=TWFE(变量!A4:P304,"CO2","AI1")', '=TWFE(_,"CO2","AI1")'),
        ("=LOG10(B2)*1.5", "=LOG10(_)*1.5"),
        ('=IF(A1="""B2""",X1,"")', '=IF(_="""B2""",_,"")'),
    ],
)
def test_the_shape_of_a_formula_keeps_texts_and_functions(formula: str, shape: str) -> None:
    assert replace(OLD.results[0], formula=formula).shape_of_formula == shape
