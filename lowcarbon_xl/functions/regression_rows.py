"""Rows of a regression's spill: coefficients, then statistics that machines can read by name."""

from __future__ import annotations

from collections.abc import Iterator

from lowcarbon_xl.cells import Output
from lowcarbon_xl.econometrics.iv import FirstStage, IVResult
from lowcarbon_xl.econometrics.result import FitResult
from lowcarbon_xl.econometrics.spec import Specification
from lowcarbon_xl.errors import Text
from lowcarbon_xl.sheet.spill import number_cell

Row = tuple[Output, ...]

HEADERS: Row = (
    Text("变量", "term"),
    Text("系数", "coef"),
    Text("标准误", "se"),
    "t",
    "p",
    Text("95%下限", "low"),
    Text("95%上限", "high"),
)
WIDTH = len(HEADERS)


def coefficient_rows(result: FitResult | FirstStage, reason: Text | None = None) -> Iterator[Row]:
    """One row a term."""
    columns = (result.coefficients, result.standard_errors, result.t, result.p, result.low, result.high)
    for position, term in enumerate(result.terms):
        yield term, *(number_cell(float(column[position]), reason) for column in columns)


def statistic_rows(specification: Specification, result: FitResult) -> Iterator[Row]:
    """Machine-readable rows: a name, a value, and nothing in the other columns."""
    yield statistic("N", result.n)
    for name, value in (
        ("R2", result.r2),
        ("R2_adj", result.r2_adjusted),
        ("R2_within", result.r2_within),
        ("F", result.f),
        ("F_p", result.f_p),
        ("df_r", result.df_r),
        ("df_a", result.df_a),
        ("rss", result.rss),
        ("rmse", result.rmse),
    ):
        yield statistic(name, number_cell(float(value), unavailable(result)))
    if result.clusters:
        yield statistic("clusters", min(count for _, count in result.clusters))
    for name, rows in (("singletons", result.singletons), ("missing", result.missing), ("filtered", result.filtered)):
        yield statistic(name, len(rows))
    if result.collinear:
        yield statistic("collinear", ", ".join(result.collinear))
    yield statistic("depvar", result.dependent)
    yield statistic("absorb", ", ".join(effect.name for effect in specification.absorb) or "none")
    yield statistic("vce", result.variance)
    yield statistic("route", result.convention)


def statistic(name: str, value: Output) -> Row:
    """One row of statistics, as wide as the coefficient table."""
    return name, value, *([""] * (WIDTH - 2))


def unavailable(result: FitResult) -> Text:
    """Why a number of a regression does not exist."""
    if result.notes:
        return result.notes[0]
    return Text("这个统计量在此样本中不存在。", "This statistic does not exist in this sample.")


def identification_rows(result: IVResult) -> Iterator[Row]:
    """Diagnostics of an IV equation in the order that referees read them."""
    tests = result.identification
    reason = tests.notes[0] if tests.notes else Text("此处没有这个统计量。", "There is no such statistic here.")
    for name, value in (
        ("KP_rk_LM", tests.kp_rk_lm),
        ("KP_rk_LM_p", tests.kp_rk_lm_p),
        ("Anderson_LM", tests.anderson_lm),
        ("Anderson_LM_p", tests.anderson_lm_p),
        ("Cragg_Donald_F", tests.cragg_donald_f),
        ("KP_rk_F", tests.kp_rk_f),
    ):
        yield statistic(name, number_cell(value, reason))
    untabulated = Text("Stock 和 Yogo 没有给出这种情形的临界值。", "Stock and Yogo did not tabulate this case.")
    for size, value in zip((10, 15, 20, 25), tests.stock_yogo, strict=True):
        yield statistic(f"Stock_Yogo_{size}", number_cell(value, untabulated))
    yield statistic("identification", tests.verdict)
    robust = result.anderson_rubin
    for name, value in (
        ("AR_F", robust.f),
        ("AR_F_p", robust.f_p),
        ("AR_chi2", robust.chi2),
        ("AR_chi2_p", robust.chi2_p),
    ):
        yield statistic(name, number_cell(value, robust.verdict))
    yield statistic("AR_interval", robust.verdict)
    if len(robust.intervals) == 1:
        for name, end in zip(("AR_low", "AR_high"), robust.intervals[0], strict=True):
            yield statistic(name, number_cell(end, robust.verdict))
    for prefix, test in (("", result.overidentification), ("endogeneity", result.endogeneity)):
        name = prefix or test.name.replace(" ", "_")
        yield statistic(name, number_cell(test.statistic, test.reason))
        yield statistic(f"{name}_p", number_cell(test.p, test.reason))


def first_stage_rows(stage: FirstStage) -> Iterator[Row]:
    """One first stage, after a row that names it."""
    yield statistic(f"first stage: {stage.endogenous}", "")
    yield from coefficient_rows(stage)
    for name, value in (("F", stage.f), ("F_p", stage.f_p), ("df_r", stage.df_r), ("partial_R2", stage.partial_r2)):
        yield statistic(name, number_cell(float(value)))
