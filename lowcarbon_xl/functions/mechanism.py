"""=MECHANISM: through which channels the effect goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.econometrics.mechanism import ThreeStepResult, mechanism, three_step
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.functions.regression import REGRESSION_OPTIONS, X, Y
from lowcarbon_xl.functions.study_options import (
    DRAWS,
    ESTIMATE_HEADERS,
    INSTRUMENTS,
    SEED_OPTION,
    estimate_cells,
    followed_term,
    read_seed,
    study_specification,
    whole_number,
)
from lowcarbon_xl.options import Option, Options
from lowcarbon_xl.sheet.columns import column_names
from lowcarbon_xl.sheet.regression import MEDIATOR, Reader
from lowcarbon_xl.sheet.spill import number_cell, row_spill
from lowcarbon_xl.sheet.table import read_table


@worksheet_function(
    "MECHANISM",
    Group.ECONOMETRICS,
    summary=Text("机制检验：默认江艇两步法", "Mechanisms: Jiang Ting's two steps by default"),
    detail=Text(
        "默认（江艇 2022）：机制变量对解释变量回归，固定效应；写了 instruments= 再做工具变量法。method=threestep 为三步法，附 Sobel 检验，"
        "draws= 给按省份重抽的 a·b 区间；三步法的间接效应一般没有因果含义，结果旁注明。",
        "Default (Jiang Ting 2022): the mechanism on the regressor with fixed effects, and by IV when instruments= is given. "
        "method=threestep is the three-step way with Sobel's test; draws= adds an interval of a*b resampled by province. Its indirect "
        "effect has no causal meaning in general, and the result says so.",
    ),
    arguments=(
        PANEL,
        Y,
        X,
        Argument(
            "mediators", Text("机制变量", "mediators"), Text("机制变量的列名", "Names of the mechanisms"), Kind.COLUMNS
        ),
        OPTIONS,
    ),
    options=(
        Option(
            "method",
            "choice",
            Text("method=twostep（默认）| threestep", "method=twostep (default) | threestep"),
            choices=("twostep", "threestep"),
            aliases={"方法": "method", "两步法": "twostep", "三步法": "threestep"},
        ),
        INSTRUMENTS,
        replace(
            DRAWS,
            help=Text(
                "draws=1000 三步法的自助抽样次数（默认不抽）",
                "draws=1000 bootstrap draws of the three-step way (default none)",
            ),
        ),
        SEED_OPTION,
        *REGRESSION_OPTIONS,
    ),
    shape=Shape.TABLE,
    spills=Text(
        "每个机制变量一行（工具变量法另一行）；三步法每步一行",
        "a row a mechanism (and one more by IV); three-step: a row a step",
    ),
    example='=MECHANISM(变量!A4:P304,"CO2","AI","能源效率,绿色技术","controls=开放度")',
)
def mechanism_of(panel: Block, y: Block | str, x: Block | str, mediators: Block | str, options: Options) -> Spill:
    """Effects on the mechanisms."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    specification = study_specification(table, y, x, options)
    term = followed_term(x, specification)
    names = column_names(mediators)
    if not names:
        raise InputError(Text("没有写机制变量", "no mechanism is named"), Text("写列名", "Name a column"))
    reader = Reader(table, options)
    rows: list[list[Output]] = []
    notes: list[Text] = []
    with table.located():
        for name in names:
            mediator = reader.variable(name, MEDIATOR)
            if options.text("method") == "threestep":
                steps = three_step(
                    specification,
                    mediator,
                    term,
                    draws=whole_number(options, "draws", 0),
                    seed=read_seed(options),
                )
                rows += _three_step_rows(steps)
                notes.append(steps.warning)
                continue
            found = mechanism(specification, mediator)
            rows.append(
                [mediator.name, Text("固定效应", "FE"), *estimate_cells(found.effects, term), found.effects.n, ""]
            )
            if found.instrumented is not None:
                strength = number_cell(found.instrumented.identification.kp_rk_f)
                rows.append(
                    [
                        mediator.name,
                        Text("工具变量", "IV"),
                        *estimate_cells(found.instrumented.fit, term),
                        found.instrumented.fit.n,
                        strength,
                    ]
                )
            notes.append(found.note)
    headers = [Text("机制变量", "mediator"), Text("方法", "method"), *ESTIMATE_HEADERS, "N", "KP_rk_F"]
    return row_spill(headers, rows, options, tuple(dict.fromkeys(notes)))


def _three_step_rows(steps: ThreeStepResult) -> Iterator[list[Output]]:
    labels = (Text("总效应", "total"), Text("对机制变量", "on the mediator"), Text("直接效应", "direct"))
    for label, fit in zip(labels, (steps.total, steps.first, steps.direct), strict=True):
        yield [steps.mediator, label, *estimate_cells(fit, steps.term), fit.n, ""]
    sobel = [number_cell(v) for v in (steps.indirect, steps.sobel_error, steps.sobel_z, steps.sobel_p)]
    yield [steps.mediator, Text("间接效应（Sobel）", "indirect (Sobel)"), *sobel, "", ""]
    if steps.bootstrap_draws:
        interval = [number_cell(steps.bootstrap_low), number_cell(steps.bootstrap_high)]
        yield [steps.mediator, Text("自助法区间", "bootstrap interval"), *interval, "", "", steps.bootstrap_draws, ""]
