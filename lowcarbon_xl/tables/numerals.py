"""Printing numbers: the number format that Excel applies, and the same text for writers without number formats."""

from __future__ import annotations

import math
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.tables.model import DASH, Brackets, NumberStyle, TableCell

GENERAL = "General"
_SIGNIFICANT = 2  # digits shown of a number that the usual decimals would print as 0
_MOST_DECIMALS = 7
_EXCEL_DIGITS = 15


def number_cell(
    value: float, decimals: int, *, stars: int = 0, brackets: Brackets = "", italic: bool = False
) -> TableCell:
    """A numeric cell; a dash where the number does not exist.

    A number that `decimals` would round to 0 gets as many decimals as two digits of it need: 0.000*** tells nobody
    anything.
    """
    if not math.isfinite(value):
        return TableCell(DASH if math.isnan(value) else ("∞" if value > 0 else "-∞"))
    plain = float(value) + 0.0  # -0.0 prints a minus sign in Excel
    needed = decimals
    if plain and abs(plain) < 0.5 * 10.0**-decimals:
        needed = _SIGNIFICANT - 1 - math.floor(math.log10(abs(plain)))
    style = (
        NumberStyle(_SIGNIFICANT - 1, stars, brackets, scientific=True)
        if needed > _MOST_DECIMALS
        else NumberStyle(needed, stars, brackets)
    )
    return TableCell(plain, style, italic=italic)


def count_cell(value: int) -> TableCell:
    """A whole number."""
    return TableCell(int(value), NumberStyle(0))


def excel_format(style: NumberStyle | None) -> str:
    """The Excel number format of a style, as ``0.000"***"`` or ``"("0.00")";"("-0.00")"``.

    A bracketed number needs a section of its own for negatives: the sign would stand outside otherwise.
    """
    if style is None:
        return GENERAL
    digits = "0" + ("." + "0" * style.decimals if style.decimals else "")
    digits += "E+00" if style.scientific else ""
    stars = f'"{"*" * style.stars}"' if style.stars else ""
    if not style.brackets:
        return digits + stars
    opening, closing = style.brackets
    return f'"{opening}"{digits}"{closing}"{stars};"{opening}"-{digits}"{closing}"{stars}'


def printed(cell: TableCell, language: Language) -> str:
    """What the cell shows."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, Text):
        return value[language]
    if isinstance(value, str):
        return value
    style = cell.style or NumberStyle(0 if isinstance(value, int) else 3)
    text = f"{value:.{style.decimals}E}" if style.scientific else _rounded(value, style.decimals)
    opening, closing = style.brackets or ("", "")
    return f"{opening}{text}{closing}{'*' * style.stars}"


def _rounded(value: float, decimals: int) -> str:
    """Rounded half away from 0 at Excel's fifteen digits, so that the paper and the sheet never differ in a digit."""
    fifteen = Decimal(f"{value:.{_EXCEL_DIGITS - 1}e}")
    return f"{fifteen.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):f}"


def display_width(text: str) -> int:
    """Columns that a text takes on a terminal: a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
