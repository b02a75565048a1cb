"""What the study prints of its models in Tables 2-8 (the coefficient of AI, t, N, R2), and how each is estimated here.

The figures are those of the print, its slips included; nothing else of its tables is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from lowcarbon_xl.example.simulate import OUTCOMES
from lowcarbon_xl.example.tables import ADDED, VARIABLES

_NAMES = VARIABLES | ADDED
_ABOVE, _BELOW = ">", "<="
WITHOUT_MUNICIPALITIES = "if=直辖市=0"
LAG, ABROAD = "L.AI", "IV"


@dataclass(frozen=True, slots=True)
class Printed:
    """One column of a printed table.

    Parameters
    ----------
    place : str
        Table and column.
    what : str
        What it is, as the plan calls it.
    outcome : str
        A key of `OUTCOMES`.
    figures : tuple of float
        Coefficient, number of stars, t, N and R2.
    x : str
        Header of the regressor of interest.
    instrument : str
        Of an IV regression; empty for least squares.
    first_stage : bool
        Whether the coefficient is the instrument's, in the first stage.
    controlled : bool
    filter : str
        Option ``if=``, for a part of the sample.
    split : str
        For a group: a key of `ADDED` followed by ``>`` or ``<=``, compared with its median.
    remark : str
    """

    place: str
    what: str
    outcome: str
    figures: tuple[float, int, float, int, float]
    x: str = "AI"
    instrument: str = ""
    first_stage: bool = False
    controlled: bool = True
    filter: str = ""
    split: str = ""
    remark: str = ""

    @property
    def y(self) -> str:
        """Name of the dependent variable in the sheet."""
        return _NAMES[self.outcome].partition("(")[0]

    @property
    def truth(self) -> float | None:
        """The coefficient that generated the data, where there is one."""
        known = self.x == "AI" and self.controlled and not self.first_stage
        return OUTCOMES[self.outcome].effects["AI"] if known else None


def _split(column: str, sign: str) -> str:
    return f"{ADDED[column]}{sign}"


_LOST = "滞后一期少一年：这里 N = 270，论文仍印 300"
_MEASURED = "AI 的另一种口径带测量误差，系数偏向 0，没有简单的真值"
_OMITTED = "没有控制变量，系数里有遗漏变量的偏误，不与真值比"
_SAME = "模拟中两组的真值相同"

PRINTED = (
    Printed("表2 (1)", "基准，无控制变量", "CO2", (-0.677, 3, -3.782, 300, 0.980), controlled=False, remark=_OMITTED),
    Printed("表2 (2)", "基准", "CO2", (-0.482, 3, -3.509, 300, 0.982)),
    Printed("表2 (3)", "基准，无控制变量", "GTFP", (0.832, 3, 4.774, 300, 0.837), controlled=False, remark=_OMITTED),
    Printed("表2 (4)", "基准", "GTFP", (0.589, 3, 3.300, 300, 0.868)),
    Printed(
        "表3 (1)(3)",
        "滞后 AI，第一阶段",
        "CO2",
        (1.049, 3, 20.054, 300, 0.980),
        instrument=LAG,
        first_stage=True,
        remark=_LOST,
    ),
    Printed("表3 (2)", "滞后 AI", "CO2", (-0.435, 2, -2.065, 300, 0.332), instrument=LAG, remark=_LOST),
    Printed("表3 (4)", "滞后 AI", "GTFP", (0.965, 3, 4.873, 300, 0.673), instrument=LAG, remark=_LOST),
    Printed(
        "表4 (1)(3)",
        "美国机器人，第一阶段",
        "CO2",
        (25.995, 3, 3.664, 300, 0.943),
        instrument=ABROAD,
        first_stage=True,
        remark="工具变量按这个系数定的比例（不含控制变量时相等）",
    ),
    Printed("表4 (2)", "美国机器人", "CO2", (-1.469, 2, -2.183, 300, 0.265), instrument=ABROAD),
    Printed("表4 (4)", "美国机器人", "GTFP", (1.689, 2, 2.170, 300, 0.626), instrument=ABROAD),
    Printed("表5 (1)", "换解释变量", "CO2", (-0.017, 3, -5.033, 300, 0.984), x=ADDED["AIOther"], remark=_MEASURED),
    Printed("表5 (2)", "换解释变量", "GTFP", (0.020, 3, 5.546, 300, 0.885), x=ADDED["AIOther"], remark=_MEASURED),
    Printed("表5 (3)", "换被解释变量", "CO2Other", (-0.300, 3, -1.989, 300, 0.977), remark="印刷有矛盾，见下"),
    Printed("表5 (4)", "换被解释变量", "GTFPOther", (1.591, 3, 3.945, 300, 0.849)),
    Printed("表5 (5)", "去掉直辖市", "CO2", (-0.421, 2, -2.459, 260, 0.980), filter=WITHOUT_MUNICIPALITIES),
    Printed("表5 (6)", "去掉直辖市", "GTFP", (0.481, 2, 2.317, 260, 0.873), filter=WITHOUT_MUNICIPALITIES),
    Printed("表6 (1) FE", "机制：能源效率", "Efficiency", (3.334, 1, 1.792, 300, 0.982)),
    Printed("表6 (1) IV", "机制：能源效率", "Efficiency", (22.287, 3, 3.011, 300, 0.480), instrument=ABROAD),
    Printed("表6 (2) FE", "机制：绿色技术", "GreenTech", (0.667, 3, 4.930, 300, 0.939)),
    Printed("表6 (2) IV", "机制：绿色技术", "GreenTech", (1.200, 3, 2.787, 300, 0.692), instrument=ABROAD),
    Printed("表6 (3) FE", "机制：产业升级", "Upgrading", (0.097, 2, 2.044, 300, 0.977)),
    Printed("表6 (3) IV", "机制：产业升级", "Upgrading", (0.633, 2, 2.540, 300, 0.610), instrument=ABROAD),
    Printed(
        "表7 (1)",
        "环境规制高",
        "CO2",
        (-0.424, 1, -1.697, 146, 0.994),
        split=_split("Regulation", _ABOVE),
        remark=_SAME,
    ),
    Printed(
        "表7 (2)", "环境规制高", "GTFP", (0.698, 3, 3.460, 146, 0.900), split=_split("Regulation", _ABOVE), remark=_SAME
    ),
    Printed(
        "表7 (3)",
        "环境规制低",
        "CO2",
        (-0.191, 0, -0.704, 149, 0.970),
        split=_split("Regulation", _BELOW),
        remark=_SAME,
    ),
    Printed(
        "表7 (4)",
        "环境规制低",
        "GTFP",
        (-0.664, 2, -2.030, 149, 0.906),
        split=_split("Regulation", _BELOW),
        remark=_SAME,
    ),
    Printed(
        "表8 (1)", "工业化高", "CO2", (-0.543, 3, -2.814, 148, 0.975), split=_split("Industry", _ABOVE), remark=_SAME
    ),
    Printed(
        "表8 (2)", "工业化高", "GTFP", (-0.276, 0, -1.245, 148, 0.933), split=_split("Industry", _ABOVE), remark=_SAME
    ),
    Printed(
        "表8 (3)", "工业化低", "CO2", (-0.533, 2, -2.400, 147, 0.994), split=_split("Industry", _BELOW), remark=_SAME
    ),
    Printed(
        "表8 (4)", "工业化低", "GTFP", (2.105, 3, 6.346, 147, 0.887), split=_split("Industry", _BELOW), remark=_SAME
    ),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in the print that does not fit.

    Parameters
    ----------
    place : str
    printed : str
        What stands there.
    formula : str
        An ordinary formula on the printed figures; ``{t:PLACE}``, ``{n:PLACE}`` stand for cells of the comparison.
    number_format : str
    meaning : str
        What the formula gives.
    certain : str
        肯定 (certain), 临界 (borderline) or 须说明 (to be explained).
    conclusion : str
    """

    place: str
    printed: str
    formula: str
    number_format: str
    meaning: str
    certain: str
    conclusion: str


_P = "=2*(1-NORMSDIST(ABS({})))"
_P_MEANING = "由印刷的 t 算出的双侧 p（正态）"
DOUBTS = (
    Doubt(
        "表1 CO2 最大值",
        "ln(万吨) 的最大值 14.461",
        "=EXP(14.461)/10000",
        "0.0",
        "折合亿吨",
        "肯定",
        "一个省一年 190 多亿吨，比全国还多；最高的省约为 12.4。模拟没有配这个值。",
    ),
    Doubt(
        "表5 (3) AI",
        "-0.300***，t = -1.989",
        _P.format("{t:表5 (3)}"),
        "0.0000",
        _P_MEANING,
        "肯定",
        "只够 5%（**），印成了 1%（***）。",
    ),
    Doubt(
        "表5 (3) 城镇化率",
        "-0.481，t 印成 (-202)",
        "=-0.481/-202",
        "0.0000",
        "系数除以 t，即标准误",
        "肯定",
        "t = -202 应有三颗星，却一颗也没有；大概漏了“0.”，即 -0.202。",
    ),
    Doubt(
        "表7 N",
        "高组 146，低组 149，样本 300",
        "=300-({n:表7 (1)}+{n:表7 (3)})",
        "0",
        "两组比样本少的行数",
        "须说明",
        "少的 5 行是在一组里只有一年的省份（单点），估计时被删除；论文没有说。上面的模拟结果也有单点。",
    ),
    Doubt(
        "表8 N",
        "高组 148，低组 147，样本 300",
        "=300-({n:表8 (1)}+{n:表8 (3)})",
        "0",
        "两组比样本少的行数",
        "须说明",
        "同上：5 个单点。",
    ),
    Doubt(
        "表3 N",
        "工具变量是 AI 的滞后一期，N = 300",
        "=30*9",
        "0",
        "30 个省 2014-2022 年的行数",
        "须说明",
        "2013-2022 的样本滞后一期只剩 270 行；除非另有 2012 年的 AI，论文没有说。",
    ),
    Doubt(
        "表5 (4) 金融发展",
        "-0.266**，t = -2.578",
        _P.format("-2.578"),
        "0.0000",
        _P_MEANING,
        "临界",
        "按正态够 ***，按 t 分布是 **。",
    ),
    Doubt(
        "表7 (3) 能源结构",
        "21.799**，t = 2.582",
        _P.format("2.582"),
        "0.0000",
        _P_MEANING,
        "临界",
        "按正态够 ***，按 t 分布是 **。",
    ),
    Doubt(
        "表8 (1) 城镇化率",
        "-3.197（无星），t = -1.652",
        _P.format("-1.652"),
        "0.0000",
        _P_MEANING,
        "临界",
        "按正态够 *，按 t 分布没有星。",
    ),
)
