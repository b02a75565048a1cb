"""The lower half of a regression table: N, R2, F, and the identification tests of IV columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from lowcarbon_xl.econometrics.iv import IVResult
from lowcarbon_xl.errors import InputError, Text, nearest
from lowcarbon_xl.tables import labels as names
from lowcarbon_xl.tables.columns import EstimatedColumn
from lowcarbon_xl.tables.model import BLANK, DASH, Row, TableCell, text_cell
from lowcarbon_xl.tables.numerals import count_cell, number_cell

_TEST_DECIMALS = 3
_Picked = TypeVar("_Picked")


def statistic_rows(columns: Sequence[EstimatedColumn], wanted: Sequence[str], decimals: int) -> Iterator[Row]:
    """One row a statistic; a dash where a column's number does not exist.

    Raises
    ------
    InputError
        For a statistic that there is none of.
    """
    for name in wanted:
        if name not in names.STATISTICS:
            raise _unknown(name)
        cells = [_statistic(column, name, decimals) for column in columns]
        if any(cell != BLANK for cell in cells):
            yield text_cell(names.STATISTICS[name], "left"), *cells
    if any(column.first_stage for column in columns):
        yield (
            text_cell(names.FIRST_STAGE_F, "left"),
            *(number_cell(column.first_stage.f, decimals) if column.first_stage else BLANK for column in columns),
        )


def _statistic(column: EstimatedColumn, name: str, decimals: int) -> TableCell:
    fit = column.fit
    if fit is None:
        return text_cell(DASH)
    if name == "N":
        return count_cell(fit.n)
    if name == "clusters":
        return count_cell(min(count for _, count in fit.clusters)) if fit.clusters else BLANK
    if name == "R2":
        return number_cell(column.r2, decimals)
    if column.first_stage is not None:
        return BLANK
    values = {"R2_adj": fit.r2_adjusted, "R2_within": fit.r2_within, "F": fit.f, "RMSE": fit.rmse}
    return number_cell(values[name], decimals)


def _unknown(name: str) -> InputError:
    known = tuple(names.STATISTICS)
    close = nearest(name, known)
    return InputError(
        Text(f"没有统计量“{name}”", f"there is no statistic '{name}'"),
        Text(
            f"可用：{'、'.join(known)}" + (f"；是不是 {close}" if close else ""),
            f"Known: {', '.join(known)}" + (f"; did you mean {close}?" if close else ""),
        ),
    )


def diagnostic_rows(columns: Sequence[EstimatedColumn], decimals: int, stars: Callable[[float], int]) -> Iterator[Row]:
    """Identification tests in the order that referees read them; nothing when no column is instrumented."""
    results = tuple(column.instrumented for column in columns)
    present = [result for result in results if result is not None]
    if not present:
        return
    plain, robust = ([result for result in present if _iid(result) == iid] for iid in (True, False))
    if plain:
        yield from _tested(results, names.ANDERSON_LM, _of(True, _relevance), stars)
    if robust:
        yield from _tested(results, names.KP_LM, _of(False, _relevance), stars)
    yield _single(results, names.CRAGG_DONALD, lambda result: result.identification.cragg_donald_f, decimals)
    if robust:
        yield _single(results, names.KP_F, _of(False, lambda result: result.identification.kp_rk_f), decimals)
    yield _single(results, names.STOCK_YOGO, lambda result: result.identification.stock_yogo[0], 2)
    if any(result.overidentification.df for result in plain):
        yield from _tested(results, names.SARGAN, _of(True, _validity), stars)
    if any(result.overidentification.df for result in robust):
        yield from _tested(results, names.HANSEN, _of(False, _validity), stars)


def _tested(
    results: Sequence[IVResult | None],
    label: Text,
    pick: Callable[[IVResult], tuple[float, float] | None],
    stars: Callable[[float], int],
) -> Iterator[Row]:
    """A statistic, with its p-value in square brackets below."""
    found = [pick(result) if result else None for result in results]
    yield (
        text_cell(label, "left"),
        *(number_cell(pair[0], _TEST_DECIMALS, stars=stars(pair[1])) if pair else BLANK for pair in found),
    )
    yield (
        BLANK,
        *(
            BLANK if pair is None or math.isnan(pair[0]) else number_cell(pair[1], _TEST_DECIMALS, brackets="[]")
            for pair in found
        ),
    )


def _single(
    results: Sequence[IVResult | None], label: Text, pick: Callable[[IVResult], float | None], decimals: int
) -> Row:
    found = [pick(result) if result else None for result in results]
    return text_cell(label, "left"), *(BLANK if value is None else number_cell(value, decimals) for value in found)


def _of(iid: bool, pick: Callable[[IVResult], _Picked]) -> Callable[[IVResult], _Picked | None]:
    """A statistic of the models with (or without) iid errors only."""
    return lambda result: pick(result) if _iid(result) == iid else None


def _iid(result: IVResult) -> bool:
    return result.overidentification.name == "Sargan"


def _relevance(result: IVResult) -> tuple[float, float]:
    return result.identification.kp_rk_lm, result.identification.kp_rk_lm_p


def _validity(result: IVResult) -> tuple[float, float]:
    return result.overidentification.statistic, result.overidentification.p
