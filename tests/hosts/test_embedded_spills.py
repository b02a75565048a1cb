"""Spills: who reads them, what is in their way, and how far they reach."""

from __future__ import annotations

import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from lowcarbon_xl.catalogue import PANEL as PANEL_ARGUMENT
from lowcarbon_xl.cells import Cell, CellError, Spill
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import recalculate
from tests.hosts.computed import PANEL, at, run, text_of
from tests.hosts.conftest import Functions, Save, declare


def test_a_call_spills_and_ordinary_formulas_read_the_spill(book: Workbook, save: Save, functions: Functions) -> None:
    formulas = {"A1": f"=DOUBLE({PANEL}A1:C6)", "F1": "=SUM(C2:C6)", "F2": "=AVERAGE(C2:C6)", "F3": "=COUNT(C1:C9)"}
    result = run(book, save, functions, formulas)
    assert at(result, "F1") == 16.0
    assert at(result, "F2") == 4.0  # the blank in the middle is no zero
    assert at(result, "F3") == 4.0
    spill = result.spills[Place("结果", 1, 1)]
    assert spill.rows[3] == ("北京", 4024.0, None)
    assert [note.en for note in spill.notes] == ["times two"]


def test_a_function_that_looks_at_a_reference_sees_the_spill_behind_it(
    book: Workbook, save: Save, functions: Functions
) -> None:
    # WHY stands before and after what it looks at, and looks at the middle of a spill, also at blanks in it
    result = run(
        book,
        save,
        functions,
        {
            "A1": "=WHY(F1)",
            "A2": "=WHY(F2)",
            "A3": "=WHY(H4)",
            "A4": f"=WHY({PANEL}B2)",
            "A5": "=WHY(A6)",
            "A6": "=1+1",
            "A7": "=WHY(A8)",
            "A8": f"=SUM(MISSING({PANEL}A1:C6))",
            "F1": f"=GROWTH({PANEL}A1:B6)",
            "G1": f"=DOUBLE({PANEL}A1:C6)",
        },
    )
    own = f"=GROWTH({PANEL}A1:B6)"
    assert at(result, "A1") == f"{own}|(0, 0)|"
    assert at(result, "A2") == f"{own}|(1, 0)|the first year has no index"
    assert at(result, "A3") == f"=DOUBLE({PANEL}A1:C6)|(3, 1)|"
    assert at(result, "A4") == "None|(0, 0)|"
    assert at(result, "A5") == "=1+1|(0, 0)|"
    assert at(result, "A7") == f"=SUM(MISSING({PANEL}A1:C6))|(0, 0)|infeasible. Choose another reference."


def test_a_late_spill_reaches_every_reader(book: Workbook, save: Save, functions: Functions) -> None:
    # each call reads the spill of the one before it, and stands before it in the order of cells
    result = run(
        book,
        save,
        functions,
        {
            "A1": "=SUM(E1:G6)",
            "A2": "=PLACE(E1:G6)",
            "A3": "=WHY(E2)",
            "E1": "=DOUBLE(I1:K6)",
            "I1": "=DOUBLE(M1:O6)",
            "M1": f"=DOUBLE({PANEL}A1:C6)",
        },
    )
    assert at(result, "A1") == 4 * (2 * 10060.0 + 16.0)
    assert text_of(at(result, "A3")) == "=DOUBLE(I1:K6)|(1, 0)|"
    assert result.spills[Place("结果", 1, 5)].rows[3] == ("北京", 16096.0, None)


def test_a_whole_column_takes_in_what_a_spill_adds_below(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet["A1"] = f"=DOUBLE({PANEL}A1:C6)"
    sheet["F1"] = "=PLACE(A:C)"
    result = recalculate(save(book), functions, "en")
    assert text_of(at(result, "F1")).startswith("结果!A1:C6|(6, 3)")


def test_a_blocked_spill_names_the_cell_in_the_way(book: Workbook, save: Save, functions: Functions) -> None:
    result = run(
        book,
        save,
        functions,
        {
            "A1": f"=DOUBLE({PANEL}A1:C6)",
            "B4": "占用",
            "F1": "=WHY(A1)",
            "F2": "=IF(ISERROR(A1),1,0)",
            "H1": f"=DOUBLE({PANEL}A1:C6)",
        },
    )
    failure = result.failures[0]
    assert (failure.place.cell, failure.code) == ("A1", "#SPILL!")
    assert "结果!B4 is not empty" in failure.reason.en
    assert "结果!B4" in failure.reason.zh
    assert "结果!B4 is not empty" in text_of(at(result, "F1"))
    assert at(result, "F2") == 1.0
    assert [f.place.cell for f in result.failures] == ["A1"]


def test_merged_cells_and_tables_block_a_spill(book: Workbook, save: Save, functions: Functions) -> None:
    sheet = book["结果"]
    sheet.merge_cells("B3:C3")
    for cell, value in {"L5": "a", "M5": "b", "L6": 1, "M6": 2}.items():
        sheet[cell] = value
    sheet.add_table(Table(displayName="挡路", ref="L5:M6"))
    result = run(book, save, functions, {"A1": f"=DOUBLE({PANEL}A1:C6)", "J1": f"=DOUBLE({PANEL}A1:C6)"})
    reasons = {failure.place.cell: failure.reason.en for failure in result.failures}
    assert "B3:C3 is merged cells" in reasons["A1"]
    assert "L5:M6 is a table" in reasons["J1"]


def test_an_array_of_fixed_size_is_filled_and_cut_as_excel_does(
    book: Workbook, save: Save, functions: Functions
) -> None:
    sheet = book["结果"]
    sheet["A1"] = ArrayFormula("A1:D3", f"=DOUBLE({PANEL}A1:C6)")
    sheet["F1"] = "=IF(ISNA(D1),1,0)"
    sheet["F2"] = "=COUNTA(A1:C9)"
    result = recalculate(save(book), functions, "en")
    rows = result.arrays[Place("结果", 1, 1)]
    assert [len(row) for row in rows] == [4, 4, 4]
    assert rows[0][3] == CellError("#N/A")
    assert at(result, "F1") == 1.0
    assert at(result, "F2") == 9.0


@pytest.mark.parametrize(
    ("rows", "filled"),
    [((), (("",),)), (((None, 1.0), (2.0,)), (("", 1.0), (2.0, None)))],
)
def test_an_odd_result_becomes_a_rectangle_without_zeros(
    book: Workbook, save: Save, rows: tuple[tuple[Cell, ...], ...], filled: tuple[tuple[Cell, ...], ...]
) -> None:
    book["结果"]["A1"] = f"=ODD({PANEL}A1:C6)"
    book["结果"]["D1"] = "=COUNT(A1:B2)"
    odd = declare("ODD", lambda panel: Spill(rows), PANEL_ARGUMENT)
    result = recalculate(save(book), [odd], "en")
    assert result.arrays[Place("结果", 1, 1)] == filled
    assert at(result, "D1") == sum(isinstance(cell, float) for row in rows for cell in row)
