"""Why a cell shows an error value or was not computed, in both languages."""

from __future__ import annotations

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.places import Area, Place
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell


def not_computed(place: Place, what: Text) -> Text:
    """The reason for an ordinary formula that is left alone."""
    return Text(
        f"{place.address}：这里不计算这个公式，因为{what.zh}。单元格保留文件里原有的值；请在 Excel 里打开并保存一次，或改写公式。",
        f"{place.address}: this formula is not computed here, because {what.en}. The cell keeps the value that the file "
        "has; open and save the file once in Excel, or rewrite the formula.",
    )


def stops_engine(cell: FormulaCell) -> Text:
    """The reason for a formula that the engine cannot take at all."""
    return Text(
        f"{cell.place.address}：这里算不了公式 ={cell.text}。请在 Excel 里算好，或改写这个公式。",
        f"{cell.place.address}: the formula ={cell.text} cannot be computed here. Compute it in Excel, or rewrite it.",
    )


def circle(place: Place, way: list[Place]) -> Text:
    """The reason for a cell that depends on itself."""
    shown = " → ".join(cell.address for cell in (*way, place)) if way else place.address
    return Text(
        f"{place.address}：循环引用（{shown}），公式用到了自己的结果。请让引用区域不包含结果所在的单元格。",
        f"{place.address}: circular reference ({shown}), the formula reads its own result. "
        "Let the range leave out the cells where the result stands.",
    )


def blocked(place: Place, blocker: Place | None) -> Text:
    """The reason for a result that has no room."""
    zh = f"{blocker.address} 不是空的" if blocker else "下面或右边的单元格不是空的"
    en = f"{blocker.address} is not empty" if blocker else "a cell below or to the right is not empty"
    return Text(
        f"{place.address}：结果放不下，{zh}。请清空它，或把公式移到空的地方。",
        f"{place.address}: the result has no room, {en}. Clear it, or move the formula to an empty place.",
    )


def blocked_by_area(place: Place, obstacle: Area, *, table: bool) -> Text:
    """The reason for a result that would run into merged cells or into a table."""
    zh = "表格" if table else "合并单元格"
    en = "a table" if table else "merged cells"
    return Text(
        f"{place.address}：结果放不下，{obstacle.cells} 是{zh}。请取消合并，或把公式移到空的地方。",
        f"{place.address}: the result has no room, {obstacle.cells} is {en}. "
        "Unmerge the cells, or move the formula to an empty place.",
    )


def inherited(code: str) -> Text:
    """The reason for an error value that came from other cells."""
    return Text(
        f"公式的其他部分得出了错误值 {code}。请检查它引用的单元格。",
        f"another part of the formula gave {code}. Look at the cells that it refers to.",
    )
