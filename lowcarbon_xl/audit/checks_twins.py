"""Checks of columns that determine each other: CO2 from fuels, two bases of one source, figures that never change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from lowcarbon_xl.audit.finding import Finding, Severity, addresses, listed, number
from lowcarbon_xl.audit.path import EXACT, HOLDS, Mask, Path, unit_median
from lowcarbon_xl.audit.rules import Rule, Rules
from lowcarbon_xl.audit.series import Matrix, Series, by_sheet
from lowcarbon_xl.emissions.factors import factor_set
from lowcarbon_xl.emissions.inventory import carbon_dioxide
from lowcarbon_xl.errors import Text
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.roles import FUELS

_MOST_TWINS = 80
_SIBLINGS = 3


def fuel_findings(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
    """CO2 that follows from the nine fuels in most rows must do so in all."""
    rule = rules.threshold("recomputed", "co2")
    fuels = {role.key: one for role in FUELS for one in series if fold(one.label.name) in role.names}
    totals = [one for one in series if one.label.concept == "co2"]
    if rule is None or rule.tier == "off" or len(fuels) < len(FUELS) or not totals:
        return
    shape = totals[0].values.shape
    for name in ("A", "B"):
        activity = {key: one.values.ravel() for key, one in fuels.items()}
        activity = {key: np.where(values >= 0, values, np.nan) for key, values in activity.items()}
        recomputed = carbon_dioxide(activity, factor_set(name)).total.reshape(shape)
        for total in totals:
            yield from _recomputed(total, recomputed, list(fuels.values()), rule)


def _recomputed(total: Series, recomputed: Matrix, fuels: Sequence[Series], rule: Rule) -> Iterator[Finding]:
    gap = np.log(np.abs(total.values) / recomputed)
    there = np.isfinite(gap)
    if there.sum() < 10 or np.mean(np.abs(gap[there]) < rule.number) < HOLDS:
        return
    wrong = there & (np.abs(gap) > rule.number)
    for unit, year in np.argwhere(wrong):
        place = int(unit), int(year)
        yield Finding(
            rule.severity,
            "recomputed_co2",
            total.sheet(unit, year),
            addresses([one.position(*place) for one in (total, *fuels)]),
            Text(
                f"{total.key(*place)} 的二氧化碳 {number(total.values[place])}，按九种能源重算是 {number(recomputed[place])}，别处两者一致",
                f"{total.key(*place)}: CO2 is {number(total.values[place])}, recomputed from the nine fuels "
                f"{number(recomputed[place])}; elsewhere the two agree",
            ),
            Text(
                "核对这一行九种能源的消费量和二氧化碳，改正后重算",
                "Check the nine fuels and the CO2 of this row, and recompute",
            ),
        )


def twin_findings(series: Sequence[Series], paths: Sequence[Path], rules: Rules) -> Iterator[Finding]:
    """Two columns with a constant ratio in each unit (one source, two bases): where the ratio breaks, one is wrong."""
    rule = rules.threshold("twin", "*")
    if rule is None or rule.tier == "off":
        return
    moving = [i for i, one in enumerate(series) if one.dated and _varies(paths[i].logs)][:_MOST_TWINS]
    for a, b in combinations(moving, 2):
        ratio = paths[a].logs - paths[b].logs
        there = np.isfinite(ratio)
        if there.sum() < 20:
            continue
        away = ratio - unit_median(ratio)
        if np.mean(np.abs(away[there]) < EXACT) < HOLDS:
            continue
        broken = np.abs(away) > rule.number
        rare = broken.sum() <= max(2.0, 0.02 * there.sum())
        yield from _twin_findings(series[a], series[b], away, broken, "error" if rare else rule.severity)


def _varies(logs: Matrix) -> bool:
    """Whether a series differs over years and over units, as data do and national or fixed figures do not."""
    there = np.isfinite(logs)
    if there.sum() < 20:
        return False
    by_unit = np.abs(logs - unit_median(logs))[there]
    by_year = np.abs(logs - unit_median(logs.T).T)[there]
    return bool(np.mean(by_unit > 1e-9) > 0.5 and np.mean(by_year > 1e-9) > 0.5)


def _twin_findings(a: Series, b: Series, away: Matrix, broken: Mask, severity: Severity) -> Iterator[Finding]:
    for sheet, places in by_sheet(a, broken).items():
        places.sort(key=lambda place: -abs(away[place]))
        shown = listed([f"{a.key(*place)} {np.expm1(away[place]):+.1%}" for place in places], 6)
        yield Finding(
            severity,
            "twin_ratio",
            sheet,
            addresses([one.position(*place) for place in places for one in (a, b)]),
            Text(
                f"“{a.label.text}”与“{b.label.text}”的比率在各省本是常数，有 {len(places)} 处偏离：{shown.zh}",
                f"the ratio of {a.label.text} to {b.label.text} is constant in each unit, but not in {len(places)} places: {shown.en}",
            ),
            Text("核对这些单元格，两列中改正错的一列", "Check these cells and correct whichever column is wrong"),
        )


def constant_findings(series: Sequence[Series]) -> Iterator[Finding]:
    """Figures that are the same for every unit of a year (national), or for every year of a unit (area)."""
    for one in series:
        if not one.dated or one.values.shape[0] < 5 or one.values.shape[1] < 3:
            continue
        for axis, zh, en in (
            (0, "各省同年应相同", "is the same for all units of a year"),
            (1, "各年应相同", "is the same in all years"),
        ):
            usual = unit_median(one.values.T).T if axis == 0 else unit_median(one.values)
            there = np.isfinite(one.values)
            off = there & (np.abs(one.values - usual) > 1e-9 * np.abs(usual))
            if there.sum() >= 20 and 0 < off.sum() <= 0.05 * there.sum():
                yield from _constant_findings(one, off, usual, zh, en)
                break


def sibling_findings(series: Sequence[Series]) -> Iterator[Finding]:
    """A column that is filled in other years than its siblings: perhaps it stands a row too high or too low."""
    groups: dict[str, list[tuple[Series, tuple[int, ...]]]] = {}
    for one in series:
        if one.dated and one.label.concept and len(one.units) >= 5:
            filled = np.isfinite(one.values).mean(axis=0) >= 0.5
            years = tuple(year for year, there in zip(one.years, filled, strict=True) if there)
            groups.setdefault(one.label.concept, []).append((one, years))
    for members in groups.values():
        common, count = Counter(years for _, years in members).most_common(1)[0]
        for one, years in members if count >= _SIBLINGS else ():
            if years != common and years and len(years) < len(one.years):
                yield _sibling_finding(one, years, common)


def _sibling_finding(one: Series, years: Sequence[int], common: Sequence[int]) -> Finding:
    spans = [f"{span[0]}–{span[-1]} ({len(span)})" if span else "—" for span in (years, common)]
    return Finding(
        "verify",
        "odd_coverage",
        one.sheets[0],
        addresses([one.header]),
        Text(
            f"“{one.label.text}”有数的年份是 {spans[0]}，同类各列是 {spans[1]}",
            f"{one.label.text} is filled for {spans[0]}, its sibling columns for {spans[1]}",
        ),
        Text("核对这一列是否整列错了行，或缺了年份", "See whether the column stands in the wrong rows, or lacks years"),
    )


def _constant_findings(one: Series, off: Mask, usual: Matrix, zh: str, en: str) -> Iterator[Finding]:
    expected = np.broadcast_to(usual, one.values.shape)
    for sheet, places in by_sheet(one, off).items():
        shown = listed([f"{one.key(*p)} {number(one.values[p])} ({number(expected[p])})" for p in places])
        yield Finding(
            "error",
            "not_constant",
            sheet,
            addresses(one.positions(places)),
            Text(f"“{one.label.text}”{zh}，这里不同：{shown.zh}", f"{one.label.text} {en}, but not here: {shown.en}"),
            Text("改成应有的数", "Put in the common figure"),
        )
