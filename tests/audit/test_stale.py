"""STALE: fresh or stale against a hash, a snapshot or the ledger; and which cells changed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.audit.content import content_hash
from lowcarbon_xl.audit.stale import inputs_hash, judge, read_snapshot, snapshot
from lowcarbon_xl.cells import Block, Cell, CellError
from lowcarbon_xl.errors import InputError

PANEL: list[list[Cell]] = [
    ["省份", "年份", "能源消费", "GDP"],
    ["北京", 2013.0, 0.1 + 0.2, 10.0],
    ["北京", 2014.0, 2.5, 11.0],
    ["山西", 2013.0, 7.25, 12.0],
    ["山西", 2014.0, 8.0, 13.0],
]


def block(rows: list[list[Cell]], sheet: str = "面板", row: int = 4) -> Block:
    return Block([list(line) for line in rows], sheet, row, 1)


def one(*texts: str) -> Block:
    return Block((texts,))


def edited(row: int, column: int, value: Cell) -> Block:
    rows = [list(line) for line in PANEL]
    rows[row][column] = value
    return block(rows)


def test_a_hash_tells_whether_and_where() -> None:
    was = content_hash(block(PANEL))
    assert judge(one(was), [block(PANEL)]).text.zh == "有效"
    assert judge(one(was), [block([PANEL[0], *PANEL[:0:-1]])]).fresh, "the order of keyed rows does not count"
    found = judge(one(was), [edited(3, 2, 7.26)])
    assert not found.fresh
    assert found.ranges == ("面板!A4:D8",)
    assert found.text.en == "stale: the content of 面板!A4:D8 changed"


def test_several_ranges_are_told_apart() -> None:
    was = inputs_hash([block(PANEL), block([["a"], [1.0]], "乙", 1)])
    found = judge(one(was), [block(PANEL), block([["a"], [2.0]], "乙", 1)])
    assert found.ranges == ("乙!A1:A2",)


def test_a_snapshot_names_old_and_new() -> None:
    was = one(*snapshot(block(PANEL)))
    assert judge(was, [block(PANEL)]).fresh
    found = judge(was, [edited(3, 2, 72.5)])
    assert [change.text.zh for change in found.changes] == ["面板!C7（山西 2013 能源消费）：7.25 -> 72.5"]
    assert found.text.en == "stale: 1 cell changed: 面板!C7 (山西 2013 能源消费): 7.25 -> 72.5"


def test_an_inserted_row_is_one_row_and_not_all_below() -> None:
    rows = [PANEL[0], PANEL[1], ["北京", 2012.0, 1.0, 9.0], *PANEL[2:]]
    found = judge(one(*snapshot(block(PANEL))), [block(rows)])
    assert {(change.cell, change.kind) for change in found.changes} == {(f"{c}6", "added") for c in "ABCD"}


def test_two_snapshots_of_the_same_content_stay_two() -> None:
    pieces = (*snapshot(block(PANEL)), *snapshot(block(PANEL)))
    assert judge(one(*pieces), [block(PANEL), edited(1, 3, 1.0)]).ranges == ("面板!A4:D8",)


LEDGER: list[list[Cell]] = [
    ["运行号", "运行内容", "输入摘要"],
    ["0a1b2c3d4e5f", "=GTFP(面板!A4:D8)", content_hash(block(PANEL))],
    ["123456789012", "=GTFP(面板!A4:D8)", content_hash(edited(1, 2, 9.0))],
]


@pytest.mark.parametrize(("run", "fresh"), [("0a1b2c3d4e5f", True), ("123456789012", False), (123456789012.0, False)])
def test_the_ledger_knows_the_hash_of_a_run(run: Cell, fresh: bool) -> None:
    found = judge(Block(((run,),)), [block(PANEL), block(LEDGER, "_LC_台账", 1)])
    assert found.fresh is fresh


@pytest.mark.parametrize(
    ("run", "ranges", "says"),
    [
        ("abc", [block(PANEL)], "no hash"),
        ("0a1b2c3d4e5f", [block(PANEL)], "ledger is not in sight"),
        ("ffffffffffff", [block(PANEL), block(LEDGER, "_LC_台账", 1)], "has no run"),
        (content_hash(block(PANEL)), [block(PANEL)] * 2, "1 hashes or snapshots for 2 ranges"),
        (content_hash(block(PANEL)), [], "no range"),
        (snapshot(block(PANEL))[0][:-8] + "AAAAAAAA", [block(PANEL)], "incomplete or was changed"),
        ("LC1:0:x/1:", [block(PANEL)], "incomplete or was changed"),
    ],
)
def test_what_cannot_be_compared_is_refused(run: str, ranges: list[Block], says: str) -> None:
    with pytest.raises(InputError, match=says):
        judge(one(run), ranges)


cells = st.one_of(
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.booleans(),
    st.sampled_from(["#N/A", "#DIV/0!"]).map(CellError),
    st.dates(min_value=dt.date(1900, 3, 1)),
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_a_snapshot_keeps_everything(rows: list[list[Cell]]) -> None:
    given_block = Block(rows, "甲", 3, 2)
    pieces = snapshot(given_block)
    assert all(len(piece) <= 32_000 for piece in pieces)
    assert content_hash(read_snapshot(pieces)[0]) == content_hash(given_block)


def test_a_large_snapshot_is_cut_and_joined() -> None:
    rows: list[list[Cell]] = [[((i * 7919 + j) % 104729) / 977 for j in range(40)] for i in range(400)]
    pieces = snapshot(Block(rows, "甲"))
    assert len(pieces) > 1
    assert read_snapshot(pieces[::-1])[0].values == rows
    with pytest.raises(InputError):
        read_snapshot(pieces[1:])
