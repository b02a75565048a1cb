"""Checks of one column against others: sums, products, volume indices, CO2 from fuels, twins, and constants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from lowcarbon_xl.audit.finding import Finding, Severity, addresses, listed, number
from lowcarbon_xl.audit.labels import words
from lowcarbon_xl.audit.path import Mask, Path, median_along
from lowcarbon_xl.audit.rules import Rule, Rules
from lowcarbon_xl.audit.series import Matrix, Series, by_sheet
from lowcarbon_xl.emissions.factors import factor_set
from lowcarbon_xl.emissions.inventory import carbon_dioxide
from lowcarbon_xl.errors import Text
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.roles import FUELS

_HOLDS = 0.7
"""A relation that holds in so large a part of the cells is one; where it fails there is something to look at."""
_EXACT = 0.002
_ALIKE, _SPREAD = 0.05, 0.3
_REAL = re.compile(r"实际|不变|可比|\breal\b|const")
_VOLUME = re.compile(r"第[一二三]产业|人均|primary|secondary|tertiary|per capita|平减|价格|price")
_MOST_TWINS = 80
_FALL = -0.08
"""Nominal GDP does not fall by so much unless the volume index falls with it."""
_SHOWN = 6


def relation_findings(series: Sequence[Series], paths: Sequence[Path], rules: Rules) -> Iterator[Finding]:
    """Findings between the series of one table (same units and years)."""
    for rule in rules.of("identity"):
        if rule.tier != "off":
            yield from _identity(series, rule)
    yield from _volume_index(series, rules)
    yield from _fuels(series, rules)
    yield from _twins(series, paths, rules)
    yield from _constants(series)


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
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(total.values / combined)
    gap[~np.isfinite(gap)] = np.nan
    if np.isfinite(gap).sum() == 0:
        return
    if operator == " * ":
        gap = gap - np.nanmedian(gap)  # percentages and units make a constant factor
    with np.errstate(invalid="ignore"):
        broken = np.abs(gap) > rule.number
    enough = total.values.shape[1] > 3 and np.isfinite(gap).sum() > 20
    sudden = broken & _sudden(gap, rule.number) & enough
    for severity, mask in (("error", sudden), (rule.severity, broken & ~sudden)):
        yield from _identity_findings(total, terms, gap, mask, rule, severity)


def _factor(part: Series, total: Series) -> float:
    """What brings a part to the unit of the total, where both labels say it."""
    if part.label.unit is None or total.label.unit is None or part.label.unit.dimension != total.label.unit.dimension:
        return 1.0
    return part.label.unit.factor / total.label.unit.factor


def _sudden(gap: Matrix, tolerance: float) -> Mask:
    """Where a relation fails in a single year of a unit in which it otherwise holds as usual."""
    away = np.abs(gap - _median(gap))
    noise = np.maximum(1.4826 * _median(away), tolerance / 4)
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


def _volume_index(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
    """Real GDP must follow the volume index; nominal GDP must not fall while the index rises (mixed vintages)."""
    index = next((s for s in series if s.label.concept == "index" and _is_volume_index(s)), None)
    if index is None or not index.dated or len(index.years) < 2:
        return
    for one in series:
        if one.label.concept != "gdp" or (one.label.unit is not None and one.label.unit.dimension != "yuan"):
            continue
        gap = _deflator(one, index)
        if np.isfinite(gap).sum() < 3:
            continue
        with np.errstate(invalid="ignore"):
            exact = np.nanmean(np.abs(gap[np.isfinite(gap)]) < _EXACT) >= _HOLDS
        if exact:
            yield from _chain_findings(one, index, gap)
        elif not _REAL.search(words(one.label.text)):
            yield from _vintages(one, index, gap, rules)


def _is_volume_index(series: Series) -> bool:
    text = words(series.label.text)
    return not _VOLUME.search(text) and bool(re.search(r"gdp|生产总值|grp|gross regional", text))


def _deflator(level: Series, index: Series) -> Matrix:
    """Growth of a level less growth by the index (previous year = 100), shape (units, years)."""
    gap = np.full(level.values.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap[:, 1:] = np.log(level.values[:, 1:] / level.values[:, :-1]) - np.log(index.values[:, 1:] / 100)
    steps = np.diff(np.array(level.years))
    gap[:, 1:][:, steps != 1] = np.nan
    gap[~np.isfinite(gap)] = np.nan
    return gap


def _chain_findings(level: Series, index: Series, gap: Matrix) -> Iterator[Finding]:
    """Cells where real GDP does not follow the index that it follows elsewhere."""
    with np.errstate(invalid="ignore"):
        wrong = np.abs(gap) > 5 * _EXACT
    for unit, year in np.argwhere(wrong):
        undone = (
            year + 1 < gap.shape[1]
            and wrong[unit, year + 1]
            and abs(gap[unit, year] + gap[unit, year + 1]) < 0.3 * abs(gap[unit, year])
        )
        if (
            year > 0
            and wrong[unit, year - 1]
            and abs(gap[unit, year] + gap[unit, year - 1]) < 0.3 * abs(gap[unit, year - 1])
        ):
            continue  # the second half of a single wrong level
        cells = [level.position(int(unit), int(year))] + ([] if undone else [index.position(int(unit), int(year))])
        if year == 1 and not undone:
            cells.append(level.position(int(unit), 0))
        yield Finding(
            "error",
            "volume_index",
            level.sheet(unit, year),
            addresses(cells),
            Text(
                f"{level.key(unit, year)}：“{level.label.text}”的增长与“{index.label.text}”{number(index.values[unit, year])} "
                f"相差 {gap[unit, year]:+.1%}，别处两者一致",
                f"{level.key(unit, year)}: growth of {level.label.text} differs by {gap[unit, year]:+.1%} from "
                f"{index.label.text} {number(index.values[unit, year])}; elsewhere the two agree",
            ),
            Text(
                "核对这一年的实际值和指数，改正其中一个", "Check level and index of this year and correct one of them"
            ),
        )


def _vintages(level: Series, index: Series, gap: Matrix, rules: Rules) -> Iterator[Finding]:
    rule = rules.threshold("vintage", "gdp")
    if rule is None or rule.tier == "off":
        return
    usual = median_along(gap, 0) if gap.shape[0] >= 5 else np.zeros(gap.shape[1])
    excess = gap - usual
    noise = 1.4826 * float(np.nanmedian(np.abs(excess[np.isfinite(excess)])))
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.full(gap.shape, np.nan)
        growth[:, 1:] = level.values[:, 1:] / level.values[:, :-1] - 1
        falls = (growth < _FALL) & (gap < _FALL - 0.02)
        odd = (np.abs(excess) > max(rule.number, 3.5 * noise)) | falls
    for unit, year in np.argwhere(odd):
        certain = bool(falls[unit, year])
        yield Finding(
            "error" if certain else rule.severity,
            "vintage_break",
            level.sheet(unit, year),
            addresses(level.positions([(int(unit), int(year) - 1), (int(unit), int(year))])),
            Text(
                f"“{level.label.text}”{level.key(unit, year)} 比上年 {growth[unit, year]:+.1%}，指数却是 "
                f"{number(index.values[unit, year])}（隐含价格 {gap[unit, year]:+.1%}）：像是前后年份版本（普查修订）不同",
                f"{level.label.text}: {level.key(unit, year)} {growth[unit, year]:+.1%} on the year before, but the index is "
                f"{number(index.values[unit, year])} (implied price {gap[unit, year]:+.1%}): as if two vintages were mixed",
            ),
            Text("全部年份换成同一次修订后的数据", "Take all years from one and the same revision"),
        )


def _fuels(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
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
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(np.abs(total.values) / recomputed)
    there = np.isfinite(gap)
    if there.sum() < 10 or np.mean(np.abs(gap[there]) < rule.number) < _HOLDS:
        return
    with np.errstate(invalid="ignore"):
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


def _twins(series: Sequence[Series], paths: Sequence[Path], rules: Rules) -> Iterator[Finding]:
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
        away = ratio - _median(ratio)
        if np.mean(np.abs(away[there]) < _EXACT) < _HOLDS:
            continue
        with np.errstate(invalid="ignore"):
            broken = np.abs(away) > rule.number
        rare = broken.sum() <= max(2.0, 0.02 * there.sum())
        yield from _twin_findings(series[a], series[b], away, broken, "error" if rare else rule.severity)


def _median(values: Matrix) -> Matrix:
    """Median of each unit; 0 where a unit has no value."""
    return np.nan_to_num(median_along(values, 1))[:, None]


def _varies(logs: Matrix) -> bool:
    """Whether a series differs over years and over units, as data do and national or fixed figures do not."""
    there = np.isfinite(logs)
    if there.sum() < 20:
        return False
    by_unit = np.abs(logs - _median(logs))[there]
    by_year = np.abs(logs - _median(logs.T).T)[there]
    return bool(np.mean(by_unit > 1e-9) > 0.5 and np.mean(by_year > 1e-9) > 0.5)


def _twin_findings(a: Series, b: Series, away: Matrix, broken: Mask, severity: Severity) -> Iterator[Finding]:
    for sheet, places in by_sheet(a, broken).items():
        places.sort(key=lambda place: -abs(away[place]))
        shown = listed([f"{a.key(*place)} {np.expm1(away[place]):+.1%}" for place in places], _SHOWN)
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


def _constants(series: Sequence[Series]) -> Iterator[Finding]:
    """Figures that are the same for every unit of a year (national), or for every year of a unit (area)."""
    for one in series:
        if not one.dated or one.values.shape[0] < 5 or one.values.shape[1] < 3:
            continue
        for axis, zh, en in (
            (0, "各省同年应相同", "is the same for all units of a year"),
            (1, "各年应相同", "is the same in all years"),
        ):
            usual = _median(one.values.T).T if axis == 0 else _median(one.values)
            there = np.isfinite(one.values)
            with np.errstate(invalid="ignore"):
                off = there & (np.abs(one.values - usual) > 1e-9 * np.abs(usual))
            if there.sum() >= 20 and 0 < off.sum() <= 0.05 * there.sum():
                yield from _constant_findings(one, off, usual, zh, en)
                break


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


def same_indicator(a: Series, b: Series) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
    """Places (in `a`, in `b`) where two tables of one indicator differ by over 0.5 %; None when they are not one."""
    if a.label.concept and b.label.concept and a.label.concept != b.label.concept:
        return None
    units = [u for u in a.units if u in set(b.units)]
    years = [y for y in a.years if y in set(b.years)]
    if len(units) < 5 or len(years) < 2:
        return None
    in_a = np.ix_([a.units.index(u) for u in units], [a.years.index(y) for y in years])
    in_b = np.ix_([b.units.index(u) for u in units], [b.years.index(y) for y in years])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(np.log(a.values[in_a] / b.values[in_b]))
    there = np.isfinite(ratio)
    if (
        there.sum() < 10
        or np.median(ratio[there]) > _ALIKE
        or not (_spread(a.values[in_a]) and _spread(b.values[in_b]))
    ):
        return None
    with np.errstate(invalid="ignore"):
        differ = np.argwhere(there & (ratio > 0.005))
    places_a = [(a.units.index(units[i]), a.years.index(years[j])) for i, j in differ]
    places_b = [(b.units.index(units[i]), b.years.index(years[j])) for i, j in differ]
    return places_a, places_b


def _spread(values: Matrix) -> bool:
    """Whether units differ so much in level that two tables can agree only if they are about the same thing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.abs(values))
    there = logs[np.isfinite(logs)]
    return len(there) > 0 and float(np.std(there)) > _SPREAD


def vintage_pair_findings(a: Series, b: Series) -> Iterator[Finding]:
    """Two tables that give one indicator with different figures: two vintages in one workbook."""
    places = same_indicator(a, b)
    if places is None or not places[0]:
        return
    worst = max(zip(*places, strict=True), key=lambda pair: abs(np.log(a.values[pair[0]] / b.values[pair[1]])))
    shown = (
        f"{a.key(*worst[0])}: {a.where(*worst[0])} {number(a.values[worst[0]])}, "
        f"{b.where(*worst[1])} {number(b.values[worst[1]])}"
    )
    for one, cells in ((a, places[0]), (b, places[1])):
        yield Finding(
            "error",
            "two_vintages",
            one.sheet(*cells[0]),
            addresses(one.positions(cells)),
            Text(
                f"同一指标在两张表里有 {len(cells)} 个省份年份的数不同（{shown}）：是两个版本",
                f"one indicator has different figures in two tables for {len(cells)} province-years ({shown}): two vintages",
            ),
            Text("说明计算用哪一版，不要混用", "Say which one a calculation uses, and do not mix them"),
        )
