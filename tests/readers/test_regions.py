"""Where the tables of a sheet stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.readers.marks import kind, number_of, text_kind, year_of
from lowcarbon_xl.readers.regions import find_regions

N: Cell = None


def shape(rows: list[list[Cell]]) -> list[tuple[tuple[int, ...], ...]]:
    return [(r.preamble, r.header, r.rows, r.footer, r.columns) for r in find_regions(Block(rows))]


def test_a_plain_panel() -> None:
    rows: list[list[Cell]] = [["省份", "年份", "x"], ["北京", 2013.0, 1.0], ["天津", 2013.0, N]]
    assert shape(rows) == [((), (0,), (1, 2), (), (0, 1, 2))]


def test_titles_stacked_headers_notes_and_a_continuation() -> None:
    rows: list[list[Cell]] = [
        ["3-9 地区生产总值", N, N],
        ["单位:亿元", N, N],
        ["地 区", "合计", N],
        [N, "一产", "二产"],
        ["北 京", "1.5", "2.5"],
        ["天 津", "1.5", "2.5"],
        ["注：初步数", N, N],
        [N, N, N],
        ["3-9 续表", N, N],
        ["地 区", "三产", "人均"],
        ["北 京", "1.5", "2.5"],
    ]
    assert shape(rows) == [((0, 1), (2, 3), (4, 5), (6,), (0, 1, 2)), ((8,), (9,), (10,), (), (0, 1, 2))]


def test_years_in_the_header_are_no_data() -> None:
    rows: list[list[Cell]] = [[N, 2015.0, 2014.0, 2013.0], ["北京", 2001.0, 2002.0, 2003.0]]
    assert shape(rows) == [((), (0,), (1,), (), (0, 1, 2, 3))]


def test_tables_side_by_side_part_at_the_blank_column_when_each_has_keys() -> None:
    rows: list[list[Cell]] = [["省", "x", N, "省", "y"], ["北京", 1.0, N, "北京", 2.0], ["天津", 1.0, N, N, N]]
    assert shape(rows) == [((), (0,), (1, 2), (), (0, 1)), ((), (0,), (1,), (), (3, 4))]
    unkeyed: list[list[Cell]] = [["省", "x", N, "y"], ["北京", 1.0, N, 2.0]]
    assert shape(unkeyed) == [((), (0,), (1,), (), (0, 1, 3))]


@pytest.mark.parametrize("rows", [[], [[]], [[N]], [["a"]], [[1.0]], [["网址"], [N]]])
def test_no_table(rows: list[list[Cell]]) -> None:
    assert all(len(region.rows) for region in find_regions(Block(rows)))


@given(
    st.integers(1, 5).flatmap(
        lambda w: st.lists(
            st.lists(st.sampled_from([None, "", "北京", "x", 1.0, 2013.0, "2014年", "…"]), min_size=w, max_size=w),
            max_size=9,
        )
    )
)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_every_filled_row_is_accounted_for_once(rows: list[list[Cell]]) -> None:
    regions = find_regions(Block(rows))
    for column in {c for region in regions for c in region.columns}:
        used = [r for region in regions if column in region.columns for r in (*region.header, *region.rows)]
        assert len(used) == len(set(used))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5", "text_number"),
        (" 1,234 ", "text_number"),
        ("１２", "text_number"),
        ("'5", "text_number"),
        ("…", "mark"),
        ("－", "mark"),
        ("n.a.", "mark"),
        ("缺", "mark"),
        ("#N/A", "error"),
        ("\u3000", "blank"),
        ("北京", "text"),
        ("1,23", "text"),
        ("nan", "mark"),
        ("inf", "text"),
    ],
)
def test_what_a_text_says(text: str, expected: str) -> None:
    assert text_kind(text) == expected
    assert kind(text) == expected


def test_numbers_and_years() -> None:
    assert number_of("1,234.5") == 1234.5
    assert number_of(True) != number_of(True)
    assert [year_of(x) for x in ("2013年", "y1991", "FY2020", 2013.0, "2013", "2013.5", 20130.0, "12013")] == [
        *(2013, 1991, 2020, 2013, 2013),
        *(None, None, None),
    ]
