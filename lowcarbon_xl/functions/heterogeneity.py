"""=HETEROGENEITY: the effect by group, and whether groups differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.econometrics.group_difference import GroupDifference
from lowcarbon_xl.econometrics.heterogeneity import HeterogeneityResult, heterogeneity, median_split
from lowcarbon_xl.econometrics.spec import Grouping, Specification
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
from lowcarbon_xl.sheet.regression import Reader
from lowcarbon_xl.sheet.spill import number_cell, row_spill
from lowcarbon_xl.sheet.table import Table, read_table


@worksheet_function(
    "HETEROGENEITY",
    Group.ECONOMETRICS,
    summary=Text("异质性：分组回归与组间差异检验", "Heterogeneity: the model by group, and tests of the difference"),
    detail=Text(
        "分组列是文字或取值不多于 10 个时按取值分组，否则按观测值的中位数分组；split=province 按省均值的中位数（省份不跨组）。组间差异用完全交互模型"
        "（控制变量和固定效应都交互）、按省份打乱标签的费舍尔置换检验、suest。",
        "A column of texts or of at most 10 values makes groups by value, another is split at the median observation; split=province "
        "splits at the median of provincial means, so that no province changes group. The difference is tested by the fully interacted "
        "model (controls and effects interacted too), Fisher's permutation of labels by province, and suest.",
    ),
    arguments=(
        PANEL,
        Y,
        X,
        Argument("by", Text("分组变量", "by"), Text("分组的列名", "The column that makes the groups"), Kind.COLUMNS),
        OPTIONS,
    ),
    options=(
        Option(
            "split",
            "choice",
            Text(
                "split=values 按取值 | median 按观测值中位数 | province 按省均值中位数",
                "split=values | median (of observations) | province (median of provincial means)",
            ),
            choices=("values", "median", "province"),
            aliases={"分组": "split", "取值": "values", "中位数": "median", "省份": "province"},
        ),
        INSTRUMENTS,
        DRAWS,
        SEED_OPTION,
        *REGRESSION_OPTIONS,
    ),
    shape=Shape.TABLE,
    spills=Text(
        "每组一行，然后每个差异三行（交互、费舍尔、suest）",
        "a row a group, then three rows a difference (interacted, Fisher, suest)",
    ),
    example='=HETEROGENEITY(变量!A4:P304,"CO2","AI","密度","split=province;controls=开放度")',
)
def heterogeneity_of(panel: Block, y: Block | str, x: Block | str, by: Block | str, options: Options) -> Spill:
    """The coefficient by group, and its differences."""
    table = read_table(panel, read_text_numbers=options.text("text") == "read")
    specification = study_specification(table, y, x, options)
    names = column_names(by)
    if len(names) != 1:
        raise InputError(
            Text(f"分组变量要一列，写了 {len(names)} 列", f"one column makes the groups, {len(names)} are named"),
            Text("只写一个", "Name one"),
        )
    with table.located():
        grouping, how = split_groups(table, names[0], specification, options)
        result = heterogeneity(
            specification,
            grouping,
            followed_term(x, specification),
            draws=whole_number(options, "draws", 1000),
            seed=read_seed(options),
        )
    headers = [Text("组别", "group"), *ESTIMATE_HEADERS, "N", "R2_within"]
    differences = (row for difference in result.differences for row in _difference_rows(difference))
    notes = (how, *(note for difference in result.differences for note in difference.notes))
    return row_spill(headers, [*_group_rows(result), *differences], options, tuple(dict.fromkeys(notes)))


def split_groups(table: Table, name: str, specification: Specification, options: Options) -> tuple[Grouping, Text]:
    """The groups, and how they were made."""
    reader = Reader(table, options)
    by_value = reader.grouping(name)
    split = options.text("split") or ("values" if _is_categorical(table, name, by_value) else "median")
    if split == "values":
        return by_value, Text(f"按“{name}”的取值分组", f"groups by the values of {name}")
    values = reader.variable(name)
    if split == "province":
        made = median_split(values, unit=specification.unit, sample=specification.sample)
        return made, Text(f"按“{name}”省均值的中位数分组", f"split at the median of the provincial means of {name}")
    made = median_split(values, sample=specification.sample)
    return made, Text(f"按“{name}”观测值的中位数分组", f"split at the median observation of {name}")


def _is_categorical(table: Table, name: str, grouping: Grouping) -> bool:
    texts = any(isinstance(cell, str) and cell for cell in table.cells(table.find(name))) if "*" not in name else True
    return texts or len(grouping.levels) <= 10


def _group_rows(result: HeterogeneityResult) -> Iterator[list[Output]]:
    words = {"low": Text("低组", "low"), "high": Text("高组", "high")}
    for group in result.groups:
        label: Output = words.get(group.level, group.level)
        if group.fit is None:
            yield [label, *(number_cell(np.nan, group.reason) for _ in range(6))]
        else:
            yield [label, *estimate_cells(group.fit, result.term), group.fit.n, number_cell(group.fit.r2_within)]


def _difference_rows(difference: GroupDifference) -> Iterator[list[Output]]:
    name = f"{difference.other} - {difference.reference}"
    reason = difference.notes[0] if difference.notes else None
    tested = (difference.difference, difference.standard_error, difference.t, difference.p)
    yield [Text(f"差异 {name}（交互）", f"difference {name} (interacted)"), *map(number_cell, tested), "", ""]
    yield [
        Text(f"差异 {name}（费舍尔）", f"difference {name} (Fisher)"),
        number_cell(difference.difference),
        "",
        "",
        number_cell(difference.fisher_p, reason),
        difference.fisher_draws,
        "",
    ]
    yield [
        Text(f"差异 {name}（suest）", f"difference {name} (suest)"),
        number_cell(difference.difference),
        "",
        number_cell(difference.suest_chi2, reason),
        number_cell(difference.suest_p, reason),
        "",
        "",
    ]
