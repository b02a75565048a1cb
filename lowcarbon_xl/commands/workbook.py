"""``run``, ``calc``, ``press`` and ``rewrite``: a workbook computed, asked, changed or respelled without Excel."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Spill
from lowcarbon_xl.commands import ERROR_VALUE, FAILED, OK
from lowcarbon_xl.commands.plan import has_plan, run_plan
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.hosts.embedded import package, recalculate
from lowcarbon_xl.terminal import ProgressLine, print_json, print_rows, say

_SHOWN_REASONS = 5


def run(options: argparse.Namespace, language: Language) -> int:
    """Recalculate every formula, run the plan if there is one, and write a copy with the values in place."""
    output = _output(options)
    for path in filter(None, (output, options.values)):
        package.check_output(options.book, path)
    with ProgressLine(language) as progress:
        result = recalculate.recalculate(
            options.book, functions(), language, progress, own_language=options.lang is None
        )
    package.write(result, output)
    _summarise(result, language)
    failed = bool(result.failures or result.refused)
    if not options.no_plan and has_plan(result):
        ran = run_plan(output, language)
        failed |= not ran.complete
        if options.values and ran.written:  # the copy holds the plan's results too
            result = recalculate.recalculate(output, functions(), language, own_language=options.lang is None)
    if options.values:
        package.write(result, options.values, values_only=True)
    say(Text(f"结果：{output}", f"Result: {output}"), language)
    if options.values:
        name = options.values
        say(Text(f"只有数值的副本（LibreOffice、WPS）：{name}", f"Values only (LibreOffice, WPS): {name}"), language)
    return FAILED if failed else OK


def _output(options: argparse.Namespace) -> Path:
    """Where the result goes: what the user says, or beside the workbook."""
    given: Path | None = options.output
    book: Path = options.book
    return given or book.with_name(f"{book.stem}_result{book.suffix}")


def _summarise(result: recalculate.Recalculation, language: Language) -> None:
    """How many formulas, how long, and every cell that has no value."""
    ours = len(result.ours)
    zh = f"共 {result.formulas} 个公式，其中本插件 {ours} 个；用时 {result.seconds:.2f} 秒。"
    say(Text(zh, f"{result.formulas} formulas, {ours} of them ours; {result.seconds:.2f} s."), language)
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


def calc(options: argparse.Namespace, language: Language) -> int:
    """Evaluate one formula against a workbook and print what it spills."""
    spill = recalculate.evaluate(
        options.book, options.formula, functions(), language, options.sheet, own_language=options.lang is None
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


def press(options: argparse.Namespace, language: Language) -> int:
    """Do what a ribbon button does, to a copy of the workbook."""
    from lowcarbon_xl import ribbon  # heavy, as the engine: xlwings
    from lowcarbon_xl.hosts.embedded import engine

    output = _output(options)
    package.check_output(options.book, output)
    book = engine.open_book(options.book, functions(), language, allow_loss=options.allow_loss)
    try:
        engine.activate(functions(), ribbon.book_language(book, language), allow_loss=options.allow_loss)
        with ProgressLine(language) as progress:
            done = ribbon.press(book, options.button, language, options.select, progress)
        book.save(str(output))
    finally:
        book.close()
    say(done, language)
    say(Text(f"结果：{output}", f"Result: {output}"), language)
    return OK


def rewrite(options: argparse.Namespace, language: Language) -> int:
    """Respell formulas between ``GTFP(...)`` (Excel) and ``LC.GTFP(...)`` (LibreOffice, Office.js)."""
    from lowcarbon_xl.hosts.libreoffice.rewrite import rewrite_formulas  # not needed by the other commands

    output = _output(options)
    found = rewrite_formulas(options.book, output, options.to)
    say(Text(f"改写了 {found.formulas} 个公式：{output}", f"Rewrote {found.formulas} formulas: {output}"), language)
    return OK
