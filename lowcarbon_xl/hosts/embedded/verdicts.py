"""What the lint says about a formula: refused and why, or computed with doubts that only values can settle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.formulas import Node
from lowcarbon_xl.hosts.embedded.places import Area


class Shape(Enum):
    """What an expression gives."""

    SCALAR = 0
    RANGE = 1
    ARRAY = 2


class RefusedError(Exception):
    """Raised inside the lint with the reason; never leaves it."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


class Doubt(Enum):
    """What may be wrong with a value; the text is the reason for refusing when it is."""

    TIE = Text(
        "比较的两个数在第 15 位有效数字上才分得开，与 Excel 的结果可能不同",
        "two numbers that it compares differ only beyond the 15th digit, where Excel may decide otherwise",
    )
    ALMOST_WHOLE = Text(
        "要取整的数与整数只差一个舍入误差，与 Excel 的结果可能不同",
        "a number that it cuts is a rounding error away from a whole one, where Excel may decide otherwise",
    )
    LONG_NUMBER = Text(
        "把超过 15 位有效数字的数变成文本，Excel 会写得不同",
        "a number with more than 15 digits becomes text, which Excel spells otherwise",
    )
    ERROR_VALUE = Text(
        "要加总的单元格里有错误值，会被漏掉",
        "there are error values among the cells that it adds up, which would be passed over",
    )
    WILDCARD = Text(
        "条件里有通配符 ? 或错误值",
        "the condition holds the wildcard ? or an error value",
    )
    NOT_NUMBERS = Text(
        "区域里有逻辑值或文本形式的数字，SUMPRODUCT 会把它们算进去",
        "the range holds TRUE/FALSE or numbers typed as text, which SUMPRODUCT would count",
    )
    UNSORTED = Text(
        "近似查找的区域不是升序排列的数字",
        "the range of an approximate lookup is not numbers in ascending order",
    )
    WIDE_SPACE = Text(
        "文本里有全角空格或不间断空格，TRIM 的结果与 Excel 不同",
        "the text holds full-width or no-break spaces, which TRIM treats otherwise in Excel",
    )
    OTHER_SIZE = Text(
        "数组公式的区域与结果的大小不同",
        "the range of the array formula has another size than its result",
    )


@dataclass(frozen=True, slots=True)
class AreaCheck:
    """A doubt about cells."""

    doubt: Doubt
    area: Area


@dataclass(frozen=True, slots=True)
class ExpressionCheck:
    """A doubt about the values of parts of the formula."""

    doubt: Doubt
    parts: tuple[Node, ...]


Check = AreaCheck | ExpressionCheck


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a formula is refused (None: it is not), and what must still be checked when values are there."""

    refused: Text | None
    checks: tuple[Check, ...] = ()


def one_cell(what: Text) -> Text:
    """The reason for a range where one value is wanted."""
    return Text(
        f"{what.zh}需要一个值，却用在整个区域上", f"{what.en} needs one value but is used on a whole range or array"
    )
