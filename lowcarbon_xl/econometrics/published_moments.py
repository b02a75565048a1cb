"""What a published table of descriptive statistics can be checked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from lowcarbon_xl.econometrics.published_types import Figure, PublishedMoments, TableFinding
from lowcarbon_xl.errors import Text

_CARBON_NAMES = ("co2", "carbon", "碳排放", "二氧化碳")
NATIONAL_CO2 = 1.2e6  # 10^4 t: above China's largest national total, about 11 to 12 Gt a year
PROVINCIAL_LOG_MEANS = (8.0, 12.0)  # mean of ln CO2 when the unit is 10^4 t; the largest province is near 12.4


def check_moments(moments: tuple[PublishedMoments, ...]) -> Iterator[TableFinding]:
    """Contradictions in descriptive statistics, and a CO2 maximum that no province can have.

    Parameters
    ----------
    moments : tuple of PublishedMoments

    Notes
    -----
    Bounds on the standard deviation: Bhatia & Davis (2000); on the extremes: Samuelson (1968).
    """
    for item in moments:
        yield from _order(item)
        yield from _spread(item)
        yield from _carbon(item)


def _order(item: PublishedMoments) -> Iterator[TableFinding]:
    figures = [figure for figure in (item.minimum, item.mean, item.maximum) if figure is not None]
    for lower, upper in pairwise(figures):
        if lower.value - lower.half_unit > upper.value + upper.half_unit:
            evidence = Text(
                f"应有 最小值 <= 均值 <= 最大值，却有 {lower.text} > {upper.text}",
                f"minimum <= mean <= maximum fails: {lower.text} > {upper.text}",
            )
            yield _finding(item, "moments", upper, evidence)


def _spread(item: PublishedMoments) -> Iterator[TableFinding]:
    if item.mean is None or item.deviation is None or item.minimum is None or item.maximum is None:
        return
    n = item.n.value if item.n is not None and item.n.value > 1 else math.inf
    correction = 1.0 if math.isinf(n) else n / (n - 1)
    slack = item.mean.half_unit + item.minimum.half_unit
    above = item.maximum.value - item.mean.value + slack
    below = item.mean.value - item.minimum.value + slack
    largest = math.sqrt(max(above, 0) * max(below, 0) * correction)
    if item.deviation.value - item.deviation.half_unit > largest:
        evidence = Text(
            f"标准差 {item.deviation.text} 大于均值和极值允许的 {largest:.4g}",
            f"standard deviation {item.deviation.text} exceeds {largest:.4g}, the most that mean and extremes allow",
        )
        yield _finding(item, "moments", item.deviation, evidence)
    if math.isinf(n):
        return
    reach = (item.deviation.value + item.deviation.half_unit) * (n - 1) / math.sqrt(n)
    for figure, distance in ((item.maximum, above - 2 * slack), (item.minimum, below - 2 * slack)):
        if distance > reach:
            evidence = Text(
                f"极值 {figure.text} 离均值超过 {n:g} 个观测可能的 {reach:.4g}",
                f"extreme {figure.text} lies farther from the mean than {n:g} observations allow ({reach:.4g})",
            )
            yield _finding(item, "moments", figure, evidence)


def _carbon(item: PublishedMoments) -> Iterator[TableFinding]:
    """Mean of ln CO2 in the range of provinces in 10^4 t, and a maximum above the whole country."""
    name = item.variable.casefold()
    if item.mean is None or item.maximum is None or not any(word in name for word in _CARBON_NAMES):
        return
    low, high = PROVINCIAL_LOG_MEANS
    if low < item.mean.value < high and item.maximum.value > math.log(NATIONAL_CO2):
        gigatons = math.exp(item.maximum.value) / 1e5
        evidence = Text(
            f"均值 {item.mean.text} 表明单位是万吨取对数；最大值 {item.maximum.text} 合 {gigatons:.1f} Gt，"
            "超过全国总量（约 12 Gt），单个省最高约 12.4",
            f"the mean {item.mean.text} says ln of 10^4 t; the maximum {item.maximum.text} would be {gigatons:.1f} Gt "
            "for one province, above China's total of about 12 Gt (the largest province is near 12.4)",
        )
        yield _finding(item, "magnitude", item.maximum, evidence)


def _finding(item: PublishedMoments, rule: str, figure: Figure, evidence: Text) -> TableFinding:
    return TableFinding(
        "certain",
        rule,
        figure.row,
        figure.column,
        item.table,
        "",
        item.variable,
        evidence,
        Text("核对数据和单位", "Check the data and the unit"),
    )
