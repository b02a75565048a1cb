"""Checks of single cells: types, hidden blanks, errors, marks, merged cells, signs, zeros and blanks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from lowcarbon_xl.audit.finding import Finding, Position, Severity, address, addresses, listed
from lowcarbon_xl.audit.frame import Frame
from lowcarbon_xl.cells import Cell, CellError, rectangle
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import kind, plain, year_of

_KEPT = {float: "number", int: "number", type(None): "blank"}
_NOTE = 10
"""A text this long in a cell of numbers is a remark; a shorter one stands where a number should."""
_Found = dict[str, list[tuple[Position, Cell]]]


def cell_findings(sheet: str, frames: Sequence[Frame], merged: Sequence[str]) -> Iterator[Finding]:
    """Findings about the kinds of the cells of a sheet's tables, gathered by rule over the whole sheet."""
    found: _Found = defaultdict(list)
    for frame in frames:
        _classify(frame, found)
    for rule, severity, evidence, remedy in _KINDS:
        if places := found.get(rule):
            positions = [position for position, _ in places]
            shown = listed([f"{address(p)} {_shown(cell)}" for p, cell in places])
            yield Finding(severity, rule, sheet, addresses(positions), evidence(len(places), shown), remedy)
    yield from _blanks(sheet, frames)
    yield from _merged(sheet, frames, merged)


def _shown(cell: Cell) -> str:
    text = str(cell)
    return f"“{text if len(text) <= 20 else text[:20] + '…'}”" if isinstance(cell, str) else text


def _classify(frame: Frame, found: _Found) -> None:
    region = frame.region
    data = set(frame.data_columns)
    keys = {*frame.unit_columns, *frame.text_columns} | (
        {frame.year_column} if frame.year_column is not None else set()
    )
    for column in region.columns:
        cells = region.cells(column)
        kinds = set(map(type, cells))
        if column in data and not kinds <= set(_KEPT):
            _classify_data(frame, column, cells, found)
        elif column in keys and not kinds <= {float, int}:
            _classify_keys(frame, column, cells, found)
    for row in region.header:
        for column in region.columns:
            cell = region.block.values[row][column]
            if isinstance(cell, str) and _padded(cell):
                found["hidden_blanks"].append((region.position(row, column), cell))


def _classify_data(frame: Frame, column: int, cells: Sequence[Cell], found: _Found) -> None:
    region = frame.region
    for row, cell in zip(region.rows, cells, strict=True):
        if type(cell) in _KEPT:
            continue
        what = kind(cell)
        rule = _RULE_OF.get(what)
        if rule == "text_number" and isinstance(cell, str) and _padded(cell):
            rule = "hidden_blanks"
        if rule == "blank_text" and cell == "":
            rule = None
        if rule == "text_in_data" and len(str(cell)) >= _NOTE:
            rule = "note_in_data"
        if rule is not None:
            found[rule].append((region.position(row, column), cell))


def _classify_keys(frame: Frame, column: int, cells: Sequence[Cell], found: _Found) -> None:
    region = frame.region
    padded_text = column in frame.text_columns
    for row, cell in zip(region.rows, cells, strict=True):
        position = region.position(row, column)
        what = kind(cell)
        if what == "error" and (column not in frame.text_columns or isinstance(cell, CellError)):
            found["error_cell"].append((position, cell))
        elif what == "date" and column == frame.year_column:
            found["date_as_year"].append((position, cell))
        elif isinstance(cell, str):
            if _padded(cell):
                found["label_blanks" if padded_text else "hidden_blanks"].append((position, cell))
            elif column in frame.unit_columns and any(c.isspace() for c in cell) and not cell.isascii():
                found["blank_in_name"].append((position, cell))
            if column == frame.year_column and year_of(cell) is not None and plain(cell).isdigit():
                found["text_number"].append((position, cell))


def _padded(text: str) -> bool:
    """Whether blanks, tabs or invisible characters stand around a text."""
    return bool(text) and (text != text.strip() or any(character in text for character in "\t\u200b\ufeff\u00a0"))


_RULE_OF = {
    "text_number": "text_number",
    "mark": "missing_mark",
    "error": "error_cell",
    "text": "text_in_data",
    "logical": "logical_in_data",
    "date": "date_in_data",
    "blank": "blank_text",
}

_Evidence = Callable[[int, Text], Text]


def _counted(zh: str, en: str) -> _Evidence:
    def evidence(count: int, shown: Text) -> Text:
        return Text(f"{count} 个单元格{zh}：{shown.zh}", f"{count} cells {en}: {shown.en}")

    return evidence


_KINDS: tuple[tuple[str, Severity, _Evidence, Text], ...] = (
    (
        "error_cell",
        "error",
        _counted("是错误值", "hold an error value"),
        Text(
            "先改正那里的公式或数据；错误值不会当作空格",
            "Mend the formula or the data there; an error is never read as a blank",
        ),
    ),
    (
        "text_number",
        "error",
        _counted("是以文本形式存放的数字，SUM 会把它们当作 0", "are numbers stored as text: SUM takes them for 0"),
        Text(
            "选中它们，用“数据 - 分列”或“转换为数字”改成数字",
            "Select them and use Data - Text to Columns, or Convert to Number",
        ),
    ),
    (
        "hidden_blanks",
        "error",
        _counted(
            "前后有看不见的空格或制表符，查找会落空，数字可能仍是文本",
            "carry hidden blanks or tabs: lookups fail and numbers may stay text",
        ),
        Text("用 TRIM 和 CLEAN 去掉，再转换为数字", "Remove them with TRIM and CLEAN, then convert to numbers"),
    ),
    (
        "blank_in_name",
        "error",
        _counted(
            "的省份名称中间有空格，与不带空格的写法匹配不上",
            "hold a province name with a blank inside, which does not match the plain name",
        ),
        Text(
            "替换掉名称里的空格（Ctrl+H，空格换成空）再匹配", "Replace the blanks in the names (Ctrl+H) before matching"
        ),
    ),
    (
        "missing_mark",
        "error",
        _counted("是缺失符号，不是数字，也不是 0", "hold a mark for missing or negligible, neither a number nor 0"),
        Text(
            "查实后填数；确实没有就清空，不要填 0",
            "Fill in the number; clear the cell when there is none, and do not write 0",
        ),
    ),
    (
        "text_in_data",
        "error",
        _counted("在数字列里却是文字", "hold text in a column of numbers"),
        Text(
            "改成数字；是否整行或整列错位了，一并核对", "Make it a number; check whether the row or column has shifted"
        ),
    ),
    (
        "note_in_data",
        "error",
        _counted("在数字列里写了说明文字，按缺失处理", "hold a remark in a column of numbers and count as missing"),
        Text(
            "把说明移到表外的注里；数字单元格只写数字",
            "Move remarks to a note outside the table; write numbers only in cells of numbers",
        ),
    ),
    (
        "logical_in_data",
        "error",
        _counted("是逻辑值 TRUE/FALSE，不是数字", "hold a logical value, not a number"),
        Text("写成 1 或 0", "Write 1 or 0"),
    ),
    (
        "date_in_data",
        "error",
        _counted("显示为日期，不是数字", "hold a date, not a number"),
        Text("把单元格格式改为数值后重新填写", "Change the cell format to a number and type it again"),
    ),
    (
        "date_as_year",
        "error",
        _counted("的年份是日期", "hold a date where a year belongs"),
        Text("改成四位数的年份，如 2013", "Write four digits, as 2013"),
    ),
    (
        "blank_text",
        "error",
        _counted("看似空白，其实有空格字符", "look blank but hold blank characters"),
        Text("清除这些单元格的内容（Delete 键）", "Clear these cells (Delete key)"),
    ),
    (
        "label_blanks",
        "verify",
        _counted(
            "的行名前后有空格，按名称对应时会落空",
            "hold row labels with blanks around them, which breaks matching by name",
        ),
        Text("用 TRIM 去掉空格再对应", "Remove the blanks with TRIM before matching"),
    ),
)


def _blanks(sheet: str, frames: Sequence[Frame]) -> Iterator[Finding]:
    """Blanks, counted by column: they are missing, never 0."""
    for frame in frames:
        region = frame.region
        across = bool(frame.years_across or frame.provinces_across)
        groups = [frame.data_columns] if across else [(column,) for column in frame.data_columns]
        for columns in groups:
            blank = [
                region.position(row, column)
                for column in columns
                for row, cell in zip(region.rows, region.cells(column), strict=True)
                if cell is None or cell == ""
            ]
            if not blank:
                continue
            total = len(region.rows) * len(columns)
            label = address(region.position(region.rows[0], columns[0])) if across else frame.labels[columns[0]]
            whole = Text("（整列）", " (the whole column)") if len(blank) == total else Text("", "")
            yield Finding(
                "verify",
                "blank_cells",
                sheet,
                addresses(blank),
                Text(
                    f"“{label}”{total} 格中有 {len(blank)} 个空格{whole.zh}",
                    f"{label}: {len(blank)} of {total} cells are blank{whole.en}",
                ),
                Text(
                    "空格按缺失处理，不是 0；能补的补上，不能补的在说明里写明原因",
                    "Blanks count as missing, not as 0; fill in what can be filled and explain the rest",
                ),
            )


def _merged(sheet: str, frames: Sequence[Frame], merged: Sequence[str]) -> Iterator[Finding]:
    """Merged cells in data: those over several rows hide values (error); those within a row do not (verify)."""
    tall: list[str] = []
    flat: list[str] = []
    for text in merged:
        row, _, last_row, _ = rectangle(text)
        for frame in frames:
            top, bottom = (
                frame.region.position(frame.region.rows[0], 0)[0],
                frame.region.position(frame.region.rows[-1], 0)[0],
            )
            if row <= bottom and last_row >= top:
                (tall if last_row > row else flat).append(text)
                break
    layout: list[tuple[Severity, str, list[str]]] = [("error", "merged_rows", tall), ("verify", "merged_cells", flat)]
    for severity, rule, ranges in layout:
        if ranges:
            shown = listed(ranges)
            yield Finding(
                severity,
                rule,
                sheet,
                tuple(ranges),
                Text(
                    f"数据里有 {len(ranges)} 处合并单元格：{shown.zh}；只有左上角有值",
                    f"{len(ranges)} merged ranges inside the data: {shown.en}; only the first cell holds the value",
                ),
                Text("取消合并，并把每个单元格都填上", "Unmerge them and fill every cell"),
            )
