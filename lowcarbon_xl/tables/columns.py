"""From fitted models to columns of estimates, whatever kind of model they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from lowcarbon_xl.econometrics.fit import fit_ols
from lowcarbon_xl.econometrics.group_difference import GroupDifference
from lowcarbon_xl.econometrics.heterogeneity import HeterogeneityResult
from lowcarbon_xl.econometrics.iv import FirstStage, IVResult
from lowcarbon_xl.econometrics.mechanism import MechanismResult, ThreeStepResult
from lowcarbon_xl.econometrics.result import CONSTANT, FitResult
from lowcarbon_xl.econometrics.spec import IID, Column, Grouping, Specification
from lowcarbon_xl.errors import Text
from lowcarbon_xl.tables.model import Label, Model

FIRST_STAGE = Text("第一阶段", "First stage")
SECOND_STAGE = Text("第二阶段", "Second stage")
TWO_STAGE = Text("工具变量法", "2SLS")
FIXED_EFFECTS = Text("固定效应", "FE")
LEAST_SQUARES = Text("最小二乘", "OLS")
INSTRUMENTED = Text("工具变量", "IV")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its standard error, t (or z) and two-sided p."""

    value: float
    error: float
    t: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class EstimatedColumn:
    """One column of a regression table.

    Attributes
    ----------
    dependent : str
    fit : FitResult or None
        The equation, or the second stage that this first stage belongs to; None when it could not be estimated.
    terms : tuple of str
        Regressors in order, dropped ones included.
    core : tuple of str
        Those of interest; the others are controls.
    absorbed : tuple of str
        Names of the fixed effects.
    estimates : mapping of str to Estimate
        Without the terms dropped as collinear.
    stage : Text or None
        What distinguishes it from its neighbours.
    group : Text, str or None
        Heading above.
    sample : Text, str or None
    instrumented : IVResult or None
        Its tests, for a second stage.
    first_stage : FirstStage or None
        For a first stage.
    r2 : float
    difference : GroupDifference or None
        Against the reference group; `term` says of which coefficient.
    term : str
    remarks : tuple of Text
        Warnings of its own.
    specification : Specification or None
        What gives its estimates when it is estimated by itself; None where the model does not say.
    """

    dependent: str
    fit: FitResult | None
    terms: tuple[str, ...]
    core: tuple[str, ...]
    absorbed: tuple[str, ...]
    estimates: Mapping[str, Estimate] = field(default_factory=lambda: MappingProxyType({}))
    stage: Text | None = None
    group: Label | None = None
    sample: Label | None = None
    instrumented: IVResult | None = None
    first_stage: FirstStage | None = None
    r2: float = math.nan
    difference: GroupDifference | None = None
    term: str = ""
    remarks: tuple[Text, ...] = ()
    specification: Specification | None = None

    @property
    def normal(self) -> bool:
        """Whether its t are z."""
        return self.first_stage is None and self.fit is not None and math.isinf(self.fit.df_r)


def expand(model: Model) -> Iterator[EstimatedColumn]:
    """The columns of one model, from left to right.

    Least squares has one; IV its first stages (if wanted) and its second; a mechanism its effects by least squares
    and by IV; three steps three; heterogeneity one a group.
    """
    for column in _expand(model):
        yield replace(column, group=column.group or model.group, sample=model.sample)


def _expand(model: Model) -> Iterator[EstimatedColumn]:
    spec, result = model.specification, model.result
    if isinstance(result, FitResult):
        yield _equation(spec, result)
    elif isinstance(result, IVResult):
        yield from _instrumented(spec, result, model)
    elif isinstance(result, MechanismResult):
        both = result.instrumented is not None
        plain = FIXED_EFFECTS if spec.absorb else LEAST_SQUARES
        outcome = replace(spec, y=model.mediator) if model.mediator is not None else None
        yield replace(
            _equation(spec, result.effects),
            stage=plain if both else None,
            group=None,
            remarks=(result.note,),
            specification=outcome.without_instruments() if outcome is not None else None,
        )
        if result.instrumented is not None:
            second = _second_stage(spec, result.instrumented)
            yield replace(second, stage=INSTRUMENTED, remarks=(result.note,), specification=outcome)
    elif isinstance(result, ThreeStepResult):
        yield from _three_steps(spec, result, model.mediator)
    else:
        yield from _groups(spec, result, model.grouping)


def _equation(spec: Specification, fit: FitResult) -> EstimatedColumn:
    core = tuple(column.name for column in spec.endogenous + spec.x)
    dropped = tuple(name for name in fit.collinear if name not in fit.terms)
    terms = tuple(name for name in fit.terms if name != CONSTANT) + dropped
    return EstimatedColumn(
        fit.dependent,
        fit,
        terms + ((CONSTANT,) if CONSTANT in fit.terms else ()),
        core,
        tuple(effect.name for effect in spec.absorb),
        _estimates(fit),
        r2=fit.r2,
        specification=spec,
    )


def _estimates(fit: FitResult | FirstStage) -> Mapping[str, Estimate]:
    columns = (fit.coefficients, fit.standard_errors, fit.t, fit.p)
    return MappingProxyType(
        {term: Estimate(*(float(column[place]) for column in columns)) for place, term in enumerate(fit.terms)}
    )


def _instrumented(spec: Specification, result: IVResult, model: Model) -> Iterator[EstimatedColumn]:
    if not model.first_stage:
        yield replace(_second_stage(spec, result), stage=TWO_STAGE)
        return
    group = model.group or result.fit.dependent
    for stage in result.first_stages:
        yield replace(_first_stage(spec, result, stage), group=group)
    yield replace(_second_stage(spec, result), stage=SECOND_STAGE, group=group)


def _second_stage(spec: Specification, result: IVResult) -> EstimatedColumn:
    return replace(_equation(spec, result.fit), instrumented=result)


def _first_stage(spec: Specification, result: IVResult, stage: FirstStage) -> EstimatedColumn:
    instruments = tuple(column.name for column in spec.instruments)
    alone = _first_stage_alone(spec, result, stage.endogenous)
    return EstimatedColumn(
        stage.endogenous,
        result.fit,
        stage.terms,
        instruments + tuple(column.name for column in spec.x),
        tuple(effect.name for effect in spec.absorb),
        _estimates(stage),
        stage=FIRST_STAGE,
        first_stage=stage,
        r2=fit_ols(replace(alone, vce=IID)).r2,  # with the fixed effects counted in, as papers print it
        specification=alone,
    )


def _first_stage_alone(spec: Specification, result: IVResult, endogenous: str) -> Specification:
    """A first stage as a regression of its own, on the rows of the second."""
    kept = np.zeros(spec.size, dtype=bool)
    kept[result.fit.rows] = True
    return replace(
        spec,
        y=next(column for column in spec.endogenous if column.name == endogenous),
        x=spec.instruments + spec.x,
        endogenous=(),
        instruments=(),
        sample=kept,
        keep_singletons=True,
    )


def _three_steps(spec: Specification, result: ThreeStepResult, mediator: Column | None) -> Iterator[EstimatedColumn]:
    alone = _steps_alone(spec, mediator) if mediator is not None else (None, None, None)
    steps = (
        (result.total, Text("总效应", "Total"), alone[0]),
        (result.first, Text("对机制变量", "On the mediator"), alone[1]),
        (result.direct, Text("直接效应", "Direct"), alone[2]),
    )
    for fit, stage, own in steps:
        column = replace(_equation(spec, fit), stage=stage, remarks=(result.warning,), specification=own)
        yield replace(column, core=(*column.core, result.mediator)) if result.mediator in fit.terms else column


def _steps_alone(spec: Specification, mediator: Column) -> tuple[Specification, Specification, Specification]:
    """Three steps as regressions of their own, on the rows that they share."""
    shared = spec.restricted_to(~np.isnan(mediator.values) & ~np.isnan(spec.y.values))
    return shared, replace(shared, y=mediator), replace(shared, controls=(*shared.controls, mediator))


def _groups(spec: Specification, result: HeterogeneityResult, grouping: Grouping | None) -> Iterator[EstimatedColumn]:
    differences = {difference.other: difference for difference in result.differences}
    for group in result.groups:
        heading = Text(
            f"{result.grouping}：{_LEVELS_ZH.get(group.level, group.level)}", f"{result.grouping}: {group.level}"
        )
        if group.fit is None:
            reason = group.reason or Text("无法估计", "not estimable")
            column = EstimatedColumn(spec.y.name, None, (), (), tuple(e.name for e in spec.absorb), remarks=(reason,))
        elif group.instrumented is not None:
            column = _second_stage(spec, group.instrumented)
        else:
            column = _equation(spec, group.fit)
        members = grouping.codes == grouping.levels.index(group.level) if grouping is not None else None
        yield replace(
            column,
            group=heading,
            difference=differences.get(group.level),
            term=result.term,
            specification=spec.restricted_to(members) if members is not None else None,
        )


_LEVELS_ZH = {"low": "低", "high": "高"}
