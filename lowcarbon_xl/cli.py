"""The command line: run, calc and audit a workbook without Excel, and build the project's own files."""

from __future__ import annotations

import argparse
import locale
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lowcarbon_xl import __version__
from lowcarbon_xl.catalogue import Function, functions
from lowcarbon_xl.cells import Spill
from lowcarbon_xl.errors import HostError, Language, LowCarbonError, Text
from lowcarbon_xl.terminal import ProgressLine, print_json, print_json_value, print_rows, say

OK, FAILED, UNUSABLE, ERROR_VALUE = 0, 1, 2, 3
"""Exit codes: all well; some cells failed or the audit found errors; input unusable; the formula gave an error value."""

_SHOWN_REASONS = 5

if TYPE_CHECKING:
    from lowcarbon_xl.audit.finding import Finding
    from lowcarbon_xl.hosts.embedded.recalculate import Recalculation

_LATER = {
    "press": Text("按功能区按钮", "press a ribbon button"),
    "install": Text("安装到 Excel", "install into Excel"),
    "doctor": Text("诊断安装", "diagnose the installation"),
    "serve": Text("启动服务器", "start the server"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    _write_utf8()
    options = _parser().parse_args(arguments)
    language: Language = options.lang or default_language()
    command: Callable[[argparse.Namespace, Language], int] = options.command
    try:
        return command(options, language)
    except LowCarbonError as error:
        say(error.message(), language, sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        say(Text("已中断，没有写任何文件。", "Interrupted; no file was written."), language, sys.stderr)
        return 130


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

    run = commands.add_parser("run", parents=[shared], help="重算整个工作簿 / recalculate a workbook")
    run.add_argument("book", type=Path, metavar="BOOK")
    run.add_argument("-o", "--output", type=Path, metavar="OUT", help="输出文件（默认 BOOK_result.xlsx） / output file")
    run.add_argument(
        "--values",
        type=Path,
        metavar="OUT2",
        help="另写一份只有数值的副本，给 LibreOffice 和 WPS / also write a copy with values in place of our formulas",
    )
    run.set_defaults(command=_run)

    calc = commands.add_parser("calc", parents=[shared], help="计算一个公式 / evaluate one formula")
    calc.add_argument("book", type=Path, metavar="BOOK")
    calc.add_argument("formula", metavar="FORMULA", help='如 / as "=GTFP(面板!A1:G511)"')
    calc.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    calc.add_argument("--sheet", help="未写工作表的引用指哪个表 / the sheet that unqualified references mean")
    calc.set_defaults(command=_calc)

    audit = commands.add_parser("audit", parents=[shared], help="审核输入数据 / audit the inputs of a file")
    audit.add_argument("file", type=Path, metavar="FILE")
    audit.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    audit.set_defaults(command=_audit)

    build = commands.add_parser("build", parents=[shared], help="生成示例工作簿 / build the example workbook")
    build.add_argument("-o", "--output", type=Path, default=Path("workbook"), metavar="FOLDER")
    build.set_defaults(command=_build)

    for name, what in _LATER.items():
        later = commands.add_parser(name, parents=[shared], help=f"{what.zh}（尚未提供） / {what.en} (not yet)")
        later.add_argument("rest", nargs="*")
        later.set_defaults(command=_not_yet, name=name)
    return parser


def _run(options: argparse.Namespace, language: Language) -> int:
    """Recalculate every formula and write a copy with the values in place."""
    from lowcarbon_xl.hosts.embedded import package, recalculate  # heavy: only when a workbook is computed

    output: Path = options.output or options.book.with_name(f"{options.book.stem}_result{options.book.suffix}")
    for path in filter(None, (output, options.values)):
        package.check_output(options.book, path)
    with ProgressLine(language) as progress:
        result = recalculate.recalculate(
            options.book, _functions(), language, progress, own_language=options.lang is None
        )
    package.write(result, output)
    if options.values:
        package.write(result, options.values, values_only=True)
    _summarise(result, language)
    say(Text(f"结果：{output}", f"Result: {output}"), language)
    if options.values:
        say(Text(f"只有数值的副本：{options.values}", f"Copy with values only: {options.values}"), language)
    return FAILED if result.failures or result.refused else OK


def _summarise(result: Recalculation, language: Language) -> None:
    """How many formulas, how long, and every cell that has no value."""
    say(
        Text(
            f"共 {result.formulas} 个公式，其中本插件 {len(result.ours)} 个；用时 {result.seconds:.2f} 秒。",
            f"{result.formulas} formulas, {len(result.ours)} of them ours; {result.seconds:.2f} s.",
        ),
        language,
    )
    for note in result.notes:
        say(note, language)
    for refusal in result.refused:
        place, reason = refusal.place.address, refusal.reason
        say(Text(f"未计算 {_placed(place, reason.zh)}", f"not computed {_placed(place, reason.en)}"), language)
    for failure in result.failures:
        place, reason = failure.place.address, failure.reason
        say(
            Text(f"{failure.code} {_placed(place, reason.zh)}", f"{failure.code} {_placed(place, reason.en)}"), language
        )
    failed = bool(result.failures or result.refused)
    done = Text("全部算出。", "All computed.")
    say(
        Text("有单元格没有算出来，见上。", "Some cells could not be computed, see above.") if failed else done, language
    )


def _placed(place: str, reason: str) -> str:
    """A reason after its formula's cell, which it may name itself."""
    return reason if reason.startswith(place) else f"{place}: {reason}"


def _calc(options: argparse.Namespace, language: Language) -> int:
    """Evaluate one formula against a workbook and print what it spills."""
    from lowcarbon_xl.hosts.embedded import recalculate  # heavy: only when a workbook is computed

    spill = recalculate.evaluate(
        options.book, options.formula, _functions(), language, options.sheet, own_language=options.lang is None
    )
    (print_json if options.json else print_rows)(spill.rows)
    _say_reasons(spill, language)
    return ERROR_VALUE if spill.failed else OK


def _say_reasons(spill: Spill, language: Language) -> None:
    """Why there are error values; the first few, since a column of first years has many alike."""
    reasons = list(dict.fromkeys(spill.reasons))
    for reason in reasons[:_SHOWN_REASONS]:
        say(reason, language, sys.stderr)
    if (more := len(reasons) - _SHOWN_REASONS) > 0:
        say(Text(f"……另有 {more} 条", f"... and {more} more"), language, sys.stderr)


def _audit(options: argparse.Namespace, language: Language) -> int:
    """List what is wrong with the data of a file."""
    from lowcarbon_xl.audit.audit import audit_file  # heavy: readers of every format

    findings = audit_file(options.file)
    if options.json:
        print_json_value([finding.record(language) for finding in findings])
    else:
        _say_findings(findings, language)
    return FAILED if any(finding.severity == "error" for finding in findings) else OK


def _say_findings(findings: Sequence[Finding], language: Language) -> None:
    """Findings for a person: errors first, then what must be explained, then the count."""
    tiers = {"error": Text("必须改正", "ERROR"), "verify": Text("须核实说明", "VERIFY")}
    for finding in findings:
        cells = ", ".join(finding.cells[:8]) + (", ..." if len(finding.cells) > 8 else "")
        where = "!".join(filter(None, (finding.sheet, cells)))
        tier, evidence, remedy = tiers[finding.severity], finding.evidence, finding.remedy
        zh = f"{tier.zh} [{finding.rule}] {where}：{evidence.zh}。{remedy.zh}"
        say(Text(zh, f"{tier.en} [{finding.rule}] {where}: {evidence.en}. {remedy.en}"), language)
    errors = sum(finding.severity == "error" for finding in findings)
    others = len(findings) - errors
    say(Text(f"必须改正 {errors} 项，须核实说明 {others} 项。", f"{errors} errors, {others} to verify."), language)


def _build(options: argparse.Namespace, language: Language) -> int:
    """Build what stands in ``workbook/``: the example, and the add-ins."""
    from lowcarbon_xl.example import build  # heavy: computes the example workbook

    _functions()
    path = build(options.output)
    say(Text(f"已生成 {path}", f"Built {path}"), language)
    return OK


def _not_yet(options: argparse.Namespace, language: Language) -> int:
    what = _LATER[options.name]
    raise HostError(
        Text(
            f"lowcarbon {options.name}（{what.zh}）尚未提供", f"lowcarbon {options.name} ({what.en}) is not there yet"
        ),
        Text("目前可用：run、calc、audit、build", "There are run, calc, audit and build so far"),
    )


def _functions() -> tuple[Function, ...]:
    """The catalogue, filled."""
    import lowcarbon_xl.functions  # noqa: F401  (declares the functions)

    return functions()
