"""The cross-period programs that an index needs: which row is measured against which years, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.errors import Text
from lowcarbon_xl.productivity.evaluation import status_text
from lowcarbon_xl.productivity.periods import Predecessors, technology_years
from lowcarbon_xl.productivity.technology import FloatArray, IntArray, Production, TextArray

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """Inefficiencies that an index compares, shape (n,) each; NaN where infeasible or not used.

    Attributes
    ----------
    own : float array
        On the technology of the row's own year, S^t_t.
    common_before, common : float array
        Of the predecessor and of the row on the technology both share (global, biennial).
    ahead, behind : float array
        Of the row on its predecessor's technology, S^t_{t+1}, and of the predecessor on the row's, S^{t+1}_t.
    """

    own: FloatArray
    common_before: FloatArray
    common: FloatArray
    ahead: FloatArray
    behind: FloatArray


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of score: for each `target` row, the measured row and its pool, shape (k,) each."""

    role: Literal["own", "common_before", "common", "ahead", "behind"]
    target: IntArray
    rows: IntArray
    pool_of: IntArray


def comparisons(
    production: Production, previous: IntArray, technology: str, frozen: tuple[int, int] | None
) -> tuple[list[Comparison], tuple[IntArray, ...]]:
    """Every program that the index needs, and the pools of rows they refer to."""
    years = np.unique(production.years)
    year_of = np.searchsorted(years, production.years)
    spans: dict[tuple[int, ...], int] = {}
    common = technology in ("global", "biennial")
    family = "contemporaneous" if common else technology
    by_year = np.array([spans.setdefault(technology_years(years, family, year), len(spans)) for year in years.tolist()])
    everyone = np.arange(production.n_rows)
    later = np.flatnonzero(previous >= 0)
    earlier = previous[later]
    parts = [Comparison("own", everyone, everyone, by_year[year_of])]
    if technology == "global":
        low, high = frozen or (int(years[0]), int(years[-1]))
        pool = spans.setdefault(tuple(y for y in years.tolist() if low <= y <= high), len(spans))
        parts.append(Comparison("common", everyone, everyone, np.full(production.n_rows, pool)))
    elif technology == "biennial":
        pairs = zip(production.years[earlier].tolist(), production.years[later].tolist(), strict=True)
        both = np.array([spans.setdefault(pair, len(spans)) for pair in pairs], dtype=np.intp)
        parts += [Comparison("common", later, later, both), Comparison("common_before", later, earlier, both)]
    else:
        parts += [
            Comparison("ahead", later, later, by_year[year_of[earlier]]),
            Comparison("behind", later, earlier, by_year[year_of[later]]),
        ]
    return parts, tuple(production.rows_of(span) for span in spans)


def spread(parts: Sequence[Comparison], values: FloatArray, previous: IntArray, n_rows: int) -> Scores:
    """Put the scores of all programs back to the rows they are for."""
    roles = {role: np.full(n_rows, np.nan) for role in ("own", "common_before", "common", "ahead", "behind")}
    for part, scores in _by_part(parts, values):
        roles[part.role][part.target] = scores
    if all(part.role != "common_before" for part in parts):
        roles["common_before"] = earlier(roles["common"], previous)
    return Scores(**roles)


def _by_part(parts: Sequence[Comparison], values: Array) -> Iterator[tuple[Comparison, Array]]:
    """The stretch of `values` that belongs to each part."""
    ends = np.cumsum([len(part.rows) for part in parts])
    return zip(parts, np.split(values, ends[:-1]), strict=True)


def earlier(values: FloatArray, previous: IntArray) -> FloatArray:
    """Each row's predecessor's value, NaN where there is none."""
    return np.where(previous >= 0, values[previous], np.nan)


def reasons(
    production: Production,
    before: Predecessors,
    parts: Sequence[Comparison],
    pools: tuple[IntArray, ...],
    status: TextArray,
) -> tuple[Text | None, ...]:
    """Why a row has no index: no predecessor, or the first program of its comparison that has no answer."""
    why = list(before.reasons)
    for part, answers in _by_part(parts, status):
        for position in np.flatnonzero(answers != "optimal").tolist():
            target = int(part.target[position])
            if why[target] is None:
                years = production.years[pools[part.pool_of[position]]]
                why[target] = _failure(production, int(part.rows[position]), years, str(answers[position]))
    _blame_predecessors(why, parts, status, before.rows)
    return tuple(why)


def _blame_predecessors(
    why: list[Text | None], parts: Sequence[Comparison], status: TextArray, previous: IntArray
) -> None:
    """On a frontier of all years a row also lacks an index where its predecessor's score is missing."""
    if {part.role for part in parts} != {"own", "common"}:
        return
    failed = np.zeros(len(previous), dtype=bool)
    for part, answers in _by_part(parts, status):
        failed[part.target] |= answers != "optimal"
    for row in np.flatnonzero((previous >= 0) & failed[previous]).tolist():
        why[row] = why[row] or why[int(previous[row])]


def _failure(production: Production, row: int, years: IntArray, status: str) -> Text:
    span = f"{years.min()}" if years.min() == years.max() else f"{years.min()}-{years.max()}"
    who = production.unit_year(row)
    if status == "infeasible":
        return Text(
            f"{who} 在 {span} 年的技术之外，该跨期规划无可行解（已证明）",
            f"{who} lies outside the technology of {span}: the cross-period program is infeasible (proved)",
        )
    verdict = status_text(status)
    return Text(
        f"{who} 对 {span} 年技术的规划：{verdict.zh}",
        f"The program of {who} on the technology of {span} is {verdict.en}",
    )
