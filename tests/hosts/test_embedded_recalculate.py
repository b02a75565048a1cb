"""Formulas of ours in a workbook, computed without Excel."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import CellError
from lowcarbon_xl.errors import LowCarbonError
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import evaluate, recalculate
from tests.hosts.computed import PANEL, at, run, text_of
from tests.hosts.conftest import Functions, Save


@pytest.mark.parametrize(
    "spelling",
    ["DOUBLE", "double", "LC.DOUBLE", "_xldudf_LC_DOUBLE", "_xll.DOUBLE", "[1]!DOUBLE", "_xlfn.DOUBLE", "@DOUBLE"],
)
def test_every_spelling_of_a_name_is_ours(book: Workbook, save: Save, functions: Functions, spelling: str) -> None:
    result = run(book, save, functions, {"A1": f"={spelling}({PANEL}A1:C6)", "F1": "=B2"})
    assert at(result, "F1") == 4020.0
    assert not result.refused


def test_an_implicit_intersection_before_a_call_is_dropped(book: Workbook, save: Save, functions: Functions) -> None:
    result = run(book, save, functions, {"A1": f"=_xlfn.SINGLE(DOUBLE({PANEL}A1:C6))", "F1": "=B6"})
    assert at(result, "F1") == 4028.0
    assert result.texts[Place("结果", 1, 1)] == f"DOUBLE({PANEL}A1:C6)"


def test_calls_nest_in_ordinary_formulas_and_in_ours(book: Workbook, save: Save, functions: Functions) -> None:
    inner = f"DOUBLE({PANEL}A1:C6)"
    result = run(
        book,
        save,
        functions,
        {
            "A1": f"=SUM({inner})",
            "A2": f'=IFERROR(MISSING({PANEL}A1:C6),"none")',
            "A3": f"=INDEX({inner},2,2)",
            "A4": f"=INDEX(DOUBLE({inner}),2,2)",
            "A5": f"=INDEX(KINDS({inner}),4,3)",
            "A6": f"=IF(SUM({inner})>1,1,0)",
        },
    )
    expected = [20120.0 + 16.0, "none", 4020.0, 8040.0, "NoneType", 1.0]
    assert [at(result, f"A{row}") for row in range(1, 7)] == expected


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        (f"{PANEL}A1:C6", f"{PANEL}A1:C6|(6, 3)"),
        (f"{PANEL}$A$1:$C$6", f"{PANEL}A1:C6|(6, 3)"),
        (f"{PANEL}C6:A1", f"{PANEL}A1:C6|(6, 3)"),
        (f"{PANEL}A:C", f"{PANEL}A1:C6|(6, 3)"),
        (f"{PANEL}A2:C1048576", f"{PANEL}A2:C6|(5, 3)"),
        (f"{PANEL}2:3", f"{PANEL}A2:C3|(2, 3)"),
        (f"{PANEL}B3", f"{PANEL}B3|(1, 1)"),
        (f"{PANEL}X:Z", f"{PANEL}X1:Z6|(6, 3)"),
        ("数据", f"{PANEL}A1:C6|(6, 3)"),
        ("又名", f"{PANEL}A1:C6|(6, 3)"),
        ("表1[#All]", f"{PANEL}A1:C6|(6, 3)"),
        ("表1", f"{PANEL}A2:C6|(5, 3)"),
        ("表1[产出]", f"{PANEL}C2:C6|(5, 1)"),
        ("表1[[#All],[年份]:[产出]]", f"{PANEL}B1:C6|(6, 2)"),
    ],
)
def test_a_block_knows_where_it_stands(
    book: Workbook, save: Save, functions: Functions, reference: str, shown: str
) -> None:
    book.defined_names["数据"] = DefinedName("数据", attr_text=f"{PANEL}$A$1:$C$6")
    book.defined_names["又名"] = DefinedName("又名", attr_text="数据")
    book["面 板's"].add_table(Table(displayName="表1", ref="A1:C6"))
    result = run(book, save, functions, {"A1": f"=PLACE({reference})"})
    assert text_of(at(result, "A1")) == f"{shown}|None|None|"


def test_omitted_arguments_are_none_and_blank_cells_stay_blank(
    book: Workbook, save: Save, functions: Functions
) -> None:
    result = run(
        book,
        save,
        functions,
        {
            "A1": f"=PLACE({PANEL}A1:C6,,3)",
            "A2": f'=PLACE({PANEL}A1:C6,"x")',
            "A3": f"=PLACE({PANEL}A1:C6,Z9,Z8)",
            "A4": f"=KINDS({PANEL}C4:C5)",
            "B1": f"=PLACE({PANEL}A1:C6,,-2)",
        },
    )
    tails = [text_of(at(result, cell)).split(")|")[-1] for cell in ("A1", "A2", "A3", "B1")]
    assert tails == ["None|3.0|", "'x'|None|", "None|None|", "None|-2.0|"]
    assert result.spills[Place("结果", 4, 1)].rows == (("NoneType",), ("float",))


def test_merged_ranges_and_dates_reach_the_function(book: Workbook, save: Save, functions: Functions) -> None:
    panel = book["面 板's"]
    panel["C7"] = dt.date(2020, 1, 2)
    panel.merge_cells("A8:B8")
    result = run(
        book,
        save,
        functions,
        {"A1": f"=PLACE({PANEL}A1:C9)", "B1": f"=KINDS({PANEL}C7)", "C1": f"=PLACE({PANEL}C1:C6)"},
    )
    assert text_of(at(result, "A1")).endswith("|A8:B8")
    assert text_of(at(result, "C1")).endswith("|")
    assert at(result, "B1") == "date"


def test_an_error_cell_is_refused_with_its_place_and_its_own_reason(
    book: Workbook, save: Save, functions: Functions
) -> None:
    result = run(
        book,
        save,
        functions,
        {"A1": f"=GROWTH({PANEL}A1:B6)", "C1": "=DOUBLE(A1:A6)", "D1": "=1/0", "E1": "=DOUBLE(D1)", "F1": "=E1+1"},
    )
    reasons = {failure.place.cell: failure.reason.en for failure in result.failures}
    assert "结果!A2: error value #N/A (the first year has no index). Mend it." in reasons["C1"]
    assert "结果!D1: error value #DIV/0!" in reasons["E1"]
    assert at(result, "F1") == CellError("#VALUE!")


def test_a_defect_of_ours_is_an_error_and_never_a_number(book: Workbook, save: Save, functions: Functions) -> None:
    result = run(book, save, functions, {"A1": f"=BROKEN({PANEL}A1:C6)", "A2": "=IF(ISERROR(A1),1,0)"})
    assert [failure.code for failure in result.failures] == ["#VALUE!"]
    assert "a defect" in result.failures[0].reason.en
    assert at(result, "A2") == 1.0


def test_a_circle_is_named_cell_by_cell(book: Workbook, save: Save, functions: Functions) -> None:
    result = run(
        book,
        save,
        functions,
        {"A1": "=DOUBLE(B1:B3)", "B2": "=D1+1", "D1": "=A1", "F1": "=WHY(A1)", "H1": "=DOUBLE(H:H)"},
    )
    reasons = {failure.place.cell: failure.reason.en for failure in result.failures}
    assert "circular reference (结果!A1 → " in reasons["A1"]
    assert "结果!B2" in reasons["A1"]
    assert "结果!D1" in reasons["A1"]
    assert "circular reference (结果!H1 → 结果!H1)" in reasons["H1"]
    assert "circular" in text_of(at(result, "F1"))


def test_equal_arguments_compute_once(book: Workbook, save: Save, counted: tuple[Function, list[str]]) -> None:
    function, calls = counted
    book["结果"]["A1"] = f"=COUNTED({PANEL}A:C)"
    book["结果"]["A2"] = "=SUM(LEN(A1:A1))+UNIQUE(A1)"  # refused after the first judgement, on the second engine
    book["结果"]["A3"] = "=(0.1+0.2)=0.3"  # refused when its values are there: the engine starts again
    result = recalculate(save(book), [function], "en")
    assert at(result, "A1") == 6.0
    assert len(calls) == 1


def test_progress_counts_the_calls(book: Workbook, save: Save, functions: Functions) -> None:
    seen: list[tuple[int, int, str]] = []
    for row in range(1, 4):
        book["结果"][f"A{row}"] = f"=PLACE({PANEL}A{row})"
    recalculate(save(book), functions, "en", lambda *step: seen.append(step))
    assert [(done, planned) for done, planned, _ in seen] == [(1, 3), (2, 3), (3, 3)]
    assert {what for _, _, what in seen} == {f"结果!A{row} PLACE" for row in range(1, 4)}


def test_cells_that_several_formulas_share_are_written_out(save: Save, functions: Functions, book: Workbook) -> None:
    from openpyxl.worksheet.formula import DataTableFormula

    sheet = book["结果"]
    for row in range(1, 4):
        sheet[f"A{row}"] = float(row)
    sheet["C1"] = DataTableFormula(ref="C1:C2", dt2D=False, r1="A1")
    sheet["E1"] = "=A1*2"
    result = recalculate(save(book), functions, "en")
    assert at(result, "E1") == 2.0
    assert [(refusal.place.cell, "data table" in refusal.reason.en) for refusal in result.refused] == [("C1", True)]


def test_whole_columns_of_five_thousand_rows(book: Workbook, save: Save, functions: Functions) -> None:
    panel = book.create_sheet("大")
    for row in range(5000):
        panel.append([f"u{row}", *[float(row + column) for column in range(11)]])
    book["结果"]["A1"] = "=PLACE(大!A:L)"
    book["结果"]["A2"] = "=SUM(DOUBLE(大!A:L))"
    result = recalculate(save(book), functions, "en")
    assert text_of(at(result, "A1")).startswith("大!A1:L5000|(5000, 12)")
    assert at(result, "A2") == 2.0 * sum(row + column for row in range(5000) for column in range(11))


def test_a_formula_that_depends_on_its_own_cell_is_refused_by_calc(
    book: Workbook, save: Save, functions: Functions
) -> None:
    path = save(book)
    for formula in ("=ROW()", '=SUM(INDIRECT("A1:A3"))', "=INDIRECT(A1)"):
        with pytest.raises(LowCarbonError, match="depends on the cell of the formula"):
            evaluate(path, formula, functions, "en")
    assert evaluate(path, "=INDIRECT(\"'面 板''s'!B2\")", functions, "en").rows == ((2010.0,),)


def test_sheets_that_are_named_like_our_own_stay_untouched(book: Workbook, save: Save, functions: Functions) -> None:
    for name in ("_LC_calc", "_LC_probe"):
        book.create_sheet(name)["A1"] = 5
    path = save(book)
    assert evaluate(path, "=_LC_calc!A1+_LC_probe!A1", functions, "en").rows == ((10.0,),)
    assert evaluate(path, "=_LC_calc!A1=_LC_probe!A1", functions, "en").rows == ((True,),)


def test_calls_from_several_threads_compute_once_each(
    book: Workbook, save: Save, counted: tuple[Function, list[str]]
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from lowcarbon_xl.hosts.embedded.evaluation import Evaluation
    from lowcarbon_xl.hosts.embedded.workbook import read_workbook

    function, calls = counted
    for row in range(1, 9):
        book["结果"][f"A{row}"] = f"=COUNTED({PANEL}A1:A{row})"
    evaluation = Evaluation(read_workbook(save(book)), [function], "en")
    outcome = evaluation.run()
    assert len(calls) == 8
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: outcome.calls(float(number % 8), [["x"]] * (number % 8 + 1)), range(64)))
    assert [answer[0][0] for answer in answers] == [float(number % 8 + 1) for number in range(64)]
    assert len(calls) == 8 + 8  # other values than the engine gave: once more each, and no more
