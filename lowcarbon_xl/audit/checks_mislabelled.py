"""Rows that carry another province's name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lowcarbon_xl.audit.finding import Finding, addresses, number
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.audit.path import Path
from lowcarbon_xl.audit.series import Keyed, Series
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import province_of


def mislabelled_findings(
    frame: Frame, keys: Keyed, series: Sequence[Series], paths: Sequence[Path]
) -> Iterator[Finding]:
    """Of rows that share a key, the one that continues another province whose year is missing."""
    if not frame.unit_columns or frame.year_column is None or not series:
        return
    groups: dict[tuple[str, int], list[int]] = {}
    for i, (unit, year) in enumerate(zip(keys.units, keys.years, strict=True)):
        if unit is not None and year is not None and province_of(unit) is not None:
            groups.setdefault((unit, year), []).append(i)
    for (unit, year), rows in groups.items():
        if len(rows) < 2:
            continue
        absent = [other for other in series[0].units if (other, year) not in groups and other != unit]
        if absent and (found := _better_home(frame, series, paths, (unit, year), rows, absent)):
            yield _mislabelled(frame, (unit, year), *found)


def _better_home(
    frame: Frame,
    series: Sequence[Series],
    paths: Sequence[Path],
    key: tuple[str, int],
    rows: Sequence[int],
    absent: Sequence[str],
) -> tuple[int, str, str] | None:
    """The row, the province and the evidence, when a row lies nearer to another province's path than to its own."""
    from lowcarbon_xl.readers.marks import number_of

    unit, year = key
    best: tuple[float, int, str, str] | None = None
    for row in rows:
        for other in absent:
            own = away = 0.0
            shown = ""
            for one, path, column in zip(series, paths, frame.value_columns, strict=True):
                value = number_of(frame.region.block.values[frame.region.rows[row]][column])
                if not value > 0:
                    continue
                near_own, near_other = (_nearest(one, path, name, year, key) for name in (unit, other))
                if near_own is None or near_other is None:
                    continue
                own += abs(np.log(value) - near_own[0])
                away += abs(np.log(value) - near_other[0])
                shown = shown or f"{one.label.text} {number(value)}; {other} {near_other[1]} {number(near_other[2])}"
            if own - away > 0.5 and (best is None or own - away > best[0]):
                best = own - away, row, other, shown
    return best[1:] if best else None


def _nearest(one: Series, path: Path, unit: str, year: int, key: tuple[str, int]) -> tuple[float, int, float] | None:
    """The logarithm, year and value of a unit nearest to a year; the doubtful key itself does not count."""
    index = one.units.index(unit)
    there = [
        (abs(y - year), t) for t, y in enumerate(one.years) if np.isfinite(path.logs[index, t]) and (unit, y) != key
    ]
    if not there:
        return None
    t = min(there)[1]
    return float(path.logs[index, t]), one.years[t], float(one.values[index, t])


def _mislabelled(frame: Frame, key: tuple[str, int], row: int, other: str, shown: str) -> Finding:
    region = frame.region
    columns = sorted({*frame.unit_columns, frame.year_column if frame.year_column is not None else 0})
    return Finding(
        "error",
        "mislabelled_row",
        region.block.sheet or "",
        addresses([region.position(region.rows[row], column) for column in columns]),
        Text(
            f"这一行标为 {key[0]} {key[1]}，数值却接着 {other} 的序列（{shown}），而 {other} {key[1]} 缺行",
            f"this row is labelled {key[0]} {key[1]}, but its values continue {other} ({shown}), whose {key[1]} is missing",
        ),
        Text(f"核对后把代码和名称改为 {other}", f"After checking, change code and name to {other}"),
    )
