"""Coverage of references: a formula whose range ends before its table does (Reinhart and Rogoff's spreadsheet)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lowcarbon_xl.audit.finding import Finding, address
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.cells import column_letters, column_number
from lowcarbon_xl.errors import Text

_RANGE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!)?\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})(?![\w(])",
    re.IGNORECASE,
)
_LEAST_ROWS = 5
_HALF, _MOST = 0.5, 0.8
"""A range that takes in half of a table's rows means the table; one that takes in most of them stops short by mistake."""


def coverage_findings(
    frames: Sequence[Frame], formulas: Mapping[str, Mapping[tuple[int, int], str]]
) -> Iterator[Finding]:
    """References that begin with a table's first rows and end before its last."""
    by_sheet: dict[str, list[Frame]] = {}
    for frame in frames:
        if frame.keyed and len(frame.region.rows) >= _LEAST_ROWS:
            by_sheet.setdefault((frame.region.block.sheet or "").casefold(), []).append(frame)
    for sheet, cells in formulas.items():
        for place, formula in cells.items():
            for match in _RANGE.finditer(formula):
                target = (match[1] or match[2] or sheet).replace("''", "'").casefold()
                for frame in by_sheet.get(target, ()):
                    yield from _short(frame, sheet, place, formula, match)


def _short(frame: Frame, sheet: str, place: tuple[int, int], formula: str, match: re.Match[str]) -> Iterator[Finding]:
    region = frame.region
    first, last = region.position(region.rows[0], 0)[0], region.position(region.rows[-1], 0)[0]
    left, right = sorted((column_number(match[3]), column_number(match[5])))
    top, bottom = sorted((int(match[4]), int(match[6])))
    columns = [region.position(0, column)[1] for column in region.columns]
    header = region.position(region.header[0], 0)[0] if region.header else first
    if not (columns[0] <= left and right <= columns[-1] and header <= top <= first and first < bottom < last):
        return
    taken = (bottom - first + 1) / (last - first + 1)
    if taken < _HALF:
        return
    missed = f"{column_letters(left)}{bottom + 1}:{column_letters(right)}{last}"
    yield Finding(
        "error" if taken >= _MOST else "verify",
        "range_stops_short",
        sheet,
        (address(place),),
        Text(
            f"公式引用 {match[0]}，但这张表一直到第 {last} 行：漏了 {last - bottom} 行（{missed}）",
            f"the formula refers to {match[0]}, but the table goes on to row {last}: {last - bottom} rows are left out ({missed})",
        ),
        Text(
            "把引用延长到表的最后一行，或整列引用",
            "Extend the reference to the last row of the table, or refer to whole columns",
        ),
    )
