"""What rows and headings of a table are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lowcarbon_xl.econometrics.result import CONSTANT
from lowcarbon_xl.errors import Text
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import PROVINCE_HEADERS, REGION_HEADERS, YEAR_HEADERS
from lowcarbon_xl.tables.model import Label, as_text

VARIABLE = Text("变量", "Variable")
CONTROLS = Text("控制变量", "Controls")
YES, NO = Text("是", "Yes"), Text("否", "No")
OMITTED = Text("（共线）", "(omitted)")
STATISTICS: dict[str, Text] = {
    "N": Text("观测值", "N"),
    "R2": Text("R²", "R²"),
    "R2_adj": Text("调整 R²", "Adjusted R²"),
    "R2_within": Text("组内 R²", "Within R²"),
    "F": Text("F 统计量", "F"),
    "RMSE": Text("RMSE", "RMSE"),
    "clusters": Text("聚类数", "Clusters"),
}
FIRST_STAGE_F = Text("第一阶段 F", "First-stage F")
ANDERSON_LM = Text("Anderson LM", "Anderson LM")
KP_LM = Text("Kleibergen-Paap rk LM", "Kleibergen-Paap rk LM")
CRAGG_DONALD = Text("Cragg-Donald Wald F", "Cragg-Donald Wald F")
KP_F = Text("Kleibergen-Paap rk Wald F", "Kleibergen-Paap rk Wald F")
STOCK_YOGO = Text("Stock-Yogo 10% 临界值", "Stock-Yogo 10% value")
HANSEN = Text("Hansen J", "Hansen J")
SARGAN = Text("Sargan", "Sargan")
FISHER_P = Text("组间差异 Fisher 置换 p", "Difference: Fisher p")
SUEST_P = Text("组间差异 suest p", "Difference: suest p")

_CONSTANT = Text("常数项", "Constant")
_PROVINCE, _YEAR = Text("省份固定效应", "Province FE"), Text("年份固定效应", "Year FE")


@dataclass(frozen=True, slots=True)
class Naming:
    """Display names by variable name.

    Attributes
    ----------
    labels : mapping of str to str or Text
    """

    labels: Mapping[str, Label]

    def variable(self, name: str) -> Text:
        """What a variable is called."""
        if name in self.labels:
            return as_text(self.labels[name])
        return _CONSTANT if name == CONSTANT else Text(name, name)

    def heading(self, label: Label) -> Text:
        """A heading, which may be a variable's name."""
        return self.variable(label) if isinstance(label, str) else label

    def effect(self, name: str) -> Text:
        """A fixed effect; provinces and years by their usual names."""
        if name in self.labels:
            given = as_text(self.labels[name])
            return Text(f"{given.zh}固定效应", f"{given.en} FE")
        folded = fold(name)
        if folded in PROVINCE_HEADERS | REGION_HEADERS:
            return _PROVINCE
        return _YEAR if folded in YEAR_HEADERS else Text(f"{name}固定效应", f"{name} FE")

    def difference(self, term: str) -> Text:
        """The row of a difference between groups."""
        name = self.variable(term)
        return Text(f"组间差异：{name.zh}", f"Difference: {name.en}")
