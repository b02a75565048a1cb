"""Ledger: show what ran, and record the results of worksheet functions that are selected."""

from __future__ import annotations

from collections.abc import Iterator

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Block, Reference
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.ribbon.blocks import Range
from lowcarbon_xl.ribbon.calls import StandingFormula, called, read_argument, standing_formulas, written_range
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.ledger import Run, ledger_rows, ledger_sheet, record, spilled_run

_NO_RESULTS = frozenset({"HASH", "STALE", "AUDIT", "CHECKTABLE"})
"""Evidence about cells, not results of them."""


@ribbon_button(
    "ledger",
    Chapter.AUDIT,
    label=Text("台账", "Ledger"),
    tip=Text(
        "打开运行台账：输入、列的角色和单位、口径、版本、摘要。先选中公式结果（可选整张表）再按，就把这些结果也记入台账。",
        "Open the ledger of runs: inputs, roles and units of columns, conventions, versions, hashes. Results of formulas that are "
        "selected (a whole sheet, if you like) are recorded first.",
    ),
    image="TableDrawTable",
)
def ledger(desk: Desk) -> Text:
    """Record the selected results of worksheet functions, then show the ledger."""
    chosen = desk.selection or desk.native.selected(desk.book)
    before = len(ledger_rows(desk))
    runs = list(_selected_runs(desk, chosen))
    if runs:
        record(desk, runs)
    desk.show(ledger_sheet(desk))
    count = len(ledger_rows(desk))
    if not runs:
        return Text(f"台账有 {count} 次运行", f"the ledger holds {count} runs")
    new = count - before
    return Text(
        f"选中 {len(runs)} 个公式结果，新记 {new} 个（其余已有）；台账有 {count} 次运行",
        f"{len(runs)} results of formulas are selected, {new} of them newly recorded; the ledger holds {count} runs",
    )


def _selected_runs(desk: Desk, chosen: Range) -> Iterator[Run]:
    """The calls of ours whose results the selection touches.

    Raises
    ------
    InputError
        For a selected result that is an error: it has a reason, and nothing to record.
    """
    rows, columns = chosen.shape
    last = chosen.row + rows - 1, chosen.column + columns - 1
    used = desk.native.used(chosen.sheet)
    formulas = [
        formula
        for formula in standing_formulas(desk, chosen.sheet, min(last[0], used[0]), min(last[1], used[1]))
        if _is_result(formula) and (formula.filled is None or formula.touches(chosen.row, chosen.column, *last))
    ]
    for number, formula in enumerate(formulas, start=1):
        run = _run(desk, formula, (chosen.row, chosen.column, *last))
        desk.step(number, len(formulas), formula.anchor)
        if run is not None:
            yield run


def _is_result(formula: StandingFormula) -> bool:
    function = called(formula.tree)
    return function is not None and not function.needs_reference and function.name not in _NO_RESULTS


def _run(desk: Desk, formula: StandingFormula, chosen: tuple[int, int, int, int]) -> Run | None:
    """The call as the ledger records it; None where its result ends before the selection."""
    tree = formula.tree
    function = called(tree)
    if tree is None or function is None:
        return None
    arguments = [read_argument(desk, formula.sheet, node) for node in tree["args"]]
    spill = function.evaluate(arguments, desk.language)
    bottom, right = formula.row + len(spill.rows) - 1, formula.column + len(spill.rows[0]) - 1
    if bottom < chosen[0] or right < chosen[1]:
        return None
    if spill.failed:
        reason = spill.reasons[0] if spill.reasons else Text("错误值", "an error value")
        raise InputError(
            Text(
                f"选中的结果是错误：{reason.zh.rstrip('。')}",
                f"the selected result is an error: {reason.en.rstrip('.')}",
            ),
            Text("先改正公式，或不选这一格", "Mend the formula first, or leave the cell out"),
            where=formula.anchor,
        )
    blocks = [argument.block if isinstance(argument, Reference) else argument for argument in arguments]
    inputs = [(b, node) for b, node in zip(blocks, tree["args"], strict=True) if isinstance(b, Block) and b.sheet]
    ranges = tuple(written_range(block, node) for block, node in inputs)
    return spilled_run(f"{formula.anchor} {formula.text}", [block for block, _ in inputs], spill, ranges)
