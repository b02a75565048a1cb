"""Units by label and by magnitude: a label that the numbers contradict, and a province that stands in another unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from lowcarbon_xl.audit.checks_identities import matching
from lowcarbon_xl.audit.finding import Finding, addresses, number
from lowcarbon_xl.audit.labels import words
from lowcarbon_xl.audit.path import LN10, Path, median_along
from lowcarbon_xl.audit.rules import Rule, Rules
from lowcarbon_xl.audit.series import Series, by_sheet
from lowcarbon_xl.errors import Text

_SHARE_ABOVE, _SHARE_BELOW = 0.2, 0.8
_WHOLE = frozenset({"gdp", "population", "employment", "energy", "electricity", "capital", "fiscal", "index"})
_SPREAD_OUT = frozenset({"value_added", "investment", "tax", "co2", "trade"})
_FEWEST = 5
_APART, _FAR_APART = 2.5, 3.0
"""Powers of ten between a province and the middle of all that no true difference of size reaches."""
_ENOUGH_UNITS = 10
"""A median over fewer provinces may well be unlike the country."""
_PART = re.compile(r"第[一二三]产业|primary|secondary|tertiary|人均|per capita|城镇|乡村|urban|rural")


def unit_findings(series: Sequence[Series], paths: Sequence[Path], rules: Rules) -> Iterator[Finding]:
    """Findings about units of the series of one table."""
    for one, path in zip(series, paths, strict=True):
        if not one.provinces:
            continue
        for rule in rules.of("range"):
            if rule.concept == one.label.concept and rule.tier != "off":
                yield from _magnitude(one, rule)
        yield from _province_in_other_unit(one, path)


def ratio_findings(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
    """Two columns whose ratio, in the units of their labels, no economy has: a wrong label, unit or column."""
    for rule in rules.of("ratio"):
        if rule.tier == "off":
            continue
        above, _, below = rule.text.partition(" / ")
        for one in matching(series, above):
            other = next(iter(matching(series, below)), None)
            if other is not None and len(one.units) >= _ENOUGH_UNITS:
                yield from _ratio(one, other, rule)


def _ratio(one: Series, other: Series, rule: Rule) -> Iterator[Finding]:
    units = one.label.unit, other.label.unit
    if units[0] is None or units[1] is None or units[0].dimension == "index":
        return
    factor = units[0].factor / units[1].factor
    ratio = np.abs(one.values / other.values) * factor
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    if not len(ratio):
        return
    middle = float(np.median(ratio))
    low, high = rule.bounds
    if low <= middle <= high:
        return
    texts = one.label.text, other.label.text
    yield Finding(
        rule.severity,
        rule.rule,
        one.sheets[0],
        addresses([one.header, other.header]),
        Text(
            f"{rule.label.zh}：按“{texts[0]}”和“{texts[1]}”的单位算，中位数是 {number(middle)}，不在 {low:g}–{high:g} 之内",
            f"{rule.label.en}: by the units of {texts[0]} and {texts[1]} the median is {number(middle)}, outside {low:g} to {high:g}",
        ),
        Text(
            "核对两列的标题、单位，以及是否填反了列",
            "Check the headers and units of both, and whether columns changed places",
        ),
    )


def _magnitude(series: Series, rule: Rule) -> Iterator[Finding]:
    """A column whose numbers, in the unit of its label, no province can have."""
    unit = series.label.unit
    if unit is None or unit.dimension != rule.text:
        return
    low, high = rule.bounds
    values = np.abs(series.values) * unit.factor
    there = np.isfinite(values) & (values > 0)
    if not there.any():
        return
    above, below = there & (values > high), there & (values < low)
    count = there.sum()
    if above.sum() >= _SHARE_ABOVE * count or below.sum() >= _SHARE_BELOW * count:
        yield from _whole_column(series, rule, unit.text, bool(above.sum() >= _SHARE_ABOVE * count))
    elif above.any():
        yield from _single_cells(series, rule, above, high / unit.factor)


def _whole_column(series: Series, rule: Rule, unit: str, above: bool) -> Iterator[Finding]:
    low, high = rule.bounds
    factor = series.label.unit.factor if series.label.unit else 1.0
    bound = number((high if above else low) / factor)
    middle = number(float(np.nanmedian(np.abs(series.values))))
    for sheet, places in by_sheet(series, np.isfinite(series.values)).items():
        yield Finding(
            rule.severity,
            "unit_against_magnitude",
            sheet,
            addresses([series.header, *series.positions(places)]),
            Text(
                f"“{series.label.text}”按标签的单位“{unit}”，中位数 {middle} {'高于' if above else '低于'}"
                f"{rule.label.zh}可能的{'上限' if above else '下限'} {bound}：标签的单位与数值的量级矛盾",
                f"{series.label.text}: in the unit of its label ({unit}) the median {middle} lies {'above' if above else 'below'} "
                f"the {'most' if above else 'least'} that is possible, {bound} ({rule.label.en}): label and magnitude contradict",
            ),
            Text(
                "查明真实单位，改正标题或换算数值", "Find out the true unit; correct the header or convert the values"
            ),
        )


def _single_cells(
    series: Series, rule: Rule, above: np.ndarray[tuple[int, int], np.dtype[np.bool_]], bound: float
) -> Iterator[Finding]:
    for sheet, places in by_sheet(series, above).items():
        shown = f"{series.key(*places[0])} {number(series.values[places[0]])}"
        yield Finding(
            rule.severity,
            "impossible_value",
            sheet,
            addresses(series.positions(places)),
            Text(
                f"“{series.label.text}”有 {len(places)} 个数超过一个省可能的上限 {number(bound)}：{shown}",
                f"{series.label.text}: {len(places)} values exceed the most that a province can have, {number(bound)}: {shown}",
            ),
            Text("核对这些数的单位和小数点", "Check the unit and the decimal point of these values"),
        )


def _province_in_other_unit(series: Series, path: Path) -> Iterator[Finding]:
    """A whole province a thousand times or more off the middle of all provinces, in a quantity that no province lacks."""
    whole = series.label.concept in _WHOLE and not _PART.search(words(series.label.text))
    limit = _APART if whole else _FAR_APART
    if not (whole or series.label.concept in _WHOLE | _SPREAD_OUT):
        return
    level = median_along(path.logs, 1) / LN10
    rows = np.flatnonzero(np.isfinite(level))
    if len(rows) < _FEWEST:
        return
    away = level[rows] - np.median(level[rows])
    for k in np.flatnonzero(np.abs(away) > limit):
        unit = int(rows[k])
        mask = np.zeros(series.values.shape, dtype=bool)
        mask[unit] = np.isfinite(series.values[unit])
        for sheet, places in by_sheet(series, mask).items():
            middle = number(float(np.nanmedian(series.values[unit])))
            yield Finding(
                "error",
                "unit_mix",
                sheet,
                addresses(series.positions(places)),
                Text(
                    f"“{series.label.text}”{series.units[unit]} 的中位数 {middle}，是各省中位数的 {10 ** away[k]:.2g} 倍，像是单位不同",
                    f"{series.label.text}: the median of {series.units[unit]} is {middle}, {10 ** away[k]:.2g} times that of all "
                    "provinces, as by another unit",
                ),
                Text(
                    "核对该省的单位，换算成与其他省一致",
                    "Check the unit of this province and convert it to that of the others",
                ),
            )
