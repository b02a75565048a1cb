"""A few hundred random problems against HiGHS on the textbook programs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.measures import measure_units
from lowcarbon_xl.productivity.technology import Production

# HiGHS is asked for 1e-10 on rows divided by the unit's own data; its vertices are then good to about 1e-11.
TOLERANCE = 1e-9
MEASURES = [
    Measure("SBM", rts, weights=weights) for rts in ("CRS", "VRS") for weights in (None, (0.2, *([0.0, 0.3] * 8)))
] + [
    Measure(name, rts, direction=direction, disposability=disposability)
    for rts in ("CRS", "VRS")
    for name in ("radial", "NDDF")
    for direction in ("own", "output", "input")
    for disposability in ("weak", "strong")
]
MEASURES += [Measure("Tone", "CRS"), Measure("Tone", "VRS")]
PER_BATCH, BATCHES = 25, 12


@pytest.mark.parametrize("batch", range(BATCHES))
def test_agreement_with_highs(
    batch: int, problem: Callable[[int], Production], textbook: Callable[[Production, int, np.ndarray, Measure], float]
) -> None:
    for seed in range(batch * PER_BATCH, (batch + 1) * PER_BATCH):
        data = problem(seed)
        measure = MEASURES[seed % len(MEASURES)]
        if measure.weights is not None:
            measure = Measure("SBM", measure.rts, weights=tuple(measure.weights)[: len(data.names)])
        pool = np.arange(data.n_rows) if seed % 2 else np.flatnonzero(data.years != 2001)
        found = measure_units(data, measure, pool)
        for row in np.random.default_rng(seed).choice(data.n_rows, min(4, data.n_rows), replace=False).tolist():
            expected = textbook(data, row, pool, measure)
            np.testing.assert_allclose(
                found.inefficiency[row],
                expected,
                rtol=TOLERANCE,
                atol=TOLERANCE,
                err_msg=f"seed {seed}, row {row}, {measure.label}, {found.status[row]} by {found.solver[row]}",
            )
