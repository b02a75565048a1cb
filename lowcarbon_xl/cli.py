"""The command line: parses, and calls what `commands` does."""

from __future__ import annotations

import argparse
import importlib
import locale
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lowcarbon_xl import __version__
from lowcarbon_xl.commands import OK, UNUSABLE
from lowcarbon_xl.errors import Language, LowCarbonError, Text
from lowcarbon_xl.terminal import say

Command = Callable[[str, str, str], argparse.ArgumentParser]
"""Adds a command: its name, what does it (module:function), its help."""

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    _write_utf8()
    options = _parser().parse_args(arguments)
    language: Language = options.lang or default_language()
    module, _, name = options.command.partition(":")
    try:
        # each command imports what it alone needs, so that a cold start stays short
        code: int = getattr(importlib.import_module(f"lowcarbon_xl.commands.{module}"), name)(options, language)
    except LowCarbonError as error:
        say(error.message(), language, sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        say(Text("已中断，没有写任何文件。", "Interrupted; no file was written."), language, sys.stderr)
        return _INTERRUPTED
    return code


def default_language() -> Language:
    """Chinese where the locale is Chinese, else English."""
    name = next((os.environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)), "")
    if not name and sys.platform == "win32":
        name = locale.getlocale()[0] or ""
    return "zh" if name.casefold().startswith(("zh", "chinese")) else "en"


def _write_utf8() -> None:
    """Chinese must come out whatever the console's code page is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lowcarbon", description="低碳核算与计量 / low-carbon measurement and econometrics"
    )
    parser.add_argument("--version", action="version", version=f"lowcarbon {__version__}")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--lang", choices=("zh", "en"), help="语言（默认按系统） / language (default: the system's)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[shared], help=text)
        made.set_defaults(command=does)
        return made

    _add_workbook_commands(command)
    _add_review_commands(command)
    _add_machine_commands(command)
    return parser


def _add_workbook_commands(command: Command) -> None:
    run = command("run", "workbook:run", "重算整个工作簿 / recalculate a workbook")
    _add_book(run)
    run.add_argument(
        "--values",
        type=Path,
        metavar="OUT2",
        help="另写一份只有数值的副本，给 LibreOffice 和 WPS / also write a copy with values in place of our formulas",
    )
    run.add_argument("--no-plan", action="store_true", help="不运行模型表 / do not run the plan in sheet 模型")
    calc = command("calc", "workbook:calc", "计算一个公式 / evaluate one formula")
    calc.add_argument("book", type=Path, metavar="BOOK")
    calc.add_argument("formula", metavar="FORMULA", help='如 / as "=GTFP(面板!A4:G514)"')
    calc.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    calc.add_argument("--sheet", help="未写工作表的引用指哪个表 / the sheet that unqualified references mean")
    press = command("press", "workbook:press", "按功能区按钮 / press a ribbon button")
    _add_book(press)
    press.add_argument("button", metavar="BUTTON", help="如 / as run_all, check, undo")
    press.add_argument("--select", metavar="RANGE", help='选中的区域，如 / the selection, as "面板!A4:G514"')
    press.add_argument(
        "--allow-loss",
        action="store_true",
        help="允许丢掉保不住的部分，如数字签名 / let go of what cannot be kept, as a digital signature",
    )
    rewrite = command("rewrite", "workbook:rewrite", "改写公式 GTFP <-> LC.GTFP / respell formulas for another host")
    _add_book(rewrite)
    rewrite.add_argument("--to", choices=("LC", "plain"), default="LC", help="LC（LibreOffice）或 plain（Excel）")


def _add_review_commands(command: Command) -> None:
    audit = command("audit", "review:audit", "审核输入数据 / audit the inputs of a file")
    audit.add_argument("file", type=Path, metavar="FILE")
    audit.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    imported = command("import", "review:import_panel", "整理成长面板 / turn a file of any layout into a long panel")
    imported.add_argument("file", type=Path, metavar="FILE")
    imported.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="输出文件（默认 FILE_panel.xlsx） / output file"
    )
    imported.add_argument("--sheet", help="只读这个工作表 / this sheet only")
    imported.add_argument("--province", help="表里没写省份时用 / where the table does not say which province")
    imported.add_argument("--year", type=int, help="表里没写年份时用 / where the table does not say which year")
    trace = command("trace", "trace:trace", "溯源一个结果 / walk a result back to its cells")
    trace.add_argument("book", type=Path, metavar="BOOK")
    trace.add_argument("cell", metavar="CELL", help='如 / as "面板!J7"')
    trace.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    compare = command("compare", "compare:compare_books", "比较两个版本 / compare two versions of a workbook")
    compare.add_argument("old", type=Path, metavar="OLD")
    compare.add_argument("new", type=Path, metavar="NEW")
    compare.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def _add_book(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", type=Path, metavar="BOOK")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="输出文件（默认 BOOK_result.xlsx） / output file"
    )


def _add_machine_commands(command: Command) -> None:
    build = command("build", "machine:build", "生成示例工作簿和加载项 / build the example workbook and the add-ins")
    build.add_argument("-o", "--output", type=Path, default=Path("workbook"), metavar="FOLDER")
    install = command("install", "machine:install", "安装加载项 / install the add-in")
    install.add_argument("--uninstall", action="store_true", help="卸载 / undo the installation")
    install.add_argument("--libreoffice", action="store_true", help="装到 LibreOffice / into LibreOffice")
    install.add_argument("--profile", type=Path, help="LibreOffice 的用户配置文件夹 / LibreOffice's profile folder")
    command("doctor", "machine:doctor", "诊断安装 / diagnose the installation")
    serve = command("serve", "machine:serve", "启动服务器（附加项 [server]） / start the server (extra [server])")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1)
    serve.add_argument("--certificate", type=Path, metavar="PEM", help="HTTPS 证书 / certificate for HTTPS")
    serve.add_argument("--private-key", type=Path, metavar="PEM", help="证书的私钥 / its private key")
