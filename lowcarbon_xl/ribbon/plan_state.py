"""How each model of a plan stands, read from the values of its sheet: what a task pane lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.names import PLAN_NAMES
from lowcarbon_xl.ribbon.plan import KINDS, PlanRow, find_header, read_rows

State = Literal["ready", "done", "failed"]

SHEETS = PLAN_NAMES
"""Names that a plan's sheet may have."""

RUN_ALL, RUN_SELECTED, TEMPLATE = "run_all", "run_selected", "template"
"""Buttons that run the plan, run the selected rows of it, and make one."""

_DONE = "✓"
"""Begins the status of a row that gave a result."""


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One model of the plan.

    Parameters
    ----------
    row : int
        Its row in the sheet.
    name : str
    kind : Text
        As the plan's list of kinds spells it; as it is written, when it is none of them.
    state : {"ready", "done", "failed"}
        As the last run left it; ready has not been run, and a kind that there is not has failed before any run.
    reason : Text
        What the run wrote beside it, or what is wrong with it.
    """

    row: int
    name: str
    kind: Text
    state: State
    reason: Text


def read_entries(block: Block) -> tuple[PlanEntry, ...]:
    """Every model of a plan.

    Parameters
    ----------
    block : Block
        All used cells of the sheet, from A1.

    Raises
    ------
    InputError
        When there is no header row.
    """
    header, columns = find_header(block)
    return tuple(_entry(row) for row in read_rows(block, header, columns))


def _entry(row: PlanRow) -> PlanEntry:
    written = row["status"]
    reason = Text(written, written)
    try:
        kind = KINDS[row.kind]
    except InputError as error:
        return PlanEntry(row.row, row.label, Text(row["kind"], row["kind"]), "failed", error.message())
    state: State = "ready" if not written else "done" if written.startswith(_DONE) else "failed"
    return PlanEntry(row.row, row.label, kind, state, reason)
