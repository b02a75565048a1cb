"""Which measure, under which conventions: every choice that moves the numbers, checked for its measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.technology import FloatArray, IntArray, Production, ReturnsToScale

MeasureName = Literal["SBM", "radial", "NDDF", "Tone"]
Weights = Literal["default", "thirds"] | Sequence[float]
Disposability = Literal["weak", "strong"]
Direction = Literal["own", "output", "input"] | Sequence[float] | Sequence[Sequence[float]] | FloatArray

TAKES: dict[str, tuple[str, ...]] = {
    "SBM": ("weights",),
    "radial": ("direction", "disposability"),
    "NDDF": ("weights", "direction", "disposability"),
    "Tone": (),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A distance to the frontier and its conventions.

    Parameters
    ----------
    name : {"SBM", "radial", "NDDF", "Tone"}
        SBM: slacks-based directional distance (Fukuyama and Weber 2009; Färe and Grosskopf 2010).
        radial: directional distance function (Chung, Färe and Grosskopf 1997), the step of either sign.
        NDDF: non-radial directional distance, steps >= 0 of their own for each variable (Zhou, Ang and Wang 2012), as
        in Stata's teddf. Tone: slacks-based ratio with bad outputs (Tone 2001; Cooper, Seiford and Tone 2007, eq.
        (13.27)).
    rts : {"CRS", "VRS"}
    weights : {"default", "thirds"} or m numbers, optional
        SBM default: half for inputs, half for all outputs. NDDF default: 1 for every variable that the direction moves
        (teddf). "thirds": a third each for inputs, goods and bads. Numbers are taken as they are, inputs first, then
        goods, then bads.
    direction : {"own", "output", "input"} or m numbers or (n, m) numbers, optional
        Magnitudes, >= 0, by which a step of 1 shrinks inputs and bads and expands goods. "own" = (x, y, b); "output" =
        (0, y, b); "input" = (x, 0, 0). Default: output for radial (Chung et al., Oh), own for NDDF (teddf).
    disposability : {"weak", "strong"}, optional
        Of bads, radial and NDDF only; default weak. In a slacks-based model B lambda + s = b with s >= 0 is
        B lambda <= b, so "weak" would be vacuous there.

    Raises
    ------
    InputError
        An option that the measure does not take, with those that it does.
    """

    name: MeasureName = "SBM"
    rts: ReturnsToScale = "CRS"
    weights: Weights | None = None
    direction: Direction | None = None
    disposability: Disposability | None = None

    def __post_init__(self) -> None:
        _one_of("measure", self.name, tuple(TAKES))
        _one_of("rts", self.rts, ("CRS", "VRS"))
        for option in ("weights", "direction", "disposability"):
            if getattr(self, option) is not None and option not in TAKES[self.name]:
                _refuse_option(self.name, option)
        if self.disposability is not None:
            _one_of("disposability", self.disposability, ("weak", "strong"))
        if isinstance(self.direction, str):
            _one_of("direction", self.direction, ("own", "output", "input"))
        if isinstance(self.weights, str):
            _one_of("weights", self.weights, ("default", "thirds"))

    @property
    def weak(self) -> bool:
        """Whether bads are weakly disposable."""
        return self.name in ("radial", "NDDF") and self.disposability != "strong"

    @property
    def label(self) -> str:
        """Name and conventions in one line, for tables and the ledger."""
        parts: list[str] = [self.name, self.rts]
        if "weights" in TAKES[self.name]:
            parts.append(f"weights={_spell(self.weights, 'default')}")
        if "direction" in TAKES[self.name]:
            parts.append(f"direction={_spell(self.direction, self.default_direction)}")
            parts.append(f"disposability={'weak' if self.weak else 'strong'}")
        return " ".join(parts)

    def __str__(self) -> str:
        return self.label

    @property
    def default_direction(self) -> str:
        """Direction when none is given."""
        return "output" if self.name == "radial" else "own"


def _spell(option: Any, default: str) -> str:
    if option is None:
        return default
    return option if isinstance(option, str) else "user"


def _one_of(option: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(
            Text(f"{option}={value} 不认识", f"{option}={value} is unknown"),
            Text(f"可用：{'、'.join(known)}", f"Choose from: {', '.join(known)}"),
        )


def _refuse_option(measure: str, option: str) -> None:
    takes = ", ".join(("rts", *TAKES[measure]))
    users = ", ".join(name for name, options in TAKES.items() if option in options)
    raise InputError(
        Text(f"measure={measure} 没有 {option} 选项", f"measure={measure} does not take {option}"),
        Text(
            f"{measure} 的选项：{takes}；{option} 用于 measure={users}",
            f"{measure} takes: {takes}; {option} applies to measure={users}",
        ),
    )


def slack_weights(production: Production, measure: Measure) -> FloatArray:
    """Weight of each relative slack or step, shape (m,); 0 where the measure weighs none. See `Measure`."""
    sizes = production.shape
    n_inputs, n_goods, n_bads = sizes
    if "weights" not in TAKES[measure.name]:
        return np.zeros(sum(sizes))
    chosen = measure.weights
    if chosen is None or (isinstance(chosen, str) and chosen == "default"):
        if measure.name == "NDDF":
            return np.ones(sum(sizes))
        half = 1 / (2 * (n_goods + n_bads))
        return np.repeat([1 / (2 * n_inputs), half, half], sizes)
    if isinstance(chosen, str):
        if not n_bads:
            raise InputError(
                Text("没有非期望产出，不能用三分权重", "Thirds weights need a bad output and there is none"),
                Text("改用 weights=default", "Use weights=default"),
            )
        return np.repeat([1 / (3 * size) for size in sizes], sizes)
    return _user_weights(production, np.asarray(chosen, dtype=np.float64))


def _user_weights(production: Production, given: FloatArray) -> FloatArray:
    m = len(production.names)
    if given.shape != (m,) or not np.isfinite(given).all() or (given < 0).any() or not (given > 0).any():
        names = ", ".join(production.names)
        raise InputError(
            Text(f"权重 {given.tolist()} 不能使用", f"Weights {given.tolist()} cannot be used"),
            Text(
                f"给出 {m} 个非负数且不全为零，次序：{names}", f"Give {m} numbers >= 0, not all 0, in the order {names}"
            ),
        )
    return given


def direction_of(production: Production, measure: Measure, rows: IntArray) -> FloatArray:
    """Magnitudes of the direction in the data's units, shape (k, m), for k rows."""
    own = production.values[rows]
    n_inputs = production.shape[0]
    chosen = measure.default_direction if measure.direction is None else measure.direction
    if isinstance(chosen, str):
        moved = np.ones(own.shape[1])
        moved[:n_inputs] = chosen != "output"
        moved[n_inputs:] = chosen != "input"
        return own * moved
    given = np.asarray(chosen, dtype=np.float64)
    if given.shape not in ((own.shape[1],), production.values.shape) or not np.isfinite(given).all():
        _refuse_direction(production, given)
    whole = np.broadcast_to(given, production.values.shape)
    if (whole < 0).any() or not (whole > 0).any(axis=1).all():
        _refuse_direction(production, given)
    return whole[rows]


def _refuse_direction(production: Production, given: FloatArray) -> None:
    names = ", ".join(production.names)
    n, m = production.values.shape
    raise InputError(
        Text(f"形状为 {given.shape} 的方向不能使用", f"A direction of shape {given.shape} cannot be used"),
        Text(
            f"给出 {m} 个（或 {n} 行 {m} 列）非负数，每行不全为零，次序：{names}",
            f"Give {m} (or {n} x {m}) numbers >= 0, not all 0 in any row, in the order {names}",
        ),
    )
