"""Results to cells: columns beside their panel, in the order of its rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lowcarbon_xl.cells import CellError, Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.options import Options

NOT_AVAILABLE = "#N/A"


def number_cell(value: float, reason: Text | None = None) -> Output:
    """A number, or #N/A with its reason where there is none: never a blank, never 0."""
    return float(value) if math.isfinite(value) else CellError(NOT_AVAILABLE, reason)


def number_cells(values: Iterable[float], reason: Text | None = None) -> list[Output]:
    """A column of numbers; one reason for all that are missing."""
    return [number_cell(value, reason) for value in values]


def column_spill(
    headers: Sequence[Output], columns: Sequence[Sequence[Output]], options: Options, notes: tuple[Text, ...] = ()
) -> Spill:
    """Columns of equal length under a header row (dropped by ``header=0``)."""
    return row_spill(headers, zip(*columns, strict=True), options, notes)


def row_spill(
    headers: Sequence[Output], rows: Iterable[Sequence[Output]], options: Options, notes: tuple[Text, ...] = ()
) -> Spill:
    """Rows under a header row (dropped by ``header=0``)."""
    body = tuple(tuple(row) for row in rows)
    head = (tuple(headers),) if options.header else ()
    return Spill(head + body, notes, options.language)
