"""Results larger than the engine lets spill come out whole, are read by other formulas, and are blocked as any."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from lowcarbon_xl.catalogue import PANEL, Function, Group, Shape
from lowcarbon_xl.cells import Block, CellError, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded import package
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import evaluate, recalculate
from lowcarbon_xl.hosts.embedded.tiles import ENGINE_LIMIT, tiles_of

TEXT = Text("回声", "echo")
ROWS, COLUMNS = 5001, 12


@pytest.fixture
def echo() -> Function:
    def give_back(panel: Block) -> Spill:
        return Spill(tuple(map(tuple, panel.values)))

    return Function("ECHO", Group.AUDIT, TEXT, TEXT, (PANEL,), (), Shape.ROWS, TEXT, "", give_back)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "数据"
    sheet.append([f"x{column}" for column in range(COLUMNS)])
    for row in range(1, ROWS):
        sheet.append([float(row * column) for column in range(COLUMNS)])
    sheet["N1"] = "=ECHO(A1:L5001)"
    sheet["AA1"] = "=SUM(Y2:Y5001)"
    sheet["AA2"] = "=Y5001"
    sheet["AA3"] = "=COUNT(N:Y)"
    path = tmp_path / "large.xlsx"
    workbook.save(path)
    return path


def test_a_large_result_is_whole_and_other_formulas_read_all_of_it(book: Path, echo: Function, tmp_path: Path) -> None:
    result = recalculate(book, [echo], "en")
    assert not result.failures
    assert not result.refused
    assert result.values[Place("数据", 1, 27)] == sum(row * 11 for row in range(1, ROWS))
    assert result.values[Place("数据", 2, 27)] == 5000 * 11
    assert result.values[Place("数据", 3, 27)] == 5000 * 12
    package.write(result, tmp_path / "out.xlsx")
    written = openpyxl.load_workbook(tmp_path / "out.xlsx", data_only=True)["数据"]
    assert written["Y5001"].value == 55000
    assert written["N1"].value == "x0"


def test_calc_gives_a_large_result(book: Path, echo: Function) -> None:
    rows = evaluate(book, "=ECHO(数据!A1:L5001)", [echo], "en").rows
    assert len(rows) == ROWS
    assert rows[-1][-1] == 55000


@pytest.mark.parametrize("cell", ["O4000", "N1001", "N834", "Y5001"])
def test_a_cell_in_the_way_blocks_the_whole_result(book: Path, echo: Function, cell: str) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.active[cell] = "mine"
    workbook.save(book)
    result = recalculate(book, [replace(echo)], "en")
    assert [failure.code for failure in result.failures] == ["#SPILL!"]
    assert cell in result.failures[0].reason.en
    rows = result.arrays[Place("数据", 1, 14)]
    assert isinstance(rows[0][0], CellError)


def alone(path: Path, **more: object) -> Path:
    """The same large result with no formula that reads it, and whatever else stands in the sheet."""
    workbook = openpyxl.load_workbook(path)
    for cell in ("AA1", "AA2", "AA3"):
        workbook.active[cell] = None
    for cell, value in more.items():
        workbook.active[cell] = value
    workbook.save(path)
    return path


def test_a_large_result_that_nothing_reads_is_computed_once(book: Path, echo: Function) -> None:
    calls = []

    def counting(panel: Block) -> Spill:
        calls.append(panel.shape)
        return Spill(tuple(map(tuple, panel.values)))

    result = recalculate(alone(book), [replace(echo, compute=counting)], "en")
    assert calls == [(ROWS, COLUMNS)]
    rows = result.arrays[Place("数据", 1, 14)]
    assert (len(rows), rows[-1][-1]) == (ROWS, 55000)


@pytest.mark.parametrize("cell", ["O4000", "Y5001"])
def test_a_formula_in_the_way_of_a_result_that_nothing_reads_blocks_it(book: Path, echo: Function, cell: str) -> None:
    result = recalculate(alone(book, **{cell: "=1+1"}), [echo], "en")
    assert [failure.code for failure in result.failures] == ["#SPILL!"]
    assert cell in result.failures[0].reason.en


def test_two_large_results_that_overlap_far_below_block_each_other(book: Path, echo: Function) -> None:
    result = recalculate(alone(book, P4000="=ECHO(A1:L1200)"), [echo], "en")
    assert "#SPILL!" in [failure.code for failure in result.failures]


def test_a_name_that_reads_a_large_result_reads_all_of_it(book: Path, echo: Function) -> None:
    workbook = openpyxl.load_workbook(alone(book))
    workbook.defined_names["tail"] = DefinedName("tail", attr_text="'数据'!$Y$4000:$Y$5001")
    workbook.active["AA1"] = "=SUM(tail)"
    workbook.save(book)
    result = recalculate(book, [echo], "en")
    assert result.values[Place("数据", 1, 27)] == sum(row * 11 for row in range(3999, 5001))


def test_tiles_cover_the_rows_once() -> None:
    spill = Spill(tuple((float(row), 0.0, 0.0) for row in range(10_000)))
    tiles = tiles_of(Place("数据", 5, 2), spill)
    height = ENGINE_LIMIT // 3
    assert [tile.first for tile in tiles] == [height, 2 * height, 3 * height]
    assert tiles[-1].last == 10_000
    assert tiles[0].place == Place("数据", 5 + height, 2)
    assert tiles_of(Place("数据", 1, 1), Spill(spill.rows[:3333])) == ()
