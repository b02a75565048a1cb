"""A revised simplex method that advances many small linear programs by one pivot per sweep.

Every program has a handful of rows (one per variable, plus convexity) and many columns, so the basis inverses of all
programs fit in one array and a sweep is a few matrix products. The right sides are perturbed against cycling (Charnes
1952); `certify` removes the perturbation and proves each answer, so nothing here has to be trusted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lowcarbon_xl.productivity.technology import BoolArray, FloatArray, IntArray

AnyArray = npt.NDArray[Any]

PRICING_TOLERANCE = 1e-11
PIVOT_TOLERANCE = 1e-11
TIE_TOLERANCE = 1e-14
PERTURBATION = 1e-9
SWEEPS = 500
# 2^18 doubles are 2 MiB: pricing one block stays near the cache, and memory stays flat for any number of units. A batch
# of programs keeps its inverses there as well.
BLOCK = 1 << 18
BATCH = 1 << 14


@dataclass(frozen=True, slots=True)
class Programs:
    """n linear programs over shared reference units.

    Program o:  maximise cost_o . z   subject to   sum_j lambda_j a_oj + extra_o z = right_o,   lambda, z >= 0,
    where column a_oj = reference_j / scale_o and j runs over ``pools[pool_of[o]]``.
    Columns 0..q-1 are the extra ones (own unit, slacks, steps, artificials); column q + j is reference unit j.

    Parameters
    ----------
    reference : float array, shape (K, r)
        Columns of the reference units: their data, then what they have in further rows (1 in a convexity row).
    scale : float array, shape (n, r)
        Row scales of each program, positive.
    extra : float array, shape (n, r, q) or (1, r, q)
    cost : float array, shape (n, q) or (1, q)
    right : float array, shape (n, r) or (1, r)
    start : int array, shape (n, r) or (1, r)
        Extra columns of a feasible first basis.
    artificial : bool array, shape (n, q) or (1, q)
        Columns that only serve the first basis and must vanish.
    limiting : bool array, shape (r,)
        Rows whose right side bounds every lambda (inputs and bad outputs).
    pools : tuple of int arrays
        Reference units of each technology.
    pool_of : int array, shape (n,), ascending
    """

    reference: FloatArray
    scale: FloatArray
    extra: FloatArray
    cost: FloatArray
    right: FloatArray
    start: IntArray
    artificial: BoolArray
    limiting: BoolArray
    pools: tuple[IntArray, ...]
    pool_of: IntArray

    @property
    def n_programs(self) -> int:
        """Number of programs, n."""
        return len(self.scale)

    @property
    def n_extra(self) -> int:
        """Number of extra columns, q."""
        return int(self.extra.shape[2])


@dataclass(slots=True)
class Bases:
    """Where each program stands: basic columns (n, r), basis inverse (n, r, r), perturbed basic values (n, r)."""

    columns: IntArray
    inverse: FloatArray
    values: FloatArray

    def part(self, rows: IntArray | BoolArray) -> Bases:
        """The bases of some programs (copies)."""
        return Bases(self.columns[rows], self.inverse[rows], self.values[rows])

    def put(self, rows: IntArray, part: Bases) -> None:
        """Write the bases of some programs back."""
        self.columns[rows], self.inverse[rows], self.values[rows] = part.columns, part.inverse, part.values


def take(array: AnyArray, rows: IntArray) -> AnyArray:
    """Rows of a per-program array, where one row stands for all programs."""
    return array if len(array) == 1 else array[rows]


def first_bases(programs: Programs) -> Bases:
    """The starting basis of every program, its right side perturbed row by row against ties."""
    n, r = programs.n_programs, programs.right.shape[1]
    shared = len(programs.start) == 1 and len(programs.extra) == 1
    size = 1 if shared else n
    start = np.broadcast_to(programs.start, (size, r))
    extra = np.broadcast_to(programs.extra, (size, *programs.extra.shape[1:]))
    inverse = np.linalg.inv(np.take_along_axis(extra, start[:, None, :], axis=2))
    values = np.matmul(inverse, programs.right[:, :, None])[:, :, 0]
    rows = np.arange(r)
    nudge = PERTURBATION * (1 + 0.37 * rows + 0.11 * (rows * 7919 % 13))
    columns = np.broadcast_to(start, (n, r)).copy()
    # An artificial column that starts at zero has to stay there; the unit's own column, when artificial, starts at one.
    idle = basic_artificials(programs, columns, np.arange(n)) & (np.abs(values) <= PIVOT_TOLERANCE)
    return Bases(columns, np.broadcast_to(inverse, (n, r, r)).copy(), values + np.where(idle, 0.0, nudge))


def advance(programs: Programs, bases: Bases, cost: FloatArray, barred: BoolArray, which: IntArray) -> BoolArray:
    """Pivot the programs `which` in place until none of their columns prices out.

    Parameters
    ----------
    programs : Programs
    bases : Bases
        Feasible bases; changed in place.
    cost : float array, shape (n, q) or (1, q)
        Objective of the extra columns (reference columns cost nothing).
    barred : bool array, shape (n, q) or (1, q)
        Extra columns that may not enter.
    which : int array
        Programs to advance, ascending.

    Returns
    -------
    bool array, shape (n,)
        True where optimal; False where `SWEEPS` did not suffice or a program is unbounded.
    """
    optimal = np.zeros(programs.n_programs, dtype=bool)
    size = relative_sizes(programs.reference)
    for begin in range(0, len(which), BATCH):
        _advance_batch(programs, bases, cost, barred, size, which[begin : begin + BATCH], optimal)
    return optimal


def relative_sizes(reference: FloatArray) -> FloatArray:
    """How large each reference unit is beside a typical one, shape (K,).

    Reduced costs are gains per unit of lambda, so large units would win the pricing by their size alone; gains
    relative to size need a third fewer pivots under variable returns. Under constant returns, without a
    convexity row, the rows are scaled alike beforehand and all sizes are 1.
    """
    convex = len(reference) > 0 and bool((reference[:, -1] == 1).all())
    if not convex:
        return np.ones(len(reference))
    typical = np.median(reference, axis=0)
    size = np.sqrt(((reference / np.where(typical > 0, typical, 1.0)) ** 2).mean(axis=1))
    return np.where(size > 0, size, 1.0)


def _advance_batch(
    programs: Programs,
    bases: Bases,
    cost: FloatArray,
    barred: BoolArray,
    size: FloatArray,
    active: IntArray,
    optimal: BoolArray,
) -> None:
    """`advance` for so many programs that their inverses stay near the cache; marks those that end optimal."""
    held = bases.part(active)
    for _ in range(SWEEPS):
        if not len(active):
            return
        costs = np.broadcast_to(take(cost, active), (len(active), programs.n_extra))
        duals = multipliers(held.columns, held.inverse, costs)
        gain, entering = _best_column(programs, duals, costs, barred, size, active)
        goes_on = gain > PRICING_TOLERANCE
        optimal[active[~goes_on]] = True
        goes_on &= _pivot(programs, held, active, entering, goes_on)
        if not goes_on.all():
            bases.put(active[~goes_on], held.part(~goes_on))
            active, held = active[goes_on], held.part(goes_on)
    bases.put(active, held)


def multipliers(columns: IntArray, inverse: FloatArray, cost: FloatArray) -> FloatArray:
    """Simplex multipliers cost_B B^-1 of bases (a, r); reference columns (beyond the q extra ones) cost nothing."""
    q = cost.shape[1]
    basic_cost = np.where(columns < q, np.take_along_axis(cost, np.minimum(columns, q - 1), axis=1), 0.0)
    duals: FloatArray = np.einsum("ai,aij->aj", basic_cost, inverse)
    return duals


def pool_gains(
    programs: Programs, duals: FloatArray, active: IntArray, size: FloatArray | None = None
) -> Iterator[tuple[slice, IntArray, FloatArray]]:
    """Reduced costs of the reference columns, block by block: (positions in `active`, the pool, gains (block, K)).

    With `size`, shape (all reference units,), each is divided by the size of its unit.
    """
    shadow = -duals / programs.scale[active]
    groups = programs.pool_of[active]
    edges = [0, *(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(active)] if len(active) else [0]
    for begin, end in itertools.pairwise(edges):
        pool = programs.pools[groups[begin]]
        columns = (programs.reference[pool] if size is None else programs.reference[pool] / size[pool][:, None]).T
        step = max(1, BLOCK // max(1, len(pool)))
        for low in range(begin, end, step):
            rows = slice(low, min(low + step, end))
            yield rows, pool, shadow[rows] @ columns


def priced_extra(programs: Programs, duals: FloatArray, active: IntArray) -> FloatArray:
    """Multipliers times the extra columns, shape (a, q)."""
    if len(programs.extra) == 1:
        priced: FloatArray = duals @ programs.extra[0]
    else:
        priced = np.einsum("ai,aij->aj", duals, programs.extra[active])
    return priced


def _best_column(
    programs: Programs, duals: FloatArray, cost: FloatArray, barred: BoolArray, size: FloatArray, active: IntArray
) -> tuple[FloatArray, IntArray]:
    """The extra column, or the reference unit that leads relative to its size, with the larger reduced cost."""
    gains = cost - priced_extra(programs, duals, active)
    gains = np.where(take(barred, active), -np.inf, gains)
    column = gains.argmax(axis=1)
    gain = gains[np.arange(len(active)), column]
    for rows, pool, block in pool_gains(programs, duals, active, size):
        if not len(pool):
            continue
        best = block.argmax(axis=1)
        value = block[np.arange(len(best)), best] * size[pool[best]]
        # a tiny unit may lead relative to its size while its own gain is below the tolerance and a larger one's is not
        doubtful = np.flatnonzero((value > 0) & (np.maximum(value, gain[rows]) <= PRICING_TOLERANCE))
        if len(doubtful):
            whole = block[doubtful] * size[pool]
            best[doubtful], value[doubtful] = whole.argmax(axis=1), whole.max(axis=1)
        better = value > gain[rows]
        gain[rows] = np.where(better, value, gain[rows])
        column[rows] = np.where(better, programs.n_extra + pool[best], column[rows])
    return gain, column


def matrix_columns(programs: Programs, which: IntArray, columns: IntArray) -> FloatArray:
    """Constraint columns of programs `which`: columns (a,) or (a, c) give coefficients (a, r) or (a, r, c)."""
    single = columns.ndim == 1
    wanted = columns[:, None] if single else columns
    q = programs.n_extra
    is_extra = wanted < q
    result = programs.reference[np.where(is_extra, 0, wanted - q)] / programs.scale[which][:, None, :]
    program, position = np.nonzero(is_extra)
    owner = program * 0 if len(programs.extra) == 1 else which[program]
    result[program, position] = programs.extra[owner, :, wanted[program, position]]
    return result[:, 0, :] if single else result.transpose(0, 2, 1)


def _pivot(programs: Programs, held: Bases, active: IntArray, entering: IntArray, goes_on: BoolArray) -> BoolArray:
    """Bring `entering` into the bases that go on, in place; False where no row limits it (an unbounded program).

    A basic artificial column at zero may not grow: it leaves at once, whichever way the entering column would move it.
    """
    direction: FloatArray = np.einsum("aij,aj->ai", held.inverse, matrix_columns(programs, active, entering))
    rising = direction > PIVOT_TOLERANCE
    stuck = _zero_artificials(programs, held, active) & (direction < -PIVOT_TOLERANCE)
    ratio = np.where(
        rising, np.maximum(held.values, 0) / np.where(rising, direction, 1.0), np.where(stuck, 0.0, np.inf)
    )
    step = ratio.min(axis=1)
    moves: BoolArray = np.isfinite(step) & goes_on
    leaving = np.where(ratio <= (step + TIE_TOLERANCE)[:, None], np.abs(direction), -1.0).argmax(axis=1)
    row = np.arange(len(active))
    # A basis that stays as it is gets a pivot of nothing: no step, no direction, its own row and column.
    step = np.where(moves, step, 0.0)
    direction[~moves] = 0.0
    pivot_row = held.inverse[row, leaving]
    pivot_row[moves] /= direction[moves, leaving[moves], None]
    held.values -= step[:, None] * direction
    direction[row, leaving] = 0.0
    held.inverse -= np.einsum("ai,aj->aij", direction, pivot_row)
    held.inverse[row, leaving] = pivot_row
    held.values[row, leaving] = np.where(moves, step, held.values[row, leaving])
    held.columns[row, leaving] = np.where(moves, entering, held.columns[row, leaving])
    return moves


def _zero_artificials(programs: Programs, held: Bases, active: IntArray) -> BoolArray:
    """Which basic columns (a, r) are artificial and at zero."""
    if not programs.artificial.any():
        return np.zeros((1, 1), dtype=bool)
    return basic_artificials(programs, held.columns, active) & (held.values <= PIVOT_TOLERANCE)


def basic_artificials(programs: Programs, columns: IntArray, which: IntArray) -> BoolArray:
    """Which of the basic columns (a, r) of programs `which` are artificial; -1 stands for none."""
    artificial = np.broadcast_to(take(programs.artificial, which), (len(which), programs.n_extra))
    extra = (columns >= 0) & (columns < programs.n_extra)
    return np.take_along_axis(artificial, np.where(extra, columns, 0), axis=1) & extra
