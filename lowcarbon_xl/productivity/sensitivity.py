"""How far the verdicts on productivity depend on the convention: the same data under each of them, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import IndexName, productivity_change
from lowcarbon_xl.productivity.periods import Gaps
from lowcarbon_xl.productivity.technology import FloatArray, Production

# An index this close to 1 is no change and has no verdict to flip.
NO_CHANGE = 1e-9


@dataclass(frozen=True, slots=True)
class Convention:
    """One way to compute a ratio index (GML or ML)."""

    measure: Measure
    index: IndexName = "GML"
    reference: str | None = None

    @property
    def label(self) -> str:
        """The convention in one line."""
        return " ".join([self.index, *([self.reference] if self.reference else []), self.measure.label])


@dataclass(frozen=True, slots=True)
class SensitivityRow:
    """One convention against the first.

    Attributes
    ----------
    label : str
    geometric_mean : float
        Of all available changes.
    largest_difference : float
        max |index - index of the first convention|, over rows where both exist.
    flipped : int
        Rows whose verdict (> 1 or < 1) is the opposite of the first convention's.
    rank_correlation : float
        Spearman, average ranks.
    compared, missing : int
        Rows with both values; rows with a predecessor but without this convention's value.
    """

    label: str
    geometric_mean: float
    largest_difference: float
    flipped: int
    rank_correlation: float
    compared: int
    missing: int


def usual_conventions(production: Production) -> tuple[Convention, ...]:
    """The default and what studies do instead; thirds weights only where there is a bad output."""
    thirds = (Convention(Measure("SBM", weights="thirds")),) if production.shape[2] else ()
    return (
        Convention(Measure()),
        Convention(Measure(rts="VRS")),
        *thirds,
        Convention(Measure(), "ML"),
        Convention(Measure(rts="VRS"), "ML"),
        Convention(Measure(), "ML", "biennial"),
        Convention(Measure(), "ML", "sequential"),
        Convention(Measure("radial")),
        Convention(Measure("radial", direction="own")),
        Convention(Measure("radial"), "ML"),
        Convention(Measure("NDDF")),
        Convention(Measure("Tone")),
    )


def sensitivity(
    production: Production, conventions: Sequence[Convention] | None = None, *, gaps: Gaps = "refuse"
) -> tuple[SensitivityRow, ...]:
    """Compare conventions with the first of them, one row each; `usual_conventions` when left out."""
    chosen = tuple(conventions) if conventions is not None else usual_conventions(production)
    if not chosen or any(convention.index not in ("GML", "ML") for convention in chosen):
        raise InputError(
            Text("敏感性表比较 GML 和 ML", "The sensitivity table compares GML and ML"),
            Text("至少给一个这样的口径", "Give at least one such convention"),
        )
    changes = [
        productivity_change(production, convention.measure, convention.index, convention.reference, gaps=gaps)
        for convention in chosen
    ]
    comparable = int(np.isfinite(changes[0].index).sum())
    return tuple(
        _compare(convention.label, change.index, changes[0].index, comparable)
        for convention, change in zip(chosen, changes, strict=True)
    )


def _compare(label: str, index: FloatArray, default: FloatArray, comparable: int) -> SensitivityRow:
    both = np.isfinite(index) & np.isfinite(default)
    ours, first = index[both], default[both]
    verdicts = [np.where(np.abs(values - 1) <= NO_CHANGE, 0.0, np.sign(values - 1)) for values in (ours, first)]
    return SensitivityRow(
        label,
        float(np.exp(np.log(index[np.isfinite(index)]).mean())) if np.isfinite(index).any() else float("nan"),
        float(np.abs(ours - first).max(initial=0.0)),
        int((verdicts[0] * verdicts[1] < 0).sum()),
        _spearman(ours, first),
        int(both.sum()),
        comparable - int(np.isfinite(index).sum()),
    )


def _spearman(left: FloatArray, right: FloatArray) -> float:
    from scipy.stats import rankdata

    if len(left) < 2:
        return float("nan")
    ranks = [rankdata(np.round(values, 12)) for values in (left, right)]
    if min(np.ptp(rank) for rank in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
