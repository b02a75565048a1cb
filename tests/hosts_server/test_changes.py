"""What a button changed, as blocks for Office.js."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from lowcarbon_xl.hosts.server.changes import Changes, blocks, compare, contents


@settings(derandomize=True, max_examples=200)
@given(st.sets(st.tuples(st.integers(1, 12), st.integers(1, 8)), max_size=60))
def test_blocks_cover_exactly_the_cells(places: set[tuple[int, int]]) -> None:
    covered = [
        (i, j)
        for top, left, bottom, right in blocks(places)
        for i in range(top, bottom + 1)
        for j in range(left, right + 1)
    ]
    assert len(covered) == len(set(covered))
    assert set(covered) == places


def book() -> Workbook:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "面板"
    for row in (["省份", "x"], ["北京", 1.0], ["天津", 2.0]):
        sheet.append(row)
    return workbook


def changed(workbook: Workbook) -> Changes:
    """What changed since `book()`."""
    return compare(contents(book()), workbook)


def test_nothing_changed_is_nothing_to_do() -> None:
    changes = changed(book())
    assert not any((changes.created, changes.removed, changes.formulas, changes.looks, changes.widths, changes.names))
    assert not changes.states


def test_formulas_are_spelled_for_office_and_texts_stay_texts() -> None:
    workbook = book()
    sheet = workbook["面板"]
    sheet["D1"] = ArrayFormula("D1:D3", "=GTFP(A1:B3)")
    sheet["E1"], sheet["E2"], sheet["E3"] = "=SUM(B2:B3)", "007", "合计"
    sheet["F1"], sheet["F2"], sheet["F3"] = dt.datetime(2015, 12, 31), True, "TRUE"
    sheet["E2"].data_type = "s"
    sheet["B3"] = None
    found = {block["address"]: block["formulas"] for block in changed(workbook).formulas}
    assert found == {
        "B3:B3": [[""]],
        "D1:F1": [["=LC.GTFP(A1:B3)", "=SUM(B2:B3)", 42369.0]],
        "E2:F3": [["'007", True], ["合计", "'TRUE"]],
    }


def test_one_and_true_are_different_contents() -> None:
    workbook = book()
    workbook["面板"]["B2"] = True
    assert changed(workbook).formulas == ({"sheet": "面板", "address": "B2:B2", "formulas": [[True]]},)


def test_looks_widths_names_and_visibility_come_along() -> None:
    workbook = book()
    sheet = workbook["面板"]
    for cell in (sheet["A1"], sheet["B1"]):
        cell.font, cell.fill = Font(bold=True, color="FF1C6B5A"), PatternFill("solid", fgColor="FFE9F3F0")
    sheet["B2"].number_format = "0.000"
    sheet.column_dimensions["B"].width = 20
    workbook.defined_names["_LC_LANG"] = DefinedName("_LC_LANG", attr_text='"en"')
    hidden = workbook.create_sheet("_LC_UNDO")
    hidden["A1"], hidden["B1"] = "面板", "=COUNTA(面板!A:A)"
    hidden.sheet_state = "veryHidden"
    hidden.defined_names["_LC_OWN"] = DefinedName("_LC_OWN", attr_text="TRUE")
    changes = changed(workbook)
    look = {"bold": True, "italic": False, "color": "#1C6B5A", "fill": "#E9F3F0", "numberFormat": "General"}
    assert {"sheet": "面板", "address": "A1:B1", **look} in changes.looks
    assert [(b["address"], b["numberFormat"]) for b in changes.looks if not b["bold"]] == [("B2:B2", "0.000")]
    assert {"sheet": "面板", "column": "B", "width": 20.0} in changes.widths
    assert {"sheet": None, "name": "_LC_LANG", "formula": '="en"'} in changes.names
    assert {"sheet": "_LC_UNDO", "name": "_LC_OWN", "formula": "=TRUE"} in changes.names
    assert (changes.created, changes.states) == (("_LC_UNDO",), {"_LC_UNDO": "veryHidden"})
    assert changes.formulas == ({"sheet": "_LC_UNDO", "address": "B1:B1", "formulas": [["=COUNTA(面板!A:A)"]]},)


def test_removed_sheets_and_names_are_removed() -> None:
    before = book()
    before.create_sheet("旧")
    before.defined_names["n"] = DefinedName("n", attr_text="1")
    changes = compare(contents(before), book())
    assert changes.removed == ("旧",)
    assert changes.names == ({"sheet": None, "name": "n", "formula": None},)
