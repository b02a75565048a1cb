"""Published outputs of other systems: strong-disposability Malmquist-Luenberger as in DataEnvelopmentAnalysis.jl.

Source: test/malmluen.jl and test/deaenv.jl of DataEnvelopmentAnalysis.jl (Barbero and Zofío; MIT licence), figures only.
Its technology is X lambda <= x, Y lambda >= (1 + beta) y, B lambda <= (1 - beta) b (Aparicio, Pastor and Zofío 2013).
"""

from __future__ import annotations

import numpy as np

from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import malmquist
from lowcarbon_xl.productivity.measures import measure_units
from lowcarbon_xl.productivity.technology import Production, production

GOOD = [[7, 8, 8], [5, 5.5, 5.5], [1, 2, 2], [3, 2, 2], [4, 4, 4]]
BAD = [[2, 1, 0.5], [5, 3, 2], [3, 2, 0.5], [3, 4, 3], [2, 1, 0.5]]
# Printed with five decimals for three years.
INDEX = [[1.37024, 1.22474], [1.1, 1.0], [1.12598, 1.25245], [0.916246, 1.01484], [1.2792, 1.26491]]
EFFICIENCY = [[1.0, 1.0], [0.9625, 1.0], [1.02717, 1.11111], [0.826389, 0.980392], [0.954545, 1.0]]
PRINTED = 1e-5


def five_units() -> Production:
    units = np.repeat(list("ABCDE"), 3)
    return production(np.ones(15), np.ravel(GOOD), np.ravel(BAD), units, np.tile([1, 2, 3], 5))


def test_strong_disposability_malmquist_luenberger() -> None:
    change = malmquist(five_units(), index="ML", measure="radial", disposability="strong")
    np.testing.assert_allclose(change.index.reshape(5, 3)[:, 1:], INDEX, atol=PRINTED)
    np.testing.assert_allclose(change.efficiency_change.reshape(5, 3)[:, 1:], EFFICIENCY, atol=PRINTED)


def test_strong_disposability_distances() -> None:
    data = five_units()
    rows = np.flatnonzero(data.years == 1)
    found = measure_units(data, Measure("radial", disposability="strong"), rows, rows)
    np.testing.assert_allclose(found.inefficiency, [0, 0.4, 19 / 23, 5 / 9, 3 / 11], atol=1e-14)


def test_all_variables_moved() -> None:
    data = five_units()
    two = np.flatnonzero(data.years < 3)
    short = production(data.inputs[two], data.goods[two], data.bads[two], data.units[two], data.years[two])
    change = malmquist(short, index="ML", measure="radial", disposability="strong", direction="own")
    printed = [1.3237752650585946, 1.0400628679223047, 1.118033988749895, 0.9045340337332908, 1.1677484162422844]
    np.testing.assert_allclose(change.index.reshape(5, 2)[:, 1], printed, atol=1e-14)
