"""One finding of an audit, and how the cells that it names are spelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lowcarbon_xl.cells import column_letters, rectangle
from lowcarbon_xl.errors import Language, Text

Severity = Literal["error", "verify"]
"""``error`` must be corrected (必须改正); ``verify`` may stay if it is explained (须核实说明)."""

Position = tuple[int, int]
"""Row and column of a cell in its sheet, 1-based."""

MANY = 2000
"""Above so many cells a finding lists rectangles instead of single cells."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, or must be explained, and where.

    Parameters
    ----------
    severity : {"error", "verify"}
    rule : str
        Identifier of the rule, as in the sheet 规则.
    sheet : str
        Empty for a CSV file or a computed array.
    cells : tuple of str
        ``A1`` addresses without the sheet; rectangles above `MANY` cells; empty when the finding is about the whole
        file or about rows that are not there.
    evidence : Text
        The numbers compared.
    remedy : Text
        What to do.
    """

    severity: Severity
    rule: str
    sheet: str
    cells: tuple[str, ...]
    evidence: Text
    remedy: Text

    def record(self, language: Language) -> dict[str, str | list[str]]:
        """The finding as JSON has it, in one language."""
        return {
            "severity": self.severity,
            "rule": self.rule,
            "sheet": self.sheet,
            "cells": list(self.cells),
            "evidence": self.evidence[language],
            "remedy": self.remedy[language],
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, otherwise in the order found."""
    return tuple(sorted(findings, key=lambda finding: finding.severity != "error"))


@cache
def _letters(column: int) -> str:
    return column_letters(column)


def address(position: Position) -> str:
    """``A1`` of a position."""
    return f"{_letters(position[1])}{position[0]}"


def addresses(positions: Sequence[Position]) -> tuple[str, ...]:
    """All the cells, one by one and column by column; as vertical rectangles when there are more than `MANY`."""
    if len(positions) <= MANY:
        return tuple(map(address, dict.fromkeys(positions)))
    return compact(positions)


def compact(positions: Iterable[Position]) -> tuple[str, ...]:
    """The same cells as few rectangles: runs down a column, equal runs of neighbouring columns joined."""
    runs: list[tuple[int, int, int, int]] = []
    for column, row in sorted({(column, row) for row, column in positions}):
        if runs and runs[-1][2] == column and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row, column, column)
        else:
            runs.append((row, row, column, column))
    joined: dict[tuple[int, int, int], tuple[int, int, int, int]] = {}
    for first, last, left, right in runs:
        if (before := joined.pop((first, last, left - 1), None)) is not None:
            left = before[2]
        joined[first, last, right] = (first, last, left, right)
    return tuple(
        address((first, left))
        if (first, left) == (last, right)
        else f"{address((first, left))}:{address((last, right))}"
        for first, last, left, right in joined.values()
    )


def positions_of(cells: Iterable[str]) -> list[Position]:
    """The positions that addresses and rectangles stand for."""
    found: list[Position] = []
    for cell in cells:
        row, column, last_row, last_column = rectangle(cell)
        found += [(r, c) for c in range(column, last_column + 1) for r in range(row, last_row + 1)]
    return found


def listed(texts: Sequence[str], shown: int = 5) -> Text:
    """The first few of a list, and how many there are."""
    more = len(texts) - shown
    zh = "、".join(texts[:shown]) + (f" 等 {len(texts)} 个" if more > 0 else "")
    en = ", ".join(texts[:shown]) + (f" and {more} more" if more > 0 else "")
    return Text(zh, en)


def number(value: float) -> str:
    """A number as a person writes it: seven significant digits, no exponent where it can be helped."""
    text = f"{value:.7g}"
    return f"{value:.0f}" if "e" in text and abs(value) < 1e15 else text
