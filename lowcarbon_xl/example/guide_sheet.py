"""Sheet 说明: what this is, five steps, colours, what is real and what is simulated, sources and licences."""

from __future__ import annotations

from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import heights, style

_WHAT = (
    "低碳核算（lowcarbon_xl）是电子表格里的一组函数：在单元格里写 =GTFP(区域)、=EMISSIONS(区域)、=TWFE(区域,…)，结果连同标题溢出到旁边。"
    "这个工作簿是它的示例：每种核算一张表，左边是数据，右边是公式和结果。",
    "文件里的结果已经算好，没有插件的 Excel 打开时显示这些值；改动数据以后要由插件或 lowcarbon run 重新计算，否则会显示 #NAME?。",
    "LowCarbon is a set of worksheet functions: write =GTFP(range), =EMISSIONS(range), =TWFE(range, ...) and the result spills beside "
    "the data. This workbook is its worked example; its results are computed already.",
)
_STEPS = (
    (
        "把数据放好：第一行是列名，每行一个省份一年。省份、年份按列名识别，"
        "写法不必统一（北京、北京市、110000 都可以）；列名里可以写单位，如“原煤(万吨)”。",
        "Lay out the data: column names first, one row a province and year.",
    ),
    (
        "先审核：=AUDIT(区域)。重复的省份年份、文本数字、错误值、空格和负数都会指到单元格。",
        "Audit first: =AUDIT(range) names every duplicate, text-number, error, blank and negative by its cell.",
    ),
    (
        '在数据右边的空白处写公式，例如 =GTFP(A4:G514)。最后一个参数是选项，例如 "rts=VRS; index=ML"；可用的选项见“函数手册”。',
        "Write the formula in an empty place beside the data; the last argument holds options.",
    ),
    (
        "计算：装了插件的 Excel 会自动计算；没有 Excel 时在命令行运行 lowcarbon run 工作簿.xlsx，得到写好全部结果的副本，原文件不动。",
        "Compute: Excel with the add-in does it by itself; without Excel run: lowcarbon run BOOK.xlsx",
    ),
    (
        "对结果有疑问，写 =WHY(单元格)：错误值给出原因和改法，数字给出所用口径。引用结果时把口径一并写上。",
        "Ask =WHY(cell): the reason of an error, or the conventions behind a number.",
    ),
)
_COLOURS = (
    (style.INPUT_FILL, style.LINK, "蓝字浅黄底", "输入的数据，可以改", "inputs, to be edited"),
    (style.RESULT_FILL, style.INK, "黑字浅绿底", "公式和溢出结果，不要改", "formulas and what they spill"),
    (style.RESULT_FILL, "B8B8B8", "#N/A", "不存在的结果（如首年没有指数），用 WHY 查原因", "not available; ask WHY"),
    (
        style.ALERT_FILL,
        style.WARNING,
        "橙字橙底",
        "数据来源和必须注意的事；橙色标签的工作表是模拟数据",
        "sources and warnings; orange tabs are simulated",
    ),
)
_SHEETS = (
    ("面板", "真实数据", "30 个省份 2003-2019 的投入产出；GTFP、SBMDDF、ABATEMENTCOST、WHY"),
    ("区域", "由面板算出", "东、中、西部累积 GTFP 的均值和图；普通公式"),
    ("能源", "模拟数据", "30 个省份 2019-2022 的九种能源；EMISSIONS"),
    ("资本", "模拟数据", "6 个省份 2000-2010 的国民核算；CAPITALSTOCK、REALGDP"),
    ("指标", "模拟数据", "6 个省份的产业和 30 个省份的机器人；UPGRADING、ENERGYEFFICIENCY、ENTROPYINDEX、ROBOTS"),
    ("变量", "模拟数据", "30 个省份 2013-2022 的回归变量；DESCRIBE、TWFE，旁边有真值"),
    ("回归", "由变量算出", "MECHANISM、HETEROGENEITY、ROBUSTNESS、PLACEBO、IVREG，各有一句解释"),
    ("实证", "由面板算出", "真实面板的回归变量：劳均排放、累积 GTFP、资本深化、能源强度；普通公式"),
    ("模型", "计划", "一行一个模型：论文表 1-8（模拟数据）和真实面板的回归；lowcarbon run 或“全部重算”得到三线表"),
    ("对照", "由变量算出", "我们的结果和论文印刷的数字并列，真值，以及论文印刷中的矛盾"),
    ("核验", "由面板算出", "LPAUDIT 和验算它的普通公式；SENSITIVITY、FRONTIERUNITS"),
    ("发表", "虚构", "一张回归表和 CHECKTABLE 找出的矛盾"),
    ("审核", "由各表算出", "AUDIT 的审核意见"),
    ("函数手册", "由程序生成", "每个函数的写法、参数、选项、口径和示例"),
)
_SOURCES = (
    "面板：PyPI 软件包 deabook 0.0.10 的 china data.xlsx，MIT 许可，Copyright (c) 2025 advancehs；来源没有给出单位。",
    "能源、资本、指标、变量：由 lowcarbon_xl 的固定种子随机数生成，可随意使用；其中任何数字都不能当作省份统计数据引用。",
    "排放因子：GB/T 2589 的低位热值乘《省级温室气体清单编制指南》的含碳量和氧化率（A 组，默认），或 IPCC 2006 缺省值（B 组）。",
    "程序和本工作簿：MIT 许可，lowcarbon_xl contributors。",
)


def add_guide(book: Workbook) -> Worksheet:
    """The first sheet."""
    sheet = style.new_sheet(book, "说明", 0)
    style.widths(sheet, {"A": 2, "B": 14, "C": 14, "D": 72})
    style.write(sheet, "B1", "低碳核算示例工作簿", size=20, bold=True, colour=style.ACCENT)
    style.write(sheet, "B2", "lowcarbon_xl: the worked example", size=10, colour=style.MUTED)
    sheet.row_dimensions[1].height = 36
    row = _paragraphs(sheet, _section(sheet, 4, "这是什么", "What this is"), _WHAT)
    row = _steps(sheet, _section(sheet, row + 1, "五步用起来", "Five steps"))
    row = _colours(sheet, _section(sheet, row + 1, "颜色", "Colours"))
    row = _sheets(
        sheet, _section(sheet, row + 1, "工作表：哪些是真的，哪些是模拟的", "Sheets: what is real, what is simulated")
    )
    row = _paragraphs(sheet, _section(sheet, row + 1, "来源和许可", "Sources and licences"), _SOURCES)
    style.page(sheet, f"A1:D{row - 1}", landscape=False, titles=False)
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_view.tabSelected = True
    return sheet


def _section(sheet: Worksheet, row: int, zh: str, en: str) -> int:
    style.write(sheet, f"B{row}", zh, size=12, bold=True, colour=style.ACCENT)
    style.write(sheet, f"D{row}", en, size=9, colour=style.MUTED).alignment = style.RIGHT
    for column in "BCD":
        sheet[f"{column}{row}"].border = style.UNDERLINE
    sheet.row_dimensions[row].height = 22
    return row + 1


def _paragraphs(sheet: Worksheet, row: int, texts: tuple[str, ...]) -> int:
    for text in texts:
        heights.paragraph(sheet, f"B{row}:D{row}", text, 98)
        row += 1
    return row


def _steps(sheet: Worksheet, row: int) -> int:
    for number, (zh, en) in enumerate(_STEPS, start=1):
        style.write(sheet, f"B{row}", f"第 {number} 步", bold=True).alignment = style.TOP_LEFT
        heights.paragraph(sheet, f"C{row}:D{row}", f"{zh}\n{en}", 84)
        row += 1
    return row


def _colours(sheet: Worksheet, row: int) -> int:
    for background, colour, name, zh, en in _COLOURS:
        cell = style.write(sheet, f"B{row}", name, colour=colour)
        cell.fill = background
        cell.alignment = style.TOP_LEFT
        style.write(sheet, f"C{row}", f"{zh}  ({en})")
        sheet.row_dimensions[row].height = 18
        row += 1
    return row


def _sheets(sheet: Worksheet, row: int) -> int:
    for name, origin, content in _SHEETS:
        link = style.write(sheet, f"B{row}", name, colour=style.LINK)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!A1")
        link.font = style.font(10, colour=style.LINK)
        colour = style.WARNING if origin == "模拟数据" else style.INK
        style.write(sheet, f"C{row}", origin, colour=colour)
        style.write(sheet, f"D{row}", content)
        sheet.row_dimensions[row].height = 18
        row += 1
    return row
