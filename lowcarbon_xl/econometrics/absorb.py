"""Fixed effects: absorbed exactly on unbalanced panels, and their degrees of freedom counted as reghdfe does."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lowcarbon_xl.econometrics.spec import FloatArray, IntArray

DENSE_LEVELS = 1_000  # effects beside the largest one that are solved by one dense eigen-decomposition
DENSE_CELLS = 40_000_000  # and the size of the cross table (largest x others) that memory bears
NULL_SPACE = 1e-10  # the system is singular by construction; numpy's default rcond changes coefficients
CONJUGATE_TOLERANCE = 1e-13  # relative residual; the second pass of `residualize` squares what is left
ROUNDING = 1e-15  # of a column's length: what is left below it is noise, on which conjugate gradients diverge


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    """One fixed effect, prepared for group sums."""

    codes: IntArray
    order: IntArray
    starts: IntArray
    counts: FloatArray

    @classmethod
    def of(cls, codes: IntArray) -> _Groups:
        _, compact = np.unique(codes, return_inverse=True)
        compact = compact.reshape(-1).astype(np.intp)
        counts = np.bincount(compact)
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)
        return cls(compact, np.argsort(compact, kind="stable"), starts, counts.astype(float))

    @property
    def levels(self) -> int:
        return self.counts.size

    def sums(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(values[self.order], self.starts, axis=0))

    def means(self, values: FloatArray) -> FloatArray:
        return np.asarray(self.sums(values) / self.counts[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Absorber:
    """Projects variables off any number of fixed effects.

    The largest effect is swept out by its means; the others solve their normal equations after that sweep, densely
    or, when there are very many levels, by conjugate gradients. A balanced pair needs means alone. linearmodels'
    PanelOLS sweeps pairs by dense dummies and AbsorbingLS iterates; resampling needs thousands of columns at once,
    so this is our own, and a test compares the two.

    Attributes
    ----------
    effects : tuple
        Prepared groups, in the order of the specification; a lone constant when there are none.
    """

    effects: tuple[_Groups, ...]
    _first: int
    _balanced: bool
    _inverse: FloatArray | None

    @classmethod
    def of(cls, codes: tuple[IntArray, ...], size: int, *, constant: bool = True) -> Absorber:
        """Prepare the effects of a sample.

        Parameters
        ----------
        codes : tuple of ndarray of int, each of shape (N,)
            Group of each row; empty absorbs the constant alone, or nothing when `constant` is False.
        size : int
            N.
        constant : bool
            Whether the constant is absorbed when there are no effects.
        """
        if not codes and constant:
            codes = (np.zeros(size, dtype=np.intp),)
        effects = tuple(_Groups.of(code) for code in codes)
        first = int(np.argmax([effect.levels for effect in effects])) if effects else 0
        balanced = len(effects) == 2 and _is_balanced(*effects)
        inverse = None if len(effects) < 2 or balanced else _normal_inverse(effects, first)
        return cls(effects, first, balanced, inverse)

    def residualize(self, values: FloatArray) -> FloatArray:
        """Residuals of each column on all effects.

        Parameters
        ----------
        values : ndarray, shape (N, k)

        Returns
        -------
        ndarray, shape (N, k)
        """
        if not self.effects:
            return np.array(values, dtype=float)
        # The second pass removes the rounding of the first: means of a million-sized variable lose digits.
        columns = np.asarray(values, dtype=float)
        noise = ROUNDING * np.linalg.norm(columns, axis=0)
        return self._sweep(self._sweep(columns, noise), noise)

    def _sweep(self, values: FloatArray, noise: FloatArray) -> FloatArray:
        first = self.effects[self._first]
        swept = values - first.means(values)[first.codes]
        others = self._others()
        if not others:
            return np.asarray(swept)
        if self._balanced:
            return np.asarray(swept - others[0].means(swept)[others[0].codes])
        right = np.concatenate([other.sums(swept) for other in others])
        dense = self._inverse
        solution = _conjugate_gradients(first, others, right, noise) if dense is None else dense @ right
        fitted = _gather(others, solution)
        return np.asarray(swept - fitted + first.means(fitted)[first.codes])

    def _others(self) -> tuple[_Groups, ...]:
        return tuple(effect for position, effect in enumerate(self.effects) if position != self._first)

    @property
    def rank(self) -> int:
        """Parameters that the effects use up: levels minus the redundant ones."""
        return self.degrees(()).absorbed

    def degrees(self, clusters: tuple[IntArray, ...]) -> AbsorbedDegrees:
        """Degrees of freedom as reghdfe 6 counts them.

        Parameters
        ----------
        clusters : tuple of ndarray of int, each of shape (N,)
            Cluster of each row; an effect nested in any of them counts 0.
        """
        nested = [any(_is_nested(effect, cluster) for cluster in clusters) for effect in self.effects]
        remaining = [effect for effect, inside in zip(self.effects, nested, strict=True) if not inside]
        redundant = [1 if position or any(nested) else 0 for position in range(len(remaining))]
        for (_, one), (later, other) in combinations(enumerate(remaining), 2):
            redundant[later] = max(redundant[later], _components(one, other))
        absorbed = sum(effect.levels for effect in remaining) - sum(redundant)
        inside_levels = sum(effect.levels for effect, inside in zip(self.effects, nested, strict=True) if inside)
        return AbsorbedDegrees(absorbed, any(nested), inside_levels)


@dataclass(frozen=True, slots=True)
class AbsorbedDegrees:
    """What the fixed effects cost.

    Attributes
    ----------
    absorbed : int
        reghdfe's ``e(df_a)``: levels not nested in a cluster, minus redundant ones.
    nested : bool
        Whether an effect is nested in a cluster.
    nested_levels : int
        Levels of the nested effects; they count in the adjusted R2 and the root mean squared error.
    """

    absorbed: int
    nested: bool
    nested_levels: int


def _is_balanced(one: _Groups, other: _Groups) -> bool:
    if one.codes.size % (one.levels * other.levels):
        return False
    cells = np.bincount(one.codes * other.levels + other.codes, minlength=one.levels * other.levels)
    return bool((cells == cells[0]).all())


def _is_nested(effect: _Groups, cluster: IntArray) -> bool:
    ordered = cluster[effect.order]
    return bool((np.minimum.reduceat(ordered, effect.starts) == np.maximum.reduceat(ordered, effect.starts)).all())


def _components(one: _Groups, other: _Groups) -> int:
    """Connected components of the graph that links two effects through the rows (Abowd, Creecy & Kramarz 2002)."""
    labels = np.arange(one.levels)
    while True:
        reached = np.full(other.levels, one.levels)
        np.minimum.at(reached, other.codes, labels[one.codes])
        spread = labels.copy()
        np.minimum.at(spread, one.codes, reached[other.codes])
        spread = spread[spread]
        if np.array_equal(spread, labels):
            return int(np.unique(labels).size)
        labels = spread


def _normal_inverse(effects: tuple[_Groups, ...], first: int) -> FloatArray | None:
    """Pseudo-inverse of the other effects' normal equations after the first is swept out; None when too large."""
    largest = effects[first]
    others = [effect for position, effect in enumerate(effects) if position != first]
    total = sum(other.levels for other in others)
    if total > DENSE_LEVELS or total * largest.levels > DENSE_CELLS:
        return None
    cross = np.hstack([_cross_table(largest, other) for other in others])
    inner = np.block([[_cross_table(row, column) for column in others] for row in others])
    eigenvalues, vectors = np.linalg.eigh(inner - cross.T @ (cross / largest.counts[:, None]))
    kept = eigenvalues > NULL_SPACE * eigenvalues[-1]
    return np.asarray((vectors[:, kept] / eigenvalues[kept]) @ vectors[:, kept].T)


def _cross_table(row: _Groups, column: _Groups) -> FloatArray:
    cells = np.bincount(row.codes * column.levels + column.codes, minlength=row.levels * column.levels)
    return cells.reshape(row.levels, column.levels).astype(float)


def _gather(effects: tuple[_Groups, ...], solution: FloatArray) -> FloatArray:
    fitted = np.zeros((effects[0].codes.size, solution.shape[1]))
    offset = 0
    for effect in effects:
        fitted += solution[offset : offset + effect.levels][effect.codes]
        offset += effect.levels
    return fitted


def _conjugate_gradients(
    first: _Groups, others: tuple[_Groups, ...], right: FloatArray, noise: FloatArray
) -> FloatArray:
    """Solve the same normal equations without forming them, all columns at once, Jacobi-preconditioned."""
    diagonal = np.concatenate([other.counts for other in others])[:, None]
    solution = np.zeros_like(right)
    residual = right.copy()
    direction = residual / diagonal
    energy = (residual * direction).sum(axis=0)
    goal = np.maximum(CONJUGATE_TOLERANCE**2 * energy, noise**2)
    active = energy > goal
    for _ in range(10 * right.shape[0]):
        if not active.any():
            break
        fitted = _gather(others, direction)
        swept = fitted - first.means(fitted)[first.codes]
        image = np.concatenate([other.sums(swept) for other in others])
        curvature = (direction * image).sum(axis=0)
        # A column that has converged stands still: its direction is rounding.
        step = np.divide(energy, curvature, out=np.zeros_like(energy), where=active & (curvature > 0))
        solution += step * direction
        residual -= step * image
        scaled = residual / diagonal
        renewed = (residual * scaled).sum(axis=0)
        direction = scaled + np.divide(renewed, energy, out=np.zeros_like(energy), where=active) * direction
        energy = renewed
        active &= energy > goal
    return solution
