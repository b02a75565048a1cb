"""Fonts, borders, colours and widths over openpyxl's styles."""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from openpyxl.styles import Border as CellBorder
from openpyxl.styles import Side
from xlwings import base_classes

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.ranges import Range

_WIDEST = 60.0
_STYLES = {
    "continuous": "thin",
    "dash": "dashed",
    "dash_dot": "dashDot",
    "dash_dot_dot": "dashDotDot",
    "dot": "dotted",
    "double": "double",
    "slant_dash_dot": "slantDashDot",
}
_WEIGHTS = {"hairline": "hair", "thin": "thin", "medium": "medium", "thick": "thick"}
_SIDES = ("edge_top", "edge_bottom", "edge_left", "edge_right", "inside_vertical", "inside_horizontal")
_GROUPS = {
    "all": _SIDES,
    "everything": _SIDES,
    "outside": _SIDES[:4],
    "inside": _SIDES[4:],
}


def to_rgb(color: Any) -> tuple[int, int, int] | None:
    """An openpyxl colour as red, green and blue; None for none and for theme colours."""
    text = getattr(color, "rgb", None)
    if not isinstance(text, str) or len(text) != 8:
        return None
    return int(text[2:4], 16), int(text[4:6], 16), int(text[6:8], 16)


def from_rgb(color: Any) -> str:
    """Red, green and blue, a hex text or Excel's number as openpyxl's text."""
    if isinstance(color, str):
        return "FF" + color.lstrip("#").upper()
    if isinstance(color, int):
        color = (color & 255, color >> 8 & 255, color >> 16 & 255)
    return "FF{:02X}{:02X}{:02X}".format(*color)


def fitted_width(cells: Iterable[Any]) -> float:
    """A column width that shows the cells' texts; Chinese characters count twice."""
    widest = max((_length(cell.value) for cell in cells if cell.value is not None), default=6.0)
    return min(_WIDEST, max(6.0, widest + 2.0))


def _length(value: Any) -> float:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    if text.startswith("="):
        return 0.0
    lines = text.splitlines() or [""]
    return float(max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines))


class Font(base_classes.Font):
    """The font of a range's cells."""

    def __init__(self, parent: Range) -> None:
        self._range = parent

    @property
    def api(self) -> Any:
        """The font of the first cell."""
        return self._range.first.font

    def _set(self, **changes: Any) -> None:
        for cell in self._range.cells():
            font = copy.copy(cell.font)
            for name, value in changes.items():
                setattr(font, name, value)
            cell.font = font

    @property
    def bold(self) -> bool:
        """Whether bold."""
        return bool(self.api.bold)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set(bold=value)

    @property
    def italic(self) -> bool:
        """Whether italic."""
        return bool(self.api.italic)

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set(italic=value)

    @property
    def size(self) -> float:
        """Size in points."""
        return float(self.api.size)

    @size.setter
    def size(self, value: float) -> None:
        self._set(size=value)

    @property
    def name(self) -> str:
        """The typeface."""
        return str(self.api.name)

    @name.setter
    def name(self, value: str) -> None:
        self._set(name=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Red, green and blue."""
        return to_rgb(self.api.color)

    @color.setter
    def color(self, value: Any) -> None:
        self._set(color=from_rgb(value))


class Borders(base_classes.Borders):
    """The borders of a range."""

    def __init__(self, parent: Range) -> None:
        self.parent = parent

    @property
    def api(self) -> Any:
        """The border of the first cell."""
        return self.parent.first.border

    def __getitem__(self, key: str) -> Border:
        return Border(self.parent, key)

    def set(
        self,
        which: str = "all",
        *,
        line_style: Any = base_classes._UNSET,
        weight: Any = base_classes._UNSET,
        color: Any = base_classes._UNSET,
    ) -> None:
        """Set several sides at once."""
        for side in _GROUPS.get(which, (which,)):
            border = Border(self.parent, side)
            if line_style is not base_classes._UNSET:
                border.line_style = line_style
            if weight is not base_classes._UNSET:
                border.weight = weight
            if color is not base_classes._UNSET:
                border.color = color

    def clear(self, which: str = "everything") -> None:
        """Take borders away."""
        self.set(which, line_style="none")

    def _common(self, read: Callable[[Border], Any]) -> Any:
        rows, columns = self.parent.shape
        missing = {name for name, count in (("inside_horizontal", rows), ("inside_vertical", columns)) if count == 1}
        values = {read(Border(self.parent, side)) for side in _SIDES if side not in missing}
        return values.pop() if len(values) == 1 else None

    @property
    def line_style(self) -> str | None:
        """The line style that all sides share."""
        style: str | None = self._common(lambda border: border.line_style)
        return style

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        self.set("all", line_style=value)

    @property
    def weight(self) -> str | None:
        """The weight that all sides share."""
        weight: str | None = self._common(lambda border: border.weight)
        return weight

    @weight.setter
    def weight(self, value: str) -> None:
        self.set("all", weight=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour that all sides share."""
        color: tuple[int, int, int] | None = self._common(lambda border: border.color)
        return color

    @color.setter
    def color(self, value: Any) -> None:
        self.set("all", color=value)


class Border(base_classes.Border):
    """One side of a range's borders."""

    def __init__(self, parent: Range, side: str) -> None:
        if side not in _SIDES:
            raise NotImplementedError(f"The border {side} is not available without Excel")
        self._range = parent
        self._side = side

    @property
    def api(self) -> Side:
        """The side of the first cell that has it."""
        return next((getattr(cell.border, name) for cell, name in self._segments()), Side())

    def _segments(self) -> Iterator[tuple[Any, str]]:
        """The cells and the sides of cells that make up this side of the range."""
        rows, columns = self._range.shape
        for i, line in enumerate(self._range.rows_of_cells()):
            for j, cell in enumerate(line):
                if self._side == "edge_top" and i == 0:
                    yield cell, "top"
                if self._side == "edge_bottom" and i == rows - 1:
                    yield cell, "bottom"
                if self._side == "edge_left" and j == 0:
                    yield cell, "left"
                if self._side == "edge_right" and j == columns - 1:
                    yield cell, "right"
                if self._side == "inside_horizontal" and i < rows - 1:
                    yield cell, "bottom"
                if self._side == "inside_vertical" and j < columns - 1:
                    yield cell, "right"

    def _set(self, style: Any = None, color: str | None = None, *, remove: bool = False) -> None:
        for cell, name in self._segments():
            old = getattr(cell.border, name)
            side = Side() if remove else Side(style=style or old.style or "thin", color=color or old.color)
            border: CellBorder = copy.copy(cell.border)
            setattr(border, name, side)
            cell.border = border

    @property
    def line_style(self) -> str:
        """The line style; ``none`` where there is no line."""
        style = self.api.style
        if style is None:
            return "none"
        return next((name for name, own in _STYLES.items() if own == style), "continuous")

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        self._set(style=_STYLES.get(value or ""), remove=value in {None, "none"})

    @property
    def weight(self) -> str | None:
        """The weight; None where there is no line."""
        style = self.api.style
        return None if style is None else next((name for name, own in _WEIGHTS.items() if own == style), "thin")

    @weight.setter
    def weight(self, value: str) -> None:
        self._set(style=_WEIGHTS[value])

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Red, green and blue."""
        return to_rgb(self.api.color)

    @color.setter
    def color(self, value: Any) -> None:
        self._set(color=from_rgb(value))
