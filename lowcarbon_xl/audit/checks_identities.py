"""Checks of sums and products: sectors to the total, urban population to population and rate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from lowcarbon_xl.audit.finding import Finding, addresses, listed
from lowcarbon_xl.audit.labels import words
from lowcarbon_xl.audit.path import Mask, unit_median
from lowcarbon_xl.audit.rules import Rule, Rules
from lowcarbon_xl.audit.series import Matrix, Series, by_sheet
from lowcarbon_xl.errors import Text

_SHOWN = 6


def identity_findings(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
    """Sums and products that must hold in every row of one table."""
    for rule in rules.of("identity"):
        if rule.tier != "off":
            yield from _identity(series, rule)


def matching(series: Sequence[Series], term: str) -> list[Series]:
    """The series that a term of an identity or a ratio means: ``concept:pattern``."""
    concept, _, pattern = term.strip().partition(":")
    return [
        one
        for one in series
        if one.label.concept == concept and (not pattern or re.search(pattern, words(one.label.text)))
    ]


def _the_one(series: Sequence[Series], term: str) -> Series | None:
    """The one series that a term means; None when there is none or two."""
    found = matching(series, term)
    return found[0] if len(found) == 1 else None


def _identity(series: Sequence[Series], rule: Rule) -> Iterator[Finding]:
    left, _, right = rule.text.partition(" = ")
    operator = " * " if " * " in right else " + "
    total = _the_one(series, left)
    parts = [_the_one(series, term) for term in right.split(operator)]
    if total is None or any(part is None for part in parts):
        return
    terms = [part for part in parts if part is not None]
    factor = [_factor(one, total) for one in terms]
    values = [one.values * scale for one, scale in zip(terms, factor, strict=True)]
    combined: Matrix = np.sum(values, axis=0) if operator == " + " else np.prod([one.values for one in terms], axis=0)
    gap = np.log(total.values / combined)
    gap[~np.isfinite(gap)] = np.nan
    if np.isfinite(gap).sum() == 0:
        return
    if operator == " * ":
        gap = gap - np.nanmedian(gap)  # percentages and units make a constant factor
    broken = np.abs(gap) > rule.number
    if np.mean(broken[np.isfinite(gap)]) > 0.5 and abs(np.nanmedian(gap)) > 5 * rule.number:
        yield _fails_everywhere(total, terms, float(np.nanmedian(gap)), rule)
        return
    enough = total.values.shape[1] > 3 and np.isfinite(gap).sum() > 20
    sudden = broken & _sudden(gap, rule.number) & enough
    for severity, mask in (("error", sudden), (rule.severity, broken & ~sudden)):
        yield from _identity_findings(total, terms, gap, mask, rule, severity)


def _fails_everywhere(total: Series, parts: Sequence[Series], gap: float, rule: Rule) -> Finding:
    names = listed([one.label.text for one in (total, *parts)])
    return Finding(
        "error",
        rule.rule,
        total.sheets[0],
        addresses([one.header for one in (total, *parts)]),
        Text(
            f"{rule.label.zh}：多数行都不成立，中位差 {np.expm1(gap):+.1%}（{names.zh}）",
            f"{rule.label.en}: fails in most rows, by {np.expm1(gap):+.1%} in the median ({names.en})",
        ),
        Text(
            "核对这几列的标题、单位和口径，是否有一列填错了位置",
            "Check headers, units and coverage, and whether a column stands in the wrong place",
        ),
    )


def _factor(part: Series, total: Series) -> float:
    """What brings a part to the unit of the total, where both labels say it."""
    if part.label.unit is None or total.label.unit is None or part.label.unit.dimension != total.label.unit.dimension:
        return 1.0
    return part.label.unit.factor / total.label.unit.factor


def _sudden(gap: Matrix, tolerance: float) -> Mask:
    """Where a relation fails in a single year of a unit in which it otherwise holds as usual."""
    away = np.abs(gap - unit_median(gap))
    noise = np.maximum(1.4826 * unit_median(away), tolerance / 4)
    wild: Mask = away > np.maximum(8 * noise, 2 * tolerance)
    return np.asarray(wild & (wild.sum(axis=1, keepdims=True) <= 2))


def _identity_findings(
    total: Series, parts: Sequence[Series], gap: Matrix, mask: Mask, rule: Rule, severity: str
) -> Iterator[Finding]:
    for sheet, places in by_sheet(total, mask).items():
        places.sort(key=lambda place: -abs(gap[place]))
        shown = listed([f"{total.key(*place)} {np.expm1(gap[place]):+.1%}" for place in places], _SHOWN)
        yield Finding(
            "error" if severity == "error" else "verify",
            rule.rule,
            sheet,
            addresses([one.position(*place) for place in places for one in (total, *parts)]),
            Text(
                f"{rule.label.zh}：有 {len(places)} 处不成立（容差 {rule.number:.1%}）：{shown.zh}",
                f"{rule.label.en}: fails in {len(places)} places (tolerance {rule.number:.1%}): {shown.en}",
            ),
            Text(
                "核对总量和分项是否同一版本、同一口径，改正其中错的",
                "See whether total and parts are of one vintage and coverage",
            ),
        )
