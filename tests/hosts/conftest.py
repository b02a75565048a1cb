"""Small made-up functions, so that the host is tested apart from ours."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Function, Group, Kind, Shape
from lowcarbon_xl.cells import Block, Cell, CellError, Reference, Spill
from lowcarbon_xl.errors import InputError, NotAvailableError, Text
from lowcarbon_xl.options import Options
from tests.hosts.full_book import write_full_book

Functions = tuple[Function, ...]
Save = Callable[..., Path]

T = Text("说明", "help")


def declare(name: str, compute: Callable[..., Spill], *arguments: Argument) -> Function:
    return Function(name, Group.AUDIT, T, T, arguments, (), Shape.TABLE, T, "", compute)


def optional(name: str, kind: Kind = Kind.TEXT) -> Argument:
    return Argument(name, T, T, kind, optional=True)


def double(panel: Block, options: Options) -> Spill:
    """Twice every number; texts and blanks stay; an error cell is refused by place."""
    rows: list[tuple[Cell, ...]] = []
    for i, row in enumerate(panel.values):
        for j, cell in enumerate(row):
            if isinstance(cell, CellError):
                because = f" ({cell.reason.en})" if cell.reason else ""
                raise InputError(
                    Text(f"有错误值 {cell}", f"error value {cell}{because}"),
                    Text("请改正", "Mend it"),
                    where=panel.address(i, j),
                )
        rows.append(tuple(2 * c if isinstance(c, int | float) and not isinstance(c, bool) else c for c in row))
    return Spill(tuple(rows), notes=(Text("乘以二", "times two"),))


def place(panel: Block, note: str | None, last: float | None) -> Spill:
    """Where the range stands, and what the other arguments are."""
    return Spill(((f"{panel.whole}|{panel.shape}|{note!r}|{last!r}|{','.join(panel.merged)}",),))


def kinds(panel: Block) -> Spill:
    return Spill(tuple(tuple(type(cell).__name__ for cell in row) for row in panel.values))


def growth(panel: Block) -> Spill:
    """A header and the first differences; the first year is not available."""
    missing = CellError("#N/A", Text("第一年没有指数", "the first year has no index"))
    values = [row[-1] for row in panel.values[1:]]
    changes: list[Cell] = [missing, *(b - a for a, b in itertools.pairwise(values))]  # type: ignore[operator]
    return Spill(((Text("变化", "change"),), *((change,) for change in changes)))


def missing(panel: Block) -> Spill:
    raise NotAvailableError(Text("无解", "infeasible"), Text("换一个基准", "Choose another reference"))


def broken(panel: Block) -> Spill:
    raise ZeroDivisionError("a defect")


def why(cell: Reference) -> Spill:
    """What stands behind a cell."""
    value = cell.block.values[0][0]
    inner = cell.spill.rows[cell.offset[0]][cell.offset[1]] if cell.spill else value
    reason = inner.reason.en if isinstance(inner, CellError) and inner.reason else ""
    return Spill(((f"{cell.formula}|{cell.offset}|{reason}",),))


@pytest.fixture
def functions() -> tuple[Function, ...]:
    return (
        declare("DOUBLE", double, PANEL, OPTIONS),
        declare("PLACE", place, PANEL, optional("note"), optional("last", Kind.NUMBER)),
        declare("KINDS", kinds, PANEL),
        declare("GROWTH", growth, PANEL),
        declare("MISSING", missing, PANEL),
        declare("BROKEN", broken, PANEL),
        declare("WHY", why, Argument("cell", T, T, Kind.REFERENCE)),
    )


@pytest.fixture
def counted(functions: tuple[Function, ...]) -> tuple[Function, list[str]]:
    """A function that notes each time it computes."""
    calls: list[str] = []

    def count(panel: Block) -> Spill:
        calls.append(threading.current_thread().name)
        return Spill(((float(len(panel.values)),),))

    return declare("COUNTED", count, PANEL), calls


@pytest.fixture
def book() -> Workbook:
    """A panel on a sheet with a blank and a quote in its name, and a second sheet for formulas."""
    workbook = openpyxl.Workbook()
    panel = workbook.active
    assert panel is not None
    panel.title = "面 板's"
    panel.append(["省份", "年份", "产出"])
    for i in range(5):
        panel.append(["北京", 2010 + i, None if i == 2 else float(i)])
    workbook.create_sheet("结果")
    return workbook


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    def to_file(workbook: Workbook, name: str = "书.xlsx") -> Path:
        path = tmp_path / name
        workbook.save(path)
        return path

    return to_file


@pytest.fixture
def office() -> str:
    command = shutil.which("soffice")
    if command is None:
        pytest.skip("LibreOffice (soffice) is not on PATH")
    return command


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A workbook that has everything which openpyxl drops or redraws."""
    return write_full_book(tmp_path / "全.xlsx")
