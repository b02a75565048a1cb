"""Sheet 指标: three indicators of a panel of sectors, and robot exposure with its instrument."""

from __future__ import annotations

from openpyxl.styles import Alignment
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import style
from lowcarbon_xl.example.style import TOP, TWO, WHOLE, YEAR
from lowcarbon_xl.example.tables import read_example, thirty


def add_indicators(book: Workbook) -> Worksheet:
    """The sheet, complete."""
    sheet = style.new_sheet(book, "指标")
    style.heading(
        sheet,
        "指标：产业升级、能源效率、综合指数、机器人渗透度（模拟）",
        "Indicators: upgrading, energy efficiency, composite index, robot exposure (simulated)",
        "模拟数据：由固定种子的随机数生成，不是任何省份的统计数字，只用来演示 UPGRADING、ENERGYEFFICIENCY、ENTROPYINDEX 和 ROBOTS。"
        "增加值和 GDP 为不变价；就业的基年为 2004 年，外国就业的基年为 1990 年。",
        "M",
        height=34,
    )
    areas = [*_add_sectors(sheet), *_add_robots(sheet)]
    style.page(sheet, ",".join(areas), tab=style.WARNING, freeze=f"A{TOP + 1}")
    return sheet


def _add_sectors(sheet: Worksheet) -> list[str]:
    """Columns A to V: the panel, three indicators beside it, and the weights behind the third."""
    table = read_example("sectors")
    last = TOP + len(table.rows)
    cells = style.data_table(sheet, table, ["@", YEAR, *[TWO] * 11])
    green = f"K{TOP}:M{last}"
    style.caption(sheet, "O1", "产业升级（万元/人）、能源效率（亿元/万吨标准煤）、绿色发展综合指数（熵值法）")
    style.result(sheet, f"O{TOP}:O{last}", f"=UPGRADING({cells})", TWO)
    style.result(sheet, f"P{TOP}:P{last}", f"=ENERGYEFFICIENCY({cells})")
    style.result(sheet, f"Q{TOP}:Q{last}", f'=ENTROPYINDEX({green},"+,+,-")')
    style.note(sheet, f"O{TOP - 1}:V{TOP - 1}", f"=WHY(Q{TOP + 1})", alert=False)
    style.caption(sheet, "S2", "综合指数的熵权")
    style.result(sheet, f"S{TOP}:V{TOP + 3}", f'=ENTROPYINDEX({green},"+,+,-","weights=1")', "0.0000")
    for row in range(TOP + 1, TOP + 4):
        style.put(sheet, row, 19).alignment = Alignment(vertical="center")
    style.widths(sheet, {"A": 10, "B": 8, "C:M": 13, "N": 2, "O:Q": 11.5, "R": 2, "S": 18, "T:V": 10, "W": 2})
    return [f"A1:V{last}"]


def _add_robots(sheet: Worksheet) -> list[str]:
    """From column X: employment, robots at home and abroad, the exposure and its instrument."""
    employment = read_example("employment")
    style.caption(sheet, "X1", "各省基年分行业就业（万人）")
    shares = style.data_table(sheet, employment, ["@", *[TWO] * 9], left="X")
    style.caption(sheet, "AI1", "全国分行业机器人存量（台）")
    home = style.data_table(sheet, read_example("robots"), [YEAR, *[WHOLE] * 8], left="AI")
    row = TOP + 14
    style.caption(sheet, f"AI{row - 1}", "外国分行业机器人存量（台）；第一行为外国基年行业就业（万人）")
    abroad = style.data_table(sheet, read_example("robots_abroad"), [YEAR, *[WHOLE] * 8], row=row, left="AI")
    last = TOP + 10 * len(thirty())
    exposure, instrument = f"=ROBOTS({shares},{home})", f'=ROBOTS({shares},{abroad},"foreign=1")'
    style.caption(sheet, "AS1", "机器人渗透度（台/万人）")
    style.caption(sheet, "AS2", "AS4：", exposure)
    style.result(sheet, f"AS{TOP}:AU{last}", exposure)
    style.caption(sheet, "AW1", "工具变量：外国机器人 x 本省基年就业结构")
    style.caption(sheet, "AW2", "AW4：", instrument)
    style.result(sheet, f"AW{TOP}:AY{last}", instrument)
    for line in range(TOP + 1, last + 1):
        for year in (46, 50):
            style.put(sheet, line, year).number_format = YEAR
            style.put(sheet, line, year - 1).alignment = Alignment(vertical="center")
    widths = {"X": 10, "Y:AG": 10.5, "AH": 2, "AI": 8, "AJ:AQ": 11, "AR": 2, "AS": 10, "AT": 8, "AU": 16, "AV": 2}
    style.widths(sheet, widths | {"AW": 10, "AX": 8, "AY": 22})
    return [f"X1:AQ{TOP + len(employment.rows)}", f"AS1:AY{last}"]
