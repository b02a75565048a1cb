"""Template: the plan sheet with its dropdowns and examples, and a sheet that shows how a panel is kept."""

from __future__ import annotations

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Output, column_letters, quote_sheet
from lowcarbon_xl.errors import Text
from lowcarbon_xl.names import PLAN_NAMES, PLAN_SHEET
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, fit_rows, local_address, read_block
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.find_table import tables
from lowcarbon_xl.ribbon.looks import HEAD
from lowcarbon_xl.ribbon.plan import COLUMNS, KINDS
from lowcarbon_xl.ribbon.snapshot import find_sheet
from lowcarbon_xl.sheet.header import fold, read_header
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, REGION_HEADERS, YEAR_HEADERS

HEADER_ROW = 4
_HEAD, _INPUT, _NOTE = (31, 92, 87), (255, 249, 227), HEAD
_ROWS = 60
"""Rows that get dropdowns."""
_PRINTED = 20
_CHOICES = {
    "absorb": Text("双向,省份,年份,无", "two-way,province,year,none"),
    "vce": Text("稳健,聚类(省份),普通,dk(1)", "robust,cluster(province),iid,dk(1)"),
}
_PANEL_NAME = Text("数据模板", "Panel template")
_PANEL_ROWS: list[list[Output]] = [
    ["省份", "年份", "就业人员(万人)", "资本存量(亿元)", "能源消费(万吨标准煤)", "实际GDP(亿元)", "二氧化碳(万吨)"],
    ["北京", 2020.0, 1163.0, 30250.0, 6762.0, 26800.0, 8100.0],
    ["北京", 2021.0, 1158.0, 32100.0, 7104.0, 29150.0, 8350.0],
    ["天津", 2020.0, 647.0, 24800.0, 8104.0, 12600.0, 14200.0],
    ["天津", 2021.0, 641.0, 25900.0, 8206.0, 13420.0, 14350.0],
]


@ribbon_button(
    "template",
    Chapter.DATA,
    label=Text("新建模板", "Template"),
    tip=Text(
        "新建“模型”表（每行一个模型，带下拉和示例）和一个示例面板表；已有的不改动。",
        "Make the plan sheet (a row a model, with dropdowns and examples) and an example of a panel; existing ones stay.",
    ),
    image="FileNew",
    large=True,
)
def template(desk: Desk) -> Text:
    """Make what is missing of the two sheets."""
    made: list[str] = []
    kept: list[str] = []
    panel_name = _PANEL_NAME[desk.language]
    example = _example_panel(desk)
    if any(find_sheet(desk.book, name) for name in _PANEL_NAME_BOTH):
        kept.append(panel_name)
    else:
        _panel_sheet(desk, panel_name)
        made.append(panel_name)
    if any(find_sheet(desk.book, name) for name in PLAN_NAMES):
        kept.append(PLAN_SHEET)
    else:
        _plan_sheet(desk, example)
        made.append(PLAN_SHEET)
    zh = (f"新建 {'、'.join(made)}" if made else "") + (f"已有 {'、'.join(kept)}，没有改动" if kept else "")
    en = (f"made {', '.join(made)}" if made else "") + (f"{', '.join(kept)} there already, unchanged" if kept else "")
    return Text(zh, en)


_PANEL_NAME_BOTH = (_PANEL_NAME.zh, _PANEL_NAME.en)


def _panel_sheet(desk: Desk, name: str) -> None:
    sheet = desk.new_sheet(name)
    head: list[list[Output]] = [
        [
            Text(
                "面板数据模板：一行一个省份、一个年份；示例数字请换成自己的",
                "Panel template: a row a province and year",
            )
        ],
        [Text("第一行列名带单位；空格表示没有数据，不是 0", "Names carry units; a blank is no data, never 0")],
    ]
    title = desk.write(sheet, 1, 1, head)
    title.font.bold = True
    rows = desk.write(sheet, 4, 1, _PANEL_ROWS)
    _header(area(sheet, 4, 1, 1, len(_PANEL_ROWS[0])))
    area(sheet, 5, 1, rows.shape[0] - 1, rows.shape[1]).color = _INPUT
    area(sheet, 5, 3, rows.shape[0] - 1, rows.shape[1] - 2).number_format = "#,##0.00"
    for column, width in enumerate((10, 8, 16, 16, 22, 16, 16), start=1):
        desk.set_width(sheet, column, width)


def _header(cells: Range) -> None:
    cells.font.bold = True
    cells.font.color = (255, 255, 255)
    cells.color = _HEAD
    cells.wrap_text = True
    cells.vertical_alignment = "center"
    cells.horizontal_alignment = "center"


def _plan_sheet(desk: Desk, example: tuple[str, list[str]] | None) -> None:
    sheet = desk.new_sheet(PLAN_SHEET)
    titles: list[list[Output]] = [
        [Text("模型：每行一个模型", "The plan: a row a model")],
        [
            Text(
                "填好后按“运行选中”或“全部重算”。同一输出表、同一表题的模型并排成一张三线表；写错的行标红，原因在“状态”列。",
                "Press Run selected or Run all. Models of one output sheet and title form one table; a wrong row turns red and "
                "says why in its last column.",
            )
        ],
        [""],
    ]
    desk.write(sheet, 1, 1, titles[:2])
    area(sheet, 1, 1, 1, 1).font.size = 14
    area(sheet, 1, 1, 1, 1).font.bold = True
    helps: list[Output] = [column.help for column in COLUMNS]
    desk.write(sheet, HEADER_ROW - 1, 1, [helps])
    note = area(sheet, HEADER_ROW - 1, 1, 1, len(COLUMNS))
    note.font.size, note.wrap_text, note.color, note.vertical_alignment = 8, True, _NOTE, "top"
    desk.write(sheet, HEADER_ROW, 1, [[column.header for column in COLUMNS]])
    _header(area(sheet, HEADER_ROW, 1, 1, len(COLUMNS)))
    rows = _examples(example, desk)
    desk.write(sheet, HEADER_ROW + 1, 1, rows)
    body = area(sheet, HEADER_ROW + 1, 1, _ROWS, len(COLUMNS) - 1)
    body.number_format = "@"
    body.wrap_text = True
    body.vertical_alignment = "center"
    body.color = _INPUT
    status = area(sheet, HEADER_ROW + 1, len(COLUMNS), _ROWS, 1)
    status.wrap_text, status.vertical_alignment = True, "center"
    for column, declared in enumerate(COLUMNS, start=1):
        desk.set_width(sheet, column, declared.width)
    sheet.range((HEADER_ROW - 1, 1)).row_height = 48
    fit_rows(sheet, HEADER_ROW + 1, rows, [column.width for column in COLUMNS], desk.language)
    sheet.range((HEADER_ROW, 1)).row_height = 30
    _dropdowns(desk, sheet)
    desk.native.set_page(area(sheet, 1, 1, HEADER_ROW + _PRINTED, len(COLUMNS)))


def _dropdowns(desk: Desk, sheet: Sheet) -> None:
    """Lists for kinds, effects and errors; column names out of the panel named in the same row."""
    lists = {key: text[desk.language] for key, text in _CHOICES.items()}
    lists["kind"] = ",".join(text[desk.language] for text in KINDS.values())
    panel = column_letters(1 + next(i for i, c in enumerate(COLUMNS) if c.key == "panel"))
    header = f"=INDEX(INDIRECT(${panel}{HEADER_ROW + 1}),1,0)"
    lists |= dict.fromkeys(("y", "x", "endogenous", "instruments", "by"), header)
    for column, declared in enumerate(COLUMNS, start=1):
        if declared.key in lists:
            desk.native.add_dropdown(area(sheet, HEADER_ROW + 1, column, _ROWS, 1), lists[declared.key])


def _example_panel(desk: Desk) -> tuple[str, list[str]] | None:
    """A panel of the workbook with province, year and at least three variables, the widest one; and its variables."""
    best: tuple[str, list[str]] | None = None
    keys = PROVINCE_HEADERS | REGION_HEADERS | YEAR_HEADERS
    for sheet in desk.book.sheets:
        if not sheet.visible or is_own(sheet):
            continue
        for table in tables(sheet):
            block = read_block(table)
            names = [read_header(cell).name for cell in block.values[0] if isinstance(cell, str)]
            folded = set(map(fold, names))
            if not (folded & (PROVINCE_HEADERS | REGION_HEADERS) and folded & YEAR_HEADERS):
                continue
            numeric = {j for j, cell in enumerate(block.values[1]) if isinstance(cell, float | int)}
            variables = [n for j, n in enumerate(names) if j in numeric and fold(n) not in keys]
            if len(variables) >= 3 and (best is None or len(variables) > len(best[1])):
                best = (f"{quote_sheet(sheet.name)}!{local_address(table)}", variables)
    return best


def _examples(example: tuple[str, list[str]] | None, desk: Desk) -> list[list[Output]]:
    """Rows to start from: on the workbook's own panel where it has one."""
    where, names = example or (f"{_PANEL_NAME[desk.language]}!A4:G8", ["二氧化碳", "能源消费", "实际GDP", "就业人员"])
    y, x, *rest = names
    controls = ",".join(rest[:2])
    first, second = Text("表1 描述性统计", "Table 1 Description"), Text("表2 基准回归", "Table 2 Baseline")

    def row(**cells: Output) -> list[Output]:
        return [cells.get(column.key) for column in COLUMNS]

    def kind(name: str) -> Text:
        return KINDS[name]

    results = Text("结果", "Results")
    effects, errors = Text("双向", "two-way"), Text("稳健", "robust")
    common: dict[str, Output] = {"panel": where, "y": y, "x": x, "absorb": effects, "vce": errors, "output": results}
    listed = ",".join(names[: 2 + len(rest[:2])])
    return [
        row(name="D1", kind=kind("describe"), panel=where, x=listed, output=results, title=first),
        row(name="M1", kind=kind("TWFE"), title=second, **common),
        row(name="M2", kind=kind("TWFE"), controls=controls, title=second, **common),
    ]
