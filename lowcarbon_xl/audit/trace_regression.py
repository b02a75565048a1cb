"""Trace of a regression: the rows it uses, the rows it drops and why, and what each province does to a coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lowcarbon_xl.audit.trace import Dropped, Section, Trace, row_span, table_cells
from lowcarbon_xl.cells import Output
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.robustness import leave_one_out
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import Text
from lowcarbon_xl.sheet.spill import number_cell
from lowcarbon_xl.sheet.table import Table

OUTSIDE = Text("筛选条件以外", "outside the filter")
OTHER_GROUP = Text("另一组，或筛选条件以外", "in another group, or outside the filter")
_MOST_UNITS = 200
"""Leaving out more units one by one takes longer than anybody waits."""


def trace_sample(
    trace: Trace,
    table: Table,
    columns: Sequence[int],
    fit: FitResult,
    who: Sequence[str] | None,
    outside: Text = OUTSIDE,
) -> Trace:
    """The cells of the rows used, and every row that is dropped with the reason.

    Parameters
    ----------
    columns : sequence of int
        Columns of the variables and of the keys.
    who : sequence of str or None
        Name of every row.
    outside : Text
        Why rows are not among those that the equation is estimated on.
    """
    lost = _lost(table, columns, fit, outside)
    dropped = [Dropped(row_span(table, row), _name(who, row), reason) for row, reason in lost]
    lines: list[tuple[Output, ...]] = [(Text("样本", "sample"), Text("行数", "rows"))]
    lines += [
        (Text("使用", "used"), fit.n),
        (outside, len(fit.filtered)),
        (Text("有缺失值", "with missing values"), len(fit.missing)),
        (Text("单独一组（singleton）", "alone in a fixed effect (singletons)"), len(fit.singletons)),
    ]
    section = Section(Text("样本", "Sample"), tuple(lines))
    cells = table_cells(table, fit.rows.tolist(), columns, who)
    return replace(trace, cells=cells, sections=(*trace.sections, section), dropped=tuple(dropped))


def _name(who: Sequence[str] | None, row: int) -> str:
    return who[row] if who is not None else ""


def _lost(table: Table, columns: Sequence[int], fit: FitResult, outside: Text) -> list[tuple[int, Text]]:
    """Rows left out, in the order of the sheet."""
    found: list[tuple[int, Text]] = [(row, outside) for row in fit.filtered.tolist()]
    for row in fit.missing.tolist():
        blanks = [column for column in columns if table.block.values[row + 1][column] in (None, "")]
        cells = ", ".join(f"{table.headers[c].name} {table.where(row, c)}" for c in blanks)
        found.append(
            (row, Text(f"缺失：{cells}", f"missing: {cells}"))
            if cells
            else (row, Text("没有滞后值，或固定效应、聚类为空", "no lag, or a blank fixed effect or cluster"))
        )
    found += [
        (row, Text("在某个固定效应里单独一组（singleton）", "alone in a fixed effect (a singleton)"))
        for row in fit.singletons.tolist()
    ]
    return sorted(found, key=lambda lost: lost[0])


def trace_influence(trace: Trace, specification: Specification, fit: FitResult, term: str) -> Trace:
    """What leaving out each province does to one coefficient, the most influential first; not for very many units."""
    if specification.unit is not None and len(specification.unit.levels) > _MOST_UNITS:
        note = Text(
            f"主体超过 {_MOST_UNITS} 个，没有逐个剔除", f"more than {_MOST_UNITS} units: not left out one by one"
        )
        return replace(trace, notes=(*trace.notes, note))
    found = leave_one_out(specification, term)
    error = float(fit.standard_errors[fit.position(term)])
    shift = found.estimates - found.estimate
    reasons = dict(found.reasons)
    lines: list[tuple[Output, ...]] = [
        (
            Text("去掉", "without"),
            Text("系数", "coef"),
            Text("变动", "shift"),
            Text("变动/标准误", "shift / se"),
            "p",
        )
    ]
    for position in np.argsort(-np.nan_to_num(np.abs(shift), nan=-1.0)).tolist():
        unit = found.units[position]
        reason = reasons.get(unit)
        numbers = (found.estimates[position], shift[position], shift[position] / error, found.p[position])
        lines.append((unit, *(number_cell(float(number), reason) for number in numbers)))
    title = Text(
        f"逐省剔除：{term} 的系数 {found.estimate!r}", f"Leaving out a province at a time: {term}, {found.estimate!r}"
    )
    return replace(trace, sections=(*trace.sections, Section(title, tuple(lines))))
