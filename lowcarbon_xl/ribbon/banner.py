"""The banner under a result: =STALE() against the inputs that the ledger keeps, red once one of them changes."""

from __future__ import annotations

from collections.abc import Sequence

from lowcarbon_xl.cells import Block, column_letters
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Sheet, area
from lowcarbon_xl.ribbon.chart import FONT
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.ledger import LEDGER_SHEET, SNAPSHOT_COLUMN, Field, Run, record, snapshot_pieces

_LABEL = Text("输入数据（与台账比较）：", "Input data (against the ledger): ")
_GREY, _RED = (127, 127, 127), (252, 228, 214)
_MOST_RANGES = 6
"""So many inputs can =STALE() compare."""


Recorded = tuple[Run, int]
"""A run and its row in the ledger."""


def banner_rows(inputs: Sequence[tuple[Block, ...]]) -> int:
    """How many banners a result needs that was made by runs on these inputs: one for each different set of ranges."""
    return len({tuple(block.whole for block in blocks) for blocks in inputs if _watchable(blocks)})


def _watchable(inputs: tuple[Block, ...]) -> bool:
    return 0 < len(inputs) <= _MOST_RANGES and all(block.sheet for block in inputs)


def record_watched(desk: Desk, sheet: Sheet, row: int, runs: Sequence[Run], column: int = 1) -> int:
    """Record the runs behind one result and put their banners on its sheet, from `row` down; returns their number."""
    return put_banners(desk, sheet, row, list(zip(runs, record(desk, runs), strict=True)), column)


def put_banners(desk: Desk, sheet: Sheet, row: int, recorded: Sequence[Recorded], column: int = 1) -> int:
    """Put the banners of recorded runs on a sheet, from `row` down; returns their number."""
    distinct: dict[tuple[str, ...], Recorded] = {}
    for run, line in recorded:
        if _watchable(run.inputs):
            distinct.setdefault(tuple(block.whole for block in run.inputs), (run, line))
    for offset, (run, line) in enumerate(distinct.values()):
        cell = desk.touch(area(sheet, row + offset, column, 1, 1))
        cell.formula = _formula(run, line)
        cell.number_format = f'General;General;General;"{_LABEL[desk.language]}"@'
        cell.font.name, cell.font.size, cell.font.color = FONT, 9, _GREY
        cell.horizontal_alignment = "left"
        desk.native.add_alarm(cell, _alarm(f"${column_letters(column)}${row + offset}"), _RED)
    return len(distinct)


def _formula(run: Run, row: int) -> str:
    """``=STALE(what the ledger keeps, the inputs as they are)``."""
    pieces = len(snapshot_pieces(run))
    first = SNAPSHOT_COLUMN if pieces else Field.INPUT_HASH + 1
    last = first + max(pieces, 1) - 1
    kept = f"{LEDGER_SHEET}!${column_letters(first)}${row}"
    if last > first:
        kept += f":${column_letters(last)}${row}"
    return f"=STALE({kept},{','.join(block.whole for block in run.inputs)})"


def _alarm(cell: str) -> str:
    """Stale in either language, or an error; where the add-in is missing (#NAME?) nothing is known."""
    return f'=IF(ISERROR({cell}),ERROR.TYPE({cell})<>5,OR(LEFT({cell},2)="过期",LEFT({cell},5)="stale"))'
