"""The equations behind a fitted model: what a Stata script has to run, one command each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lowcarbon_xl.econometrics.heterogeneity import HeterogeneityResult
from lowcarbon_xl.econometrics.iv import IVResult
from lowcarbon_xl.econometrics.mechanism import MechanismResult, ThreeStepResult
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Column, Specification
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.tables.model import Model


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """One regression command.

    Attributes
    ----------
    title : Text
    specification : Specification
    result : FitResult or IVResult
    """

    title: Text
    specification: Specification
    result: FitResult | IVResult

    @property
    def fit(self) -> FitResult:
        """The equation itself: the second stage of IV."""
        return self.result.fit if isinstance(self.result, IVResult) else self.result


def equations(model: Model) -> tuple[Equation, ...]:
    """The commands of a model, in the order of its columns.

    Raises
    ------
    InputError
        A mechanism without its mediator's values, heterogeneity without its grouping, or no group estimated.
    """
    found = tuple(_equations(model))
    if not found:
        raise InputError(
            Text("没有一组估计成功，没有可导出的模型", "no group could be estimated, so there is nothing to export"),
            Text("换一个分组变量或放宽样本", "Use another grouping variable or a wider sample"),
        )
    return found


def _equations(model: Model) -> Iterator[Equation]:
    spec, result = model.specification, model.result
    if isinstance(result, FitResult | IVResult):
        fit = result.fit if isinstance(result, IVResult) else result
        yield Equation(_title(fit.dependent), spec, result)
    elif isinstance(result, MechanismResult):
        outcome = replace(spec, y=_mediator(model, result.mediator))
        yield Equation(_title(result.mediator, "固定效应", "FE"), outcome.without_instruments(), result.effects)
        if result.instrumented is not None:
            yield Equation(_title(result.mediator, "工具变量", "IV"), outcome, result.instrumented)
    elif isinstance(result, ThreeStepResult):
        yield from _three_steps(model, result)
    else:
        yield from _groups(model, result)


def _title(dependent: str, zh: str = "", en: str = "") -> Text:
    return Text(f"{dependent}（{zh}）" if zh else dependent, f"{dependent} ({en})" if en else dependent)


def _mediator(model: Model, name: str) -> Column:
    if model.mediator is None:
        raise InputError(
            Text(f"导出机制检验需要“{name}”的数据", f"exporting a mechanism needs the data of '{name}'"),
            Text("把机制变量一并给出", "Hand over the mediator's column as well"),
            column=name,
        )
    return model.mediator


def _three_steps(model: Model, result: ThreeStepResult) -> Iterator[Equation]:
    spec, mediator = model.specification, _mediator(model, result.mediator)
    shared = spec.restricted_to(~np.isnan(mediator.values) & ~np.isnan(spec.y.values))
    yield Equation(_title(spec.y.name, "总效应", "total"), shared, result.total)
    yield Equation(_title(result.mediator, "对机制变量", "on the mediator"), replace(shared, y=mediator), result.first)
    whole = replace(shared, controls=(*shared.controls, mediator))
    yield Equation(_title(spec.y.name, "直接效应", "direct"), whole, result.direct)


def _groups(model: Model, result: HeterogeneityResult) -> Iterator[Equation]:
    grouping = model.grouping
    if grouping is None:
        raise InputError(
            Text(
                f"导出异质性分析需要“{result.grouping}”的数据",
                f"exporting heterogeneity needs the data of '{result.grouping}'",
            ),
            Text("把分组变量一并给出", "Hand over the grouping column as well"),
            column=result.grouping,
        )
    for group in result.groups:
        if group.fit is None:
            continue
        spec = model.specification.restricted_to(grouping.codes == grouping.levels.index(group.level))
        level = f"{result.grouping} = {group.level}"
        yield Equation(_title(group.fit.dependent, level, level), spec, group.instrumented or group.fit)
