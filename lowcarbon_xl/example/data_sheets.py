"""The sheets 面板, 区域, 能源 and 资本: data on the left, results of ours beside them."""

from __future__ import annotations

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import style
from lowcarbon_xl.example.charts import region_chart
from lowcarbon_xl.example.style import THREE, TOP, TWO, WHOLE, YEAR
from lowcarbon_xl.example.tables import REGIONS, ExampleTable, read_example, thirty


def add_panel(book: Workbook) -> Worksheet:
    """Sheet 面板: the real panel, GTFP, SBMDDF and ABATEMENTCOST beside it, and one explained #N/A."""
    sheet = style.new_sheet(book, "面板")
    table = read_example("panel")
    style.heading(
        sheet,
        "30 个省份投入产出面板，2003-2019",
        "Inputs and outputs of 30 provinces, 2003-2019 (real data)",
        "真实数据。来源：PyPI 软件包 deabook 0.0.10 的 china data.xlsx，MIT 许可，Copyright (c) 2025 advancehs。来源没有给出各列单位，"
        "所以表头不写单位；效率和指数与单位无关。省份名称已规范，按行政区划代码排序，数值未改动。",
        "H",
    )
    cells = style.data_table(sheet, table, ["@", YEAR, TWO, WHOLE, TWO, WHOLE, TWO])
    last = TOP + len(table.rows)
    _add_regions(sheet, table)
    index, efficiency = f"=GTFP({cells})", f'=SBMDDF({cells},"detail=slacks")'
    style.caption(sheet, "J1", "绿色全要素生产率（GML）及其分解", "GTFP")
    style.caption(sheet, "J2", "J4：", index)
    style.note(sheet, f"J{TOP - 1}:M{TOP - 1}", f"=WHY(J{TOP + 1})", alert=False)
    style.result(sheet, f"J{TOP}:M{last}", index)
    style.caption(sheet, "O1", "SBM 方向性距离函数：无效率值和松弛量（0 为有效）", "SBMDDF")
    style.caption(sheet, "O2", "O4：", efficiency)
    style.result(sheet, f"O{TOP}:T{last}", efficiency, TWO)
    for row in range(TOP + 1, last + 1):
        style.put(sheet, row, 15).number_format = THREE
    cost = f"=ABATEMENTCOST({cells})"
    style.caption(sheet, "V1", "二氧化碳的边际减排成本及其范围（期望产出/非期望产出）")
    style.caption(sheet, "V2", "V4：", cost)
    style.result(sheet, f"V{TOP}:X{last}", cost)
    style.widths(
        sheet,
        {
            "A": 10,
            "B": 8,
            "C:G": 12.5,
            "H": 8,
            "I": 2,
            "J:M": 10.5,
            "N": 2,
            "O": 10.5,
            "P:T": 13,
            "U": 2,
            "V": 14,
            "W:X": 11,
        },
    )
    sheet.auto_filter.ref = f"A{TOP}:H{last}"
    style.page(sheet, f"A1:X{last}", freeze=f"C{TOP + 1}")
    return sheet


def _add_regions(sheet: Worksheet, table: ExampleTable) -> None:
    """Column H: the three regions, for the means on sheet 区域; not part of the range of GTFP."""
    region = {unit.zh: REGIONS[unit.region3] for unit in thirty()}
    style.header_cell(style.put(sheet, TOP, 8, "区域"))
    for offset, row in enumerate(table.rows, start=1):
        cell = style.put(sheet, TOP + offset, 8, region[str(row[0])])
        style.body(cell, "@", given=True)
        cell.alignment = style.CENTRE


def add_regions(book: Workbook, rows: int) -> Worksheet:
    """Sheet 区域: mean cumulative index by region and year, by ordinary formulas, and the chart."""
    sheet = style.new_sheet(book, "区域")
    style.heading(
        sheet,
        "分区域累积绿色全要素生产率",
        "Cumulative green total factor productivity by region",
        "各区域省份累积指数（GML，2003=1）的算术平均，由普通公式 AVERAGEIFS 从“面板”的溢出结果算出。东、中、西按国家统计局三大地带划分。",
        "N",
        height=20,
    )
    last = TOP + rows
    years = range(2003, 2020)
    style.header_cell(style.put(sheet, TOP, 1, "年份"))
    for column, region in enumerate(REGIONS.values(), start=2):
        style.header_cell(style.put(sheet, TOP, column, region))
    for row, year in enumerate(years, start=TOP + 1):
        style.body(style.put(sheet, row, 1, year), YEAR, given=True)
        for column, letter in enumerate("BCD", start=2):
            formula = (
                f"=AVERAGEIFS(面板!$M${TOP + 1}:$M${last},面板!$H${TOP + 1}:$H${last},{letter}${TOP},"
                f"面板!$B${TOP + 1}:$B${last},$A{row})"
            )
            style.body(style.put(sheet, row, column, formula), THREE)
    sheet.row_dimensions[TOP].height = 22
    sheet.add_chart(region_chart(sheet, len(years)), f"F{TOP}")
    style.widths(sheet, {"A:D": 10, "E": 2, "F:N": 10})
    style.page(sheet, f"A1:N{TOP + len(years) + 6}", freeze=f"A{TOP + 1}")
    return sheet


def add_energy(book: Workbook) -> Worksheet:
    """Sheet 能源: nine fuels (and electricity, for SCOPES), total CO2 and CO2 by fuel."""
    sheet = style.new_sheet(book, "能源")
    table = read_example("energy")
    style.heading(
        sheet,
        "30 个省份九种能源消费量，2019-2022（模拟）",
        "Consumption of nine fuels in 30 provinces, 2019-2022 (simulated)",
        "模拟数据：由固定种子的随机数生成，不是任何省份的统计数字，只用来演示 EMISSIONS。实物量以万吨计，天然气以亿立方米计。",
        "L",
        height=32,
    )
    everything = style.data_table(sheet, table, ["@", YEAR, *[TWO] * 10])
    last = TOP + len(table.rows)
    cells = f"A{TOP}:K{last}"
    total, detail = f"=EMISSIONS({cells})", f'=EMISSIONS({cells},,"detail=fuel")'
    style.caption(sheet, "N1", "二氧化碳排放合计（万吨）")
    style.caption(sheet, "N2", "N4：", total)
    style.caption(sheet, "P1", "二氧化碳排放，分品种（万吨）")
    style.caption(sheet, "P2", "P4：", detail)
    style.result(sheet, f"N{TOP}:N{last}", total, TWO)
    style.result(sheet, f"P{TOP}:Y{last}", detail, TWO)
    style.widths(sheet, {"A": 10, "B": 8, "C:L": 11, "M": 2, "N": 24, "O": 2, "P:X": 12, "Y": 13})
    sheet.auto_filter.ref = everything
    areas = f"A1:N{last},P{TOP}:Y{last}"
    style.page(sheet, areas, tab=style.WARNING, freeze=f"C{TOP + 1}", key_columns="A:B")
    return sheet


def add_capital(book: Workbook) -> Worksheet:
    """Sheet 资本: national accounts, capital stock and real GDP."""
    sheet = style.new_sheet(book, "资本")
    table = read_example("capital")
    style.heading(
        sheet,
        "6 个省份国民核算数据，2000-2010（模拟）",
        "National accounts of six provinces, 2000-2010 (simulated)",
        "模拟数据：由固定种子的随机数生成，不是任何省份的统计数字，只用来演示 CAPITALSTOCK 和 REALGDP。指数以上年为 100。",
        "F",
    )
    cells = style.data_table(sheet, table, ["@", YEAR, TWO, "0.0", TWO, "0.0"])
    last = TOP + len(table.rows)
    stock, gdp = f"=CAPITALSTOCK({cells})", f"=REALGDP({cells})"
    style.caption(sheet, "H1", "资本存量（单豪杰 2008）与实际 GDP，2000 年价")
    style.caption(sheet, "H2", "H4：", stock)
    style.caption(sheet, "J2", "J4：", gdp)
    style.note(sheet, f"H{TOP - 1}:J{TOP - 1}", f"=WHY(H{TOP + 2})", alert=False)
    style.result(sheet, f"H{TOP}:H{last}", stock, TWO)
    style.result(sheet, f"J{TOP}:J{last}", gdp, TWO)
    style.widths(sheet, {"A": 10, "B": 8, "C:F": 17, "G": 2, "H": 26, "I": 2, "J": 26})
    sheet.auto_filter.ref = cells
    style.page(sheet, f"A1:J{last}", tab=style.WARNING, freeze=f"C{TOP + 1}")
    sheet.row_dimensions[TOP - 1].height = 62
    return sheet
