"""What one cell says: a number, a number typed as text, a mark for "missing", an error, or a text."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from functools import lru_cache
from typing import Literal

from lowcarbon_xl.cells import Cell, CellError
from lowcarbon_xl.panel.provinces import Province, find_province

CellKind = Literal["blank", "number", "logical", "date", "error", "text_number", "mark", "text"]

ERROR_TEXTS = frozenset(
    {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"}
)
_MARKS = frozenset(
    {
        *("...", "......", "..", ".", "—", "——", "-", "--", "---", "–", "―", "/", "\\", "*", "#", "|", "x"),
        *("na", "n/a", "n.a.", "n.a", "nan", "null", "none", "nil", "missing", "m", "缺", "缺失", "无", "暂无", "空"),
        *("未统计", "无数据", "不详", "未知", "?"),
    }
)
_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*|\d*)(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
_YEAR = re.compile(r"(?:[yY]|FY|fy|CY)?\s*((?:19|20)\d{2})\s*(?:年度?|年末|年底)?(?:\s*\([^)]*\))?")


def plain(text: str) -> str:
    """Without width, outer and inner blanks (tabs, no-break and ideographic ones among them), and an apostrophe."""
    return "".join(unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "").split()).lstrip("'")


@lru_cache(maxsize=65536)
def spelled_number(text: str) -> float | None:
    """The number that a text spells (thousands separators, full-width digits and blanks are read), or None."""
    bare = plain(text)
    if not any(character.isdigit() for character in bare) or not _NUMBER.fullmatch(bare):
        return None
    try:
        value = float(bare.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


@lru_cache(maxsize=65536)
def text_kind(text: str) -> CellKind:
    """What a text cell says."""
    bare = plain(text)
    if not bare:
        return "blank"
    if bare.upper() in ERROR_TEXTS:
        return "error"
    if bare.casefold() in _MARKS:
        return "mark"
    return "text" if spelled_number(text) is None else "text_number"


def kind(cell: Cell) -> CellKind:
    """What a cell says."""
    if cell is None:
        return "blank"
    if isinstance(cell, bool):
        return "logical"
    if isinstance(cell, int | float):
        return "number" if math.isfinite(cell) else "error"
    if isinstance(cell, str):
        return text_kind(cell)
    return "error" if isinstance(cell, CellError) else "date"


def number_of(cell: Cell) -> float:
    """The number in a cell, one typed as text included; NaN where there is none. A blank is never 0."""
    if isinstance(cell, str):
        value = spelled_number(cell)
        return math.nan if value is None else value
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else math.nan
    return math.nan


def is_blank(cell: Cell) -> bool:
    """Nothing, or nothing but blanks."""
    return cell is None or (isinstance(cell, str) and text_kind(cell) == "blank")


def year_of(cell: Cell) -> int | None:
    """The year that a cell names, or None: 2013, "2013", "2013年", "y2013", a date."""
    if isinstance(cell, dt.date):
        return cell.year
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if 1900 <= cell <= 2100 and float(cell).is_integer() else None
    return _year_text(cell) if isinstance(cell, str) else None


@lru_cache(maxsize=65536)
def province_of(name: str | float) -> Province | None:
    """The province that a cell names (`find_province`, remembered: a panel names each one many times)."""
    return find_province(name)


@lru_cache(maxsize=4096)
def _year_text(text: str) -> int | None:
    match = _YEAR.fullmatch(plain(text))
    return int(match[1]) if match else None
