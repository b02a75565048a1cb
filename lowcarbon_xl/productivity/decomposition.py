"""Productivity change into technical change, pure efficiency change and scale efficiency change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.productivity.conventions import Measure
from lowcarbon_xl.productivity.indices import IndexName, ProductivityChange, productivity_change
from lowcarbon_xl.productivity.periods import Gaps
from lowcarbon_xl.productivity.technology import FloatArray, Production

DecompositionName = Literal["FGNZ", "RD"]


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The constant-returns index and its three parts, shape (n,) each; their product (differences: sum) is the index.

    Attributes
    ----------
    name : {"FGNZ", "RD"}
    index, technical_change, pure_efficiency_change, scale_efficiency_change : float array
    constant, variable : ProductivityChange
        The two runs behind it; their `reasons` say why a value is NaN.
    """

    name: DecompositionName
    index: FloatArray
    technical_change: FloatArray
    pure_efficiency_change: FloatArray
    scale_efficiency_change: FloatArray
    constant: ProductivityChange
    variable: ProductivityChange


def decompose(
    production: Production,
    name: DecompositionName,
    measure: Measure | None = None,
    index: IndexName = "GML",
    reference: str | None = None,
    *,
    base: int | None = None,
    frozen: tuple[int, int] | None = None,
    gaps: Gaps = "refuse",
) -> Decomposition:
    """Split the constant-returns index with the help of variable returns; `measure.rts` is ignored, both are computed.

    - FGNZ (Färe, Grosskopf, Norris and Zhang 1994, eq. (9)-(11)): index = TC_crs x EC_vrs x (EC_crs / EC_vrs).
    - RD (Ray and Desli 1997, eq. (5)-(8)): index = TC_vrs x EC_vrs x (index_crs / index_vrs).

    With the Luenberger indices products become sums and ratios differences. See `malmquist` for the parameters.
    """
    if name not in ("FGNZ", "RD"):
        raise InputError(
            Text(f"不认识的分解“{name}”", f"Unknown decomposition {name!r}"),
            Text("可用：ECTC、FGNZ、RD", "Choose from: ECTC, FGNZ, RD"),
        )
    chosen = measure or Measure()
    constant, variable = (
        productivity_change(production, replace(chosen, rts=rts), index, reference, base=base, frozen=frozen, gaps=gaps)
        for rts in ("CRS", "VRS")
    )
    pure = variable.efficiency_change
    if name == "FGNZ":
        technical, whole, part = constant.technical_change, constant.efficiency_change, pure
    else:
        technical, whole, part = variable.technical_change, constant.index, variable.index
    scale = whole - part if constant.is_difference else whole / part
    return Decomposition(name, constant.index, technical, pure, scale, constant, variable)
