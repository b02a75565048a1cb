"""Regression tables: several models side by side, as papers print them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lowcarbon_xl.econometrics.result import CONSTANT
from lowcarbon_xl.errors import InputError, Text, nearest
from lowcarbon_xl.tables import labels as names
from lowcarbon_xl.tables.columns import Estimate, EstimatedColumn, expand
from lowcarbon_xl.tables.diagnostics import diagnostic_rows, statistic_rows
from lowcarbon_xl.tables.header import header_rows
from lowcarbon_xl.tables.labels import Naming
from lowcarbon_xl.tables.model import BLANK, Label, Model, Row, Table, TableCell, as_text, text_cell
from lowcarbon_xl.tables.notes import regression_notes
from lowcarbon_xl.tables.numerals import number_cell

Shown = Sequence[str] | Literal["core", "all"]
TITLE = Text("回归结果", "Regression results")
STARS = (0.1, 0.05, 0.01)  # weakest first; the habit of Chinese journals
T_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class _Printing:
    """How coefficients of one table are printed."""

    stars: tuple[float, ...]
    brackets: Literal["t", "se"]
    decimals: int
    bracket_decimals: int

    def stars_of(self, p: float) -> int:
        """Asterisks of a p-value; none where it does not exist."""
        return sum(p < level for level in self.stars)

    def coefficient(self, estimate: Estimate) -> TableCell:
        return number_cell(estimate.value, self.decimals, stars=self.stars_of(estimate.p))

    def bracket(self, estimate: Estimate) -> TableCell:
        inside = estimate.t if self.brackets == "t" else estimate.error
        return number_cell(inside, self.bracket_decimals, brackets="()")


def regression_table(
    models: Sequence[Model],
    *,
    title: Label = TITLE,
    stars: Sequence[float] = STARS,
    brackets: Literal["t", "se"] = "t",
    shown: Shown = "core",
    labels: Mapping[str, Label] | None = None,
    decimals: int = 3,
    bracket_decimals: int | None = None,
    statistics: Sequence[str] = ("N", "R2", "F"),
    notes: Sequence[Label] = (),
) -> Table:
    """Models side by side.

    Parameters
    ----------
    models : sequence of Model
        One or more columns each (see `expand`).
    title : str or Text
    stars : sequence of float
        Significance levels in any order; the smallest gets the most stars. Empty for none.
    brackets : {"t", "se"}
        What stands below a coefficient.
    shown : "core", "all" or sequence of str
        The regressors of interest (others become "Controls: Yes"), all with the constant, or those named, in order.
    labels : mapping of str to str or Text, optional
        Display names of variables and fixed effects.
    decimals, bracket_decimals : int
        Digits of coefficients and in brackets (2 for t). A number that would print as 0 gets more.
    statistics : sequence of str
        Of N, R2, R2_adj, R2_within, F, RMSE, clusters, in that order. Identification tests follow by themselves.
    notes : sequence of str or Text
        After those that the table writes itself.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        No model, unknown variables or statistics, impossible levels.
    """
    columns = _columns(models)
    levels = _levels(stars)
    given = bracket_decimals if bracket_decimals is not None else (T_DECIMALS if brackets == "t" else decimals)
    printing = _Printing(levels, brackets, decimals, given)
    naming = Naming(labels or {})
    terms = _shown_terms(columns, shown)
    header, spans = header_rows(columns, naming)
    body = (
        *_coefficient_rows(columns, terms, naming, printing),
        *_difference_rows(columns, naming, printing),
        *_indicator_rows(columns, terms, naming),
        *statistic_rows(columns, statistics, decimals),
        *diagnostic_rows(columns, decimals, printing.stars_of),
    )
    written = (*regression_notes(columns, levels, brackets), *map(as_text, notes))
    return Table(as_text(title), header, body, written, spans)


def printed_terms(columns: Sequence[EstimatedColumn]) -> tuple[str, ...]:
    """The terms of a table's coefficient rows, two rows each, from the top of its body."""
    return _shown_terms(columns, "core")


def _columns(models: Sequence[Model]) -> list[EstimatedColumn]:
    if not models:
        what = Text("没有模型，做不成表", "there is no model to print")
        raise InputError(what, Text("先运行模型", "Run a model first"))
    return [column for model in models for column in expand(model)]


def _levels(stars: Sequence[float]) -> tuple[float, ...]:
    levels = tuple(sorted(set(stars), reverse=True))
    if any(not 0 < level < 1 for level in levels):
        raise InputError(
            Text(f"显著性水平 {levels} 应在 0 和 1 之间", f"significance levels {levels} must lie between 0 and 1"),
            Text("写成 stars=0.1,0.05,0.01", "Write stars=0.1,0.05,0.01"),
        )
    return levels


def _shown_terms(columns: Sequence[EstimatedColumn], shown: Shown) -> tuple[str, ...]:
    """Rows in order: instruments, regressors of interest, controls, the constant."""
    equations = [column for column in columns if column.first_stage is None]
    stages = [column for column in columns if column.first_stage is not None]
    interest = _union(column.core for column in equations)
    instruments = tuple(term for term in _union(column.core for column in stages) if term not in interest)
    every = _union(column.terms for column in (*equations, *stages))
    core = instruments + tuple(term for term in interest if term in every)
    rest = tuple(term for term in every if term not in core and term != CONSTANT)
    whole = core + rest + ((CONSTANT,) if CONSTANT in every else ())
    if shown == "all":
        return whole
    if shown == "core":
        return core or whole
    for name in shown:
        if name not in whole:
            close = nearest(name, whole)
            raise InputError(
                Text(f"没有一个模型含“{name}”", f"no model has the variable '{name}'"),
                Text(
                    f"可用：{'、'.join(whole)}" + (f"；是不是 {close}" if close else ""),
                    f"Known: {', '.join(whole)}" + (f"; did you mean {close}?" if close else ""),
                ),
                column=name,
            )
    return tuple(dict.fromkeys(shown))


def _union(groups: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for group in groups for term in group))


def _coefficient_rows(
    columns: Sequence[EstimatedColumn], terms: Sequence[str], naming: Naming, printing: _Printing
) -> Iterator[Row]:
    for term in terms:
        found = [column.estimates.get(term) for column in columns]
        values = tuple(
            printing.coefficient(estimate) if estimate else _without(column, term)
            for column, estimate in zip(columns, found, strict=True)
        )
        below = tuple(printing.bracket(estimate) if estimate else BLANK for estimate in found)
        yield text_cell(naming.variable(term), "left"), *values
        yield BLANK, *below


def _without(column: EstimatedColumn, term: str) -> TableCell:
    """Blank where the model has no such term; named where it was dropped."""
    return text_cell(names.OMITTED) if term in column.terms else BLANK


def _difference_rows(columns: Sequence[EstimatedColumn], naming: Naming, printing: _Printing) -> Iterator[Row]:
    terms = dict.fromkeys(column.term for column in columns if column.difference)
    for term in terms:
        own = [column.difference if column.term == term else None for column in columns]
        estimates = [Estimate(d.difference, d.standard_error, d.t, d.p) if d else None for d in own]
        yield (
            text_cell(naming.difference(term), "left"),
            *(printing.coefficient(estimate) if estimate else BLANK for estimate in estimates),
        )
        yield BLANK, *(printing.bracket(estimate) if estimate else BLANK for estimate in estimates)
        for label, values in (
            (names.FISHER_P, [d.fisher_p if d else math.nan for d in own]),
            (names.SUEST_P, [d.suest_p if d else math.nan for d in own]),
        ):
            if any(not math.isnan(value) for value in values):
                yield text_cell(label, "left"), *(BLANK if math.isnan(v) else number_cell(v, 3) for v in values)


def _indicator_rows(columns: Sequence[EstimatedColumn], terms: Sequence[str], naming: Naming) -> Iterator[Row]:
    """Which columns have the controls that are not shown, and which fixed effects."""
    hidden = [set(column.terms) - set(terms) - {CONSTANT} for column in columns]
    if any(hidden):
        yield _yes_no(names.CONTROLS, columns, lambda place: bool(hidden[place]))
    effects = dict.fromkeys(naming.effect(name) for column in columns for name in column.absorbed)
    for effect in effects:
        present = [effect in map(naming.effect, column.absorbed) for column in columns]
        yield _yes_no(effect, columns, present.__getitem__)


def _yes_no(label: Text, columns: Sequence[EstimatedColumn], holds: Callable[[int], bool]) -> Row:
    return text_cell(label, "left"), *(
        text_cell(names.YES if holds(place) else names.NO) for place in range(len(columns))
    )
