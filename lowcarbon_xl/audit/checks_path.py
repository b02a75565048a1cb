"""Checks along the years: decimal slips, unit mixes, breaks of level, jumps, and repeated values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lowcarbon_xl.audit.checks_jumps import jump_findings
from lowcarbon_xl.audit.finding import Finding, addresses, number
from lowcarbon_xl.audit.path import LN10, Mask, Path, median_along, spikes
from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.audit.series import Matrix, Places, Series
from lowcarbon_xl.errors import Text

_TENFOLD = 0.12
"""How near (in powers of ten) a step must be to a whole power to be called a slip of the decimal point."""
TOTALS = frozenset({"gdp", "population", "employment", "energy", "capital", "electricity"})
_COARSE = 0.05
"""Below this, rounding to two decimals alone makes powers of ten."""
_ENOUGH, _NEAR = 20, 0.3
_PARTIAL = 2.5
_CALM = 0.3
"""Years in another unit still move as a series does; a plant that starts up does not."""


def path_findings(series: Series, path: Path, rules: Rules) -> Iterator[Finding]:
    """Findings along the years of one series."""
    if not series.dated or len(series.years) < 3:
        return
    if not series.label.concept:
        yield from _flipped(series, path)
    slipped = slips(series, path)
    yield from slip_findings(series, path, slipped)
    blocks = np.zeros_like(slipped, dtype=bool)
    for finding, mask in _blocks(series, path, slipped != 0):
        blocks |= mask
        yield finding
    done = (slipped != 0) | blocks
    alone = spikes(path) & ~done
    for unit, year in np.argwhere(alone):
        yield _spike(series, path, int(unit), int(year))
    yield from jump_findings(series, path, rules, done | _after(done | alone))


def _after(mask: Mask) -> Mask:
    """The year behind: the way back from a value that is named already is no jump of its own."""
    later = np.zeros_like(mask)
    later[:, 1:] = mask[:, :-1]
    return later


def slip_findings(series: Series, path: Path, powers: Places) -> Iterator[Finding]:
    """One finding for each value that stands a power of ten off."""
    for unit, year in np.argwhere(powers != 0):
        yield _slip(series, int(unit), int(year), int(powers[unit, year]))


def slips(series: Series, path: Path) -> Places:
    """Powers of ten by which single values stand off their neighbours, 0 where they do not."""
    candidates = spikes(path, sigmas=5.0, least=1.5)
    powers = path.residual / LN10
    whole = np.rint(powers)
    near = np.abs(powers - whole) < _TENFOLD
    agree = path.apart < 0.8
    coarse = np.abs(series.values) < _COARSE
    return np.where(
        candidates & near & agree & ~coarse & _same_sign(series.values) & (whole != 0), np.nan_to_num(whole), 0
    ).astype(np.int64)


def _flipped(series: Series, path: Path) -> Iterator[Finding]:
    """In a column of unknown kind: a value whose size continues its unit's path, but whose sign is the only minus."""
    negative = series.values < 0
    there = np.isfinite(series.values)
    if there.sum() < _ENOUGH or negative.sum() > max(1.0, 0.02 * there.sum()):
        return
    fits = negative & (np.abs(path.residual) < _NEAR)
    for unit, year in np.argwhere(fits):
        shown = _neighbours(series, int(unit), int(year))
        yield Finding(
            "error",
            "negative_value",
            series.sheet(unit, year),
            addresses([series.position(int(unit), int(year))]),
            Text(
                f"“{series.label.text}”{series.key(unit, year)} 是负数，大小却与前后年份相接，别处都是正数（{shown.zh}）",
                f"{series.label.text}: {series.key(unit, year)} is negative, but its size continues the years beside it and "
                f"all others are positive ({shown.en})",
            ),
            Text("核对原始资料的符号", "Check the sign against the source"),
        )


def _same_sign(values: Matrix) -> Mask:
    """Whether a value has the sign that the median of its unit has."""
    sign = np.sign(median_along(values, 1))[:, None]
    return np.asarray(np.sign(values) == sign)


def _neighbours(series: Series, unit: int, year: int) -> Text:
    """The values of the years around, as evidence."""
    shown = [
        f"{series.years[t]}: {number(series.values[unit, t])}"
        for t in range(max(0, year - 1), min(len(series.years), year + 2))
        if np.isfinite(series.values[unit, t])
    ]
    return Text("；".join(shown), "; ".join(shown))


def _slip(series: Series, unit: int, year: int, power: int) -> Finding:
    small = abs(power) <= 2
    factor = f"10^{abs(power)}" if abs(power) > 1 else "10"
    fold = f"约 {factor} 倍" if power > 0 else f"约 {factor} 分之一"
    shown = _neighbours(series, unit, year)
    what = Text("小数点错位" if small else "单位混用", "a slip of the decimal point" if small else "a mix of units")
    mended = number(float(series.values[unit, year]) / 10.0**power)
    direction = f"about {factor} times" if power > 0 else f"about 1/{factor} of"
    return Finding(
        "error",
        "decimal_slip" if small else "unit_mix",
        series.sheet(unit, year),
        addresses([series.position(unit, year)]),
        Text(
            f"“{series.label.text}”{series.key(unit, year)} 是相邻年份的{fold}，像是{what.zh}（{shown.zh}）",
            f"{series.label.text}: {series.key(unit, year)} is {direction} the years beside it, as by {what.en} ({shown.en})",
        ),
        Text(
            f"查原始资料；若是错位，应为 {mended} 左右",
            f"Look it up; if it is such a slip, it should be about {mended}",
        ),
    )


def _blocks(series: Series, path: Path, slipped: Mask) -> Iterator[tuple[Finding, Mask]]:
    """Several years on end at another level: another unit (a power of ten), or a part instead of the total."""
    logs = np.where(slipped, np.nan, path.detrended)
    moved = np.abs(path.detrended - path.before) > np.log(_PARTIAL)
    for unit in np.flatnonzero(moved.any(axis=1)).tolist():
        there = np.flatnonzero(np.isfinite(logs[unit]))
        if len(there) < 4:
            continue
        steps = np.diff(logs[unit, there])
        noise = max(1.4826 * float(np.median(np.abs(steps))), float(np.median(path.scale[unit])))
        for k in np.flatnonzero(np.abs(steps) > max(8 * noise, np.log(_PARTIAL))):
            run = _run(steps, int(k))
            if run is None:
                continue
            years = there[run[0] : run[1]]
            step = float(steps[k])
            power = round(step / LN10)
            inside = np.abs(np.diff(logs[unit, years]))
            calm = not len(inside) or float(np.median(inside)) < _CALM
            tenfold = calm and abs(power) >= 2 and abs(step / LN10 - power) < _TENFOLD
            if tenfold or (series.label.concept in TOTALS and len(years) > 1):
                mask = np.zeros_like(slipped)
                mask[unit, years] = True
                yield _block(series, unit, years, int(there[k]), int(there[k + 1]), power if tenfold else 0), mask


def _run(steps: np.ndarray[tuple[int], np.dtype[np.float64]], k: int) -> tuple[int, int] | None:
    """The years that step `k` sets apart: up to where it is undone, else the shorter side; None when counted already."""
    undone = [j for j in range(len(steps)) if j != k and abs(steps[j] + steps[k]) < 0.25 * abs(steps[k])]
    if any(j < k for j in undone):
        return None
    if undone:
        return k + 1, undone[0] + 1
    return (0, k + 1) if k + 1 <= (len(steps) + 1) / 2 else (k + 1, len(steps) + 1)


def _block(
    series: Series, unit: int, years: np.ndarray[tuple[int], np.dtype[np.int64]], before: int, after: int, power: int
) -> Finding:
    old, new = series.values[unit, before], series.values[unit, after]
    span = f"{series.years[years[0]]}–{series.years[years[-1]]}"
    ratio = number(float(f"{new / old:.3g}"))
    cause = (
        Text(f"相差 10^{abs(power)} 倍，像是单位不同", f"a factor of 10^{abs(power)}, as by another unit")
        if power
        else Text("像是口径不同，或只是总量的一部分", "as by another coverage, or a part instead of the total")
    )
    return Finding(
        "error",
        "unit_mix" if power else "level_break",
        series.sheet(unit, int(years[0])),
        addresses(series.positions([(unit, int(year)) for year in years])),
        Text(
            f"“{series.label.text}”{series.units[unit]} {series.years[before]} 年 {number(old)}，"
            f"{series.years[after]} 年 {number(new)}（{ratio} 倍），{span} 与其余年份不在一个水平：{cause.zh}",
            f"{series.label.text}: {series.units[unit]} {number(old)} in {series.years[before]}, {number(new)} in "
            f"{series.years[after]} ({ratio} times): {span} stand on another level, {cause.en}",
        ),
        Text(
            "核对这几年的单位和统计口径，换成同一口径的数",
            "Check unit and coverage of these years and bring them to one basis",
        ),
    )


def _spike(series: Series, path: Path, unit: int, year: int) -> Finding:
    shown = _neighbours(series, unit, year)
    away = np.exp(path.residual[unit, year]) - 1
    return Finding(
        "verify",
        "spike",
        series.sheet(unit, year),
        addresses([series.position(unit, year)]),
        Text(
            f"“{series.label.text}”{series.key(unit, year)} 比按前后年份应有的水平{'高' if away > 0 else '低'} {abs(away):.0%}（{shown.zh}）",
            f"{series.label.text}: {series.key(unit, year)} lies {abs(away):.0%} {'above' if away > 0 else 'below'} what the "
            f"years beside it suggest ({shown.en})",
        ),
        Text("对照原始资料核实；属实就写明原因", "Check it against the source; if it is right, explain it"),
    )
