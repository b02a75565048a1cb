"""The buttons of the ribbon, until each is declared where it does its work."""

from __future__ import annotations

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.classic.ribbon import RibbonButton

DATA = Text("数据", "Data")
AUDIT = Text("审核", "Audit")
ACCOUNT = Text("核算", "Account")
EFFICIENCY = Text("效率", "Efficiency")
REGRESS = Text("回归", "Regress")
HELP = Text("帮助", "Help")


def _button(
    name: str, group: Text, label: Text, supertip: Text, image: str, *, large: bool = False, callback: str = "LcPress"
) -> RibbonButton:
    """A button whose tooltip is headed by its label."""
    return RibbonButton(name, group, label, label, supertip, image, large, callback)


BUTTONS: tuple[RibbonButton, ...] = (
    _button(
        "template",
        DATA,
        Text("新建模板", "Template"),
        Text("新建带标题、单位和示例的面板表。", "Add a sheet with headers, units and an example of a panel."),
        "FileNew",
        large=True,
    ),
    _button(
        "fill_gaps",
        DATA,
        Text("插值", "Fill gaps"),
        Text("按省份补齐年份之间的空缺，并列出每一格。", "Fill gaps between years by province and list every cell."),
        "FillDown",
    ),
    _button(
        "winsorize",
        DATA,
        Text("缩尾", "Winsorize"),
        Text("把极端值缩到分位数，并列出原值。", "Pull extreme values in to a quantile and list what stood there."),
        "Filter",
    ),
    _button(
        "fit_array",
        DATA,
        Text("数组填充", "Fit array"),
        Text(
            "旧版 Excel：把当前公式按结果大小填成数组公式；数据变了再按一次。",
            "Older Excel: enter the formula as an array of its result's size; press again after the data changed.",
        ),
        "TableInsert",
        callback="LcFitArray",
    ),
    _button(
        "check",
        AUDIT,
        Text("一键审核", "Check"),
        Text(
            "检查选中区域：错误必须改正，疑点须核实说明。",
            "Check the selected range: errors, and doubts to be explained.",
        ),
        "ErrorChecking",
        large=True,
    ),
    _button(
        "trace",
        AUDIT,
        Text("溯源", "Trace"),
        Text("从结果追到产生它的数据。", "From a result to the data that made it."),
        "TracePrecedents",
    ),
    _button(
        "stale",
        AUDIT,
        Text("过期检查", "Stale?"),
        Text("列出输入已改动、需要重算的结果。", "List results whose inputs have changed."),
        "RefreshAll",
    ),
    _button(
        "explain",
        AUDIT,
        Text("填写说明", "Explain"),
        Text("给须核实的疑点写说明，随结果打印。", "Explain a finding; the explanation is printed with the result."),
        "ReviewNewComment",
    ),
    _button(
        "ledger",
        AUDIT,
        Text("台账", "Ledger"),
        Text("打开运行台账：输入、口径、版本。", "Open the ledger of runs: inputs, conventions, versions."),
        "Consolidate",
    ),
    _button(
        "emissions",
        ACCOUNT,
        Text("碳排放", "Emissions"),
        Text(
            "在选中的能源表旁写入 EMISSIONS 公式。", "Write an EMISSIONS formula beside the selected table of energy."
        ),
        "FunctionWizard",
        large=True,
    ),
    _button(
        "capital_stock",
        ACCOUNT,
        Text("资本存量", "Capital"),
        Text("永续盘存法，写入 CAPITALSTOCK 公式。", "Perpetual inventory: write a CAPITALSTOCK formula."),
        "AccountingFormat",
    ),
    _button(
        "deflate",
        ACCOUNT,
        Text("实际GDP", "Deflate"),
        Text("按指数折算到基年价格，写入 REALGDP 公式。", "GDP at base-year prices: write a REALGDP formula."),
        "CalculateNow",
    ),
    _button(
        "indices",
        ACCOUNT,
        Text("指数", "Indices"),
        Text("机器人渗透度、综合指数、升级指标。", "Robot exposure, composite index, upgrading."),
        "ChartTypeColumnInsertGallery",
    ),
    _button(
        "sbm",
        EFFICIENCY,
        Text("SBM 效率", "SBM efficiency"),
        Text("无效率值、松弛量和标杆，写入 SBMDDF 公式。", "Inefficiency, slacks and peers: write an SBMDDF formula."),
        "ChartTypeXYScatterInsertGallery",
    ),
    _button(
        "gtfp",
        EFFICIENCY,
        Text("GTFP", "GTFP"),
        Text("绿色全要素生产率指数及其分解。", "Green total factor productivity and its decomposition."),
        "ChartTypeLineInsertGallery",
        large=True,
    ),
    _button(
        "sensitivity",
        EFFICIENCY,
        Text("敏感性", "Sensitivity"),
        Text("结论在其他口径下是否成立。", "Whether the verdicts hold under other conventions."),
        "WhatIfAnalysisMenu",
    ),
    _button(
        "run_selected",
        REGRESS,
        Text("运行选中", "Run selected"),
        Text("运行“模型”表中选中的行。", "Run the selected rows of the sheet of models."),
        "MacroPlay",
        large=True,
    ),
    _button(
        "run_all",
        REGRESS,
        Text("全部重算", "Run all"),
        Text("运行“模型”表的所有行。", "Run every row of the sheet of models."),
        "CalculateSheet",
    ),
    _button(
        "table",
        REGRESS,
        Text("三线表", "Table"),
        Text("把所选模型排成三线表。", "Set the selected models as a table for print."),
        "BordersAll",
    ),
    _button(
        "export_do",
        REGRESS,
        Text("导出 do 文件", "Export .do"),
        Text("导出 Stata 程序和所用数据，供他人复算。", "Export a Stata program and its data for replication."),
        "ExportTextFile",
    ),
    _button(
        "manual",
        HELP,
        Text("函数手册", "Manual"),
        Text("所有函数、参数、选项和例子。", "All functions, arguments, options and examples."),
        "Help",
        large=True,
    ),
    _button(
        "language",
        HELP,
        Text("中/EN", "EN/中"),
        Text("切换按钮、向导和结果标题的语言。", "Switch the language of buttons, wizard and headers."),
        "SetLanguage",
        callback="LcSwitchLanguage",
    ),
    _button(
        "log",
        HELP,
        Text("日志", "Log"),
        Text("最近的运行和错误原因。", "Recent runs and the reasons of errors."),
        "FileProperties",
    ),
    _button(
        "doctor",
        HELP,
        Text("诊断", "Doctor"),
        Text("检查 Python、xlwings、信任设置和策略。", "Check Python, xlwings, trust settings and policies."),
        "AcceptTask",
    ),
)
