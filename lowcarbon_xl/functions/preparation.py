"""=FILLGAPS, =WINSORIZE, =LAGYEAR, =DESCRIBE: a panel made ready, and described."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from lowcarbon_xl.catalogue import OPTIONS, PANEL, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import COMMON, KEYS, TEXT_NUMBERS, Option, Options
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.panel.prepare import describe, interpolate, lag, require_percentiles, winsorize
from lowcarbon_xl.sheet.columns import one_column, value_columns
from lowcarbon_xl.sheet.keys import read_keys
from lowcarbon_xl.sheet.spill import column_spill, number_cells, row_spill
from lowcarbon_xl.sheet.table import Table, read_table

_COLUMNS = Option(
    "columns",
    "names",
    Text(
        "columns=列名,列名 只处理这些列（默认所有数字列）",
        "columns=a,b treats these only (default: all columns of numbers)",
    ),
    aliases={"列": "columns"},
)
_RANGE = Argument(
    "range",
    Text("区域", "range"),
    Text("带标题行的区域；键列和文字列不动", "Range with its header row; keys and texts are left alone"),
    Kind.RANGE,
)


def _table(block: Block, options: Options) -> Table:
    return read_table(block, read_text_numbers=options.text("text") == "read")


def _whole_table(table: Table, changed: Mapping[int, Vector], options: Options, notes: tuple[Text, ...]) -> Spill:
    """The same columns as given, some replaced; a blank stays blank (as an empty text, since arrays show None as 0)."""
    columns: list[list[Output]] = []
    for column in range(len(table.headers)):
        if column in changed:
            columns.append([float(v) if np.isfinite(v) else "" for v in changed[column]])
        else:
            columns.append(["" if cell is None else cell for cell in table.cells(column)])
    return column_spill([header.text for header in table.headers], columns, options, notes)


def _listed(table: Table, cells: list[tuple[int, int]], zh: str, en: str) -> Text:
    """How many cells were changed, and which (the first twenty by name)."""
    places = [table.where(row, column) for row, column in cells[:20]]
    more = "……" if len(cells) > len(places) else ""
    return Text(
        f"{zh} {len(cells)} 个单元格" + (f"：{'、'.join(places)}{more}" if cells else ""),
        f"{en} {len(cells)} cells" + (f": {', '.join(places)}{'...' if more else ''}" if cells else ""),
    )


@worksheet_function(
    "FILLGAPS",
    Group.PREPARATION,
    summary=Text("省内线性插值补缺", "Fill gaps by linear interpolation within each province"),
    detail=Text(
        "只在同一省份内、按年份距离线性插值，不跨省，不外推：首尾的空格仍然是空的（Stata ipolate）。WHY 列出补了哪些单元格。",
        "Linear in the distance of years, within a province, never beyond its first or last value (Stata's ipolate). "
        "WHY lists the cells that were filled.",
    ),
    arguments=(PANEL, OPTIONS),
    options=(_COLUMNS, *KEYS, TEXT_NUMBERS, *COMMON),
    spills=Text("与区域同样的行和列", "the same rows and columns as the range"),
    example="=FILLGAPS(资本!A4:F70)",
)
def fill_gaps(panel: Block, options: Options) -> Spill:
    """Interpolate the columns of numbers."""
    table = _table(panel, options)
    keys = read_keys(table, options)
    changed: dict[int, Vector] = {}
    cells: list[tuple[int, int]] = []
    left = 0
    for column in value_columns(table, options):
        before = table.numbers(column, blanks=True)
        after = interpolate(keys, before)
        changed[column] = after
        cells += [(int(row), column) for row in np.flatnonzero(np.isnan(before) & ~np.isnan(after))]
        left += int(np.isnan(after).sum())
    notes = (
        _listed(table, cells, "插补了", "filled"),
        Text(f"首尾仍空 {left} 个（不外推）", f"{left} blanks at the ends remain (no extrapolation)"),
    )
    return _whole_table(table, changed, options, notes)


@worksheet_function(
    "WINSORIZE",
    Group.PREPARATION,
    summary=Text("缩尾（或截尾）处理", "Winsorize, or trim, the tails"),
    detail=Text(
        "默认两端 1%；分位数按 Stata 的规则（与 Excel 的 PERCENTILE 不同）。trim=1 为截尾：把两端设为缺失。WHY 给出界限和改动的单元格。",
        "1 % at each end by default; percentiles by Stata's rule (not Excel's PERCENTILE). trim=1 sets the tails to "
        "missing instead. WHY gives the cut-offs and the cells changed.",
    ),
    arguments=(_RANGE, OPTIONS),
    options=(
        Option(
            "limits",
            "names",
            Text(
                "limits=0.01,0.99 两端的分位数；limits=0.05 表示 0.05 和 0.95",
                "limits=0.01,0.99; limits=0.05 means 0.05 and 0.95",
            ),
            aliases={"界限": "limits", "winsor": "limits", "p": "limits"},
        ),
        Option(
            "trim",
            "flag",
            Text("trim=1 截尾（设为缺失）", "trim=1 sets the tails to missing"),
            aliases={"截尾": "trim"},
        ),
        _COLUMNS,
        *KEYS,
        TEXT_NUMBERS,
        *COMMON,
    ),
    spills=Text("与区域同样的行和列", "the same rows and columns as the range"),
    example="=WINSORIZE(变量!C4:D304)",
)
def winsorize_range(range_: Block, options: Options) -> Spill:
    """Winsorize the columns of numbers."""
    table = _table(range_, options)
    low, high = _limits(options)
    changed: dict[int, Vector] = {}
    notes: list[Text] = []
    for column in value_columns(table, options):
        result = winsorize(table.numbers(column, blanks=True), low, high, trim=options.flag("trim"))
        changed[column] = result.values
        name = table.headers[column].name
        notes.append(
            Text(
                f"{name}：界限 {result.low:.6g} 和 {result.high:.6g}",
                f"{name}: cut-offs {result.low:.6g} and {result.high:.6g}",
            )
        )
        cells = [(int(row), column) for row in np.flatnonzero(result.changed)]
        notes.append(_listed(table, cells, f"{name}：改动", f"{name}: changed"))
    trimmed = (
        Text("截尾（设为缺失）", "trimmed (set to missing)") if options.flag("trim") else Text("缩尾", "winsorized")
    )
    return _whole_table(table, changed, options, (trimmed, *notes))


def _limits(options: Options) -> tuple[float, float]:
    words = options.names("limits") or ("0.01",)
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = [np.nan, np.nan]
    low, high = (numbers[0], 1 - numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[-1])
    if len(numbers) > 2:
        low = np.nan
    require_percentiles(low, high)
    return low, high


@worksheet_function(
    "LAGYEAR",
    Group.PREPARATION,
    summary=Text("按年份滞后一列（同省上一年）", "Lag a column by years within each province"),
    detail=Text(
        "按省份和年份对接（Stata 的 L.），不是下移一行：缺少上一年时得 #N/A。k 为负数则为提前。",
        "Joined on province and year (Stata's L.), not shifted by a row: where the earlier year is missing, #N/A. A negative "
        "k leads.",
    ),
    arguments=(
        PANEL,
        Argument("column", Text("列", "column"), Text("列名，或标题单元格", "A column's name, or its header cell"), Kind.COLUMNS),
        Argument(
            "k", Text("年数", "k"), Text("滞后几年，默认 1；负数为提前", "Years to lag, 1 by default; negative leads"), Kind.NUMBER,
            optional=True, default=1.0,
        ),
        OPTIONS,
    ),
    options=(*KEYS, TEXT_NUMBERS, *COMMON),
    spills=Text("每行一个数", "one number a row"),
    example='=LAGYEAR(变量!A4:P304,"AI",1)',
)  # fmt: skip
def lag_year(panel: Block, column: Block | str, k: float, options: Options) -> Spill:
    """Lag one column by `k` years."""
    table = _table(panel, options)
    if not float(k).is_integer():
        raise InputError(
            Text(f"年数 {k:g} 不是整数", f"{k:g} is no whole number of years"),
            Text("写 1、2 或 -1", "Write 1, 2 or -1"),
        )
    years, position = int(k), one_column(table, column)
    values = table.numbers(position, blanks=True)
    lagged = lag(read_keys(table, options), values, years)
    name = table.headers[position].name
    reason = Text(
        f"没有 {years} 年前的“{name}”。首年没有滞后值。",
        f"There is no {name} {years} years earlier. A first year has no lag.",
    )
    header = f"L{years}.{name}" if years >= 0 else f"F{-years}.{name}"
    return column_spill([header], [number_cells(lagged, reason)], options)


_STATISTICS: tuple[tuple[Text, Callable[..., float]], ...] = (
    (Text("样本数", "N"), lambda d: d.count),
    (Text("均值", "mean"), lambda d: d.mean),
    (Text("标准差", "sd"), lambda d: d.standard_deviation),
    (Text("最小值", "min"), lambda d: d.minimum),
    (Text("下四分位", "p25"), lambda d: d.lower_quartile),
    (Text("中位数", "p50"), lambda d: d.median),
    (Text("上四分位", "p75"), lambda d: d.upper_quartile),
    (Text("最大值", "max"), lambda d: d.maximum),
)


@worksheet_function(
    "DESCRIBE",
    Group.PREPARATION,
    summary=Text("描述性统计", "Descriptive statistics"),
    detail=Text(
        "样本数、均值、标准差（n-1）、最小值、四分位数、最大值；空格不计入，错误值和文字会指出来。四分位数按 Stata 的规则。",
        "N, mean, standard deviation (n-1), minimum, quartiles, maximum; blanks are not counted, errors and texts are "
        "refused by name. Quartiles by Stata's rule.",
    ),
    arguments=(_RANGE, OPTIONS),
    options=(_COLUMNS, *KEYS, TEXT_NUMBERS, *COMMON),
    shape=Shape.TABLE,
    spills=Text("每个变量一行：名称和八个统计量", "a row a variable: its name and eight statistics"),
    example="=DESCRIBE(变量!C4:K304)",
)
def describe_range(range_: Block, options: Options) -> Spill:
    """Describe each column of numbers."""
    table = _table(range_, options)
    rows: list[list[Output]] = []
    for column in value_columns(table, options):
        description = describe(table.numbers(column, blanks=True))
        rows.append([table.headers[column].text, *number_cells(float(get(description)) for _, get in _STATISTICS)])
    return row_spill([Text("变量", "variable"), *(label for label, _ in _STATISTICS)], rows, options)
