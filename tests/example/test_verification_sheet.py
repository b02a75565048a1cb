"""Sheet 核验: ordinary formulas confirm the optimum of whatever province and year stands there, and notice what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

import lowcarbon_xl.functions  # noqa: F401  (declares the functions)
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.example.data_sheets import add_panel
from lowcarbon_xl.example.verification_sheet import add_verification
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate

PASSED = "✔ 全部通过"
CHECKS = range(9, 24)


def _computed(folder: Path, changes: dict[str, str | float]) -> Recalculation:
    """The sheet and the panel it stands on, with other cells; the slow results beside it left out."""
    book = Workbook()
    add_panel(book)
    sheet = add_verification(book)
    for row in sheet.iter_rows():
        for cell in row:
            if str(cell.value).startswith(("=SENSITIVITY", "=FRONTIERUNITS")):
                cell.value = None
    for address, value in changes.items():
        sheet[address] = value
    book.save(folder / "book.xlsx")
    return recalculate(folder / "book.xlsx", functions(), "zh")


def _verdict(computed: Recalculation) -> object:
    return computed.values[Place("核验", 5, 12)]


@pytest.mark.parametrize(("province", "year"), [("山西", 2010), ("宁夏", 2003), ("上海", 2017), ("北京", 2019)])
def test_the_optimum_is_confirmed(province: str, year: int, tmp_path: Path) -> None:
    computed = _computed(tmp_path, {"B5": province, "D5": year})
    assert [computed.values[Place("核验", row, 15)] for row in CHECKS] == ["✔"] * len(CHECKS)
    assert _verdict(computed) == PASSED
    assert not computed.refused


def test_an_optimum_of_another_frontier_is_confirmed(tmp_path: Path) -> None:
    formula = '=LPAUDIT(面板!A4:G514,B5,D5,"reference=contemporaneous; rts=VRS")'
    assert _verdict(_computed(tmp_path, {"A8": formula})) == PASSED


def test_another_program_is_not_passed_off_as_this_one(tmp_path: Path) -> None:
    formula = '=LPAUDIT(面板!A4:G514,B5,2009,"reference=contemporaneous")'
    computed = _computed(tmp_path, {"A8": formula})
    assert _verdict(computed) != PASSED
    verdicts = [computed.values[Place("核验", row, 15)] for row in CHECKS]
    assert verdicts[:5] == ["✘"] * 5
    assert verdicts[5:] == ["✔"] * 10
