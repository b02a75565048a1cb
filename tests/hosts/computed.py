"""A workbook computed by the embedded host, and a look into its cells."""

from __future__ import annotations

import openpyxl
from openpyxl.workbook import Workbook

from lowcarbon_xl.cells import Cell
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation, recalculate
from tests.hosts.conftest import Functions, Save

PANEL = "'面 板''s'!"


def at(result: Recalculation, cell: str, sheet: str = "结果") -> Cell:
    column, row = openpyxl.utils.cell.coordinate_from_string(cell)
    return result.values[Place(sheet, row, openpyxl.utils.column_index_from_string(column))]


def text_of(value: Cell) -> str:
    assert isinstance(value, str)
    return value


def run(book: Workbook, save: Save, functions: Functions, formulas: dict[str, str]) -> Recalculation:
    for cell, formula in formulas.items():
        book["结果"][cell] = formula
    return recalculate(save(book), functions, "en")
