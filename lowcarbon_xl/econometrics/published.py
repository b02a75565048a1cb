"""What a published regression table says against itself: stars, t, standard errors, N, R2, slips of digits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lowcarbon_xl.econometrics.distributions import critical_t
from lowcarbon_xl.econometrics.published_moments import check_moments
from lowcarbon_xl.econometrics.published_types import (
    Figure,
    Interval,
    PublishedCoefficient,
    PublishedTable,
    TableFinding,
)
from lowcarbon_xl.errors import Text

Brackets = Literal["auto", "t", "se"]
STAR_LEVELS = (0.1, 0.05, 0.01)
FEWEST_DEGREES = 9  # ten clusters: too few stars are certain only when even these few degrees give more


@dataclass(frozen=True, slots=True)
class _Reading:
    """A coefficient whose brackets are understood: the t it implies, and the t or standard error that it comes from."""

    source: PublishedCoefficient
    t: Interval
    shown: Figure
    is_t: bool
    degrees: float
    decimals: int


def check_table(
    table: PublishedTable,
    *,
    brackets: Brackets = "auto",
    levels: tuple[float, ...] = STAR_LEVELS,
    sample: int | None = None,
) -> tuple[TableFinding, ...]:
    """Check a published table against itself.

    Parameters
    ----------
    table : PublishedTable
        From `read_published`.
    brackets : {"auto", "t", "se"}
        What stands below the coefficients; ``auto`` takes them for t when one of them is
        negative, else for what the stars contradict less.
    levels : tuple of float
        Significance of one, two, three stars.
    sample : int, optional
        Observations that the text describes; no N may exceed it. Default: N of the descriptive table, if in range.

    Returns
    -------
    tuple of TableFinding
        Certain ones contradict the print under any rounding and any distribution that could be meant; borderline
        ones hold under the normal or under the t distribution but not under both.
    """
    means_t = _brackets_are_t(table, brackets, levels)
    readings = [reading for item in table.coefficients if (reading := _read(item, table, means_t)) is not None]
    findings: list[TableFinding] = []
    for reading in readings:
        slip = _digit_slip(reading, levels)
        findings += [slip] if slip else [*_sign(reading), *_stars(reading, levels)]
    findings += [finding for item in table.coefficients for finding in _ratio(item)]
    findings += _statistics(table, sample)
    findings += check_moments(table.moments)
    return tuple(sorted(findings, key=lambda finding: (finding.certainty != "certain", finding.row, finding.column)))


def _brackets_are_t(table: PublishedTable, brackets: Brackets, levels: tuple[float, ...]) -> bool:
    if brackets != "auto":
        return brackets == "t"
    if any(item.below.value < 0 for item in table.coefficients if item.below is not None):
        return True
    # Neither t nor standard errors need be negative: take the reading that the stars contradict less.
    wrong_as_t, wrong_as_se = (
        sum(
            finding.certainty == "certain"
            for item in table.coefficients
            if (reading := _read(item, table, means_t)) is not None
            for finding in _stars(reading, levels)
        )
        for means_t in (True, False)
    )
    return wrong_as_t <= wrong_as_se


def _read(item: PublishedCoefficient, table: PublishedTable, means_t: bool) -> _Reading | None:
    t = item.t or (item.below if means_t else None)
    se = item.se or (None if means_t else item.below)
    shown = t or se
    if shown is None:
        return None
    decimals = _usual_decimals(table, item.table)
    degrees = _plain_degrees(item, table)
    if t is not None:
        return _Reading(item, Interval.of(t), t, True, degrees, decimals)
    spread = Interval.of(shown)
    if spread.low <= 0:
        return None
    return _Reading(item, Interval.of(item.coefficient).over(spread), shown, False, degrees, decimals)


def _usual_decimals(table: PublishedTable, name: str) -> int:
    figures = [
        figure.decimals
        for item in table.coefficients
        if item.table == name and (figure := item.t or item.below or item.se) is not None
    ]
    return Counter(figures).most_common(1)[0][0]


def _plain_degrees(item: PublishedCoefficient, table: PublishedTable) -> float:
    """N less the coefficients printed: fixed effects are not, so the true number is smaller still."""
    printed = sum(1 for other in table.coefficients if (other.table, other.model) == (item.table, item.model))
    if item.size is None or item.size.value <= printed:
        return math.inf
    return item.size.value - printed


def _star_counts(t: Interval, degrees: float, levels: tuple[float, ...]) -> tuple[int, int]:
    """Fewest and most stars of the values in an interval."""
    critical = sorted(critical_t(1 - level, degrees) for level in levels)
    size = t.magnitude
    return sum(size.low > value for value in critical), sum(size.high > value for value in critical)


def _stars(reading: _Reading, levels: tuple[float, ...]) -> Iterator[TableFinding]:
    printed = reading.source.coefficient.stars
    if printed > len(levels):
        return
    normal = _star_counts(reading.t, math.inf, levels)
    student = _star_counts(reading.t, reading.degrees, levels)
    fits = [low <= printed <= high for low, high in (normal, student)]
    if all(fits):
        return
    strictest = _star_counts(reading.t, FEWEST_DEGREES, levels)
    certain = printed > normal[1] or printed < strictest[0]
    t = f"{reading.shown.value:g}" if reading.is_t else f"{(reading.t.low + reading.t.high) / 2:.3f}"
    n = "" if reading.source.size is None else f", N = {reading.source.size.text}"
    evidence = Text(
        f"系数 {reading.source.coefficient.text}（{printed} 星），t = {t}{n}：正态临界值应为 {normal[1]} 星，"
        f"t({reading.degrees:g}) 应为 {student[1]} 星",
        f"coefficient {reading.source.coefficient.text} ({printed} stars), t = {t}{n}: normal critical values give "
        f"{normal[1]}, t({reading.degrees:g}) gives {student[1]}",
    )
    remedy = (
        Text("核对星号或 t 值", "Check the stars and the t value against the regression output")
        if certain
        else Text("说明星号按哪种分布判定", "Say which distribution the stars follow")
    )
    yield _finding(reading, "certain" if certain else "borderline", "stars", evidence, remedy)


def _digit_slip(reading: _Reading, levels: tuple[float, ...]) -> TableFinding | None:
    """A figure without the decimals of its neighbours, whose size its own stars deny."""
    printed, shown = reading.source.coefficient.stars, reading.shown
    if reading.source.t is None and reading.source.below is None:
        return None
    if not reading.decimals or "." in shown.text:
        return None
    low, high = _star_counts(reading.t, math.inf, levels)
    if low <= printed <= high:
        return None
    scaled = shown.value / 10**reading.decimals
    return _finding(
        reading,
        "certain",
        "digit_slip",
        Text(
            f"括号内为 {shown.text}，其余都有 {reading.decimals} 位小数；{printed} 星与 |t| = {abs(shown.value):g} 矛盾，"
            f"可能是 {scaled:.{reading.decimals}f}（漏了小数点）",
            f"the bracket shows {shown.text} where the others have {reading.decimals} decimals; {printed} stars deny "
            f"|t| = {abs(shown.value):g}; presumably {scaled:.{reading.decimals}f} (decimal point lost)",
        ),
        Text("按回归输出更正", "Correct it from the regression output"),
        shown,
    )


def _sign(reading: _Reading) -> Iterator[TableFinding]:
    coefficient = Interval.of(reading.source.coefficient)
    if (coefficient.low > 0 and reading.t.high < 0) or (coefficient.high < 0 and reading.t.low > 0):
        yield _finding(
            reading,
            "certain",
            "sign",
            Text(
                f"系数 {reading.source.coefficient.text} 与 t {reading.shown.text} 符号相反",
                f"coefficient {reading.source.coefficient.text} and t {reading.shown.text} have opposite signs",
            ),
            Text("核对符号", "Check the signs"),
        )


def _ratio(item: PublishedCoefficient) -> Iterator[TableFinding]:
    """Coefficient over standard error against t, when all three are printed."""
    if item.t is None or item.se is None or item.se.value <= item.se.half_unit:
        return
    implied = Interval.of(item.coefficient).over(Interval.of(item.se))
    if not implied.meets(Interval.of(item.t)):
        yield TableFinding(
            "certain",
            "ratio",
            item.t.row,
            item.t.column,
            item.table,
            item.model,
            item.variable,
            Text(
                f"系数/标准误在 [{implied.low:.4g}, {implied.high:.4g}]，印出的 t 是 {item.t.text}",
                f"coefficient / standard error lies in [{implied.low:.4g}, {implied.high:.4g}] but the printed t is "
                f"{item.t.text}",
            ),
            Text("核对三个数", "Check the three numbers"),
        )


def _statistics(table: PublishedTable, sample: int | None) -> Iterator[TableFinding]:
    described = [moments.n.value for moments in table.moments if moments.n is not None]
    largest = sample if sample is not None else (max(described) if described else math.inf)
    for statistic in table.statistics:
        value = statistic.figure.value
        evidence = None
        if statistic.name == "R2" and not 0 <= value <= 1:
            evidence = Text(
                f"R2 = {statistic.figure.text}，不在 0 到 1 之间", f"R2 = {statistic.figure.text} is outside [0, 1]"
            )
        elif statistic.name == "N" and (value <= 0 or value != int(value)):
            evidence = Text(
                f"N = {statistic.figure.text} 不是正整数", f"N = {statistic.figure.text} is no positive whole number"
            )
        elif statistic.name == "N" and value > largest:
            evidence = Text(
                f"N = {statistic.figure.text}，超过样本的 {largest:g} 个观测",
                f"N = {statistic.figure.text} exceeds the sample's {largest:g} observations",
            )
        if evidence is not None:
            yield TableFinding(
                "certain",
                statistic.name,
                statistic.figure.row,
                statistic.figure.column,
                statistic.table,
                statistic.model,
                statistic.name,
                evidence,
                Text("按回归输出更正", "Correct it from the regression output"),
            )


def _finding(
    reading: _Reading,
    certainty: Literal["certain", "borderline"],
    rule: str,
    evidence: Text,
    remedy: Text,
    figure: Figure | None = None,
) -> TableFinding:
    place = figure or reading.source.coefficient
    source = reading.source
    return TableFinding(
        certainty, rule, place.row, place.column, source.table, source.model, source.variable, evidence, remedy
    )
