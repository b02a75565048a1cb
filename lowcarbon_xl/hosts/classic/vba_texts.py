"""What the add-in's own VBA says; ``%1`` and ``%2`` stand for what it names."""

from __future__ import annotations

from lowcarbon_xl.errors import Text

TEXTS: dict[str, Text] = {
    "title": Text("低碳核算", "LowCarbon"),
    "no_workbook": Text("请先打开一个工作簿。", "Open a workbook first."),
    "no_answer": Text("Python 没有响应：%1", "Python does not answer: %1"),
    "no_interpreter": Text(
        "没有登记 Python（%1 里没有 INTERPRETER_WIN）。请在命令行运行 lowcarbon install。",
        "No Python is registered (%1 has no INTERPRETER_WIN). Run lowcarbon install in a terminal.",
    ),
    "interpreter_missing": Text(
        "登记的 Python 不在了：%1。请运行 lowcarbon install。",
        "The registered Python is gone: %1. Run lowcarbon install.",
    ),
    "path_outside_code_page": Text(
        "路径 %1 含有系统代码页没有的字符。请把 Python 装到只含英文字母的文件夹。",
        "The path %1 has characters outside the system's code page. Install Python in a folder with a plain name.",
    ),
    "library_missing": Text(
        "找不到 %1（在 %2 及其上级文件夹里）：xlwings 升级过，或没有装好。请运行 lowcarbon install。",
        "%1 is not there (in %2 or the folder above it): xlwings was upgraded or is not installed. Run lowcarbon install.",
    ),
    "library_refused": Text(
        "Windows 拒绝加载 %1，可能是安全软件或策略拦截。请运行 lowcarbon doctor。",
        "Windows refuses to load %1; security software or a policy may block it. Run lowcarbon doctor.",
    ),
    "python_did_not_start": Text(
        "Python 没有启动：%1。请运行 lowcarbon doctor。",
        "Python did not start: %1. Run lowcarbon doctor.",
    ),
    "arrays_spill": Text(
        "这个版本的 Excel 会自动溢出，直接回车输入公式即可。",
        "This Excel spills by itself: just enter the formula.",
    ),
    "no_formula_here": Text(
        "%1 里没有本插件的公式。先在一个单元格里输入公式，再按这个按钮。",
        "%1 holds no formula of ours. Enter one in a single cell first, then press this button.",
    ),
    "formula_too_long": Text(
        "公式超过 255 个字符，Excel 不能把它作为数组公式输入。请把选项写到一个单元格里再引用。",
        "The formula has more than 255 characters, too many for an array formula. Put the options in a cell and refer to it.",
    ),
    "cells_occupied": Text(
        "结果需要 %1，其中有别的内容。请先清空或换个位置；没有改动任何单元格。",
        "The result needs %1, and something else is there. Clear it or move the formula; nothing was changed.",
    ),
}
