"""Sheet 回归: instruments, mechanisms, groups, robustness and placebo on the variables of sheet 变量."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.workbook import Workbook
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.example import heights, style
from lowcarbon_xl.example.style import TOP
from lowcarbon_xl.example.tables import read_example
from lowcarbon_xl.example.variables_sheet import CONTROLS

_WIDTH = 116
"""Of columns A to H together, less what merged cells lose to their borders."""


@dataclass(frozen=True, slots=True)
class Study:
    """One formula on the sheet.

    Parameters
    ----------
    title : str
    arguments : str
        The formula after its range; ``{controls}`` stands for the list of control variables.
    remark : str
        What it answers, and how to read it.
    columns, room : int
        The columns of its result, and the rows kept free for it.
    counts : str
        The column in which whole numbers are counts.
    page : bool
        Whether it begins a printed page.
    """

    function: str
    title: str
    arguments: str
    remark: str
    columns: int
    room: int
    counts: str
    page: bool = False

    def formula(self, cells: str) -> str:
        """The formula on a data range."""
        return f"={self.function}({cells},{self.arguments.format(controls=CONTROLS)})"


STUDIES = (
    Study(
        "MECHANISM",
        "(1) 机制检验",
        '"CO2","AI","能源效率,绿色技术,产业升级","controls={controls}; instruments=IV"',
        "AI 对每个机制变量的影响，固定效应和工具变量各一行（江艇 2022 的两步法）。机制变量对 CO2 的影响由理论说明，这里不做。",
        8,
        10,
        "G",
    ),
    Study(
        "HETEROGENEITY",
        "(2) 异质性：按人口密度分组",
        '"CO2","AI","密度","controls={controls}; split=province"',
        "按密度省均值的中位数把省份分成两组，各做一次回归；下面三行是组间差异的三种检验。只比较两组各自的显著性不能说明有差异。",
        7,
        9,
        "F",
    ),
    Study(
        "ROBUSTNESS",
        "(3) 稳健性检验",
        '"CO2","AI","controls={controls}"',
        "主解释变量 AI 的系数在每种改动下是多少：与“基准”一行比较符号和大小。最后两行是 Oster 对遗漏变量的界。",
        6,
        16,
        "F",
    ),
    Study(
        "PLACEBO",
        "(4) 安慰剂检验",
        '"CO2","AI","controls={controls}; draws=1000"',
        "把 AI 随机打乱 1000 次再回归：真实系数（estimate）应当落在打乱后的分布（p2.5 到 p97.5）之外，p 是打乱后 |t| 不小于真实 |t| 的比例。",
        2,
        18,
        "B",
        True,
    ),
    Study(
        "IVREG",
        "(5) 工具变量回归",
        '"CO2","","AI","IV","controls={controls}"',
        "AI 当作内生，IV 为工具变量。依次看：KP_rk_LM_p 小（可识别），KP_rk_F 大于 Stock_Yogo_10（不弱），"
        "AR_interval 是对弱工具变量稳健的区间；恰好识别时没有 Hansen_J。",
        7,
        64,
        "B",
        True,
    ),
)


def add_regressions(book: Workbook) -> Worksheet:
    """The sheet, complete: the results one below the other, the longest last, spare rows after each."""
    sheet = style.new_sheet(book, "回归")
    style.heading(
        sheet,
        "回归：机制、异质性、稳健性、安慰剂、工具变量（模拟数据）",
        "Mechanisms, heterogeneity, robustness, placebo, instrumental variables (on simulated data)",
        "数据是“变量”表的模拟数据，任何结果都不能当作对各省的结论。AI 对 CO2 的真值为 -0.482；AI 在模拟中是外生的。星号和口径见“函数手册”。",
        "H",
        height=34,
    )
    style.widths(sheet, {"A": 27, "B": 21, "C:H": 12.5})
    cells = f"变量!A{TOP}:U{TOP + len(read_example('variables').rows)}"
    row = TOP + 1
    for study in STUDIES:
        row = _add_study(sheet, study, study.formula(cells), row)
    style.page(sheet, f"A1:H{row - 1}", tab=style.WARNING, landscape=False, titles=False, freeze=f"A{TOP}")
    return sheet


def _add_study(sheet: Worksheet, study: Study, formula: str, row: int) -> int:
    """One formula with its explanation; returns the first row of the next."""
    if study.page:
        sheet.row_breaks.append(Break(id=row - 1))
    style.caption(sheet, f"A{row}", study.title, study.function)
    heights.paragraph(sheet, f"A{row + 1}:H{row + 1}", study.remark, _WIDTH)
    heights.paragraph(sheet, f"A{row + 2}:H{row + 2}", formula[1:], _WIDTH)
    sheet[f"A{row + 2}"].font = style.font(9, colour=style.MUTED)
    top, right = row + 3, "ABCDEFGH"[study.columns - 1]
    bottom = top + study.room
    style.spilled(sheet, f"A{top}:{right}{bottom}", formula, counts=f"{study.counts}{top + 1}:{study.counts}{bottom}")
    return bottom + 2
