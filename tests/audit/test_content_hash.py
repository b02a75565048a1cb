"""HASH: the same content, the same fingerprint."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata

import pytest

import lowcarbon_xl.functions.checks  # noqa: F401  (declares HASH)
from lowcarbon_xl.audit.content import content_hash
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, Cell, CellError

ROWS: list[list[Cell]] = [
    ["省份", "年份", "GDP", "注"],
    ["北京", 2013.0, 0.1 + 0.2, "é"],
    ["北京", 2014.0, 2.5, None],
    ["天津", 2013.0, CellError("#N/A"), True],
    ["天津", 2014.0, -0.0, dt.date(2014, 1, 1)],
]


def fingerprint(rows: list[list[Cell]]) -> str:
    return content_hash(Block(rows, "S", 7, 3))


def test_the_order_of_rows_does_not_matter_in_a_keyed_table() -> None:
    body = ROWS[1:]
    random.Random(1).shuffle(body)
    assert body != ROWS[1:]
    assert fingerprint([ROWS[0], *body]) == fingerprint(ROWS)
    plain: list[list[Cell]] = [["a"], [1.0], [2.0]]
    assert fingerprint(plain) != fingerprint([plain[0], plain[2], plain[1]])


def test_place_and_trailing_blanks_do_not_matter() -> None:
    padded = [[*row, None, ""] for row in ROWS] + [[None] * 6]
    assert content_hash(Block(padded, "T", 1, 1)) == fingerprint(ROWS)


@pytest.mark.parametrize(
    ("row", "column", "same"),
    [
        (1, 1, 2013),
        (1, 3, unicodedata.normalize("NFD", "é")),
        (2, 3, ""),
        (3, 3, 1.0),
        (4, 2, 0),
        (4, 3, 41640.0),
        (4, 3, dt.datetime(2014, 1, 1)),
    ],
    ids=["integer", "NFD", "empty text", "TRUE as 1", "-0", "serial", "midnight"],
)
def test_what_hosts_hand_over_differently_counts_as_the_same(row: int, column: int, same: Cell) -> None:
    rows = [list(r) for r in ROWS]
    rows[row][column] = same
    assert fingerprint(rows) == fingerprint(ROWS)


@pytest.mark.parametrize(
    ("row", "column", "other"),
    [
        (1, 2, 0.3),
        (1, 2, "0.30000000000000004"),
        (3, 2, None),
        (3, 2, CellError("#REF!")),
        (2, 0, "北京 "),
        (0, 2, "gdp"),
    ],
    ids=["last bit", "text number", "blank for error", "other error", "blank in name", "header"],
)
def test_any_change_shows(row: int, column: int, other: Cell) -> None:
    rows = [list(r) for r in ROWS]
    rows[row][column] = other
    assert fingerprint(rows) != fingerprint(ROWS)


def test_a_fixed_value_guards_against_silent_changes_of_the_rule() -> None:
    # sha256 of "ta", the unit separator and "n0x1.8000000000000p+0", computed apart
    assert fingerprint([["a", 1.5], ["", None]]) == "0b21cb9388b76dcfedd320ee902e1baf"


def test_the_function_spills_one_text() -> None:
    hash_function = next(function for function in functions() if function.name == "HASH")
    spill = hash_function.evaluate([Block(ROWS, "S")], "zh")
    assert spill.rows == ((fingerprint(ROWS),),)
    assert len(str(spill.rows[0][0])) == 32
