"""=PLACEBO: the distribution of the estimate when the regressor means nothing."""

from __future__ import annotations

from typing import Literal, cast

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Group, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.econometrics.placebo import placebo
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.regression import REGRESSION_OPTIONS, X, Y
from lowcarbon_xl.functions.study_options import (
    DRAWS,
    SEED_OPTION,
    followed_term,
    read_seed,
    study_specification,
    whole_number,
)
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.sheet.spill import number_cell, row_spill
from lowcarbon_xl.sheet.table import read_table


@worksheet_function(
    "PLACEBO",
    Group.ECONOMETRICS,
    summary=Text("安慰剂检验：随机置换解释变量", "Placebo test: the regressor permuted at random"),
    detail=Text(
        "默认把解释变量按行打乱 1000 次重新估计；level=unit 整省互换（保留序列相关），level=year 年内打乱。"
        "p 为置换后 |t| 不小于真实 |t| 的比例（含真实值本身）；p_estimate 用系数而不用 t：按行打乱会保留省间差异，系数的比较容易误导。"
        "detail=draws 列出每次的估计，可以画分布图。",
        "Shuffles the regressor over rows 1,000 times by default; level=unit exchanges whole provincial histories (keeping serial "
        "correlation), level=year shuffles within years. p is the share of draws whose |t| is at least the true one, which counts; "
        "p_estimate compares coefficients instead, which misleads when rows are shuffled across provinces. detail=draws lists every "
        "estimate, for a picture.",
    ),
    arguments=(PANEL, Y, X, OPTIONS),
    options=(
        DRAWS,
        SEED_OPTION,
        Option(
            "level",
            "choice",
            Text("level=row（默认）| unit | year", "level=row (default) | unit | year"),
            choices=("row", "unit", "year"),
            aliases={"层次": "level", "行": "row", "省份": "unit", "年份": "year"},
        ),
        Option(
            "detail",
            "choice",
            Text("detail=summary（默认）| draws", "detail=summary (default) | draws"),
            choices=("summary", "draws"),
            aliases={"明细": "detail"},
        ),
        *REGRESSION_OPTIONS,
    ),
    shape=Shape.TABLE,
    spills=Text("统计量两列；detail=draws 时每次抽样一行", "name and value; with detail=draws a row a draw"),
    example='=PLACEBO(变量!A4:P304,"CO2","AI","controls=开放度")',
)
def placebo_of(panel: Block, y: Block | str, x: Block | str, options: Options) -> Spill:
    """The placebo distribution of the first regressor."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    specification = study_specification(table, y, x, options)
    draws = whole_number(options, "draws", 1000)
    if not 1 <= draws <= 100_000:
        raise InputError(
            Text(f"draws={draws} 不在 1 和 100000 之间", f"draws={draws} is not between 1 and 100,000"), DRAWS.help
        )
    with table.located():
        result = placebo(
            specification,
            followed_term(x, specification),
            draws=draws,
            level=cast(Literal["row", "unit", "year"], options.text("level", "row")),
            seed=read_seed(options),
        )
    note = (Text(f"置换层次 {result.level}，种子 {result.seed}", f"permuted by {result.level}, seed {result.seed}"),)
    if options.text("detail") == "draws":
        numbered = [
            (i + 1, float(b), number_cell(float(t)))
            for i, (b, t) in enumerate(zip(result.estimates, result.t_values, strict=True))
        ]
        return row_spill([Text("次序", "draw"), Text("估计", "estimate"), "t"], numbered, options, note)
    low, middle, high = np.quantile(result.estimates, [0.025, 0.5, 0.975]).tolist()
    rows: list[tuple[Output, Output]] = [
        ("term", result.term),
        ("estimate", result.estimate),
        ("t", number_cell(result.t)),
        ("p", number_cell(result.p)),
        ("p_estimate", result.p_estimate),
        ("draws", draws),
        ("mean", float(result.estimates.mean())),
        ("sd", float(result.estimates.std(ddof=1)) if draws > 1 else number_cell(np.nan)),
        ("p2.5", low),
        ("p50", middle),
        ("p97.5", high),
        ("level", result.level),
        ("seed", result.seed),
    ]
    return row_spill([Text("统计量", "statistic"), Text("值", "value")], rows, options, note)
