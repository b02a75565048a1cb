"""A chart as plain data: what is drawn from which cells; each host draws it with its own native charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

ChartKind = Literal["line", "bars", "stacked", "histogram", "points", "scatter"]
PALETTE = ("1F5C57", "D08A2E", "7A4E8A", "4C7FB0", "B4500F", "6E8B3D", "8C8C8C", "A23B52", "2E3A59", "C9A227")
FONT = "微软雅黑"


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One chart.

    Parameters
    ----------
    kind : str
        ``line``; ``bars`` side by side; ``stacked`` bars; ``histogram`` (bars without gaps, series over each other);
        ``points`` (estimates with intervals: estimate, then distances down and up); ``scatter`` (x, then y).
    title, x_title, y_title : str
    row, column, rows, columns : int
        The cells drawn: a header row, then `rows` rows; the first column holds categories (or x).
    at : str
        Upper left cell of the picture.
    width, height : float
        In centimetres.
    y_format : str
        Number format of the vertical axis.
    y_range : tuple of float, optional
        Where the vertical axis begins and ends.
    x_format, x_range
        The same for the horizontal axis of a scatter.
    trend : bool
        Whether a straight line is fitted through a scatter.
    """

    kind: ChartKind
    title: str
    row: int
    column: int
    rows: int
    columns: int
    at: str
    x_title: str = ""
    y_title: str = ""
    width: float = 17.0
    height: float = 9.0
    y_format: str = "0.00"
    y_range: tuple[float, float] | None = None
    x_format: str = "General"
    x_range: tuple[float, float] | None = None
    trend: bool = False

    @property
    def name(self) -> str:
        """What the host calls it."""
        return f"LC {self.title}"[:60]


def axis_range(values: Sequence[float]) -> tuple[tuple[float, float], str]:
    """Round ends of an axis that holds all values, and the number format that its steps need."""
    low, high = min(values), max(values)
    step = 10.0 ** math.floor(math.log10((high - low) / 2)) if high > low else 1.0
    ends = math.floor(low / step - 1e-9) * step, math.ceil(high / step + 1e-9) * step
    decimals = max(0, 1 - math.floor(math.log10(step)))
    return (round(ends[0], 9), round(ends[1], 9)), f"0.{'0' * decimals}" if decimals else "0"


def vertical(values: Sequence[float]) -> dict[str, Any]:
    """The same as a chart's `y_range` and `y_format`."""
    ends, number_format = axis_range(values)
    return {"y_range": ends, "y_format": number_format}
