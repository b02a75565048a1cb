"""Provinces under all their spellings: 北京市, 北 京, Beijing and 110000 are one; Shanxi is not Shaanxi."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lowcarbon_xl.errors import nearest

_BLANKS = re.compile(r"[\s\u3000]+")
_ENGLISH_SUFFIX = re.compile(
    r"(province|municipality|autonomousregion|zhuangautonomousregion|huiautonomousregion|uygurautonomousregion|city)$"
)
_NATIONAL = frozenset(
    {
        "全国",
        "中国",
        "全国合计",
        "合计",
        "总计",
        "全国总计",
        "national",
        "nationaltotal",
        "china",
        "total",
        "wholecountry",
    }
)


@dataclass(frozen=True, slots=True)
class Province:
    """One province-level unit.

    Parameters
    ----------
    code : str
        Six digits (GB/T 2260).
    zh, full_zh, en : str
        Short Chinese, official Chinese and English name.
    region3, region4 : str
        NBS regions: east, central, west; with northeast. Empty outside the mainland.
    municipality : bool
        Beijing, Tianjin, Shanghai, Chongqing.
    """

    code: str
    zh: str
    full_zh: str
    en: str
    region3: str
    region4: str
    municipality: bool


def fold(name: object) -> str:
    """A name without blanks, width and case: what two spellings must share to be one province."""
    if isinstance(name, float) and name.is_integer():
        name = int(name)
    return _BLANKS.sub("", unicodedata.normalize("NFKC", str(name))).casefold().replace("-", "").replace("_", "")


@cache
def provinces() -> tuple[Province, ...]:
    """All 34, in the order of their codes."""
    return tuple(province for province, _ in _read())


@cache
def _read() -> tuple[tuple[Province, tuple[str, ...]], ...]:
    text = resources.files("lowcarbon_xl.data").joinpath("provinces.csv").read_text("utf-8")
    records = []
    for row in csv.DictReader(text.splitlines()):
        province = Province(
            row["code"],
            row["zh"],
            row["full_zh"],
            row["en"],
            row["region3"],
            row["region4"],
            row["municipality"] == "1",
        )
        other = tuple(filter(None, row["other_spellings"].split(";")))
        records.append((province, (row["code"], row["code"][:2], row["zh"], row["full_zh"], row["en"], *other)))
    return tuple(records)


@cache
def _spellings() -> dict[str, Province]:
    """Every known spelling, folded. Matching is exact, so Shanxi can never become Shaanxi."""
    table: dict[str, Province] = {}
    for province, names in _read():
        for name in names:
            table[fold(name)] = province
        for suffix in ("省", "市", "自治区"):
            table.setdefault(fold(province.zh + suffix), province)
    return table


def find_province(name: object) -> Province | None:
    """The province that a cell names, or None. Only exact spellings count; nothing is matched by likeness."""
    folded = fold(name)
    return _spellings().get(folded) or _spellings().get(_ENGLISH_SUFFIX.sub("", folded))


def is_national(name: object) -> bool:
    """Whether a cell names the national total."""
    return fold(name) in _NATIONAL


def suggest_province(name: object) -> str | None:
    """The province whose spelling is most like a name that is none; for messages only."""
    guess = nearest(fold(name), _spellings())
    return _spellings()[guess].zh if guess else None
