"""Sheet 对照: our estimates on the simulated variables beside the study's print, the truth, and what the print contradicts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from openpyxl.styles import Alignment, Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.example import heights, style
from lowcarbon_xl.example.printed import DOUBTS, PRINTED, Doubt, Printed
from lowcarbon_xl.example.style import THREE, TOP
from lowcarbon_xl.example.tables import read_example
from lowcarbon_xl.example.variables_sheet import CONTROLS

_BANDS = (("模型", 6), ("模拟", 1), ("我们的结果（模拟数据）", 5), ("论文印刷的数字", 4), ("", 1))
_HEADERS = ("论文", "内容", "被解释变量", "解释变量", "工具变量", "选项", "真值", "系数", "t", "N", "R²", "区间含真值")
_PRINTED_HEADERS = ("系数", "t", "N", "R²", "说明")
_WIDTHS = (12, 19, 11, 10, 9, 46, 8, 9, 9, 7, 8, 9, 11, 9, 7, 8, 34)
_CONTROLS_CELL, _BAND_ROW = "$C$4", TOP + 1
_FIRST = TOP + 3
_TEXT = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
_TEXT_COLUMNS = frozenset((1, 2, 3, 4, 5, 6, 17))
_CRITICAL = "1.97"
"""The 97.5 % point of t with about 250 degrees of freedom."""


def add_comparison(book: Workbook) -> Worksheet:
    """The sheet, complete."""
    sheet = style.new_sheet(book, "对照")
    last_column = column_letters(len(_WIDTHS))
    style.heading(
        sheet,
        "对照：我们的结果和论文印刷的数字",
        "Our estimates on simulated variables beside the study's print, and what the print contradicts",
        "模拟数据不能重现论文的数字，只能重现方法：论文的原始数据没有公开。左边由普通公式从 TWFE、IVREG 取数，改“变量”的数据就会变；"
        "真值是生成数据所用的系数，“区间含真值”看 95% 区间是否包含它（20 个里平均有 1 个不包含）。右边逐字抄自所依据论文"
        "（人工智能与碳排放、绿色全要素生产率，30 个省份 2013-2022）的表 2-8，只取 AI 的系数、t、N 和 R²；论文的印刷错误照抄，在下面指出。",
        last_column,
        height=50,
    )
    style.widths(sheet, {column_letters(i): width for i, width in enumerate(_WIDTHS, start=1)})
    style.caption(sheet, f"A{TOP}", "控制变量（下面各行共用）")
    given = style.write(sheet, f"C{TOP}", f"controls={CONTROLS}", colour=style.LINK)
    given.fill = style.INPUT_FILL
    _add_headers(sheet)
    rows = {model.place: row for row, model in enumerate(PRINTED, start=_FIRST)}
    for row, model in enumerate(PRINTED, start=_FIRST):
        _add_model(sheet, row, model)
    last = _FIRST + len(PRINTED) - 1
    missed = DifferentialStyle(font=Font(color="C00000", bold=True))
    style.flag(sheet, f"L{_FIRST}:L{last}", f'L{_FIRST}="✘"', missed)
    bottom = _add_doubts(sheet, last + 2, rows)
    style.page(sheet, f"A1:{last_column}{bottom}", tab=style.WARNING, titles=False, freeze=f"C{_FIRST}")
    return sheet


def _add_headers(sheet: Worksheet) -> None:
    column = 1
    for name, width in _BANDS:
        for place in range(column, column + width):
            style.header_cell(style.put(sheet, _BAND_ROW, place))
        style.put(sheet, _BAND_ROW, column, name or None)
        if width > 1:
            sheet.merge_cells(
                start_row=_BAND_ROW, end_row=_BAND_ROW, start_column=column, end_column=column + width - 1
            )
        column += width
    for column, name in enumerate((*_HEADERS, *_PRINTED_HEADERS), start=1):
        style.header_cell(style.put(sheet, _BAND_ROW + 1, column, name))
    sheet.row_dimensions[_BAND_ROW + 1].height = 30


def _add_model(sheet: Worksheet, row: int, model: Printed) -> None:
    coefficient, stars, t, n, r2 = model.figures
    call = _call(row, model)
    term = f"$E{row}" if model.first_stage else f"$D{row}"
    lookups = [_lookup(term, call, 2), _lookup(term, call, 4), _lookup('"N"', call, 2), _lookup('"R2"', call, 2)]
    covered = f'=IF(ABS(H{row}-G{row})<={_CRITICAL}*ABS(H{row}/I{row}),"✔","✘")'
    values: Sequence[str | float | None] = (
        model.place,
        model.what,
        model.y,
        model.x,
        model.instrument,
        _options(model),
        model.truth,
        *lookups[:3],
        "—" if model.first_stage else lookups[3],
        covered if model.truth is not None else "—",
        coefficient,
        t,
        n,
        r2,
        model.remark,
    )
    formats = ("@", "@", "@", "@", "@", "General", THREE, THREE, "0.00", "0", THREE, "@")
    starred = f'0.000"{"*" * stars}"' if stars else THREE
    for column, (value, number_format) in enumerate(
        zip(values, (*formats, starred, "0.000", "0", THREE, "@"), strict=True), start=1
    ):
        cell = style.put(sheet, row, column, value if value != "" else None)
        style.body(cell, number_format, given=column < 6 or column == 7 or column > 12)
        if column in _TEXT_COLUMNS:
            cell.alignment = _TEXT
        elif column in (11, 12):
            cell.alignment = style.CENTRE
    shown = CONTROLS + "; controls=" + (model.filter or "if=环境规制<=0.00000" * bool(model.split))
    wide = {"F": shown if model.controlled else "", "Q": model.remark}
    heights.fit_height(sheet, row, wide, {"F": _WIDTHS[5], "Q": _WIDTHS[16] - 2})


def _call(row: int, model: Printed) -> str:
    """Our function on the row's own cells."""
    cells = f"变量!$A${TOP}:$U${TOP + len(read_example('variables').rows)}"
    if model.instrument:
        return f'IVREG({cells},$C{row},"",$D{row},$E{row},$F{row})'
    return f"TWFE({cells},$C{row},$D{row},$F{row})"


def _lookup(key: str, call: str, column: int) -> str:
    # not VLOOKUP, which LibreOffice does not let search the array that a function returns
    return f"=INDEX({call},MATCH({key},INDEX({call},0,1),0),{column})"


def _options(model: Printed) -> str | None:
    """The options text, as a formula on the shared list of controls."""
    if not model.controlled:
        return None
    if model.split:
        name, sign, _ = re.split(r"([<>]=?)", model.split)
        table = read_example("variables")
        letter = column_letters(table.headers.index(name) + 1)
        median = f"MEDIAN(变量!${letter}${TOP + 1}:${letter}${TOP + len(table.rows)})"
        return f'={_CONTROLS_CELL}&"; if={name}{sign}"&TEXT({median},"0.00000")'
    return f'={_CONTROLS_CELL}&"; {model.filter}"' if model.filter else f"={_CONTROLS_CELL}"


def _add_doubts(sheet: Worksheet, row: int, rows: Mapping[str, int]) -> int:
    """What in the print does not fit, each with a formula; returns the last row."""
    style.caption(sheet, f"A{row}", "论文印刷中的矛盾和须说明之处（用普通公式核对）")
    columns = (
        ("位置", 1, 2),
        ("论文印刷", 3, 6),
        ("核对", 7, 7),
        ("公式的含义", 8, 11),
        ("判定", 12, 12),
        ("结论", 13, 17),
    )
    for name, first, last in columns:
        for column in range(first, last + 1):
            style.header_cell(style.put(sheet, row + 1, column))
        style.put(sheet, row + 1, first, name)
        _merge(sheet, row + 1, first, last)
    for line, doubt in enumerate(DOUBTS, start=row + 2):
        texts = (doubt.place, doubt.printed, _filled(doubt, rows), doubt.meaning, doubt.certain, doubt.conclusion)
        for (_, first, last), text in zip(columns, texts, strict=True):
            for column in range(first, last + 1):
                style.body(style.put(sheet, line, column), "@", given=first != 7)
            cell = style.put(sheet, line, first, text)
            cell.alignment = style.RIGHT if first == 7 else _TEXT
            if first == 7:
                cell.number_format = doubt.number_format
            _merge(sheet, line, first, last)
        width = sum(_WIDTHS[12:17])
        sheet.row_dimensions[line].height = 16 * heights.line_count(doubt.conclusion, width - 8) + 4
    certain = DifferentialStyle(font=Font(color="C00000", bold=True))
    bottom = row + 1 + len(DOUBTS)
    style.flag(sheet, f"L{row + 2}:L{bottom}", f'L{row + 2}="肯定"', certain)
    return bottom


def _merge(sheet: Worksheet, row: int, first: int, last: int) -> None:
    if last > first:
        sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def _filled(doubt: Doubt, rows: Mapping[str, int]) -> str:
    """The formula with the cells of the printed figures it speaks of."""
    letters = {"t": "N", "n": "O"}
    return re.sub(r"\{(\w):([^}]+)\}", lambda found: f"{letters[found[1]]}{rows[found[2]]}", doubt.formula)
