"""The critical values of Stock and Yogo follow from their definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from lowcarbon_xl.econometrics.identification import SIZES, STOCK_YOGO

DRAWS = 200_000
TOLERANCE = (
    0.05  # relative: theirs are simulated with 20,000 draws, and the size is flat in the concentration parameter
)


@pytest.mark.parametrize("instruments", [k for regressors, k in STOCK_YOGO if regressors == 1])
def test_one_endogenous_regressor(instruments: int) -> None:
    """Stock and Yogo (2005, section 3.2): the largest size of a 5 % Wald test is reached where the errors coincide.

    With weak instruments the first stage is z + shift and the numerator z, both standard normal in each instrument; the
    critical value is the 95 % quantile of the first-stage F at the concentration that gives the size.
    """
    z = np.random.default_rng(instruments).standard_normal((DRAWS, instruments))

    def rejected(concentration: float) -> float:
        first = z.copy()
        first[:, 0] += np.sqrt(concentration)
        square = (first**2).sum(axis=1)
        estimate = (first * z).sum(axis=1) / square
        wald = estimate**2 * square / (1 - estimate) ** 2
        return float((wald > stats.chi2.ppf(0.95, 1)).mean())

    for size, published in zip(SIZES, STOCK_YOGO[1, instruments], strict=True):
        wanted = size / 100
        concentration = float(optimize.brentq(lambda x, wanted=wanted: rejected(x) - wanted, 0.01, 400, xtol=1e-3))
        derived = float(stats.ncx2.ppf(0.95, instruments, concentration)) / instruments
        assert derived == pytest.approx(published, rel=TOLERANCE)
