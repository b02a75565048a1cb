"""The plan sheet (模型): a row a model, read by column names in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lowcarbon_xl.cells import Block, Cell
from lowcarbon_xl.errors import InputError, Text, nearest
from lowcarbon_xl.names import PLAN_NAMES, PLAN_SHEET
from lowcarbon_xl.ribbon.blocks import Sheet, read_sheet
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.snapshot import find_sheet
from lowcarbon_xl.sheet.header import fold


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """One column of the plan: key, header, width, and what goes into it."""

    key: str
    header: Text
    width: float
    help: Text


COLUMNS = (
    PlanColumn("name", Text("名称", "name"), 14, Text("自己起的名字", "a name of your own")),
    PlanColumn("kind", Text("类型", "kind"), 9, Text("下拉选择", "choose from the list")),
    PlanColumn(
        "panel",
        Text("面板", "panel"),
        17,
        Text("工作表!区域，含标题行；或只写工作表名", "sheet!range with its header row, or a sheet"),
    ),
    PlanColumn("y", Text("被解释变量", "y"), 13, Text("一个列名", "one column")),
    PlanColumn("x", Text("解释变量", "x"), 14, Text("列名，逗号分开；L.x 滞后", "columns, by commas; L.x is lagged")),
    PlanColumn("controls", Text("控制变量", "controls"), 26, Text("列名，逗号分开", "columns, by commas")),
    PlanColumn("endogenous", Text("内生变量", "endogenous"), 11, Text("IV 用；默认为解释变量", "for IV; x by default")),
    PlanColumn("instruments", Text("工具变量", "instruments"), 11, Text("IV 用", "for IV")),
    PlanColumn(
        "by", Text("机制/分组", "mediator/group"), 13, Text("机制变量，或分组列", "mediators, or the column of groups")
    ),
    PlanColumn(
        "filter", Text("样本筛选", "filter"), 16, Text("如 直辖市=0 & 年份>=2013", "as municipality=0 & year>=2013")
    ),
    PlanColumn("absorb", Text("固定效应", "fixed effects"), 12, Text("默认双向", "two-way by default")),
    PlanColumn("vce", Text("标准误", "standard errors"), 13, Text("默认稳健", "robust by default")),
    PlanColumn(
        "options", Text("其他选项", "options"), 16, Text("如 winsor=0.01; draws=500", "as winsor=0.01; draws=500")
    ),
    PlanColumn(
        "output",
        Text("输出表", "output sheet"),
        14,
        Text("同一输出表、同一标题的模型并排", "models of one sheet and title stand side by side"),
    ),
    PlanColumn("title", Text("表题", "title"), 30, Text("空则接上一行", "blank: as in the row above")),
    PlanColumn("status", Text("状态", "status"), 46, Text("运行后填写", "filled by a run")),
)
_ALIASES = {
    "模型": "name",
    "模型名": "name",
    "panelrange": "panel",
    "面板区域": "panel",
    "数据": "panel",
    "因变量": "y",
    "自变量": "x",
    "机制": "by",
    "分组": "by",
    "机制变量": "by",
    "分组变量": "by",
    "mediator": "by",
    "group": "by",
    "by": "by",
    "筛选": "filter",
    "样本": "filter",
    "fe": "absorb",
    "absorb": "absorb",
    "vce": "vce",
    "se": "vce",
    "输出": "output",
    "output": "output",
    "标题": "title",
    "选项": "options",
}
KINDS = {
    "TWFE": Text("TWFE", "TWFE"),
    "IV": Text("IV", "IV"),
    "mechanism": Text("机制", "mechanism"),
    "heterogeneity": Text("异质性", "heterogeneity"),
    "placebo": Text("安慰剂", "placebo"),
    "describe": Text("描述", "describe"),
}
_KIND_ALIASES = {
    "固定效应": "TWFE",
    "双向固定效应": "TWFE",
    "ols": "TWFE",
    "ivreg": "IV",
    "工具变量": "IV",
    "机制检验": "mechanism",
    "异质性分析": "heterogeneity",
    "安慰剂检验": "placebo",
    "描述统计": "describe",
    "描述性统计": "describe",
}
_DEFAULT_OUTPUT = Text("结果", "Results")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One model as it is planned.

    Parameters
    ----------
    row : int
        Its row in the sheet.
    texts : mapping
        What stands in each column, by `PlanColumn.key`.
    """

    row: int
    texts: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.texts.get(key, "")

    @property
    def label(self) -> str:
        """What messages call it."""
        return self["name"] or f"#{self.row}"

    @property
    def kind(self) -> str:
        """A key of `KINDS`.

        Raises
        ------
        InputError
            For a kind that there is not.
        """
        spellings = {fold(word): kind for kind, text in KINDS.items() for word in (kind, text.zh, text.en)}
        spellings |= {fold(word): kind for word, kind in _KIND_ALIASES.items()}
        word = fold(self["kind"])
        if word in spellings:
            return spellings[word]
        guess = nearest(word, spellings) if word else None
        known = "、".join(text.zh for text in KINDS.values()), ", ".join(text.en for text in KINDS.values())
        raise InputError(
            Text(f"没有类型“{self['kind']}”", f"there is no kind {self['kind']!r}"),
            Text(
                (f"是不是“{KINDS[spellings[guess]].zh}”？" if guess else "") + f"可用：{known[0]}",
                (f"Did you mean {KINDS[spellings[guess]].en}? " if guess else "") + f"Known: {known[1]}",
            ),
        )

    def output(self) -> Text:
        """The output sheet."""
        return Text(self["output"], self["output"]) if self["output"] else _DEFAULT_OUTPUT


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan sheet as read.

    Parameters
    ----------
    sheet : xlwings.Sheet
    columns : mapping
        1-based column of each key.
    rows : tuple of PlanRow
        Blank rows left out.
    header : int
        The header's row.
    """

    sheet: Sheet
    columns: Mapping[str, int]
    rows: tuple[PlanRow, ...]
    header: int

    @property
    def width(self) -> tuple[int, int]:
        """First and last column."""
        return min(self.columns.values()), max(self.columns.values())


def find_plan(desk: Desk) -> Sheet:
    """The plan sheet.

    Raises
    ------
    InputError
        When there is none.
    """
    for name in PLAN_NAMES:
        if (sheet := find_sheet(desk.book, name)) is not None:
            return sheet
    raise InputError(
        Text(f"没有工作表“{PLAN_SHEET}”", f"there is no sheet {PLAN_SHEET}"),
        Text("先按“新建模板”建立它，再填一行模型", "Press Template to make it, then fill in a row a model"),
    )


def read_plan(desk: Desk) -> Plan:
    """Read the plan.

    Raises
    ------
    InputError
        When there is no plan sheet, no header row in it, or no model below.
    """
    sheet = find_plan(desk)
    block = read_sheet(sheet)
    header, columns = find_header(block)
    rows = tuple(read_rows(block, header, columns))
    if not rows:
        raise InputError(
            Text("模型表里没有模型", "the plan holds no model"),
            Text(
                "在标题行下面填一行：类型、面板、变量、输出表",
                "Fill in a row below the headers: kind, panel, variables, output",
            ),
            where=f"{sheet.name}!A{header + 1}",
        )
    return Plan(sheet, columns, rows, header)


def find_header(block: Block) -> tuple[int, dict[str, int]]:
    """Row of the header (1-based) and the column of each key, in all cells of the plan sheet from A1.

    Raises
    ------
    InputError
        When no row is one.
    """
    names = {fold(word): c.key for c in COLUMNS for word in (c.header.zh, c.header.en, c.key)}
    names |= {fold(word): key for word, key in _ALIASES.items()}
    for i, row in enumerate(block.values):
        found: dict[str, int] = {}
        for j, cell in enumerate(row):
            key = names.get(fold(cell)) if isinstance(cell, str) else None
            if key is not None and key not in found:
                found[key] = block.column + j
        if {"kind", "panel"} <= found.keys() and len(found) > 3:
            found.setdefault("status", max(found.values()) + 1)
            return block.row + i, found
    raise InputError(
        Text("模型表没有标题行", "the plan has no header row"),
        Text(
            f"标题行要有：{'、'.join(c.header.zh for c in COLUMNS)}",
            f"The header row needs {', '.join(c.header.en for c in COLUMNS)}",
        ),
        where=block.whole,
    )


def read_rows(block: Block, header: int, columns: Mapping[str, int]) -> Iterator[PlanRow]:
    """The models below the header."""
    title = ""
    for i in range(header - block.row + 1, len(block.values)):
        cells = block.values[i]
        texts = {key: _text(cells[column - 1]) for key, column in columns.items() if column <= len(cells)}
        if not any(text for key, text in texts.items() if key not in ("status", "name", "title")):
            continue
        title = texts.get("title") or title
        yield PlanRow(block.row + i, {**texts, "title": title})


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
