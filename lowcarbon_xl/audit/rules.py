"""Rules, thresholds, units and names as data: the defaults, and what a sheet 规则 puts in their place."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lowcarbon_xl.audit.finding import Severity
from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.readers.marks import is_blank

RULE_SHEETS = frozenset({"规则", "rules", "_lc_规则"})
"""Names of a sheet whose rows replace or add to the defaults."""

_COLUMNS = ("kind", "rule", "concept", "tier", "value", "text", "zh", "en")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table of rules.

    Parameters
    ----------
    kind : str
        ``unit``, ``concept``, ``threshold``, ``range``, ``ratio`` or ``identity``.
    rule : str
        Identifier of the finding that it steers.
    concept : str
        What it is about (``gdp``, ``energy``, ...); ``*`` for everything else.
    tier : {"error", "verify", "off", ""}
    value : str
        A number, or ``low:high``.
    text : str
        Spellings, a pattern, a unit or an identity, by kind.
    label : Text
    """

    kind: str
    rule: str
    concept: str
    tier: str
    value: str
    text: str
    label: Text

    @property
    def number(self) -> float:
        """Its value as a number."""
        return float(self.value)

    @property
    def bounds(self) -> tuple[float, float]:
        """Its value as low and high."""
        low, _, high = self.value.partition(":")
        return float(low), float(high)

    @property
    def severity(self) -> Severity:
        """Its tier, verify where none is given."""
        return "error" if self.tier == "error" else "verify"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in force."""

    rows: tuple[Rule, ...]

    def of(self, kind: str, rule: str = "") -> tuple[Rule, ...]:
        """The rows of one kind, in their order."""
        return tuple(row for row in self.rows if row.kind == kind and rule in ("", row.rule))

    def threshold(self, rule: str, concept: str) -> Rule | None:
        """The threshold for a concept, else that for everything else."""
        found = {row.concept: row for row in self.of("threshold", rule)}
        return found.get(concept) or found.get("*")


@cache
def default_rules() -> Rules:
    """The rules that come with the package."""
    text = resources.files("lowcarbon_xl.data").joinpath("audit_rules.csv").read_text("utf-8")
    return Rules(tuple(_rule(row) for row in csv.DictReader(text.splitlines())))


def _rule(row: Mapping[str, str]) -> Rule:
    given = {column: (row.get(column) or "").strip() for column in _COLUMNS}
    kind, rule, concept, tier, value, text, zh, en = (given[column] for column in _COLUMNS)
    return Rule(kind, rule, concept, tier, value, text, Text(zh, en))


def with_sheet(rules: Rules, sheets: Iterable[Block]) -> Rules:
    """The defaults, with the rows of a sheet 规则 (same columns as the table of defaults) put in their place.

    A row replaces the default of the same kind, rule, concept and unit; an identity, a unit or a concept is added
    in front of the defaults.
    """
    own = [rule for block in sheets if is_rule_sheet(block) for rule in _rows(block)]
    if not own:
        return rules
    replaced = {_key(rule) for rule in own}
    return Rules((*own, *(rule for rule in rules.rows if _key(rule) not in replaced)))


def is_rule_sheet(block: Block) -> bool:
    """Whether a sheet holds rules, not data."""
    return (block.sheet or "").casefold() in RULE_SHEETS


def _key(rule: Rule) -> tuple[str, ...]:
    own_text = rule.text if rule.kind in ("identity", "unit", "concept", "range", "ratio") else ""
    return rule.kind, rule.rule, rule.concept, own_text


def _rows(block: Block) -> list[Rule]:
    header = [str(cell or "").strip().casefold() for cell in block.values[0]] if block.values else []
    rows = []
    for index, cells in enumerate(block.values[1:], start=1):
        if all(map(is_blank, cells)):
            continue
        rule = _rule({name: _spelled(cell) for name, cell in zip(header, cells, strict=False)})
        _check(rule, block, index, header)
        rows.append(rule)
    return rows


def _spelled(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _check(rule: Rule, block: Block, row: int, header: Sequence[str]) -> None:
    """A rule that cannot be read is refused by its cell: a check that silently does not run is worse than none."""
    try:
        if rule.kind in ("threshold", "unit", "identity"):
            _ = rule.number
        elif rule.kind in ("range", "ratio"):
            _ = rule.bounds
        elif rule.kind == "concept":
            re.compile(rule.text)
        else:
            raise ValueError(rule.kind)
    except (ValueError, re.error) as error:
        column = header.index("value") if "value" in header else 0
        raise InputError(
            Text(
                f"规则读不懂：{rule.kind} {rule.rule} {rule.value}",
                f"unreadable rule: {rule.kind} {rule.rule} {rule.value}",
            ),
            Text(
                "kind 写 unit、concept、threshold、range、ratio 或 identity；value 写数字，range 和 ratio 写 下限:上限",
                "kind is unit, concept, threshold, range, ratio or identity; value is a number, or low:high for a range and a ratio",
            ),
            where=block.address(row, column),
        ) from error
