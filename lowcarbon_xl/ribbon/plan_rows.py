"""Rows of the plan estimated one after the other: one that fails stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import LowCarbonError, Text
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.plan import PlanRow
from lowcarbon_xl.ribbon.plan_models import run_row
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.plan_panels import Panels


@dataclass(slots=True)
class Estimated:
    """What rows of the plan came to.

    Parameters
    ----------
    done : list of Outcome
    failed : dict of int to Text
        Why a row of the sheet gave nothing.
    """

    done: list[Outcome] = field(default_factory=list)
    failed: dict[int, Text] = field(default_factory=dict)

    @property
    def first_failure(self) -> Text | None:
        """The first row that failed, and why."""
        for number, reason in sorted(self.failed.items()):
            return Text(f"第 {number} 行：{reason.zh}", f"row {number}: {reason.en}")
        return None

    def by_sheet(self, desk: Desk) -> dict[str, list[Outcome]]:
        """The outcomes by the sheet that they are written to."""
        sheets: dict[str, list[Outcome]] = {}
        for outcome in self.done:
            sheets.setdefault(outcome.row.output()[desk.language], []).append(outcome)
        return sheets


def estimate_rows(desk: Desk, rows: Sequence[PlanRow]) -> Estimated:
    """Estimate rows, with progress; every panel is read before the first of them."""
    panels, found = Panels(desk), Estimated()
    blocks: dict[int, Block] = {}
    for row in rows:
        try:
            blocks[row.row] = panels.read(row)
        except LowCarbonError as error:
            found.failed[row.row] = error.message()
    for number, row in enumerate(rows, start=1):
        if row.row in blocks:
            try:
                outcome = run_row(row, blocks[row.row])
                found.done.append(replace(outcome, range=panels.range_of(row)))
            except LowCarbonError as error:
                found.failed[row.row] = error.message()
        desk.step(number, len(rows), row.label)
    return found
