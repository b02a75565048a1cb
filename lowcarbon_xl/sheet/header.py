"""One header cell: its name, unit and role tag. ``劳动(万人)[投入]`` is the name 劳动, the unit 万人, the tag I."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Tag = Literal["I", "O", "B"]

_TAGS: dict[str, Tag] = {
    "(i)": "I",
    "(o)": "O",
    "(b)": "B",
    "[投入]": "I",
    "[期望产出]": "O",
    "[非期望产出]": "B",
    "[i]": "I",
    "[o]": "O",
    "[b]": "B",
    "(投入)": "I",
    "(期望产出)": "O",
    "(非期望产出)": "B",
}
_TAG = re.compile(r"\s*(\([iob]\)|\[[iob]\]|[\[(](?:非?期望产出|投入)[\])])\s*", re.IGNORECASE)
_UNIT = re.compile(r"^(?P<name>.+?)\s*\((?P<unit>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*$", re.DOTALL)
_SUFFIX_UNITS = {
    "_10ktce": "万吨标准煤",
    "_10kt": "万吨",
    "_10k_km2": "万平方公里",
    "_10k": "万人",
    "_yi_kwh": "亿千瓦时",
    "_yi_m3": "亿立方米",
    "_yi_cny": "亿元",
    "_yi": "亿元",
    "_bn": "10^9",
    "_mt": "百万吨",
    "_pct": "%",
    "_prev100": "上年=100",
}


@dataclass(frozen=True, slots=True)
class Header:
    """A column's header, taken apart.

    Parameters
    ----------
    text : str
        As it stands in the cell, line breaks and double blanks made single.
    name : str
        Without unit and tag.
    unit : str
        Empty when none is given.
    tag : {"I", "O", "B"} or None
        Input, good output, bad output.
    """

    text: str
    name: str
    unit: str = ""
    tag: Tag | None = None


def fold(text: str) -> str:
    """A name without width, case, blanks, underscores and hyphens: what makes two headers the same."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text)).casefold()


def read_header(text: str) -> Header:
    """Take a header cell apart."""
    shown = re.sub(r"\s+", " ", text).strip()
    plain = unicodedata.normalize("NFKC", shown)
    tag: Tag | None = None
    if found := _TAG.search(plain):
        tag = _TAGS[found[1].casefold()]
        plain = (plain[: found.start()] + plain[found.end() :]).strip()
    if match := _UNIT.match(plain):
        return Header(shown, match["name"].strip(), match["unit"].strip(), tag)
    for suffix, unit in _SUFFIX_UNITS.items():
        if plain.casefold().endswith(suffix) and len(plain) > len(suffix):
            return Header(shown, plain[: -len(suffix)], unit, tag)
    return Header(shown, plain, "", tag)
