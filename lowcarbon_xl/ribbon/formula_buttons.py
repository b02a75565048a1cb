"""Buttons that write a worksheet formula of ours beside the table they are pressed on.

The formula stays live, so the result follows its data; nothing that stands there is overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from lowcarbon_xl.catalogue import Chapter, Function, functions, ribbon_button
from lowcarbon_xl.cells import Block, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, local_address, reference
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.explanations import explained_notes
from lowcarbon_xl.ribbon.find_table import Found, find_table
from lowcarbon_xl.ribbon.ledger import record, spilled_run
from lowcarbon_xl.ribbon.looks import HEAD, NOTE_HEAD

_GAP = 2
"""One blank column keeps a table and the results beside it apart."""


def _function(name: str) -> Function:
    return next(function for function in functions() if function.name == name)


def insert_formula(desk: Desk, name: str, number_format: str, more: Sequence[str] = ()) -> Text:
    """Write ``=NAME(table)`` beside the table that the press is about."""
    function = _function(name)

    def compute(block: Block) -> Spill:
        return function.evaluate([block, *more], desk.language)

    return _insert(desk, function, find_table(desk, compute), number_format, more)


def _insert(desk: Desk, function: Function, found: Found, number_format: str, more: Sequence[str] = ()) -> Text:
    sheet = found.cells.sheet
    arguments = [local_address(found.cells), *(f'"{text}"' for text in more)]
    formula = f"={function.name}({','.join(arguments)})"
    rows, columns = len(found.spill.rows), len(found.spill.rows[0])
    row, column, known = _place(desk, found.cells, formula, rows, columns)
    target = area(sheet, row, column, rows, columns)
    anchor = reference(area(sheet, row, column, 1, 1))
    record(desk, [spilled_run(f"{anchor} {formula}", [found.block], found.spill)])
    if known:
        return Text(
            f"{reference(target)} 已有公式 {formula}，没有改动",
            f"{reference(target)} already holds {formula}; nothing changed",
        )
    desk.say(
        Text(
            f"在空白区域 {reference(target)} 写入 {formula}，不覆盖任何内容",
            f"writing {formula} into the blank cells {reference(target)}; nothing is overwritten",
        )
    )
    desk.touch(target)
    target.number_format = number_format
    head = area(sheet, row, column, 1, columns)
    head.font.bold = True
    head.color = HEAD
    for offset in range(columns):
        _widen(desk, sheet, column + offset, found.spill, offset)
    desk.native.enter_formula(target, formula)
    _print_explanations(desk, target, sheet.name)
    missing = len(found.spill.reasons)
    return Text(
        f"写好 {rows - 1} 行 {columns} 列" + (f"，其中 {missing} 格为 #N/A（原因见 WHY）" if missing else ""),
        f"{rows - 1} rows by {columns} columns written" + (f", {missing} cells are #N/A (see WHY)" if missing else ""),
    )


def _print_explanations(desk: Desk, target: Range, source: str) -> None:
    """What users say of doubtful data, as a note on the result's first header cell."""
    notes = explained_notes(desk, {source})
    if notes and target[0, 0].note is None:
        target[0, 0].add_note("\n".join([NOTE_HEAD.strip(), *(note[desk.language] for note in notes)]))


def _widen(desk: Desk, sheet: Sheet, column: int, spill: Spill, offset: int) -> None:
    """Wide enough for the header and the largest number."""
    header = str(spill.rows[0][offset])
    numbers = [abs(cell) for row in spill.rows[1:] if isinstance(cell := row[offset], float)]
    digits = len(f"{max(numbers, default=0):,.3f}") + 2
    wanted = float(max(digits, sum(2 if ord(c) > 0x2E7F else 1 for c in header) + 2, 9))
    if (sheet.range((1, column)).column_width or 0) < wanted:
        desk.set_width(sheet, column, wanted)


def _place(desk: Desk, table: Range, formula: str, rows: int, columns: int) -> tuple[int, int, bool]:
    """Row and column for the result, and whether the formula already stands there."""
    sheet = table.sheet
    used = sheet.used_range.last_cell
    first = table.column + table.shape[1]
    width = max(used.column - first + 1, 0) + columns + 2 * _GAP
    contents = desk.native.contents(area(sheet, table.row, first, max(rows, table.shape[0]), width))
    for offset, cell in enumerate(contents[0]):
        if isinstance(cell, str) and cell[:1] in "fa" and _same(cell.rpartition("|")[2].removeprefix("f"), formula):
            return table.row, first + offset, True
    merged = desk.native.merged(area(sheet, table.row, first, rows, width))
    filled = [any(line[offset] is not None for line in contents) for offset in range(width)]
    offset = _GAP - 1
    while any(filled[max(offset - 1, 0) : offset + columns + 1]) and offset + columns < width - 1:
        offset += 1
    if merged and any(_touches(sheet, address, first + offset, columns) for address in merged):
        raise InputError(
            Text(f"右边有合并单元格 {merged[0]}", f"cells {merged[0]} to the right are merged"),
            Text("取消合并，或选别的区域", "Unmerge them, or select another range"),
            where=f"{sheet.name}!{merged[0]}",
        )
    return table.row, first + offset, False


_LAST_COLUMN = re.compile(r":[A-Z]+(\d+)")


def _same(one: str, other: str) -> bool:
    """Whether two formulas ask the same; how far to the right their table reaches does not matter."""
    plain = one.replace("$", "").replace(" ", ""), other.replace(" ", "")
    return _LAST_COLUMN.sub(r":\1", plain[0]) == _LAST_COLUMN.sub(r":\1", plain[1])


def _touches(sheet: Sheet, address: str, column: int, columns: int) -> bool:
    cells = sheet.range(address)
    return bool(cells.column < column + columns and column < cells.column + cells.shape[1])


def _declare(
    button: str,
    chapter: Chapter,
    function: str,
    label: Text,
    tip: Text,
    image: str,
    number_format: str = "0.000",
    *,
    large: bool = False,
    more: Sequence[str] = (),
) -> Callable[[Desk], Text]:
    """A button that inserts one formula."""

    def pressed(desk: Desk) -> Text:
        return insert_formula(desk, function, number_format, more)

    pressed.__name__ = button
    pressed.__doc__ = tip.en
    return ribbon_button(button, chapter, label=label, tip=tip, image=image, large=large)(pressed)


fill_gaps = _declare(
    "fill_gaps",
    Chapter.DATA,
    "FILLGAPS",
    Text("插值", "Fill gaps"),
    Text(
        "在表格旁写入 FILLGAPS 公式：按省份补齐年份之间的空缺。原数据不动。",
        "Write FILLGAPS beside the table: gaps between years filled by province. The data stay as they are.",
    ),
    "FillDown",
    "#,##0.00",
)
winsorize = _declare(
    "winsorize",
    Chapter.DATA,
    "WINSORIZE",
    Text("缩尾", "Winsorize"),
    Text(
        "在表格旁写入 WINSORIZE 公式：极端值缩到 1% 和 99% 分位数。原数据不动。",
        "Write WINSORIZE beside the table: extremes pulled in to the 1 % and 99 % quantiles. The data stay as they are.",
    ),
    "Filter",
)
emissions = _declare(
    "emissions",
    Chapter.ACCOUNT,
    "EMISSIONS",
    Text("碳排放", "Emissions"),
    Text("在能源表旁写入 EMISSIONS 公式（万吨 CO2）。", "Write EMISSIONS (10^4 t of CO2) beside a table of energy."),
    "FunctionWizard",
    "#,##0.00",
    large=True,
)
capital_stock = _declare(
    "capital_stock",
    Chapter.ACCOUNT,
    "CAPITALSTOCK",
    Text("资本存量", "Capital"),
    Text("永续盘存法，在表格旁写入 CAPITALSTOCK 公式。", "Perpetual inventory: write CAPITALSTOCK beside the table."),
    "AccountMenu",
    "#,##0.00",
)
deflate = _declare(
    "deflate",
    Chapter.ACCOUNT,
    "REALGDP",
    Text("实际GDP", "Deflate"),
    Text("按指数折算到基年价格，写入 REALGDP 公式。", "GDP at base-year prices: write REALGDP beside the table."),
    "CalculateNow",
    "#,##0.00",
)
sbm = _declare(
    "sbm",
    Chapter.EFFICIENCY,
    "SBMDDF",
    Text("SBM 效率", "SBM efficiency"),
    Text("无效率值和松弛量，写入 SBMDDF 公式。", "Inefficiency and slacks: write SBMDDF beside the panel."),
    "ChartTypeXYScatterInsertGallery",
    more=("detail=slacks",),
)
gtfp = _declare(
    "gtfp",
    Chapter.EFFICIENCY,
    "GTFP",
    Text("GTFP", "GTFP"),
    Text(
        "绿色全要素生产率指数及其分解，写入 GTFP 公式。",
        "Green total factor productivity and its decomposition: write GTFP beside the panel.",
    ),
    "ChartTypeLineInsertGallery",
    large=True,
)


@ribbon_button(
    "indices",
    Chapter.ACCOUNT,
    label=Text("指数", "Indices"),
    tip=Text(
        "能源效率、产业升级、控制变量：写入 ENERGYEFFICIENCY、UPGRADING、CONTROLS 公式（表里有哪些列就写哪个）。",
        "Energy efficiency, upgrading, controls: write ENERGYEFFICIENCY, UPGRADING and CONTROLS, whichever the table has "
        "columns for.",
    ),
    image="ChartInsert",
)
def indices(desk: Desk) -> Text:
    """Write whichever index the table has columns for."""
    done: list[Text] = []
    reasons: list[InputError] = []
    for name in ("ENERGYEFFICIENCY", "UPGRADING", "CONTROLS"):
        try:
            done.append(insert_formula(desk, name, "0.0000"))
        except InputError as error:
            reasons.append(error)
    if not done:
        raise reasons[0]
    return Text("；".join(text.zh for text in done), "; ".join(text.en for text in done))
