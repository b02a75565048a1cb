"""The example's plan runs whole; its tables, the formulas of sheet 对照 and the print agree where they should."""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.commands.workbook import run
from lowcarbon_xl.example.comparison_sheet import add_comparison
from lowcarbon_xl.example.plan_sheet import paper_plan, real_plan
from lowcarbon_xl.example.printed import DOUBTS, PRINTED

EXAMPLE = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.xlsx"
PAPER = Path(__file__).resolve().parents[3] / "shared" / "data" / "paper_tables.csv"
FIRST = 7
"""The first model's row on sheet 对照."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    output = tmp_path_factory.mktemp("plan") / "lowcarbon.xlsx"
    options = argparse.Namespace(book=EXAMPLE, output=output, values=None, lang="zh", no_plan=False)
    assert run(options, "zh") == 0
    return load_workbook(output, data_only=True)


def _rows(sheet: Worksheet) -> dict[object, tuple[object, ...]]:
    """The rows of a table by what stands in its first column; the first of each name."""
    found: dict[object, tuple[object, ...]] = {}
    for first, *rest in sheet.iter_rows(values_only=True):
        found.setdefault(first, tuple(rest))
    return found


def _compared(sheet: Worksheet) -> dict[str, tuple[object, ...]]:
    rows = sheet.iter_rows(min_row=FIRST, max_row=FIRST + len(PRINTED) - 1, values_only=True)
    return {str(row[0]): row for row in rows}


def test_every_table_of_the_study_is_planned_and_has_its_own_sheet(ran: Workbook) -> None:
    planned = [*paper_plan(), *real_plan()]
    assert {row["output"] for row in paper_plan()} == {f"表{number}" for number in range(1, 9)}
    assert all("模拟" in row["title"] for row in paper_plan())
    assert {row["output"] for row in planned} <= set(ran.sheetnames)
    kinds = {row["kind"] for row in planned}
    assert kinds == {"TWFE", "IV", "机制", "异质性", "安慰剂", "描述"}


def test_tables_and_formulas_give_the_same_figures(ran: Workbook) -> None:
    compared = _compared(ran["对照"])
    baseline, iv, groups = _rows(ran["表2"]), _rows(ran["表4"]), _rows(ran["表7"])
    found = {f"表2 ({place})": baseline["AI"][place - 1] for place in range(1, 5)}
    found |= {"表4 (2)": iv["AI"][1], "表4 (4)": iv["AI"][3], "表4 (1)(3)": iv["IV"][0]}
    found |= {f"表7 ({printed})": groups["AI"][place] for printed, place in ((3, 0), (1, 1), (4, 2), (2, 3))}
    assert found == {place: pytest.approx(compared[place][7], rel=1e-12) for place in found}


def test_intervals_contain_the_truth_about_as_often_as_they_should(ran: Workbook) -> None:
    verdicts = [row[11] for row in _compared(ran["对照"]).values()]
    judged = [verdict for verdict in verdicts if verdict != "—"]
    assert len(judged) == sum(model.truth is not None for model in PRINTED)
    # not independent (the same two outcomes, whole and in parts); 0.95 is what one expects
    assert judged.count("✔") / len(judged) >= 0.85


def test_tables_are_ruled_as_three_line_tables(ran: Workbook) -> None:
    sheet = ran["表2"]
    tops = [sheet.cell(row, 1).border.top.style for row in range(1, sheet.max_row + 1)]
    bottoms = [sheet.cell(row, 1).border.bottom.style for row in range(1, sheet.max_row + 1)]
    assert (tops + bottoms).count("medium") == 2
    assert "thin" in tops + bottoms
    assert not any(cell.border.left.style or cell.border.right.style for row in sheet.iter_rows() for cell in row)


def test_printed_figures_are_those_of_the_print() -> None:
    if not PAPER.exists():
        pytest.skip("the print is not beside this checkout")
    with PAPER.open(encoding="utf-8-sig") as stream:
        lines = list(csv.DictReader(stream))
    cells = {(row["table"], row["column"], row["variable"]): row for row in lines if row["row_type"] == "coefficient"}
    for model in PRINTED:
        place, _, columns = model.place.partition(" ")
        table = place[-1]
        variable = {"L.AI": "Lai", "IV": "IV"}[model.instrument] if model.first_stage else "AI"
        column = re.sub(r"\((\d)\) (FE|IV)", r"\1-\2", columns) if table == "6" else columns[1]
        row = cells[table, column, variable]
        printed = (float(row["value"]), int(row["stars"]), float(row["t"]), int(row["N"]), float(row["R2"]))
        assert model.figures == printed, model.place


def test_doubts_point_at_the_printed_cells() -> None:
    sheet = add_comparison(Workbook())
    formulas = {str(row[0].value): row[6].value for row in sheet.iter_rows(min_row=FIRST + len(PRINTED))}
    assert len([doubt for doubt in DOUBTS if doubt.certain == "肯定"]) == 3
    star = formulas["表5 (3) AI"]
    cell = re.search(r"N\d+", str(star))
    assert cell is not None
    assert sheet[cell[0]].value == -1.989
    high, low = re.findall(r"O\d+", str(formulas["表7 N"]))
    assert (sheet[high].value, sheet[low].value) == (146, 149)


def test_doubts_compute(ran: Workbook) -> None:
    values = {row[0]: row[6] for row in ran["对照"].iter_rows(min_row=FIRST + len(PRINTED), values_only=True)}
    assert values["表1 CO2 最大值"] == pytest.approx(190.7, abs=0.05)
    assert 0.01 < values["表5 (3) AI"] < 0.05
    assert (values["表7 N"], values["表8 N"], values["表3 N"]) == (5, 5, 270)
