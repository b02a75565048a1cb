"""Undo, the switch of language, the manual and the doctor."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from lowcarbon_xl import __version__
from lowcarbon_xl.catalogue import GROUP_TITLES, Chapter, functions, ribbon_button
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.names import LANGUAGE_NAME
from lowcarbon_xl.ribbon.blocks import area, fit_rows
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import Field, ledger_rows, mark_undone
from lowcarbon_xl.ribbon.looks import HEAD
from lowcarbon_xl.ribbon.native_types import Content
from lowcarbon_xl.ribbon.plan import read_plan
from lowcarbon_xl.ribbon.snapshot import find_sheet, set_name, undo


@ribbon_button(
    "undo",
    Chapter.HELP,
    label=Text("撤销", "Undo"),
    tip=Text(
        "把最近一次按钮操作改动的单元格恢复原样（值、公式、格式、批注），并删除它新建的工作表。",
        "Put the cells that the last button changed back as they were (values, formulas, formats, notes) and take "
        "the sheets that it made away.",
    ),
    image="Undo",
)
def undo_last(desk: Desk) -> Text:
    """Go back over the last press."""
    done = undo(desk.book)
    mark_undone(desk, done.runs)
    cells = "、".join(done.areas[:5]) + (f" 等 {len(done.areas)} 处" if len(done.areas) > 5 else "")
    made = "、".join(done.created)
    return Text(
        f"已撤销 {done.button}" + (f"；恢复 {cells}" if cells else "") + (f"；删除新建的 {made}" if made else ""),
        f"{done.button} undone"
        + (f"; restored {', '.join(done.areas[:5])}" if done.areas else "")
        + (f"; removed {', '.join(done.created)}" if made else ""),
    )


@ribbon_button(
    "language",
    Chapter.HELP,
    label=Text("中/EN", "EN/中"),
    tip=Text("切换标题、提示和表格的语言。", "Switch the language of headers, tips and tables."),
    image="SetLanguage",
)
def switch_language(desk: Desk) -> Text:
    """Switch the workbook between Chinese and English."""
    new = "en" if desk.language == "zh" else "zh"
    desk.snapshot.keep_name(LANGUAGE_NAME)
    set_name(desk.book, LANGUAGE_NAME, f'="{new}"')
    return Text(
        "语言：中文" if new == "zh" else "语言：英文", "language: Chinese" if new == "zh" else "language: English"
    )


@ribbon_button(
    "manual",
    Chapter.HELP,
    label=Text("函数手册", "Manual"),
    tip=Text("所有函数、参数、选项和例子。", "All functions, arguments, options and examples."),
    image="Help",
    large=True,
)
def manual(desk: Desk) -> Text:
    """A sheet that lists every function of the catalogue."""
    name = Text("函数手册", "Manual")[desk.language]
    found = find_sheet(desk.book, name)
    if found is not None and not is_own(found):
        desk.show(found)
        return Text(f"工作簿里已有“{name}”，没有改动", f"the workbook has a sheet {name!r} already; nothing changed")
    sheet = desk.own_sheet(name)
    rows: list[list[Output]] = [
        [
            Text("章节", "chapter"),
            Text("函数", "function"),
            Text("计算什么", "what it computes"),
            Text("结果", "result"),
        ]
    ]
    rows[0] += [Text("选项", "options"), Text("例子", "example")]
    for one in functions():
        options = Text("\n".join(o.help.zh for o in one.options), "\n".join(o.help.en for o in one.options))
        detail = Text(f"{one.summary.zh}。{one.detail.zh}", f"{one.summary.en}. {one.detail.en}")
        rows.append([GROUP_TITLES[one.group], one.signature, detail, one.spills, options, one.example])
    cells = desk.write(sheet, 1, 1, rows)
    cells.wrap_text = True
    cells.vertical_alignment = "top"
    widths = (14, 30, 60, 30, 60, 44)
    for column, width in enumerate(widths, start=1):
        desk.set_width(sheet, column, width)
    fit_rows(sheet, 1, rows, widths, desk.language)
    desk.native.set_page(cells)
    head = area(sheet, 1, 1, 1, len(rows[0]))
    head.font.bold = True
    head.color = HEAD
    desk.show(sheet)
    return Text(f"写好 {len(rows) - 1} 个函数", f"{len(rows) - 1} functions written")


@ribbon_button(
    "log",
    Chapter.HELP,
    label=Text("日志", "Log"),
    tip=Text("最近的运行，以及模型表中失败行的原因。", "Recent runs, and why rows of the plan failed."),
    image="Info",
)
def log(desk: Desk) -> Text:
    """A sheet of recent runs and of the plan's failures."""
    runs = [[_decoded(cell) for cell in row] for row in ledger_rows(desk)][-_RECENT:]
    failures = _failures(desk)
    sheet = desk.own_sheet(Text("日志", "Log")[desk.language])
    rows: list[list[Output]] = [[Text("时间", "time"), Text("内容", "what"), Text("结果", "result")]]
    rows += [["", *failure] for failure in failures]
    rows += [[row[Field.TIME], row[Field.WHAT], row[Field.STATE] or Text("完成", "done")] for row in reversed(runs)]
    cells = desk.write(sheet, 1, 1, rows)
    cells.wrap_text, cells.vertical_alignment = True, "top"
    widths = (20, 70, 60)
    for column, width in enumerate(widths, start=1):
        desk.set_width(sheet, column, width)
    fit_rows(sheet, 1, rows, widths, desk.language)
    desk.native.set_page(cells)
    head = area(sheet, 1, 1, 1, 3)
    head.font.bold, head.color = True, HEAD
    desk.show(sheet)
    return Text(f"{len(runs)} 次运行，{len(failures)} 个失败", f"{len(runs)} runs, {len(failures)} failures")


_RECENT = 50


def _decoded(cell: Content) -> Output:
    return cell[1:] if isinstance(cell, str) else cell


def _failures(desk: Desk) -> list[tuple[Output, Output]]:
    try:
        plan = read_plan(desk)
    except InputError:
        return []
    status = ((row, row["status"]) for row in plan.rows)
    return [(f"{plan.sheet.name}!{row.row} {row.label}", text) for row, text in status if text and text[0] != "✓"]


@ribbon_button(
    "doctor",
    Chapter.HELP,
    label=Text("诊断", "Doctor"),
    tip=Text("列出 Python、软件包和宿主的版本。", "List the versions of Python, packages and the host."),
    image="ReviewAcceptChange",
)
def doctor(desk: Desk) -> Text:
    """A sheet of what this add-in runs on."""
    sheet = desk.own_sheet(Text("诊断", "Doctor")[desk.language])
    rows: list[list[Output]] = [
        [Text("项目", "item"), Text("值", "value")],
        ["lowcarbon_xl", __version__],
        ["Python", f"{platform.python_version()} ({'64' if sys.maxsize > 2**32 else '32'} bit)"],
        [Text("系统", "system"), platform.platform()],
        [Text("宿主", "host"), f"xlwings {metadata.version('xlwings')}, engine {desk.book.app.engine.name}"],
        [Text("语言", "language"), desk.language],
    ]
    rows += [[name, metadata.version(name)] for name in ("numpy", "scipy", "pandas", "openpyxl", "formualizer")]
    rows.append([Text("函数", "functions"), len(functions())])
    desk.write(sheet, 1, 1, rows)
    head = area(sheet, 1, 1, 1, 2)
    head.font.bold = True
    head.color = HEAD
    desk.set_width(sheet, 1, 18)
    desk.set_width(sheet, 2, 60)
    area(sheet, 1, 2, len(rows), 1).horizontal_alignment = "left"
    desk.show(sheet)
    return Text("诊断结果见该工作表", "see the sheet")
