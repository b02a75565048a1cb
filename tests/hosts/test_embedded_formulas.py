"""Formulas and references survive being read and written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.hosts.embedded.formulas import parse_formula, plain_name, write_formula
from lowcarbon_xl.hosts.embedded.places import LAST_COLUMN, LAST_ROW, Area, is_backwards, is_fixed, parse_reference
from lowcarbon_xl.hosts.embedded.sheetpatch import escape_text

names = st.text(st.characters(codec="utf-8", exclude_characters="[]:*?/\\!\x00"), min_size=1, max_size=20).filter(
    lambda name: not name.startswith("'") and not name.endswith("'") and name.isprintable()
)
rows = st.integers(1, LAST_ROW)
columns = st.integers(1, LAST_COLUMN)


@settings(derandomize=True, max_examples=200)
@given(names, rows, rows, columns, columns)
def test_a_reference_is_read_as_it_was_written(sheet: str, a: int, b: int, c: int, d: int) -> None:
    area = Area(sheet, min(a, b), min(c, d), max(a, b), max(c, d))
    assert parse_reference(area.reference, "other", lambda name: name) == area
    assert not is_backwards(area.reference)


@pytest.mark.parametrize(
    "formula",
    [
        'SUM(A1:A3,2,"a""b",TRUE,#N/A)',
        "-A1^2",
        "-(A1^2)",
        "(1+2)*3-4/(5-6)",
        "2^3^2",
        "2^(3^2)",
        'A1&"#N/A"',
        'IF(A1,,{1,-2;"x",#DIV/0!})',
        "50%+-3",
        "'面 板''s'!$A$1:C$6",
        'LC.GTFP(面板!A:H,,"rts=VRS")',
        "_xlfn.XLOOKUP(A1,表1[[#All],[产 值]],B:B)",
        "A1:INDEX(B:B,3)",
        "1E+20*1.5E-07",
        "NOT(A1>=2)<>FALSE",
    ],
)
def test_a_formula_means_the_same_after_it_was_written(formula: str) -> None:
    tree = parse_formula(formula)
    assert tree is not None
    assert parse_formula(write_formula(tree, lambda node: None)) == tree


@pytest.mark.parametrize(
    "spelling",
    [
        "GTFP",
        "gtfp",
        "LC.GTFP",
        "lc_dev.gtfp",
        "_xldudf_LC_GTFP",
        "_xll.GTFP",
        "_xlfn._xlws.GTFP",
        "[1]!GTFP",
        "'C:\\add in\\lowcarbon.xlam'!GTFP",
        "lowcarbon.xlam!GTFP",
        "@GTFP",
    ],
)
def test_prefixes_are_taken_off_names(spelling: str) -> None:
    assert plain_name(spelling) == "GTFP"


def test_names_that_only_look_prefixed_stay() -> None:
    assert plain_name("LCM") == "LCM"
    assert plain_name("NORM.S.DIST") == "NORM.S.DIST"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("数据!$A$2", True),
        ("数据!$A$2:$C$9", True),
        ("$A:$C", True),
        ("$2:$9", True),
        ("数据!A2", False),
        ("数据!$A2", False),
        ("数据!$A$2:C9", False),
        ("A:C", False),
        ("表1[x]", True),
        ("另一个名称", True),
    ],
)
def test_a_relative_reference_is_known(text: str, fixed: bool) -> None:
    assert is_fixed(text) is fixed


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=50))
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    from openpyxl.utils.escape import unescape

    escaped = escape_text(text)
    assert not any(ord(character) < 32 and character not in "\t\n" for character in escaped)
    if not any(ord(character) in range(0xD800, 0xE000) or ord(character) >= 0xFFFE for character in text):
        assert unescape(escaped) == text
