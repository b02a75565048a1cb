"""Real files become one long panel: every number of the source at its key, every repair at its cell, nothing guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowcarbon_xl.audit.import_write import write_import
from lowcarbon_xl.audit.importing import ImportedPanel, import_blocks, import_file
from lowcarbon_xl.cells import Block, CellError
from lowcarbon_xl.errors import HostError, InputError

DIRTY = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "dirty"
real = pytest.mark.skipif(
    not DIRTY.exists(), reason="the sheets with real defects lie beside the checkout, in ../shared"
)
PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古")


def block(*rows: Sequence[Any], sheet: str = "数据", merged: tuple[str, ...] = ()) -> Block:
    width = max(map(len, rows))
    cells = [[float(c) if type(c) is int else c for c in (*row, *[None] * (width - len(row)))] for row in rows]
    return Block(cells, sheet, merged=merged)


def values(panel: ImportedPanel, column: int = 2) -> dict[tuple[Any, Any], Any]:
    return {(row[0], row[1]): row[column] for row in panel.rows[1:]}


def rules(panel: ImportedPanel) -> Counter[str]:
    return Counter(repair.rule for repair in panel.repairs)


numbers = st.floats(min_value=1, max_value=1e6).map(lambda x: round(x, 3) + 0.0005)
tables = st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=5, max_size=5)


@settings(derandomize=True, max_examples=25)
@given(tables)
def test_every_layout_of_a_table_gives_the_same_panel(table: list[list[float]]) -> None:
    years = [2015, 2016, 2017, 2018]
    cells = {(p, y): table[i][j] for i, p in enumerate(PROVINCES) for j, y in enumerate(years)}
    long = block(["省份", "年份", "能源消费(万吨标准煤)"], *([p, y, v] for (p, y), v in cells.items()))
    wide = block(
        ["能源消费(万吨标准煤)"],
        ["地区", *(f"{y}年" for y in reversed(years))],
        *([p + "市" if p in ("北京", "天津") else p, *(cells[p, y] for y in reversed(years))] for p in PROVINCES),
        ["注：按发电煤耗计算法。"],
    )
    across = block(
        ["能源消费(万吨标准煤)"], ["年份", *PROVINCES], *([y, *(cells[p, y] for p in PROVINCES)] for y in years)
    )
    sheets = [
        block(["年份", "能源消费(万吨标准煤)"], *([y, cells[p, y]] for y in reversed(years)), sheet=p)
        for p in PROVINCES
    ]
    indicator = block(
        ["省份", "年份", "指标", "数值"],
        *(
            row
            for (p, y), v in cells.items()
            for row in ([p, y, "能源消费(万吨标准煤)", v], [p, y, "人口(万人)", 2 * v])
        ),
    )
    expected = import_blocks([long]).rows
    assert expected[0] == ("省份", "年份", "能源消费(万吨标准煤)")
    assert values(import_blocks([long])) == cells
    for blocks in ([wide], [across], sheets):
        assert import_blocks(blocks).rows == expected
    assert [row[:3] for row in import_blocks([indicator]).rows] == list(expected)


def test_each_kind_of_cell_is_repaired_and_listed() -> None:
    panel = import_blocks(
        [
            block(
                ["省份", "年份", "能源/万吨标准煤", "类型", "煤炭"],
                ["北 京", "2015年", "1,234.5", " 东部 "],
                ["北京", 2016, "…", "东部", "…"],
                ["全国", 2016, 99999, None],
                ["北京", 2017, 0, "东部"],
                ["北京", 2018, CellError("#DIV/0!"), "东部"],
                ["山西", 2015, "见注", "中部"],
                ["山西", 2016, None, "中部"],
                ["山西", 2017, 8.25, "中部"],
            )
        ]
    )
    assert panel.rows[0] == ("省份", "年份", "类型", "煤炭", "能源(万吨标准煤)")
    assert values(panel, 4) == {
        ("北京", 2015): 1234.5, ("北京", 2016): None, ("北京", 2017): 0.0, ("北京", 2018): None,
        ("山西", 2015): None, ("山西", 2016): None, ("山西", 2017): 8.25,
    }  # fmt: skip
    listed = {repair.cells: (repair.rule, repair.before, repair.after) for repair in panel.repairs}
    assert listed["A2"] == ("province_name", "北 京", "北京")
    assert listed["B2"] == ("year", "2015年", 2015)
    assert listed["C2"] == ("text_number", "1,234.5", 1234.5)
    assert listed["C3"] == ("mark", "…", None)
    assert listed["A4"] == ("national_row", "全国", None)
    assert listed["C6"][0] == "error_value"
    assert listed["C7"] == ("text_in_numbers", "见注", None)
    assert listed["E3"] == ("mark", "…", None)  # a column of marks alone holds no texts
    assert listed["D2"] == ("text_blanks", " 东部 ", "东部")
    assert "C8" not in listed  # a blank is missing as it stands: nothing was repaired


def test_cities_are_kept_as_they_are_called() -> None:
    panel = import_blocks(
        [block(["城市", "年份", "人口"], *([c, y, 1.5] for c in ("苏州", "无锡") for y in (2015, 2016)))]
    )
    assert panel.rows[0][0] == "地区"
    assert [row[0] for row in panel.rows[1:]] == ["苏州", "苏州", "无锡", "无锡"]
    assert rules(panel) == {"units_not_provinces": 1}


def test_a_merged_name_is_filled_down_and_a_blank_one_refused() -> None:
    rows: list[list[Any]] = [
        ["省份", "年份", "人口"],
        ["北京", 2015, 10.5],
        [None, 2016, 11.5],
        ["山西", 2015, 20.5],
        [None, 2016, 21.5],
    ]
    panel = import_blocks([block(*rows, merged=("A2:A3", "A4:A5"))])
    assert values(panel)["山西", 2016] == 21.5
    assert rules(panel)["merged"] == 2
    with pytest.raises(InputError, match=r"数据!A3.*no province"):
        import_blocks([block(*rows)])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["省份", "年份", "人口"], ["山西", 2015, 1.5], ["山西", 2015, 2.5]], "stands twice"),
        ([["省份", "代码", "年份", "人口"], *(["山西", 610000, y, 1.5] for y in (2015, 2016))], "two provinces"),
        ([["地区", "2015", "2015", "2016"], ["山西", 1.5, 2.5, 3.5], ["河北", 1.5, 2.5, 3.5]], "stands twice"),
        ([["省份", "人口"], ["山西", 1.5], ["河北", 2.5]], "no year"),
        ([["年份", "人口"], [2015, 1.5], [2016, 2.5]], "which province"),
        ([["只有文字"]], "no table"),
        ([["省份", "年份", "人口", "人口"], ["山西", 2015, 1.5, 2.5]], "two values"),
    ],
)
def test_what_is_ambiguous_is_refused_with_the_reason(rows: list[list[Any]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        import_blocks([block(*rows)])


def test_the_unit_line_is_not_written_on_indices_and_shares() -> None:
    panel = import_blocks(
        [
            block(
                ["表1 地区生产总值(2020年)"],
                ["单位：亿元"],
                ["地区", "地区生产总值", "比重"],
                ["北京", 36102.6, 5.5],
                ["天津", 14083.7, 4.5],
            )
        ]
    )
    assert panel.rows[0] == ("省份", "年份", "地区生产总值(亿元)", "比重")
    assert panel.rows[1][:2] == ("北京", 2020)
    assert rules(panel)["unit_left_out"] == 1


@real
@pytest.mark.parametrize(
    ("name", "shape", "repairs"),
    [
        ("01_gdp_vintages_side_by_side.xlsx", (372, 15), {"national_row": 8}),
        ("03_ceads_energy_henan_2020_2022.xlsx", (3, 1430), {"key_of_sheet": 3}),
        ("05_nbs_secondary_va_gbk.csv", (744, 3), {"encoding_gbk": 1, "title": 3, "footer": 2, "years_sorted": 1}),
        ("06_csy_2022_grp_encrypted.xls", (31, 24), {"text_number": 682, "province_name": 75}),
        ("07_csy_2021_grp_text_numbers.xls", (31, 24), {"text_number": 682, "province_name": 86}),
        ("09_nbs_index_trailing_tabs.csv", (372, 3), {"text_number": 372, "empty_last_column": 1}),
        ("10_pinyin_names.csv", (56, 7), {"province_name": 56}),
        ("12_missing_markers_and_notes.xlsx", (992, 8), {"mark": 25, "text_in_numbers": 7}),
    ],
)
def test_real_files(name: str, shape: tuple[int, int], repairs: dict[str, int]) -> None:
    panel = import_file(DIRTY / name)
    assert (len(panel.rows) - 1, len(panel.rows[0])) == shape
    assert repairs.items() <= rules(panel).items()
    assert len(set(panel.rows[0])) == shape[1]


@real
def test_real_numbers_stand_at_their_keys() -> None:
    # read off the files: 12 holds true zeros in D21:D22, 05 the doubted 新疆 3446.1, 06 the yearbook's Beijing 41610.9
    assert values(import_file(DIRTY / "05_nbs_secondary_va_gbk.csv"))["新疆", 2015] == 3446.1
    assert values(import_file(DIRTY / "06_csy_2022_grp_encrypted.xls"))["北京", 2022] == 41610.9
    marked = import_file(DIRTY / "12_missing_markers_and_notes.xlsx", sheet="constructed")
    assert 0.0 in values(marked, 3).values()


@real
def test_real_files_that_are_ambiguous_are_refused() -> None:
    with pytest.raises(InputError, match="山西 2020 stands twice"):
        import_file(DIRTY / "02_cesy_energy_2014_2022.xlsx")
    with pytest.raises(InputError, match="which province"):
        import_file(DIRTY / "08_yunnan_energy_merged_headers.xlsx")
    panel = import_file(DIRTY / "08_yunnan_energy_merged_headers.xlsx", province="云南省")
    assert {row[0] for row in panel.rows[1:]} == {"云南"}


def test_the_workbook_written_holds_panel_and_repairs(tmp_path: Path) -> None:
    source = tmp_path / "gdp.csv"
    source.write_text("地区,2016年,2015年\n北京市,2,1\n山西,=4+1,…\n", "gb18030")
    output = tmp_path / "panel.xlsx"
    write_import(import_file(source), output)
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == ["面板", "修复"]
    assert [[cell.value for cell in row] for row in book["面板"]] == [
        ["省份", "年份", "gdp"], ["北京", 2015, 1], ["北京", 2016, 2], ["山西", 2015, None], ["山西", 2016, None],
    ]  # fmt: skip
    listed = {row[2]: row for row in book["修复"].iter_rows(values_only=True)}
    assert listed["B3"][3] == "=4+1"
    assert book["修复"].cell(2, 1).data_type == "s"
    write_import(import_file(output, sheet="面板"), tmp_path / "again.xlsx")
    again = openpyxl.load_workbook(tmp_path / "again.xlsx")["面板"]
    assert [[cell.value for cell in row] for row in again] == [[cell.value for cell in row] for row in book["面板"]]
    with pytest.raises(HostError, match="xlsx"):
        write_import(import_file(source), tmp_path / "panel.csv")
