"""Checks of what is not there: province-years, years, and provinces that the sample drops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from lowcarbon_xl.audit.finding import Finding, addresses, listed
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.audit.series import Keyed
from lowcarbon_xl.errors import Text
from lowcarbon_xl.panel.provinces import provinces
from lowcarbon_xl.readers.marks import province_of

_MAINLAND = tuple(province.zh for province in provinces() if province.region3)

_OUTSIDE = frozenset({"西藏"})
"""Tibet is left out of the usual panel of 30 provinces, for want of energy data."""

_WHOLE_COUNTRY = 25


def missing_findings(frame: Frame, keys: Keyed) -> Iterator[Finding]:
    """Province-years that are not there, and provinces that the sample drops."""
    if not keys.provinces:
        return
    rows_of: dict[str, dict[int, int]] = defaultdict(dict)
    for i, (unit, year) in enumerate(zip(keys.units, keys.years, strict=True)):
        if unit is not None and province_of(unit) is not None and (year is not None or frame.year_column is None):
            rows_of[unit].setdefault(year or 0, i)
    if frame.year_column is not None and len(rows_of) > 1:
        yield from _absent_years(frame, keys, rows_of)
    yield from _absent_provinces(frame, keys, rows_of)


def _absent_years(frame: Frame, keys: Keyed, rows_of: dict[str, dict[int, int]]) -> Iterator[Finding]:
    counts: dict[int, int] = defaultdict(int)
    for years in rows_of.values():
        for year in years:
            counts[year] += 1
    expected = sorted(year for year, count in counts.items() if count >= 0.5 * len(rows_of))
    for unit, years in rows_of.items():
        absent = [year for year in expected if year not in years]
        if not absent:
            continue
        near = sorted(years.items(), key=lambda item: min(abs(item[0] - year) for year in absent))[:2]
        shown = listed([str(year) for year in absent], 10)
        yield Finding(
            "error",
            "missing_key",
            keys.sheet,
            addresses([frame.key_position(i) for _, i in near]),
            Text(
                f"{unit} 缺 {len(absent)} 年：{shown.zh}（其他省份都有）",
                f"{unit} lacks {len(absent)} years: {shown.en} (the other provinces have them)",
            ),
            Text(
                "补上这些行；也看看是不是选区漏了行，或被标成了别的省份",
                "Add the rows; see whether the range stops short or the rows carry another province's name",
            ),
        )
    gaps = [b for a, b in pairwise(expected) if b - a > 1]
    if gaps:
        shown = listed([f"{expected[expected.index(b) - 1]}→{b}" for b in gaps])
        yield Finding(
            "verify",
            "year_gap",
            keys.sheet,
            (),
            Text(f"年份不连续：{shown.zh}", f"the years have gaps: {shown.en}"),
            Text(
                "补上缺的年份；滞后和增长率不会跨过缺口计算",
                "Add the years; lags and growth are not taken across a gap",
            ),
        )


def _absent_provinces(frame: Frame, keys: Keyed, rows_of: dict[str, dict[int, int]]) -> Iterator[Finding]:
    absent = [name for name in _MAINLAND if name not in rows_of and name not in _OUTSIDE]
    if absent and len(rows_of) >= _WHOLE_COUNTRY:
        last = frame.key_position(len(frame.region.rows) - 1)
        shown = listed(absent, 10)
        yield Finding(
            "verify",
            "missing_province",
            keys.sheet,
            addresses([last]),
            Text(
                f"有 {len(rows_of)} 个省份，缺 {len(absent)} 个：{shown.zh}",
                f"{len(rows_of)} provinces are there, {len(absent)} are not: {shown.en}",
            ),
            Text(
                "若不是有意去掉，检查选区是否漏了行",
                "Unless they are left out on purpose, see whether the range stops short",
            ),
        )
