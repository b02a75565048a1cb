"""Errors that travel: totals that carry the slip of one of their parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.audit.finding import Finding, addresses, number
from lowcarbon_xl.audit.path import Path
from lowcarbon_xl.audit.series import Series
from lowcarbon_xl.errors import Text

_RELIEVED = 0.6
"""A total whose distance from its own path falls by so much without the slip carries it."""
_OFF = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Slip:
    """One value that stands a power of ten off: where, and by how much."""

    series: Series
    unit: int
    year: int
    excess: float


def slip_of(series: Series, unit: int, year: int, power: int) -> Slip:
    """The slip of a value by a power of ten."""
    value = float(series.values[unit, year])
    return Slip(series, unit, year, value - value / 10.0**power)


def propagated_findings(series: Sequence[Series], paths: Sequence[Path], slips: Sequence[Slip]) -> Iterator[Finding]:
    """Cells of the same sheet and column that come back to their path once a slip is taken out of them."""
    for slip in slips:
        sheet, (row, column) = slip.series.sheet(slip.unit, slip.year), slip.series.position(slip.unit, slip.year)
        key = slip.series.units[slip.unit], slip.series.years[slip.year]
        found: list[tuple[Series, int, int]] = []
        for one, path in zip(series, paths, strict=True):
            if key[0] not in one.units or key[1] not in one.years:
                continue
            place = one.units.index(key[0]), one.years.index(key[1])
            if one.sheet(*place) != sheet or one.position(*place)[1] != column or one.position(*place)[0] == row:
                continue
            if _carries(one, path, place, slip.excess):
                found.append((one, *place))
        if found:
            yield _finding(slip, sheet, found)


def _carries(one: Series, path: Path, place: tuple[int, int], excess: float) -> bool:
    value, off = float(one.values[place]), float(path.residual[place])
    if not (np.isfinite(off) and abs(off) > _OFF and path.apart[place] < abs(off)):
        return False
    rest = abs(value - excess)
    if rest == 0 or abs(value) < 0.5 * abs(excess):
        return False
    return abs(float(np.log(rest) - path.expected[place])) < (1 - _RELIEVED) * abs(off)


def _finding(slip: Slip, sheet: str, found: Sequence[tuple[Series, int, int]]) -> Finding:
    where = slip.series.where(slip.unit, slip.year)
    shown = ", ".join(f"{one.label.text} {number(float(one.values[u, y]))}" for one, u, y in found[:4])
    return Finding(
        "error",
        "propagated_error",
        sheet,
        addresses([one.position(unit, year) for one, unit, year in found]),
        Text(
            f"合计带着 {where} 的错位（多出约 {number(slip.excess)}）：{shown}",
            f"totals carry the slip of {where} (about {number(slip.excess)} of it): {shown}",
        ),
        Text(f"先改正 {where}，再重算这些合计", f"Correct {where} first, then recompute these totals"),
    )
