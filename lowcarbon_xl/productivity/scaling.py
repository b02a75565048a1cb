"""Production data as the linear programs see them, and which unit is measured against which others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, IntArray, Production, ReturnsToScale


@dataclass(frozen=True, slots=True)
class Scaled:
    """The production data as the programs see them.

    Attributes
    ----------
    values : float array, shape (n, m)
        Under CRS every row is divided by its `size`, so that lambda <= 1 in every feasible plan and reduced costs have
        a scale.
    size : float array, shape (n,)
        Largest input or bad output relative to the median of its column (CRS); 1 under VRS, where size is part of the
        technology.
    signs : float array, shape (m,)
    years : int array, shape (n,)
    rts : {"CRS", "VRS"}
    """

    values: FloatArray
    size: FloatArray
    signs: FloatArray
    years: IntArray
    rts: ReturnsToScale


def scaled(production: Production, rts: ReturnsToScale) -> Scaled:
    """Scale production data for the programs."""
    values, signs = production.values, production.signs
    size = np.ones(len(values))
    if rts == "CRS":
        bounded = values[:, signs > 0]
        typical = np.array([np.median(column[column > 0]) if (column > 0).any() else 1.0 for column in bounded.T])
        size = (bounded / typical).max(axis=1)
    return Scaled(values / size[:, None], size, signs, production.years.astype(np.intp), rts)


@dataclass(frozen=True, slots=True)
class Tasks:
    """Which unit is measured against which technology.

    Parameters
    ----------
    rows : int array, shape (n,)
        Measured rows.
    pools : tuple of int arrays
        Rows that span each technology.
    pool_of : int array, shape (n,)
        Technology of each task.
    always_own : bool
        Let every unit be its own peer even where it does not belong to its pool.
    """

    rows: IntArray
    pools: tuple[IntArray, ...]
    pool_of: IntArray
    always_own: bool = False

    def in_pool_order(self) -> tuple[Tasks, IntArray]:
        """The tasks ordered by pool, and the position in the sorted list of each original task."""
        order = np.argsort(self.pool_of, kind="stable")
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        return Tasks(self.rows[order], self.pools, self.pool_of[order], self.always_own), place

    def own_in_pool(self) -> BoolArray:
        """Whether the measured unit belongs to its reference, shape (n,)."""
        if self.always_own:
            return np.ones(len(self.rows), dtype=bool)
        inside = np.zeros(len(self.rows), dtype=bool)
        for pool, members in enumerate(self.pools):
            mine = self.pool_of == pool
            inside[mine] = np.isin(self.rows[mine], members)
        return inside
