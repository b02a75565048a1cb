"""Sheet 模型: the study's whole plan (Tables 1-8, on simulated variables), and a plan on the real panel."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.example import heights, style
from lowcarbon_xl.example.style import TOP
from lowcarbon_xl.example.tables import ADDED, VARIABLES, read_example
from lowcarbon_xl.example.variables_sheet import CONTROLS
from lowcarbon_xl.names import OWN_MARK, PLAN_SHEET
from lowcarbon_xl.ribbon.plan import COLUMNS, KINDS

_HEADER = TOP + 1
_FIRST_PAGE = "J"
"""The last column of the first printed page."""
_SPARE = 30
"""Rows below the plan that have the dropdowns too."""
_SIMULATED = f"变量!A{TOP}:U{TOP + len(read_example('variables').rows)}"
_REAL = f"实证!A{TOP}:H{TOP + len(read_example('panel').rows)}"
_KEYS = ("CO2", "GTFP")
_TWO_WAY, _ROBUST = "双向", "稳健"
_PANEL = column_letters(1 + [column.key for column in COLUMNS].index("panel"))
_HEADERS = f"INDEX(INDIRECT(${_PANEL}{_HEADER + 1}),1,0)"
"""The names in the header row of the panel that the first row of the plan names; relative, so each row has its own."""
_CHOICES = {
    "kind": f'"{",".join(kind.zh for kind in KINDS.values())}"',
    "absorb": '"双向,省份,年份,无"',
    "vce": '"稳健,聚类(省份),普通,dk(1)"',
} | dict.fromkeys(("y", "x", "endogenous", "instruments", "by"), _HEADERS)

PlanCells = dict[str, str]


def paper_plan() -> Iterator[PlanCells]:
    """The study's models, in the order of its tables; outputs are sheets 表1 to 表8."""
    described = ",".join(list(VARIABLES.values())[:9]).replace("(对数)", "")
    yield _row("T1", "describe", x=described, output="表1", title="表1 描述性统计（模拟数据）")
    for y in _KEYS:
        for suffix, controls in (("a", ""), ("b", CONTROLS)):
            yield _model(f"T2-{y}{suffix}", 2, "基准回归", y, controls=controls)
    for table, instrument, what in ((3, "L.AI", "AI 的一阶滞后"), (4, "IV", "美国机器人")):
        for y in _KEYS:
            title = f"工具变量法：{what}"
            yield _model(f"T{table}-{y}", table, title, y, kind="IV", x="", endogenous="AI", instruments=instrument)
    for y in _KEYS:
        yield _model(f"T5-{y}-x", 5, "稳健性检验", y, x=ADDED["AIOther"])
    for y in _KEYS:
        yield _model(f"T5-{y}-y", 5, "稳健性检验", ADDED[f"{y}Other"])
    for y in _KEYS:
        yield _model(f"T5-{y}-s", 5, "稳健性检验", y, filter="直辖市=0")
    mediators = ",".join(VARIABLES[name] for name in ("Efficiency", "GreenTech", "Upgrading"))
    yield _model("T6", 6, "机制检验", "CO2", kind="mechanism", by=mediators, instruments="IV")
    for table, column in ((7, ADDED["Regulation"]), (8, ADDED["Industry"])):
        for y in _KEYS:
            title = f"异质性：按{column}分组"
            yield _model(
                f"T{table}-{y}", table, title, y, kind="heterogeneity", by=column, options="split=median; draws=200"
            )


def real_plan() -> Iterator[PlanCells]:
    """Productivity and emissions of the thirty provinces on capital deepening and energy intensity, real data."""
    emissions, productivity, titles = "劳均排放", "累积GTFP", ("表A1 描述性统计", "表A2 劳均排放", "表A3 累积 GTFP")
    x, control = "资本深化,能源强度", "劳均产出"
    models = {"panel": _REAL, "x": x, "absorb": _TWO_WAY, "vce": _ROBUST}
    clustered = models | {"vce": "聚类(省份)"}
    yield _row(
        "A1", "describe", x=f"{emissions},{productivity},{x},{control}", title=titles[0], panel=_REAL, output="表A1"
    )
    yield _row("A2-1", "TWFE", y=emissions, title=titles[1], output="表A2", **models)
    yield _row("A2-2", "TWFE", y=emissions, controls=control, title=titles[1], output="表A2", **models)
    yield _row("A2-3", "TWFE", y=emissions, controls=control, title=titles[1], output="表A2", **clustered)
    yield _row("A3-1", "TWFE", y=productivity, title=titles[2], output="表A3", **models)
    yield _row("A3-2", "TWFE", y=productivity, controls=control, title=titles[2], output="表A3", **models)
    yield _row("A3-3", "TWFE", y=productivity, controls=control, title=titles[2], output="表A3", **clustered)
    grouped = {"controls": control, "by": "区域", "options": "draws=200"}
    yield _row(
        "A4", "heterogeneity", y=productivity, title="表A4 累积 GTFP：分区域", output="表A4", **(models | grouped)
    )
    placebo = {"controls": control, "options": "draws=500"}
    yield _row("A5", "placebo", y=productivity, title="表A5 安慰剂检验：资本深化", output="表A5", **(models | placebo))


def _row(name: str, kind: str, **cells: str) -> PlanCells:
    return {"panel": _SIMULATED, **cells, "name": name, "kind": KINDS[kind].zh}


def _model(name: str, table: int, title: str, y: str, *, kind: str = "TWFE", **cells: str) -> PlanCells:
    common = {"x": "AI", "controls": CONTROLS, "absorb": _TWO_WAY, "vce": _ROBUST}
    heading = f"表{table} {title}（模拟数据）"
    return _row(name, kind, y=y, output=f"表{table}", title=heading, **(common | cells))


def add_plan(book: Workbook) -> Worksheet:
    """The sheet, complete; its results are made by ``lowcarbon run`` or the button 全部重算."""
    sheet = style.new_sheet(book, PLAN_SHEET)
    last_column = column_letters(len(COLUMNS))
    style.heading(
        sheet,
        "模型：一行一个模型，整个研究在一张表里",
        "The plan: a row a model; the study's Tables 1-8 on simulated variables, and a plan on the real panel",
        "在这里改模型，按“运行选中”或“全部重算”（没有 Excel 时：lowcarbon run 工作簿.xlsx）。同一输出表、同一表题的模型并排成一张三线表。"
        "T 开头的行是所依据论文表 1-8 的全部模型，用“变量”的模拟数据：只能重现方法，不能重现论文的数字（对照见“对照”）。"
        "A 开头的行用“实证”的真实面板。这个文件只存计划，结果表由运行生成。",
        _FIRST_PAGE,
        height=50,
    )
    for column, declared in enumerate(COLUMNS, start=1):
        shown = style.put(sheet, TOP, column, declared.help.zh)
        shown.font, shown.alignment, shown.fill = style.font(8), style.TOP_LEFT, style.RESULT_FILL
        style.header_cell(style.put(sheet, _HEADER, column, declared.header.zh))
        sheet.column_dimensions[column_letters(column)].width = declared.width
    sheet.row_dimensions[TOP].height, sheet.row_dimensions[_HEADER].height = 38, 22
    rows = [*paper_plan(), *real_plan()]
    for row, cells in enumerate(rows, start=_HEADER + 1):
        _write_row(sheet, row, cells)
    last = _HEADER + len(rows)
    for column, declared in enumerate(COLUMNS, start=1):
        _add_choices(sheet, column, declared.key, last + _SPARE)
    sheet.defined_names[OWN_MARK] = DefinedName(OWN_MARK, attr_text="TRUE")  # a run then fits the rows to what it says
    style.page(sheet, f"A1:{last_column}{last}", titles=False, freeze=f"B{_HEADER + 1}")
    sheet.print_title_rows = f"{_HEADER}:{_HEADER}"
    sheet.page_setup.fitToWidth = 2  # sixteen columns on one page would be too small to read
    return sheet


def _write_row(sheet: Worksheet, row: int, cells: PlanCells) -> None:
    for column, declared in enumerate(COLUMNS, start=1):
        cell = style.put(sheet, row, column, cells.get(declared.key))
        style.body(cell, "@", given=True)
        cell.alignment = style.TOP_LEFT
    widths = {column_letters(i): declared.width for i, declared in enumerate(COLUMNS, start=1)}
    texts = {column_letters(i): cells.get(declared.key, "") for i, declared in enumerate(COLUMNS, start=1)}
    heights.fit_height(sheet, row, texts, widths)


def _add_choices(sheet: Worksheet, column: int, key: str, last: int) -> None:
    """A dropdown; what is not in it may be written too, as ``聚类(城市)`` and several names."""
    if key not in _CHOICES:
        return
    choices = DataValidation(type="list", formula1=_CHOICES[key], allow_blank=True, showErrorMessage=False)
    letter = column_letters(column)
    choices.add(f"{letter}{_HEADER + 1}:{letter}{last}")
    sheet.add_data_validation(choices)
