"""What a column's label says: the name, the unit, and what kind of quantity it is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.sheet.header import fold, read_header

_CHINESE_GAP = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_UNIT_TAIL = re.compile(r"^(?P<name>.+?)\s*[/／_:：]\s*(?P<unit>[^/／_:：]+)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement.

    Parameters
    ----------
    dimension : str
        ``yuan``, ``persons``, ``tce``, ``tonnes``, ``cubic``, ``kwh``, ``percent`` or ``index``.
    factor : float
        How many of the base unit it is.
    text : str
        As the label spells it.
    """

    dimension: str
    factor: float
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label taken apart.

    Parameters
    ----------
    text : str
        As it stands in the sheet.
    name : str
        Without its unit.
    unit : Unit or None
    concept : str
        ``gdp``, ``energy``, ...; empty when it is none that the rules know.
    may_be_negative : bool
        Whether a negative value makes sense.
    """

    text: str
    name: str
    unit: Unit | None
    concept: str
    may_be_negative: bool


def words(text: str) -> str:
    """A label in lower case with single blanks between English words and none between Chinese characters."""
    plain = re.sub(r"[\s_\-]+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    return _CHINESE_GAP.sub("", plain)


@lru_cache(maxsize=65536)
def read_label(text: str, rules: Rules, unit_line: str = "") -> Label:
    """Take a label apart.

    Parameters
    ----------
    text : str
    rules : Rules
    unit_line : str
        A unit that stands above the whole table (单位：亿元); the label's own unit comes before it.
    """
    header = read_header(text)
    name, unit_text = header.name, header.unit
    unit = find_unit(unit_text, rules) if unit_text else None
    if unit is None and (match := _UNIT_TAIL.match(unicodedata.normalize("NFKC", header.text))):
        tail = find_unit(match["unit"], rules)
        if tail is not None:
            unit, name = tail, match["name"].strip()
    if unit is None and unit_line:
        unit = find_unit(unit_line, rules)
    spoken = words(text)
    for rule in rules.of("concept"):
        if re.search(rule.text, spoken):
            return Label(header.text, name, unit, rule.concept, rule.value == "any")
    return Label(header.text, name, unit, "", True)


def find_unit(text: str, rules: Rules) -> Unit | None:
    """The unit that a text spells exactly, or None."""
    return _units(rules).get(fold(text))


@lru_cache(maxsize=8)
def _units(rules: Rules) -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    for rule in rules.of("unit"):
        for spelling in rule.text.split("|"):
            table.setdefault(fold(spelling), Unit(rule.concept, rule.number, spelling))
    return table
