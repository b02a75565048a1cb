"""What a measure returns: scores with slacks, targets, peers, multipliers, and the proof of each."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np

from lowcarbon_xl.errors import Text
from lowcarbon_xl.productivity.certify import Solutions
from lowcarbon_xl.productivity.conventions import Measure, direction_of, slack_weights
from lowcarbon_xl.productivity.scaling import Scaled, Tasks
from lowcarbon_xl.productivity.simplex import Programs
from lowcarbon_xl.productivity.technology import FloatArray, IntArray, Production, ReturnsToScale, TextArray

ProofRange = Literal["every unit", "frame"]
# Scores below this are the rounding of an efficient unit's zero (certificates hold to 1e-10).
ZERO_SCORE = 1e-12
STATUS = {
    "optimal": Text("最优（已证明）", "optimal"),
    "infeasible": Text("无可行解（已证明）", "infeasible"),
    "unbounded": Text("无界", "unbounded"),
    "undecided": Text("两种求解器都未能判定", "undecided by either solver"),
}


def status_text(status: str) -> Text:
    """A status in words."""
    return STATUS[status]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof of each score: violations relative to the unit's own data.

    Attributes
    ----------
    primal : float array, shape (n,)
        Largest violation of a constraint or of a sign.
    dual : float array, shape (n,)
        The most that any one reference unit could still add to the score.
    gap : float array, shape (n,)
        |dual objective - primal objective| / (1 + |score|).
    proved_over : {"every unit", "frame"}
        Reference units that `dual` ran over; the frame dominates all others (lemma in `frontier`).
    """

    primal: FloatArray
    dual: FloatArray
    gap: FloatArray
    proved_over: ProofRange

    @property
    def worst(self) -> FloatArray:
        """The largest of the three, shape (n,)."""
        return np.maximum(np.maximum(self.primal, self.dual), self.gap)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of n units against a reference. Variables run over inputs, goods, bads; m = N + M + I.

    Attributes
    ----------
    measure : Measure
        What was computed, with its conventions.
    weights : float array, shape (m,)
        Weight of each relative slack or step; 0 where the measure has none (radial, Tone).
    names : tuple of str, length m
    rows : int array, shape (n,)
        Measured rows of the production data.
    inefficiency : float array, shape (n,)
        Score: 0 is efficient; NaN unless `status` is "optimal". Radial: the step beta, negative outside the
        technology. Tone: 1 - rho.
    slacks, targets : float array, shape (n, m)
        In the data's units. Slacks are what is left after a radial step; a target is where the unit lands.
    contributions : float array, shape (n, m)
        SBM, NDDF: part of the score due to each variable (rows sum to `inefficiency`). Tone: the terms of numerator
        (inputs) and denominator (outputs). Radial: NaN, one step moves all.
    peers : int array, shape (n, r)
        Rows of the reference units; -1 fills up.
    peer_weights : float array, shape (n, r)
        Their lambdas, of the data as given.
    duals : float array, shape (n, m)
        Multipliers of the constraints in 1 / the data's units: positive on inputs, negative on goods; positive on bads
        (of either sign when weakly disposable).
    scale_dual : float array, shape (n,)
        Multiplier of sum(lambda) = 1; 0 under CRS.
    certificate : Certificate
    solver : str array, shape (n,)
        "simplex" or "HiGHS".
    status : str array, shape (n,)
        "optimal", "infeasible" (proved), "unbounded" or "undecided".
    """

    measure: Measure
    weights: FloatArray
    names: tuple[str, ...]
    rows: IntArray
    inefficiency: FloatArray
    slacks: FloatArray
    targets: FloatArray
    contributions: FloatArray
    peers: IntArray
    peer_weights: FloatArray
    duals: FloatArray
    scale_dual: FloatArray
    certificate: Certificate
    solver: TextArray
    status: TextArray

    @property
    def rts(self) -> ReturnsToScale:
        """Returns to scale."""
        return self.measure.rts

    @property
    def gauge(self) -> FloatArray:
        """What ratio indices compare, shape (n,): 1 + inefficiency, or 1 / rho for Tone; 1 is efficient."""
        if self.measure.name == "Tone":
            return 1 / (1 - self.inefficiency)
        return 1 + self.inefficiency

    def take(self, order: IntArray) -> Evaluation:
        """The same results in another order, or some of them."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        per_unit = {
            name: value for name, value in arrays.items() if isinstance(value, np.ndarray) and name != "weights"
        }
        moved: dict[str, Any] = {name: value[order] for name, value in per_unit.items()}
        proof = self.certificate
        certificate = Certificate(proof.primal[order], proof.dual[order], proof.gap[order], proof.proved_over)
        return replace(self, certificate=certificate, **moved)


def read_solutions(
    production: Production,
    data: Scaled,
    tasks: Tasks,
    measure: Measure,
    programs: Programs,
    solved: Solutions,
    proved_over: ProofRange,
) -> Evaluation:
    """Turn the programs' solutions into slacks, peers and multipliers of the data, in the order of `tasks`."""
    given = production.values[tasks.rows]
    n, m = given.shape
    nothing = np.where(solved.status == "optimal", 0.0, np.nan)
    unit = np.where(given > 0, given, data.size[tasks.rows][:, None])
    extra = extra_levels(programs, solved)
    shrink = extra[:, m + 1] if measure.name == "Tone" else np.ones(n)
    shrink = np.where(shrink > 0, shrink, 1.0)[:, None]
    relative = extra[:, 1 : m + 1] / shrink
    peers, lambdas = _peers(programs, data, tasks, solved)
    score = solved.value
    step = np.zeros((n, m))
    if measure.name == "Tone":
        score = 1 + solved.value
        contributions = np.broadcast_to(programs.cost[:, 1 : m + 1], (n, m)) * relative
        outputs = np.arange(m) >= production.shape[0]
        contributions = np.where(outputs, programs.extra[:, m, 1 : m + 1] * relative, contributions)
    elif measure.name == "radial":
        step = (extra[:, m + 1] - extra[:, m + 2])[:, None] * direction_of(production, measure, tasks.rows)
        contributions = np.full((n, m), np.nan)
    else:
        contributions = programs.cost[:, 1 : m + 1] * relative
    slacks = relative * unit
    return Evaluation(
        measure,
        slack_weights(production, measure),
        production.names,
        tasks.rows,
        np.where(np.abs(score) < ZERO_SCORE, 0.0, score),
        slacks + nothing[:, None],
        given - data.signs * (slacks + step) + nothing[:, None],
        contributions + nothing[:, None],
        np.where(nothing[:, None] == 0, peers, -1),
        np.where(nothing[:, None] == 0, lambdas / shrink, 0.0),
        solved.duals[:, :m] / unit,
        solved.duals[:, -1] if data.rts == "VRS" else np.zeros(n),
        Certificate(solved.primal, solved.dual, solved.gap, proved_over),
        solved.solver,
        solved.status,
    )


def extra_levels(programs: Programs, solved: Solutions) -> FloatArray:
    """Values of the extra columns, shape (n, q); artificial ones count 0."""
    n, q = programs.n_programs, programs.n_extra
    levels = np.zeros((n, q + 1))
    column = np.where((solved.columns >= 0) & (solved.columns < q), solved.columns, q)
    np.put_along_axis(levels, column, np.maximum(solved.levels, 0.0), axis=1)
    return np.where(programs.artificial, 0.0, levels[:, :q])


def _peers(programs: Programs, data: Scaled, tasks: Tasks, solved: Solutions) -> tuple[IntArray, FloatArray]:
    """Rows and lambdas of the reference units in use, shape (n, r) each; the unit itself may be its own peer."""
    q = programs.n_extra
    own = solved.columns == 0
    used = (own | (solved.columns >= q)) & (solved.levels > 0)
    unit = np.where(own, tasks.rows[:, None], solved.columns - q)
    size = data.size[tasks.rows][:, None] / data.size[np.where(used, unit, 0)]
    return np.where(used, unit, -1), np.where(used, solved.levels * size, 0.0)
