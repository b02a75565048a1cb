"""=WHY: what made a number, or why there is none."""

from __future__ import annotations

from lowcarbon_xl.catalogue import Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import CellError, Reference, Spill
from lowcarbon_xl.errors import Text


@worksheet_function(
    "WHY",
    Group.AUDIT,
    summary=Text(
        "解释一个结果：为什么出错，或用了什么口径",
        "Explain a result: why it is an error, or which conventions it rests on",
    ),
    detail=Text(
        "指向本插件公式的结果单元格（溢出区域里的任何一格都可以）。错误值给出原因、单元格和改法；数字给出公式和所用口径。",
        "Point at a result of ours (any cell of its spill). For an error: the reason, the cell and the remedy; for a number: "
        "the formula and every convention behind it.",
    ),
    arguments=(
        Argument("cell", Text("单元格", "cell"), Text("要解释的单元格", "The cell to be explained"), Kind.REFERENCE),
    ),
    shape=Shape.SCALAR,
    spills=Text("一段文字", "one text"),
    example="=WHY(面板!J5)",
)
def why(cell: Reference) -> Spill:
    """The reason of an error, or the conventions of a number."""
    return Spill(((explain(cell),),))


def explain(cell: Reference) -> Text:
    """The explanation of one cell, in both languages."""
    value = cell.block.values[0][0] if cell.block.values and cell.block.values[0] else None
    spill = cell.spill
    if spill is None:
        return _not_ours(cell, value)
    row, column = cell.offset
    found = spill.rows[row][column] if row < len(spill.rows) and column < len(spill.rows[row]) else value
    if isinstance(found, CellError):
        reason = found.reason or Text("没有记录原因。", "No reason is recorded.")
        return Text(f"{found.code}：{reason.zh}", f"{found.code}: {reason.en}")
    formula = cell.formula or ""
    return Text(
        "；".join([formula, *(note.zh for note in spill.notes)]),
        "; ".join([formula, *(note.en for note in spill.notes)]),
    )


def _not_ours(cell: Reference, value: object) -> Text:
    place = cell.block.address(0, 0)
    if isinstance(value, CellError):
        reason = value.reason
        zh, en = (
            (reason.zh, reason.en)
            if reason
            else ("不是本插件的公式，请看它引用的单元格。", "not a formula of ours; look at its precedents.")
        )
        return Text(f"{place} {value.code}：{zh}", f"{place} {value.code}: {en}")
    if cell.formula:
        return Text(
            f"{place} 是普通公式 {cell.formula}，不是本插件的结果。",
            f"{place} is an ordinary formula, {cell.formula}, not a result of ours.",
        )
    if value is None or value == "":
        return Text(f"{place} 是空的。", f"{place} is blank.")
    return Text(f"{place} 是直接填写的值，不是公式的结果。", f"{place} is a typed value, not the result of a formula.")
