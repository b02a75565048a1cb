"""What reading a file gives: sheets of cells at their true addresses, and what was met and repaired on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.errors import HostError, Text

_MOST_CELLS = 30_000_000


@dataclass(frozen=True, slots=True)
class Remark:
    """Something met while reading.

    Parameters
    ----------
    rule : str
        Identifier, as a finding has it.
    what, remedy : Text
    sheet : str
    cells : tuple of (row, column)
        1-based; empty when it is about the whole file.
    serious : bool
        Whether it must be corrected rather than only be known.
    """

    rule: str
    what: Text
    remedy: Text
    sheet: str = ""
    cells: tuple[tuple[int, int], ...] = ()
    serious: bool = False


@dataclass(frozen=True, slots=True)
class SourceSheet:
    """One sheet.

    Parameters
    ----------
    block : Block
        All its cells from A1 on; a line of a CSV file is a row.
    formulas : mapping of (row, column) to str
        Formulas without the equals sign, 1-based places; empty where the format does not keep them.
    arrays : tuple of str
        Rectangles that one formula fills (spills and array formulas): results, not data.
    """

    block: Block
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    arrays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read."""

    path: Path
    sheets: tuple[SourceSheet, ...]
    remarks: tuple[Remark, ...] = ()


def rectangle_of(cells: Mapping[int, Mapping[int, Cell]], where: str) -> list[list[Cell]]:
    """Sparse rows (1-based row -> 1-based column -> cell) as equally long rows from A1 to the last filled cell.

    Raises
    ------
    HostError
        When single cells lie so far out that the rectangle would not fit into memory.
    """
    height = max(cells, default=0)
    width = max((max(row) for row in cells.values() if row), default=0)
    if height * width > _MOST_CELLS:
        raise HostError(
            Text(f"工作表太大：{height} 行 × {width} 列", f"the sheet is too large: {height} rows x {width} columns"),
            Text(
                "删去远处零星的单元格（Ctrl+End 可以看到），再保存",
                "Delete stray cells far out (Ctrl+End shows them) and save",
            ),
            where=where,
        )
    blank: dict[int, Cell] = {}
    return [
        [row.get(column) for column in range(1, width + 1)]
        for row in (cells.get(index, blank) for index in range(1, height + 1))
    ]
