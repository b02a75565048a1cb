"""Outcomes to their output sheets: regression tables side by side, other tables below, pictures to the right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lowcarbon_xl.cells import Cell, Output, column_letters
from lowcarbon_xl.errors import LowCarbonError, Text
from lowcarbon_xl.ribbon.banner import banner_groups, watched
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, read_block
from lowcarbon_xl.ribbon.chart import ChartKind, ChartSpec, axis_range, vertical
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.explanations import explained_notes
from lowcarbon_xl.ribbon.plan import read_plan
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.plan_rows import Estimated, estimate_rows
from lowcarbon_xl.ribbon.put_table import put_table
from lowcarbon_xl.tables.block import write_block
from lowcarbon_xl.tables.columns import expand
from lowcarbon_xl.tables.model import Table
from lowcarbon_xl.tables.regression import TITLE, regression_table

_GAP_ROWS = 2
_CHART_ROWS = 20
_CHART_COLUMNS = 10
_BINS = 30
_SCATTER_LIMIT = 2_000

Rows = list[list[Output]]
Picture = tuple[Rows, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table of results, the rows of the plan that made it, and the row of its title on the output sheet."""

    members: tuple[Outcome, ...]
    table: Table
    row: int

    @property
    def banner(self) -> int:
        """The row below its notes, where its banners begin."""
        return self.row + self.table.height

    def contains(self, cell: Range) -> bool:
        """Whether a cell of its sheet is one of its own."""
        return bool(self.row <= cell.row < self.banner and cell.column <= self.table.columns)

    @property
    def end(self) -> int:
        """The row below its banners."""
        return self.banner + len(banner_groups([watched((o.inputs,), (o.unread,)) for o in self.members]))

    @property
    def labelled(self) -> Iterator[tuple[Outcome, str]]:
        """Its members with the numbers of their columns, ``(1)(2)``; without any for a table of another kind."""
        number = 0
        for outcome in self.members:
            columns = sum(1 for model in outcome.models for _ in expand(model))
            yield outcome, "".join(f"({number + i})" for i in range(1, columns + 1))
            number += columns


@dataclass(frozen=True, slots=True)
class OutputSheet:
    """An output sheet and the tables on it."""

    sheet: Sheet
    tables: tuple[PlacedTable, ...]


def place_tables(desk: Desk, outcomes: Sequence[Outcome], failed: dict[int, Text]) -> tuple[PlacedTable, ...]:
    """The tables of one output sheet from top to bottom; what cannot be made a table is added to `failed`."""
    placed: list[PlacedTable] = []
    row = 1
    for members in _tables(outcomes):
        try:
            table = _table(members)
        except LowCarbonError as error:
            failed |= {outcome.row.row: error.message() for outcome in members}
            continue
        sources = {outcome.inputs.sheet or "" for outcome in members}
        table = replace(table, notes=(*table.notes, *explained_notes(desk, sources)))
        placed.append(PlacedTable(tuple(members), table, row))
        row = placed[-1].end + _GAP_ROWS
    return tuple(placed)


def standing_tables(desk: Desk, sheet: Sheet, outcomes: Sequence[Outcome]) -> Iterator[PlacedTable]:
    """The tables of one output sheet where they stand on it now: found by their titles, from top to bottom.

    Notes below a table may have come or gone since it was written, so that rows cannot be counted.
    """
    titles = [row[0] for row in read_block(area(sheet, 1, 1, desk.native.used(sheet)[0], 1)).values]
    start = 0
    for one in place_tables(desk, outcomes, {}):
        title = one.table.title[desk.language]
        if title in titles[start:]:
            at = titles.index(title, start)
            start = at + 1
            yield replace(one, row=at + 1)


def planned_tables(desk: Desk, sheet: str) -> dict[str, tuple[tuple[Cell, ...], ...]]:
    """What the plan gives for an output sheet now: title, header and body of its tables by title.

    A table with a model that cannot be estimated is left out.
    """
    rows = [row for row in read_plan(desk).rows if sheet in (row.output().zh, row.output().en)]
    found = estimate_rows(desk, rows)
    broken = {row["title"] for row in rows if row.row in found.failed}
    return {
        one.table.title[desk.language]: write_block(one.table, desk.language).values[: -len(one.table.notes) or None]
        for one in place_tables(desk, found.done, {})
        if not broken & {outcome.row["title"] for outcome in one.members}
    }


def write_outcomes(desk: Desk, estimated: Estimated) -> list[OutputSheet]:
    """Write every output sheet; an outcome whose sheet cannot be written is added to the failures."""
    written: list[OutputSheet] = []
    failed = estimated.failed
    for name, group in estimated.by_sheet(desk).items():
        try:
            sheet = desk.own_sheet(name)
        except LowCarbonError as error:
            failed |= {outcome.row.row: error.message() for outcome in group}
            continue
        written.append(OutputSheet(sheet, _write_sheet(desk, sheet, group, failed)))
    return written


def _write_sheet(
    desk: Desk, sheet: Sheet, outcomes: Sequence[Outcome], failed: dict[int, Text]
) -> tuple[PlacedTable, ...]:
    sheet.show_gridlines = False
    last, width = 1, 0
    pictures: list[Picture] = []
    placed = place_tables(desk, outcomes, failed)
    for one in placed:
        _, columns = put_table(desk, sheet, one.row, one.table)
        last = one.end
        width = max(width, columns)
        pictures += _pictures(desk, one.members)
    _draw(desk, sheet, width + 2, pictures)
    last = max(last, 1 + len(pictures) * _CHART_ROWS)
    desk.native.set_page(area(sheet, 1, 1, last, width + 1 + (_CHART_COLUMNS if pictures else 0)))
    return placed


def _tables(outcomes: Sequence[Outcome]) -> Iterator[list[Outcome]]:
    """Models of one title make one table, wherever they stand in the plan; any other outcome is a table of its own."""
    joined: dict[str, list[Outcome]] = {}
    order: list[list[Outcome]] = []
    for outcome in outcomes:
        if not outcome.models:
            order.append([outcome])
            continue
        title = outcome.row["title"]
        if title not in joined:
            joined[title] = []
            order.append(joined[title])
        joined[title].append(outcome)
    yield from order


def _table(members: Sequence[Outcome]) -> Table:
    if members[0].table is not None:
        return members[0].table
    title = members[0].row["title"]
    models = [model for outcome in members for model in outcome.models]
    return regression_table(models, title=title or TITLE)


def _pictures(desk: Desk, members: Sequence[Outcome]) -> Iterator[Picture]:
    """The pictures that belong to a table, with the cells that they are drawn from."""
    if members[0].placebo is not None:
        yield _histogram(desk, members[0])
        return
    if (coefficients := _coefficients(desk, members)) is not None:
        yield coefficients
    drawn: set[tuple[str, str, float]] = set()
    for outcome in members:
        if outcome.first_stage is None:
            continue
        key = (*outcome.first_stage[:2], float(np.abs(outcome.first_stage[3]).sum()))
        if key not in drawn:  # equations that differ in y alone share their first stage
            drawn.add(key)
            yield _scatter(desk, outcome)


def _coefficients(desk: Desk, members: Sequence[Outcome]) -> Picture | None:
    """The coefficient of interest of every column, with its 95 % interval; only where all columns follow the same one."""
    columns = [column for outcome in members for model in outcome.models for column in expand(model)]
    estimated = [(i, c) for i, c in enumerate(columns, start=1) if c.first_stage is None and c.fit is not None]
    names = {column.core[0] for _, column in estimated if column.core}
    if len(names) != 1:
        return None
    name = names.pop()
    rows: Rows = [["", Text("系数", "coefficient"), Text("下", "down"), Text("上", "up")]]
    ends = [0.0]
    for number, column in estimated:
        if column.fit is None or name not in column.fit.terms:
            continue
        place = column.fit.position(name)
        value, low, high = (float(a[place]) for a in (column.fit.coefficients, column.fit.low, column.fit.high))
        if math.isfinite(low) and math.isfinite(high):
            rows.append([f"({number}) {column.dependent}", value, value - low, high - value])
            ends += [low, high]
    if len(rows) < 2:
        return None
    title = Text(f"{name} 的系数和 95% 置信区间", f"Coefficient of {name} with 95 % interval")
    return rows, {"kind": "points", "title": title[desk.language], "columns": 4, **vertical(ends)}


def _histogram(desk: Desk, outcome: Outcome) -> Picture:
    """The placebo estimates in bins, and the bin that the true estimate falls into."""
    result = outcome.placebo
    if result is None:
        raise TypeError("a histogram needs draws")
    low, high = min(result.estimates.min(), result.estimate), max(result.estimates.max(), result.estimate)
    counts, edges = np.histogram(result.estimates, bins=_BINS, range=(float(low), float(high)))
    width = edges[1] - edges[0]
    at = min(int((result.estimate - edges[0]) / width), _BINS - 1) if width else 0
    tall = max(int(counts.max()) // 4, 1)
    digits = max(0, 2 - math.floor(math.log10(width))) if width > 0 else 3
    rows: Rows = [[Text("估计值", "estimate"), Text("置换次数", "draws"), Text("真实估计", "true estimate")]]
    for i, count in enumerate(counts.tolist()):
        middle = f"{(edges[i] + edges[i + 1]) / 2:.{min(digits, 6)}f}"
        rows.append([f"{middle}", int(count), max(tall, int(count)) if i == at else 0])
    title = Text(
        f"安慰剂检验：{result.term}，真实估计 {result.estimate:.3g}，p = {result.p:.3f}",
        f"Placebo: {result.term}, true estimate {result.estimate:.3g}, p = {result.p:.3f}",
    )
    return rows, {"kind": "histogram", "title": title[desk.language], "columns": 3, "y_format": "0"}


def _scatter(desk: Desk, outcome: Outcome) -> Picture:
    """The first stage: instrument against endogenous variable, both without controls and effects."""
    if outcome.first_stage is None:
        raise TypeError("a scatter needs a first stage")
    instrument, endogenous, x, y = outcome.first_stage
    rows: Rows = [[f"{instrument}", f"{endogenous}"]]
    rows += [[a, b] for a, b in zip(x.tolist()[:_SCATTER_LIMIT], y.tolist()[:_SCATTER_LIMIT], strict=True)]
    title = Text(
        f"{outcome.row.label} 第一阶段（已剔除控制变量和固定效应）",
        f"{outcome.row.label} first stage (net of controls and effects)",
    )
    return rows, {
        "kind": "scatter",
        "title": title[desk.language],
        "columns": 2,
        "x_title": instrument,
        "y_title": endogenous,
        "trend": True,
        "x_range": axis_range(x.tolist())[0],
        "x_format": axis_range(x.tolist())[1],
        **vertical(y.tolist()),
    }


def _draw(desk: Desk, sheet: Sheet, column: int, pictures: Sequence[Picture]) -> None:
    """Pictures below each other, right of the tables; the cells they are drawn from, to the right of them."""
    data_column = column + _CHART_COLUMNS + 1
    for number, (rows, more) in enumerate(pictures):
        cells = desk.write(sheet, 1, data_column, rows)
        cells.font.size = 9
        cells.number_format = "General" if more["kind"] == "histogram" else "0.0000"
        cells.font.color = (140, 140, 140)
        kind: ChartKind = more["kind"]
        at = f"{column_letters(column)}{1 + number * _CHART_ROWS}"
        rest = {key: value for key, value in more.items() if key != "kind"}
        spec = ChartSpec(kind, row=1, column=data_column, rows=len(rows) - 1, at=at, **rest)
        desk.native.add_chart(sheet, spec)
        data_column += len(rows[0]) + 1
