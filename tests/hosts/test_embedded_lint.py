"""Ordinary formulas: computed as Excel does, or refused by cell.

Expected values are Excel's; they were compared with LibreOffice 7.4 where the two agree.
"""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from tests.hosts.conftest import Save


@pytest.fixture
def data() -> Workbook:
    """Numbers, mixed cells, texts, whole numbers, TRUE/FALSE, errors and dates in columns A to G."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "数据"
    sheet.append(["x", "mixed", "text", "n", "flag", "error", "date"])
    columns = (
        [1.5, 3, 7.25, 3, 2, 9, 4, 6],
        [1, "x", None, True, "5", 2.5, 0, 4],
        ["北京", "ab", "Abc", "北京", "a*", "3", None, "北京"],
        [1, 2, 3, 4, 5, 6, 7, 8],
        [True, False, True, None, True, False, "TRUE", 1],
        [1, "=NA()", 3, "=1/0", 5, 6, 7, 8],
        [dt.date(2020, 1, day) for day in range(1, 9)],
    )
    for row in zip(*columns, strict=True):
        sheet.append(list(row))
    return workbook


def compute(book: Workbook, save: Save, formula: str | ArrayFormula) -> tuple[Recalculation, Place]:
    book["数据"]["J1"] = formula
    return recalculate(save(book), (), "en"), Place("数据", 1, 10)


COMPUTED: list[tuple[str, Cell]] = [
    ("SUM(A2:A9)", 35.75),
    ('SUM(A2:A9,5,"3",TRUE)', 44.75),
    ("SUM(B2:B9)", 7.5),  # TRUE and the text "5" in cells do not count
    ("SUM(A:A)", 35.75),
    ("AVERAGE(B2:B9)", 1.875),
    ("COUNTA(E2:E9)", 7.0),
    ("MEDIAN(A2:A9)", 3.5),
    ("QUARTILE(A2:A9,1)", 2.75),
    ("PERCENTRANK(A2:A9,A3)", 0.285),  # cut to three digits
    ("LARGE(A2:A9,2)", 7.25),
    ("RANK(A3,A2:A9)", 5.0),
    ('SUMIF(C2:C9,"北京",A2:A9)', 10.5),
    ('SUMIF(C2:C9,"a*",A2:A9)', 12.25),
    ('COUNTIF(C2:C9,"3")', 1.0),
    ('COUNTIF(B2:B9,"")', 1.0),
    ('SUMIFS(A2:A9,C2:C9,"北京",D2:D9,">2")', 9.0),
    ("SUMPRODUCT(A2:A9,D2:D9)", 181.25),
    ('SUMPRODUCT((C2:C9="北京")*A2:A9)', 10.5),
    ("SUMPRODUCT((A2:A9-AVERAGE(A2:A9))^2)", 50.0546875),
    ('VLOOKUP("AB",C2:D9,2,FALSE)', 2.0),
    ("VLOOKUP(3.5,D2:E9,1)", 3.0),
    ('IFERROR(VLOOKUP("zz",C2:D9,2,0),"none")', "none"),
    ('INDEX(A2:A9,MATCH("ab",C2:C9,0))', 3.0),
    ("MATCH(3.5,D2:D9)", 3.0),
    ("SUM(A2:INDEX(A2:A9,3))", 11.75),
    ('XLOOKUP("ab",C2:C9,A2:A9)', 3.0),
    ("-A3^2", 9.0),
    ("2^3^2", 64.0),
    ("50%", 0.5),
    ('"a"="A"', True),
    ("TRUE>5", True),
    ("B4+1", 1.0),
    ('IF(B4="","blank","full")', "blank"),
    ("ROUND(1.005,2)", 1.01),
    ("ROUND(2.5,0)", 3.0),
    ("MOD(-7,3)", 2.0),
    ("INT(-2.5)", -3.0),
    ("(-8)^(1/3)", CellError("#NUM!")),
    ("SUM(F2:F9)", CellError("#N/A")),
    ('TEXT(0.256,"0.0%")', "25.6%"),
    ('TEXT(G2,"yyyy年m月")', "2020年1月"),
    ('TEXT(12345.678,"#,##0.00")', "12,345.68"),
    ('LEFT("北京市",2)', "北京"),
    ('D2&"年"', "1年"),
    ("DATE(2020,2,30)", 43891.0),
    ("EOMONTH(G2,0)", 43861.0),
    ("G3-G2", 1.0),
    ("CORREL(A2:A9,D2:D9)", 0.4443759996),
    ("INDEX(LINEST(A2:A9,D2:D9),1)", 0.4851190476),
    ("T.INV.2T(0.05,10)", 2.228138852),
    ("NORM.S.DIST(1.96,TRUE)", 0.9750021049),
    ("PMT(0.05,10,1000)", -129.5045750),
]


@pytest.mark.parametrize(("formula", "expected"), COMPUTED, ids=[formula for formula, _ in COMPUTED])
def test_computed_as_excel_does(data: Workbook, save: Save, formula: str, expected: Cell) -> None:
    result, place = compute(data, save, f"={prefixed(formula)}")
    assert place not in {refusal.place for refusal in result.refused}
    value = result.values[place]
    if isinstance(expected, float):
        # ten printed digits
        assert value == pytest.approx(expected, rel=1e-9)
        assert not isinstance(value, bool)
    else:
        assert value == expected
        assert type(value) is type(expected)


def prefixed(formula: str) -> str:
    for name in ("XLOOKUP", "T.INV.2T", "NORM.S.DIST", "UNIQUE", "CONCAT("):
        formula = formula.replace(name, f"_xlfn.{name}")
    return formula


REFUSED: list[tuple[str, str]] = [
    ("SUM(LEN(C2:C9))", "LEN needs one value"),
    ("SUMPRODUCT(--ISNUMBER(B2:B9))", "ISNUMBER needs one value"),
    ('SUM(--(LEFT(C2:C9,1)="a"))', "LEFT needs one value"),
    ('SUM(COUNTIF(C2:C9,{"北京","ab"}))', "COUNTIF needs one value"),
    ("SUM(ROW(A2:A9))", "ROW needs one value"),
    ("SUM(LARGE(A2:A9,{1,2,3}))", "LARGE needs one value"),
    ("A2:A9*2", "operator * needs one value"),
    ("A2:A9", "the result needs one value"),
    ('LOOKUP(2,1/(C2:C9="北京"),A2:A9)', "operator = needs one value"),
    ("SUM(A2:A4 A3:A6)", "intersection or union"),
    ("MMULT(A2:B3,D2:E3)", "MMULT has not been verified"),
    ("FORECAST.ETS(9,A2:A9,D2:D9)", "FORECAST.ETS has not been verified"),
    ("_xlfn.LET(x,A2,x+1)", "LET has not been verified"),
    ("SUBTOTAL(9,A2:A9)", "SUBTOTAL has not been verified"),
    ("NOSUCH(A2)", "NOSUCH has not been verified"),
    ("[1]Sheet1!A1+1", "another workbook"),
    ("SUM(数据:数据!A1)", "stack of sheets"),
    ("未定义", "is not known"),
    ("LENB(C2)", "LENB has not been verified"),
    ("CEILING(-2.1,-1)", "is not positive"),
    ('TEXT(A2,"0.00E+00")', "format of TEXT"),
    ('TEXT(G2,"mmm")', "format of TEXT"),
    ("SUM((1", "cannot be read"),
    ('COUNTIF(C2:C9,"??")', "wildcard ?"),
    ('COUNTIF(F2:F9,"#N/A")', "error value"),
    # refused because of the values that are there
    ("SUMPRODUCT(B2:B9,D2:D9)", "numbers typed as text"),
    ('SUMIFS(F2:F9,D2:D9,">4")', "error values among the cells"),
    ("VLOOKUP(3,A2:D9,2)", "ascending order"),
    ("0.1+0.2=0.3", "15th digit"),
    ("A2/3*3-A2+(0.1+0.2)=0.3", "15th digit"),
    ('1/3&""', "more than 15 digits"),
    ("INT(4.1*100)", "rounding error away"),
    ('TRIM("　北京")', "full-width"),
    ("COUNTIF(C2:C9,H1)", "wildcard ?"),
]


@pytest.mark.parametrize(("formula", "why"), REFUSED, ids=[formula for formula, _ in REFUSED])
def test_refused_by_cell(data: Workbook, save: Save, formula: str, why: str) -> None:
    data["数据"]["H1"] = "a?"
    data["数据"]["J2"] = "=J1"
    result, place = compute(data, save, f"={formula}")
    refusal = next(refusal for refusal in result.refused if refusal.place == place)
    assert why in refusal.reason.en
    assert refusal.reason.en.startswith("数据!J1: ")
    assert refusal.reason.zh.startswith("数据!J1：")
    assert refusal.formula == f"={formula}"
    assert place not in result.values
    assert isinstance(result.values[Place("数据", 2, 10)], CellError)


def test_operators_lift_in_array_formulas(data: Workbook, save: Save) -> None:
    result, place = compute(data, save, ArrayFormula("J1", "=SUM((A2:A9>2)*D2:D9)"))
    assert result.values[place] == 35.0 - 5.0
    result, place = compute(data, save, ArrayFormula("J1:J8", '=IF(C2:C9="北京",A2:A9,0)'))
    assert [row[0] for row in result.arrays[place]] == [1.5, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 6.0]


def test_an_array_formula_whose_size_does_not_fit_is_refused(data: Workbook, save: Save) -> None:
    result, _ = compute(data, save, ArrayFormula("J1:J5", "=A2:A9*2"))
    assert "another size than its result" in result.refused[0].reason.en


def test_table_columns_and_names_are_understood(data: Workbook, save: Save) -> None:
    sheet = data["数据"]
    sheet.add_table(Table(displayName="表", ref="A1:G9"))
    data.defined_names["税率"] = DefinedName("税率", attr_text="0.13")
    data.defined_names["区域"] = DefinedName("区域", attr_text="数据!$A$2:$A$9")
    data.defined_names["公式"] = DefinedName("公式", attr_text="SUM(数据!$A$2:$A$9)")
    sheet["J2"] = "=SUM(表[x])"
    sheet["J3"] = "=表[[#This Row],[n]]*2"
    sheet["J4"] = "=SUM(区域)*税率"
    sheet["J5"] = "=公式"
    sheet["J6"] = "=SUM(A9:A2)"
    result, _ = compute(data, save, "=SUM(表)")
    values = {place.cell: value for place, value in result.values.items() if place.column == 10}
    assert values["J2"] == 35.75
    assert values["J3"] == 4.0
    assert values["J4"] == pytest.approx(4.6475, rel=1e-12)  # one product
    assert values["J6"] == 35.75
    assert [refusal.place.cell for refusal in result.refused] == ["J5"]


def test_volatile_functions_are_computed_and_noted(data: Workbook, save: Save) -> None:
    result, place = compute(data, save, "=TODAY()")
    today = (dt.date.today() - dt.date(1899, 12, 30)).days
    assert result.values[place] in {today - 1.0, float(today)}
    assert any("TODAY" in note.en and "数据!J1" in note.en for note in result.notes)


def test_a_relative_name_means_other_cells_elsewhere_and_is_refused(data: Workbook, save: Save) -> None:
    data.defined_names["左边"] = DefinedName("左边", attr_text="数据!A2")
    data.defined_names["固定"] = DefinedName("固定", attr_text="数据!$A$2")
    data["数据"]["J2"] = "=固定*2"
    result, place = compute(data, save, "=左边*2")
    assert [refusal.place for refusal in result.refused] == [place]
    assert result.values[Place("数据", 2, 10)] == 3.0


def test_dates_that_count_from_1904_are_refused(data: Workbook, save: Save) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    data.epoch = CALENDAR_MAC_1904
    data["数据"]["J2"] = "=SUM(A2:A9)"
    result, place = compute(data, save, "=YEAR(G2)")
    assert [(refusal.place, "1904" in refusal.reason.en) for refusal in result.refused] == [(place, True)]
    assert result.values[Place("数据", 2, 10)] == 35.75


def test_a_circle_of_ordinary_formulas_keeps_the_values_of_the_file(data: Workbook, save: Save) -> None:
    sheet = data["数据"]
    sheet["J2"] = "=J3+1"
    sheet["J3"] = "=J1*2"
    sheet["K1"] = "=SUM(A2:A9)"
    result, _ = compute(data, save, "=J2")
    assert [refusal.place.cell for refusal in result.refused] == ["J1", "J2", "J3"]
    assert "数据!J1 → 数据!J2 → 数据!J3 → 数据!J1" in result.refused[0].reason.en
    assert {place.cell for place in result.values if place.column > 9} == {"K1"}
