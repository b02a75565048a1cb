"""Which row comes before which, and which years span each reference technology."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.technology import IntArray, Production

Gaps = Literal["refuse", "allow", "periods"]


@dataclass(frozen=True, slots=True)
class Predecessors:
    """The row of the same unit one year earlier, shape (n,), -1 where there is none, and why."""

    rows: IntArray
    reasons: tuple[Text | None, ...]


def predecessors(production: Production, gaps: Gaps = "refuse") -> Predecessors:
    """Find each row's predecessor.

    Parameters
    ----------
    production : Production
    gaps : {"refuse", "allow", "periods"}
        A year missing inside a unit: "refuse" raises; "allow" leaves the year after it without an index; "periods"
        takes the last year there is, so that the change spans several years (for five-yearly data).

    Raises
    ------
    InputError
        A gap under "refuse", naming the row after it and the missing year.
    """
    previous = np.full(production.n_rows, -1, dtype=np.intp)
    reasons: list[Text | None] = [None] * production.n_rows
    order = np.lexsort((production.years, production.units))
    for before, row in zip([-1, *order[:-1].tolist()], order.tolist(), strict=True):
        if before < 0 or production.units[before] != production.units[row]:
            reasons[row] = Text(
                f"{production.unit_year(row)}：首年，没有上一年可比",
                f"{production.unit_year(row)}: first year, nothing to compare with",
            )
        elif production.years[before] + 1 == production.years[row] or gaps == "periods":
            previous[row] = before
        elif gaps == "allow":
            missing = production.years[row] - 1
            reasons[row] = Text(
                f"{production.units[row]} 缺 {missing} 年，不能计算 {production.years[row]} 年的变化",
                f"{production.units[row]} lacks {missing}, so the change to {production.years[row]} is undefined",
            )
        else:
            _refuse_gap(production, before, row)
    return Predecessors(previous, tuple(reasons))


def _refuse_gap(production: Production, before: int, row: int) -> None:
    unit, missing = production.units[row], int(production.years[before]) + 1
    raise InputError(
        Text(
            f"{unit} 缺 {missing} 年：{production.years[before]} 年之后是 {production.years[row]} 年",
            f"{unit} lacks {missing}: {production.years[before]} is followed by {production.years[row]}",
        ),
        Text(
            "补上该年；或用 gaps=allow 让缺口后一年不给指数；或用 gaps=periods 计算跨期变化",
            "Fill the year in; or gaps=allow leaves the year after without an index; or gaps=periods spans it",
        ),
        row=row,
    )


def technology_years(years: IntArray, reference: str, year: int) -> tuple[int, ...]:
    """Years whose units span the technology of `year`.

    Parameters
    ----------
    years : int array
        Years of the panel.
    reference : {"contemporaneous", "sequential", "window(w)", "global"}
        "window(w)" is the w years (an odd number) around `year`, as in Stata's gtfpch and teddf.
    year : int
    """
    present = np.unique(years).tolist()
    if reference == "global":
        return tuple(present)
    if reference == "sequential":
        return tuple(y for y in present if y <= year)
    half = window_width(reference) // 2
    return tuple(y for y in present if year - half <= y <= year + half)


def window_width(reference: str) -> int:
    """Years in a window; 1 for "contemporaneous"."""
    if reference == "contemporaneous":
        return 1
    match = re.fullmatch(r"window\((\d+)\)", reference.replace(" ", ""))
    if match is None or int(match.group(1)) % 2 == 0:
        raise InputError(
            Text(f"不认识的参考技术“{reference}”", f"Unknown reference technology {reference!r}"),
            Text(
                "可用：global、contemporaneous、sequential、biennial、window(3)（窗口宽度为奇数）",
                "Choose from: global, contemporaneous, sequential, biennial, window(3) (an odd number of years)",
            ),
        )
    return int(match.group(1))
