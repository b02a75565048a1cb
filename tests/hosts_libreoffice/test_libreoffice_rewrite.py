"""Formulas spelled for another host: the right ones, wholly, and nothing else."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.errors import HostError
from lowcarbon_xl.hosts.libreoffice.rewrite import rewrite_formula, rewrite_formulas

NAMES = {"GTFP", "WHY"}

PAIRS = {
    "GTFP(A1:B2)": "LC.GTFP(A1:B2)",
    '  GTFP( A1 ,"x" )': '  LC.GTFP( A1 ,"x" )',
    'SUM(GTFP(A1,"GTFP(x)"),1)': 'SUM(LC.GTFP(A1,"GTFP(x)"),1)',
    'IF(A1="""GTFP(",GTFP(B1),WHY(C1))': 'IF(A1="""GTFP(",LC.GTFP(B1),LC.WHY(C1))',
    "GTFP('a''GTFP(b'!A1,T[[a'[GTFP(b]:[c]])": "LC.GTFP('a''GTFP(b'!A1,T[[a'[GTFP(b]:[c]])",
    "'GTFP(a)'!A1+GTFP(省份!A:C)": "'GTFP(a)'!A1+LC.GTFP(省份!A:C)",
    "_xlfn.SINGLE(GTFP(A1#))": "_xlfn.SINGLE(LC.GTFP(A1#))",
    "-GTFP(A1)%&{1,2;3,4}": "-LC.GTFP(A1)%&{1,2;3,4}",
}


@pytest.mark.parametrize("plain", PAIRS)
def test_there_and_back(plain: str) -> None:
    assert rewrite_formula(plain, NAMES, "LC") == PAIRS[plain]
    assert rewrite_formula(PAIRS[plain], NAMES, "plain") == plain
    assert rewrite_formula(PAIRS[plain], NAMES, "LC") == PAIRS[plain]


@pytest.mark.parametrize(
    "spelling", ["lc.gtfp(A1)", "_xll.GTFP(A1)", "LC_DEV.GTFP(A1)", "[1]!GTFP(A1)", "'C:\\a\\[b.xlam]s'!GTFP(A1)"]
)
def test_every_prefix_is_understood(spelling: str) -> None:
    assert rewrite_formula(spelling, NAMES, "plain") == "GTFP(A1)"


@pytest.mark.parametrize("formula", ["MYGTFP(1)", "GTFP", "GTFPX(A1)", "省.GTFP(A1)", '"GTFP(A1)"', "T[GTFP(A1)]"])
def test_what_only_looks_like_ours_stays(formula: str) -> None:
    assert rewrite_formula(formula, NAMES, "LC") == formula


_PIECES = st.sampled_from(
    [
        "GTFP(",
        "LC.GTFP(",
        "SUM(",
        ")",
        "A1",
        "'it''s GTFP('!B2",
        '"GTFP("',
        '""""',
        ",",
        " ",
        "+",
        "T[[a]:[b'']]",
        "{1;2}",
        "#REF!",
    ]
)


@settings(derandomize=True, max_examples=300)
@given(st.lists(_PIECES, max_size=12))
def test_nothing_but_prefixes_changes(pieces: list[str]) -> None:
    formula = "+".join(pieces)
    rewritten = rewrite_formula(formula, NAMES, "LC")
    assert rewritten == "+".join("LC.GTFP(" if piece == "GTFP(" else piece for piece in pieces)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet["A1"] = "=GTFP(B1:C9)"
    sheet["A2"] = ArrayFormula("A2:B4", "=GTFP(B1:C9)")
    sheet["A6"] = "GTFP(B1:C9)"
    sheet["A7"] = "=SUM(B1:B9)"
    sheet.conditional_formatting.add("A1:A9", FormulaRule(formula=["ISERROR(GTFP(B1:C9))"]))
    rule = DataValidation(type="custom", formula1="LEN(WHY(A1))>0")
    rule.add("D1")
    sheet.add_data_validation(rule)
    made.defined_names["指数"] = DefinedName("指数", attr_text="GTFP(Sheet!$B$1:$C$9)")
    made.create_sheet("其他")["A1"] = "=1+1"
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def test_cells_arrays_names_formats_and_validations_are_rewritten(book: Path, tmp_path: Path) -> None:
    done = rewrite_formulas(book, tmp_path / "lc.xlsx", "LC")
    assert done.formulas == 5
    assert done.parts == ("xl/workbook.xml", "xl/worksheets/sheet1.xml")
    saved = openpyxl.load_workbook(tmp_path / "lc.xlsx")
    sheet = saved["Sheet"]
    assert sheet["A1"].value == "=LC.GTFP(B1:C9)"
    assert (sheet["A2"].value.text, sheet["A2"].value.ref) == ("=LC.GTFP(B1:C9)", "A2:B4")
    assert sheet["A6"].value == "GTFP(B1:C9)"
    assert saved.defined_names["指数"].attr_text == "LC.GTFP(Sheet!$B$1:$C$9)"
    assert sheet.data_validations.dataValidation[0].formula1 == "LEN(LC.WHY(A1))>0"


def test_every_other_part_stays_byte_for_byte_and_the_way_back_restores(book: Path, tmp_path: Path) -> None:
    there, back = tmp_path / "lc.xlsx", tmp_path / "back.xlsx"
    changed = rewrite_formulas(book, there, "LC").parts
    assert rewrite_formulas(there, back, "plain").formulas == 5
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(there) as after, zipfile.ZipFile(back) as restored:
        for name in before.namelist():
            assert (before.read(name) == after.read(name)) == (name not in changed)
        assert set(before.namelist()) == set(after.namelist()) == set(restored.namelist())
        formulas = [openpyxl.load_workbook(path)["Sheet"]["A1"].value for path in (book, back)]
    assert formulas[0] == formulas[1]


def test_the_input_is_never_overwritten(book: Path) -> None:
    with pytest.raises(HostError, match="must stay as it is"):
        rewrite_formulas(book, book, "LC")
