"""Checks of growth against the volume index, and of tables against tables: mixed vintages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from lowcarbon_xl.audit.finding import Finding, addresses, listed, number
from lowcarbon_xl.audit.labels import words
from lowcarbon_xl.audit.path import EXACT, HOLDS, Path, growth_breaks, median_along, path_of_values
from lowcarbon_xl.audit.rules import Rule, Rules
from lowcarbon_xl.audit.series import Matrix, Series, by_sheet
from lowcarbon_xl.errors import Text

_ALIKE, _SPREAD = 0.05, 0.3

_REAL = re.compile(r"实际|不变|可比|\breal\b|const")

_VOLUME = re.compile(r"第[一二三]产业|人均|primary|secondary|tertiary|per capita|平减|价格|price")

_FALL = -0.08
"""Nominal GDP does not fall by so much unless the volume index falls with it."""


def volume_findings(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
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
        exact = np.nanmean(np.abs(gap[np.isfinite(gap)]) < EXACT) >= HOLDS
        if exact:
            yield from _chain_findings(one, index, gap)
        elif not _REAL.search(words(one.label.text)):
            yield from _vintages(one, index, gap, rules)


def share_findings(series: Sequence[Series], rules: Rules) -> Iterator[Finding]:
    """A sector's share in GDP moves slowly: where it leaps, one of the two is of another vintage."""
    rule = rules.threshold("growth_break", "value_added")
    nominal = [one for one in series if one.label.concept == "gdp" and not _REAL.search(words(one.label.text))]
    if rule is None or rule.tier == "off" or len(nominal) != 1:
        return
    total = nominal[0]
    for one in series:
        if one.label.concept == "value_added" and one.dated:
            path = path_of_values(one.values / total.values)
            for sheet, places in by_sheet(one, growth_breaks(path, rule.number)).items():
                yield _share_finding(one, total, path, (sheet, places), rule)


def _share_finding(
    one: Series, total: Series, path: Path, found: tuple[str, list[tuple[int, int]]], rule: Rule
) -> Finding:
    sheet, places = found
    places.sort(key=lambda place: -abs(path.growth[place]))
    now, before = np.exp(path.logs), np.exp(path.logs - path.growth)
    shown = listed([f"{one.key(*place)} {before[place]:.1%}→{now[place]:.1%}" for place in places])
    return Finding(
        rule.severity,
        "share_break",
        sheet,
        addresses([series.position(*place) for place in places for series in (one, total)]),
        Text(
            f"“{one.label.text}”占“{total.label.text}”的比重有 {len(places)} 处突变：{shown.zh}",
            f"the share of {one.label.text} in {total.label.text} leaps in {len(places)} places: {shown.en}",
        ),
        Text(
            "核对总量与分项是否同一版本（普查修订）", "See whether total and part are of one vintage (census revision)"
        ),
    )


def _is_volume_index(series: Series) -> bool:
    text = words(series.label.text)
    return not _VOLUME.search(text) and bool(re.search(r"gdp|生产总值|grp|gross regional", text))


def _deflator(level: Series, index: Series) -> Matrix:
    """Growth of a level less growth by the index (previous year = 100), shape (units, years)."""
    gap = np.full(level.values.shape, np.nan)
    gap[:, 1:] = np.log(level.values[:, 1:] / level.values[:, :-1]) - np.log(index.values[:, 1:] / 100)
    steps = np.diff(np.array(level.years))
    gap[:, 1:][:, steps != 1] = np.nan
    gap[~np.isfinite(gap)] = np.nan
    return gap


def _chain_findings(level: Series, index: Series, gap: Matrix) -> Iterator[Finding]:
    """Cells where real GDP does not follow the index that it follows elsewhere."""
    wrong = np.abs(gap) > 5 * EXACT
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
    ratio = np.abs(np.log(a.values[in_a] / b.values[in_b]))
    there = np.isfinite(ratio)
    if (
        there.sum() < 10
        or np.median(ratio[there]) > _ALIKE
        or not (_spread(a.values[in_a]) and _spread(b.values[in_b]))
    ):
        return None
    differ = np.argwhere(there & (ratio > 0.005))
    places_a = [(a.units.index(units[i]), a.years.index(years[j])) for i, j in differ]
    places_b = [(b.units.index(units[i]), b.years.index(years[j])) for i, j in differ]
    return places_a, places_b


def _spread(values: Matrix) -> bool:
    """Whether units differ so much in level that two tables can agree only if they are about the same thing."""
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
