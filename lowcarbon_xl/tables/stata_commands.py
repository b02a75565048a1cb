"""An equation as a Stata command, and the numbers that Stata must then print."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lowcarbon_xl.econometrics.iv import IVResult
from lowcarbon_xl.econometrics.result import CONSTANT, FitResult
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.econometrics.variance import ScoreGroups
from lowcarbon_xl.errors import NotAvailableError, Text
from lowcarbon_xl.tables.stata_data import StataData
from lowcarbon_xl.tables.stata_equations import Equation

REGHDFE = ("ftools", "require", "reghdfe")
IVREG2 = ("ranktest", "ivreg2")
IVREGHDFE = (*REGHDFE, *IVREG2, "ivreghdfe")
XTIVREG2 = (*IVREG2, "xtivreg2")


@dataclass(frozen=True, slots=True)
class Expected:
    """A number that Stata must reproduce.

    Attributes
    ----------
    equation : Text
        Which equation.
    name : str
        What it is: ``AI: coefficient``, ``N``.
    expression : str
        Where Stata keeps it, as ``_b[AI]``.
    value : float
    scale : float
        What a difference is compared with: a coefficient's standard error, else the number itself.
    """

    equation: Text
    name: str
    expression: str
    value: float
    scale: float


@dataclass(frozen=True, slots=True)
class StataCommand:
    """One estimation command.

    Attributes
    ----------
    lines : tuple of str
        What comes before it, and the command.
    packages : tuple of str
        User-written commands that it needs, from SSC.
    expected : tuple of Expected
    """

    lines: tuple[str, ...]
    packages: tuple[str, ...]
    expected: tuple[Expected, ...]


def command(equation: Equation, data: StataData, sample: str) -> StataCommand:
    """The command of an equation.

    Parameters
    ----------
    equation : Equation
    data : StataData
    sample : str
        The 0/1 variable of its rows; empty for all.

    Returns
    -------
    StataCommand

    Raises
    ------
    NotAvailableError
        Where Stata has no command for it.
    """
    if isinstance(equation.result, IVResult):
        return _instrumented(equation, equation.result, data, sample)
    return _least_squares(equation, data, sample)


def _least_squares(equation: Equation, data: StataData, sample: str) -> StataCommand:
    spec, fit = equation.specification, equation.fit
    if spec.vce.kind == "dk":
        how = _driscoll_kraay(spec, fit, data)
    elif spec.absorb or spec.constant:
        how = _reghdfe(spec, fit, data)
    else:
        how = _regress(spec, fit, data)
    regressors = " ".join(data.numbers[term] for term in fit.terms if term != CONSTANT)
    line = f"{how.program} {data.numbers[spec.y.name]} {regressors}{_condition(sample)}, {how.options}"
    coefficients = _coefficients(equation, data, constant=how.program != "ivreghdfe")
    return StataCommand((line,), how.packages, (*coefficients, *_statistics(equation, how.statistics)))


@dataclass(frozen=True, slots=True)
class _Program:
    """A program, its options, and where it keeps its statistics."""

    program: str
    packages: tuple[str, ...]
    options: str
    statistics: dict[str, tuple[str, float]]


def _reghdfe(spec: Specification, fit: FitResult, data: StataData) -> _Program:
    options = _words(_absorb(spec, data) or "noabsorb", _vce(spec, data), _keep(spec), "tolerance(1e-12)")
    statistics: dict[str, tuple[str, float]] = {
        "N": ("e(N)", fit.n),
        "R2": ("e(r2)", fit.r2),
        "F": ("e(F)", fit.f),
        "df_r": ("e(df_r)", fit.df_r),
    }
    if spec.absorb:
        statistics["R2_within"] = ("e(r2_within)", fit.r2_within)
    return _Program("reghdfe", REGHDFE, options, statistics)


def _driscoll_kraay(spec: Specification, fit: FitResult, data: StataData) -> _Program:
    """Reghdfe leaves these to ivreghdfe, which is told not to count effects as nested in the periods."""
    if spec.absorb:
        options = _words(_absorb(spec, data), _dkraay(spec, fit), _keep(spec), _PAIRWISE)
        return _Program("ivreghdfe", IVREGHDFE, options, {"N": ("e(N)", fit.n), "R2": ("e(r2)", fit.r2_within)})
    if not spec.constant:
        raise _no_command("不含常数项的 Driscoll-Kraay 标准误", "Driscoll-Kraay errors without a constant")
    options = _words(_dkraay(spec, fit), "small")
    return _Program("ivreg2", IVREG2, options, {"N": ("e(N)", fit.n), "R2": ("e(r2)", fit.r2)})


def _regress(spec: Specification, fit: FitResult, data: StataData) -> _Program:
    if len(spec.vce.clusters) > 1:
        raise _no_command("双向聚类而不含常数项", "two-way clustering without a constant")
    statistics: dict[str, tuple[str, float]] = {"N": ("e(N)", fit.n), "R2": ("e(r2)", fit.r2), "F": ("e(F)", fit.f)}
    return _Program("regress", (), _words("noconstant", "" if spec.vce.kind == "iid" else _vce(spec, data)), statistics)


def _instrumented(equation: Equation, result: IVResult, data: StataData, sample: str) -> StataCommand:
    spec, fit = equation.specification, result.fit
    exogenous = [data.numbers[term] for term in fit.terms if term not in (*result.endogenous, CONSTANT)]
    endogenous = " ".join(data.numbers[name] for name in result.endogenous)
    instruments = " ".join(data.numbers[name] for name in result.instruments)
    before, dummies, program, packages, ending = _route(spec, fit, data, sample)
    included = "".join(f" {word}" for word in (*exogenous, *dummies))
    equation_text = f"{data.numbers[spec.y.name]}{included} ({endogenous} = {instruments}){_condition(sample)}"
    options = _words(ending, _iv_vce(spec, fit, data), "ffirst")
    lines = (*before, f"{program} {equation_text}, {options}")
    return StataCommand(
        lines,
        packages,
        (*_coefficients(equation, data, constant=not spec.absorb), *_statistics(equation, _iv_statistics(result))),
    )


def _route(
    spec: Specification, fit: FitResult, data: StataData, sample: str
) -> tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...], str]:
    """Lines before, dummies, program, packages and options of the route that a specification follows."""
    small = "small" if spec.small else ""
    effects = [data.groups[effect.name] for effect in spec.absorb]
    if not effects:
        return (), (), "ivreg2", IVREG2, small
    if spec.route == "ivreg2":
        return (), tuple(f"i.{name}" for name in effects), "ivreg2", IVREG2, small
    if spec.route == "ivreghdfe":
        pairwise = _PAIRWISE if spec.vce.kind == "dk" else ""
        return (), (), "ivreghdfe", IVREGHDFE, _words(_absorb(spec, data), _keep(spec), pairwise)
    before = [f"xtset {effects[0]}{f' {data.time}' if data.time and data.unit == effects[0] else ''}"]
    dummies = []
    for place, name in enumerate(effects[1:], start=2):
        # xtivreg2 takes no factor variables; it drops by itself the dummies that are collinear.
        stem = f"dummy{place}_"
        before += [f"capture drop {stem}*", f"quietly tabulate {name}{_condition(sample)}, generate({stem})"]
        before += [f"drop {stem}1"]
        dummies.append(f"{stem}*")
    return tuple(before), tuple(dummies), "xtivreg2", XTIVREG2, _words("fe", small)


_PAIRWISE = "dofadjustments(pairwise)"


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)


def _absorb(spec: Specification, data: StataData) -> str:
    return f"absorb({' '.join(data.groups[effect.name] for effect in spec.absorb)})" if spec.absorb else ""


def _keep(spec: Specification) -> str:
    return "keepsingletons" if spec.keep_singletons and spec.absorb else ""


def _condition(sample: str) -> str:
    return f" if {sample} == 1" if sample else ""


def _vce(spec: Specification, data: StataData) -> str:
    if spec.vce.kind == "cluster":
        return f"vce(cluster {' '.join(data.groups[cluster.name] for cluster in spec.vce.clusters)})"
    if spec.vce.kind == "robust":
        return "vce(robust)"
    return "vce(unadjusted)"


def _iv_vce(spec: Specification, fit: FitResult, data: StataData) -> str:
    if spec.vce.kind == "dk":
        return _dkraay(spec, fit)
    if spec.vce.kind == "cluster":
        return f"cluster({' '.join(data.groups[cluster.name] for cluster in spec.vce.clusters)})"
    return "robust" if spec.vce.kind == "robust" else ""


def _dkraay(spec: Specification, fit: FitResult) -> str:
    """Stata's bandwidth is the lags plus 1."""
    lags = ScoreGroups.of(spec.vce, fit.rows, spec.time.values if spec.time else None).lag
    return f"dkraay({lags + 1})"


def _coefficients(equation: Equation, data: StataData, *, constant: bool) -> Iterator[Expected]:
    fit = equation.fit
    for term, value, error in zip(fit.terms, fit.coefficients.tolist(), fit.standard_errors.tolist(), strict=True):
        if term == CONSTANT and not constant:
            continue
        name = CONSTANT if term == CONSTANT else data.numbers[term]
        scale = error if error > 0 else abs(value) or 1.0
        yield Expected(equation.title, f"{term}: coefficient", f"_b[{name}]", value, scale)
        if error > 0:
            yield Expected(equation.title, f"{term}: standard error", f"_se[{name}]", error, error)


def _iv_statistics(result: IVResult) -> dict[str, tuple[str, float]]:
    tests, valid = result.identification, result.overidentification
    lm, f = ("Anderson LM", "Cragg-Donald F") if valid.name == "Sargan" else ("KP rk LM", "KP rk F")
    statistics: dict[str, tuple[str, float]] = {
        "N": ("e(N)", result.fit.n),
        "R2": ("e(r2)", result.fit.r2),
        lm: ("e(idstat)", tests.kp_rk_lm),
        f"{lm} p": ("e(idp)", tests.kp_rk_lm_p),
        "Cragg-Donald F": ("e(cdf)", tests.cragg_donald_f),
    }
    if f == "KP rk F":
        statistics[f] = ("e(widstat)", tests.kp_rk_f)
    if valid.df:
        statistics |= {
            valid.name.replace("_", " "): ("e(j)", valid.statistic),
            f"{valid.name.replace('_', ' ')} p": ("e(jp)", valid.p),
        }
    return statistics


def _statistics(equation: Equation, statistics: dict[str, tuple[str, float]]) -> Iterator[Expected]:
    for name, (expression, value) in statistics.items():
        if math.isfinite(value):
            yield Expected(equation.title, name, expression, float(value), abs(float(value)) or 1.0)


def _no_command(zh: str, en: str) -> NotAvailableError:
    return NotAvailableError(
        Text(f"Stata 没有{zh}的对应命令", f"Stata has no command for {en}"),
        Text("换一种标准误再导出", "Choose other standard errors and export again"),
    )
