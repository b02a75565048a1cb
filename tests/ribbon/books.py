"""A workbook of a user's, for buttons to be pressed on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side

import lowcarbon_xl.ribbon as ribbon
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.hosts.embedded.engine import open_book
from lowcarbon_xl.ribbon.plan import COLUMNS

PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江")
YEARS = range(2015, 2021)


def wave(*numbers: int) -> float:
    """A number between 0 and 1 that looks random and is the same everywhere."""
    return (sum(n * f for n, f in zip(numbers, (0.754877, 0.569840, 0.321311), strict=False)) * 7.13) % 1.0


def panel_rows() -> list[list[Any]]:
    header = ["省份", "年份", "就业人员", "资本存量", "能源消费", "实际GDP", "二氧化碳", "直辖市"]
    rows = []
    for p, name in enumerate(PROVINCES):
        for t, year in enumerate(YEARS):
            scale = 1 + p / 3
            rows.append(
                [
                    name,
                    year,
                    round(scale * (100 + 5 * t + 20 * wave(p, t, 1)), 3),
                    round(scale * (300 + 30 * t + 50 * wave(p, t, 2)), 3),
                    round(scale * (60 + 3 * t + 15 * wave(p, t, 3)), 3),
                    round(scale * (200 + 25 * t + 60 * wave(p, t, 4)), 3),
                    round(scale * (90 + 4 * t + 25 * wave(p, t, 5)), 3),
                    1 if p < 2 else 0,
                ]
            )
    return [header, *rows]


FUELS = ["原煤", "焦炭", "原油", "汽油", "煤油", "柴油", "燃料油", "液化石油气", "天然气"]


def write_book(target: Path) -> Path:
    """A workbook of a user's: a panel with formats and a note of its own, energy, and a sheet of remarks."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "面板"
    for row in panel_rows():
        sheet.append(row)
    sheet["A1"].font = Font(bold=True, color="FFC00000")
    sheet["C3"].comment = Comment("核对过", "统计员")
    sheet["C3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["D4"].border = Border(bottom=Side("double"))
    energy = book.create_sheet("能源")
    energy.append(["省份", "年份", *(f"{fuel}({'亿立方米' if fuel == '天然气' else '万吨'})" for fuel in FUELS)])
    for p, name in enumerate(PROVINCES):
        for t, year in enumerate(YEARS):
            energy.append([name, year, *(round(50 + 100 * wave(p, t, f), 2) for f in range(len(FUELS)))])
    notes = book.create_sheet("备注")
    notes["A1"] = "我的备注"
    book.save(target)
    return target


def opened(path: Path) -> Any:
    return open_book(path, functions(), "zh")


def reopened(book: Any, path: Path) -> Any:
    """The book saved, closed and read again."""
    book.save(path)
    book.close()
    return opened(path)


def state(book: Any, *, ledger: bool = False) -> dict[str, Any]:
    """Every cell that is anything, with its looks and note, by sheet."""
    sheets = {}
    for sheet in book.api.worksheets:
        if sheet.title == "_LC_台账" and not ledger:
            continue
        cells = {}
        for row in sheet.iter_rows():
            for cell in row:
                value = getattr(cell.value, "text", cell.value)
                value = f"{value:.15g}" if isinstance(value, float | int) else value  # what a file keeps
                note = getattr(cell, "comment", None)
                if value is not None or cell.has_style or note is not None:
                    looks = (cell.font, cell.fill, cell.border, cell.number_format, cell.alignment)
                    shown = (value, *map(repr, looks), None if note is None else note.text)
                    cells[cell.coordinate] = shown
        merged = sorted(map(str, sheet.merged_cells.ranges))
        sheets[sheet.title] = (sheet.sheet_state, cells, merged, len(sheet._charts))
    return {"sheets": sheets, "names": {name: d.attr_text for name, d in book.api.defined_names.items()}}


def fill_plan(book: Any, *rows: dict[str, str]) -> None:
    ribbon.press(book, "template")
    sheet = book.sheets["模型"]
    cells = [[row.get(column.key) for column in COLUMNS] for row in rows]
    blank = [[None] * len(COLUMNS)] * 5
    sheet.range("A5").value = [*cells, *blank]


MODEL = {"kind": "TWFE", "panel": "面板!A1:H49", "y": "二氧化碳", "x": "能源消费", "output": "结果"}
