"""The banner under a result: =STALE() against the inputs that the ledger keeps, red once one of them changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lowcarbon_xl.cells import Block, column_letters
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Sheet, area
from lowcarbon_xl.ribbon.chart import FONT
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.ledger import LEDGER_SHEET, SNAPSHOT_COLUMN, Entry, Field, Run, record
from lowcarbon_xl.ribbon.looks import RED

_LABEL = Text("输入数据|（与台账比较）：", "Input data| (against the ledger): ")
_GREY = (127, 127, 127)
_MOST_RANGES = 6
"""So many inputs can =STALE() compare."""


Watched = tuple[tuple[str, ...], tuple[frozenset[int], ...]]
"""The ranges that a banner compares, and the columns of each that it leaves out."""


def watched(inputs: Sequence[Block], unread: Sequence[Collection[int]]) -> Watched | None:
    """What the banner of a run compares; None for inputs that stand on no sheet, or are too many."""
    if not 0 < len(inputs) <= _MOST_RANGES or not all(block.sheet for block in inputs):
        return None
    left_out = tuple(frozenset(columns) for columns in unread) if unread else (frozenset[int](),) * len(inputs)
    return tuple(block.whole for block in inputs), left_out


def banner_groups(wanted: Sequence[Watched | None]) -> list[list[int]]:
    """Runs that made one result, by what their banners compare: each group shares a banner."""
    groups: dict[Watched, list[int]] = {}
    for place, one in enumerate(wanted):
        if one is not None:
            groups.setdefault(one, []).append(place)
    return list(groups.values())


def record_watched(desk: Desk, sheet: Sheet, row: int, runs: Sequence[Run], column: int = 1) -> int:
    """Record the runs behind one result and put their banners on its sheet, from `row` down; returns their number."""
    return put_banners(desk, sheet, row, record(desk, runs), column=column)


def put_banners(
    desk: Desk, sheet: Sheet, row: int, recorded: Sequence[Entry], labels: Sequence[str] = (), *, column: int = 1
) -> int:
    """Put the banners of recorded runs on a sheet, from `row` down; returns their number.

    Parameters
    ----------
    labels : sequence of str
        What each run is called beside its banner, where there is more than one.
    """
    groups = banner_groups([watched(entry.run.inputs, entry.run.unread) for entry in recorded])
    for offset, members in enumerate(groups):
        cell = desk.touch(area(sheet, row + offset, column, 1, 1))
        cell.formula = _formula(recorded[members[0]])
        which = "".join(labels[place] for place in members) if labels and len(groups) > 1 else ""
        label = _LABEL[desk.language].replace("|", f" {which}" if which else "")
        cell.number_format = f'General;General;General;"{label}"@'
        cell.font.name, cell.font.size, cell.font.color = FONT, 9, _GREY
        cell.horizontal_alignment = "left"
        desk.native.add_alarm(cell, _alarm(f"${column_letters(column)}${row + offset}"), RED)
    return len(groups)


def _formula(entry: Entry) -> str:
    """``=STALE(what the ledger keeps of the run, the inputs as they are)``; the run is looked up by its id."""
    first = SNAPSHOT_COLUMN if entry.pieces else Field.INPUT_HASH + 1
    last = first + max(entry.pieces, 1) - 1
    columns = f"{LEDGER_SHEET}!${column_letters(first)}:${column_letters(last)}"
    row = f'MATCH("{entry.name}",{LEDGER_SHEET}!$A:$A,0)'
    kept = f"INDEX({columns},{row}" + (",0)" if last > first else ")")
    return f"=STALE({kept},{','.join(entry.run.where)})"


def _alarm(cell: str) -> str:
    """Stale in either language, or an error; where the add-in is missing (#NAME?) nothing is known."""
    return f'=IF(ISERROR({cell}),ERROR.TYPE({cell})<>5,OR(LEFT({cell},2)="过期",LEFT({cell},5)="stale"))'
