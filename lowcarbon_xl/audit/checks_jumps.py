"""Checks from one year to the next: jumps, growth out of line with the others, repeated values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lowcarbon_xl.audit.finding import Finding, addresses, listed, number
from lowcarbon_xl.audit.path import Mask, Path, growth_breaks
from lowcarbon_xl.audit.rules import Rules
from lowcarbon_xl.audit.series import Series, by_sheet
from lowcarbon_xl.errors import Text


def jump_findings(series: Series, path: Path, rules: Rules, done: Mask) -> Iterator[Finding]:
    """Jumps and odd growth of one series.

    Parameters
    ----------
    done : array of bool, shape (units, years)
        Values that another finding explains already.
    """
    if not series.dated or len(series.years) < 3:
        return
    every = _jumped(series, path, rules)
    yield from _odd_growth(series, path, rules, every)
    jumped = every & ~done
    yield from _jumps(series, path, rules, jumped)
    yield from _growth_breaks(series, path, rules, done | jumped)


def _jumped(series: Series, path: Path, rules: Rules) -> Mask:
    """Changes on the year before that exceed the threshold for this kind of quantity."""
    rule = rules.threshold("jump", series.label.concept)
    if rule is None or rule.tier == "off" or (series.label.may_be_negative and series.label.concept):
        return np.zeros(series.values.shape, dtype=bool)
    return np.asarray(np.abs(np.expm1(path.growth)) > rule.number)


def _jumps(series: Series, path: Path, rules: Rules, over: Mask) -> Iterator[Finding]:
    """One finding for all the jumps of a series."""
    rule = rules.threshold("jump", series.label.concept)
    if rule is None:
        return
    change = np.expm1(path.growth)
    for sheet, places in by_sheet(series, over).items():
        places.sort(key=lambda place: -abs(path.growth[place]))
        shown = listed([f"{series.key(*place)} {change[place]:+.0%}" for place in places], 8)
        yield Finding(
            rule.severity,
            "jump",
            sheet,
            addresses(series.positions(places)),
            Text(
                f"“{series.label.text}”有 {len(places)} 处年变动超过 {rule.number:.0%}：{shown.zh}",
                f"{series.label.text}: {len(places)} changes on the year before exceed {rule.number:.0%}: {shown.en}",
            ),
            Text(
                "逐一核实；属实的写明原因（普查修订、口径变化等）",
                "Check each; explain those that are right (census revision, new coverage)",
            ),
        )


_FEW = 20
"""Fewer changes than this tell nothing of a column as a whole."""


def _odd_growth(series: Series, path: Path, rules: Rules, jumped: Mask) -> Iterator[Finding]:
    """A column that jumps so often that it can hardly be what its header says: columns swapped, another quantity."""
    rule = rules.threshold("odd_growth", series.label.concept)
    limit = rules.threshold("jump", series.label.concept)
    changes = int(np.isfinite(path.growth).sum())
    if rule is None or limit is None or rule.tier == "off" or changes < _FEW or len(series.units) < 3:
        return
    count = int(jumped.sum())
    if count <= rule.number * changes:
        return
    yield Finding(
        rule.severity,
        "odd_growth",
        series.sheets[0],
        addresses([series.header]),
        Text(
            f"“{series.label.text}”{changes} 次年变动里有 {count} 次（{count / changes:.0%}）超过 {limit.number:.0%}，"
            "整列的走势不像这个指标",
            f"{series.label.text}: {count} of {changes} changes on the year before ({count / changes:.0%}) exceed "
            f"{limit.number:.0%}; the column does not move as its header says",
        ),
        Text(
            "核对列名：是否与别的列互换，或填了别的指标",
            "Check the header: whether the column was swapped with another, or holds another quantity",
        ),
    )


def _growth_breaks(series: Series, path: Path, rules: Rules, done: Mask) -> Iterator[Finding]:
    """Growth out of line with that of the other provinces and with the province's own: another vintage or coverage."""
    rule = rules.threshold("growth_break", series.label.concept)
    if rule is None or rule.tier == "off":
        return
    off = growth_breaks(path, rule.number) & ~done
    for sheet, places in by_sheet(series, off).items():
        places.sort(key=lambda place: -abs(path.detrended[place] - path.before[place]))
        shown = listed([f"{series.key(*p)} {np.expm1(path.detrended[p] - path.before[p]):+.0%}" for p in places], 8)
        yield Finding(
            rule.severity,
            "growth_break",
            sheet,
            addresses(series.positions(places)),
            Text(
                f"“{series.label.text}”有 {len(places)} 处增长明显偏离各省共同走势和本省常态（偏离幅度）：{shown.zh}",
                f"{series.label.text}: growth in {len(places)} places is out of line with the other provinces and the "
                f"province's own (by so much): {shown.en}",
            ),
            Text(
                "核对前后年份是否同一版本（普查修订）、同一口径，属实的写明原因",
                "See whether the years before and after are of one vintage and coverage; explain those that are right",
            ),
        )


def repeats(series: Series) -> Mask:
    """Values that equal the year before while hardly any others of the series do."""
    values = series.values
    same = np.zeros(values.shape, dtype=bool)
    if values.shape[1] > 1:
        same[:, 1:] = (values[:, 1:] == values[:, :-1]) & (values[:, 1:] != 0)
    pairs = int(np.isfinite(values[:, 1:] + values[:, :-1]).sum()) if values.shape[1] > 1 else 0
    return same if same.sum() <= max(1.0, 0.05 * pairs) else np.zeros_like(same)


def repeat_findings(series: Series) -> Iterator[Finding]:
    """A value copied from the year beside it."""
    if not series.dated or series.label.concept in ("area", "share", "index"):
        return
    for sheet, places in by_sheet(series, repeats(series)).items():
        pairs = [p for unit, year in places for p in ((unit, year - 1), (unit, year))]
        shown = listed(
            [
                f"{series.units[u]} {series.years[y - 1]}/{series.years[y]} {number(series.values[u, y])}"
                for u, y in places
            ]
        )
        yield Finding(
            "verify",
            "repeated_value",
            sheet,
            addresses(series.positions(pairs)),
            Text(
                f"“{series.label.text}”相邻两年的数完全相同：{shown.zh}",
                f"{series.label.text}: two years on end have the same value: {shown.en}",
            ),
            Text("核对是否误抄了相邻年份", "See whether a neighbouring year was copied by mistake"),
        )
