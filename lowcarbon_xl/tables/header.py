"""The head of a regression table: numbers, groups, stages, dependent variables."""

from __future__ import annotations

from collections.abc import Sequence

from lowcarbon_xl.errors import Text
from lowcarbon_xl.tables.columns import LEAST_SQUARES, EstimatedColumn
from lowcarbon_xl.tables.labels import VARIABLE, Naming
from lowcarbon_xl.tables.model import BLANK, Row, Span, TableCell, text_cell


def header_rows(columns: Sequence[EstimatedColumn], naming: Naming) -> tuple[tuple[Row, ...], tuple[Span, ...]]:
    """Header rows, and the columns that each group spans.

    Parameters
    ----------
    columns : sequence of EstimatedColumn
    naming : Naming

    Returns
    -------
    rows, spans
        Numbers first; then groups and stages where any column has one; dependent variables last.
    """
    rows: list[Row] = [(BLANK, *(text_cell(f"({place + 1})") for place in range(len(columns))))]
    spans: tuple[Span, ...] = ()
    if any(column.group is not None for column in columns):
        groups = [None if column.group is None else naming.heading(column.group) for column in columns]
        cells, spans = _grouped(groups, len(rows))
        rows.append((BLANK, *cells))
    if any(column.stage is not None for column in columns):
        rows.append((BLANK, *(text_cell(column.stage or LEAST_SQUARES) for column in columns)))
    dependents = (text_cell(naming.variable(column.dependent)) for column in columns)
    rows.append((text_cell(VARIABLE, "left"), *dependents))
    return tuple(rows), spans


def _grouped(groups: Sequence[Text | None], row: int) -> tuple[list[TableCell], tuple[Span, ...]]:
    """Neighbours with the same heading share it: the first cell carries it, the others are blank."""
    cells: list[TableCell] = []
    starts: list[tuple[int, int]] = []
    for place, group in enumerate(groups):
        if group is not None and starts and place == starts[-1][1] + 1 and groups[place - 1] == group:
            starts[-1] = (starts[-1][0], place)
            cells.append(BLANK)
            continue
        if group is not None:
            starts.append((place, place))
        cells.append(BLANK if group is None else text_cell(group))
    return cells, tuple(Span(row, first + 1, last + 1) for first, last in starts)
