"""``compare``: two versions of a workbook side by side, for whoever reviews the newer one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import groupby

from lowcarbon_xl.audit.changes import CellChange, shown
from lowcarbon_xl.audit.compare import Comparison, ResultChange, Verdict, compare
from lowcarbon_xl.commands import FAILED, OK
from lowcarbon_xl.commands.evidence import plain, read_version, recalculated_version
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.terminal import print_json_value, say

_SHOWN_CHANGES, _FEW = 20, 3
_WRONG = ("stale", "drifted")
_VERDICTS: dict[Verdict, Text] = {
    "stale": Text("✘ 应变未变（过期）", "✘ should have changed and did not (stale)"),
    "drifted": Text(
        "✘ 输入没变，重算的结果与保存的不同（早已过期，或程序版本不同）",
        "✘ no input changed, but recalculated they give something else (stale before, or another version)",
    ),
    "unexplained": Text("✘ 输入没变，结果变了", "✘ changed without any change of inputs"),
    "formula": Text("! 公式改了", "! the formula was changed"),
    "new": Text("+ 新增的结果", "+ new results"),
    "removed": Text("- 删去的结果", "- results that are gone"),
    "follows": Text("✔ 随输入更新", "✔ follow their inputs"),
    "unaffected": Text("= 输入变了，结果不受影响", "= inputs changed, the result rightly did not"),
    "volatile": Text("~ 每次重算都会变，无法判断", "~ change at every recalculation, not judged"),
}


def compare_books(options: argparse.Namespace, language: Language) -> int:
    """Say what changed between two versions; the exit code says whether a result is stale."""
    found = compare(read_version(options.old), recalculated_version(options.new, language))
    if options.json:
        print_json_value(record(found, language))
    else:
        for line in report(found):
            say(line, language)
    return FAILED if found.stale else OK


def report(found: Comparison) -> Iterator[Text]:
    """The comparison, line by line, for a person."""
    yield Text(f"{found.before} -> {found.after}", f"{found.before} -> {found.after}")
    for was, now in found.renamed:
        yield Text(f"工作表改名：{was} -> {now}", f"sheet renamed: {was} -> {now}")
    for name in found.added:
        yield Text(f"新增工作表：{name}", f"sheet added: {name}")
    for name in found.removed:
        yield Text(f"删去工作表：{name}", f"sheet removed: {name}")
    yield Text(f"输入：{len(found.inputs)} 格变了", f"Inputs: {len(found.inputs)} cells changed")
    for sheet, changes in groupby(found.inputs, key=lambda change: change.sheet):
        yield from _input_lines(sheet, list(changes))
    for verdict, title in _VERDICTS.items():
        results = found.of(verdict)
        if results:
            yield Text(f"{title.zh}：{len(results)}", f"{title.en}: {len(results)}")
            shown_results = results[: _FEW if verdict == "unaffected" else _SHOWN_CHANGES]
            yield from map(_result_line, shown_results)
            if more := len(results) - len(shown_results):
                yield Text(f"  还有 {more} 个（--json 全部列出）", f"  {more} more (--json lists all)")
    stale = len(found.of("stale", "drifted"))
    yield (
        Text(f"有 {stale} 个结果过期：重新计算后再保存。", f"{stale} results are stale: recalculate and save again.")
        if stale
        else Text("没有过期的结果。", "No result is stale.")
    )


def _input_lines(sheet: str, changes: Sequence[CellChange]) -> Iterator[Text]:
    for change in changes[:_SHOWN_CHANGES]:
        yield Text(f"  {change.text.zh}", f"  {change.text.en}")
    more = len(changes) - _SHOWN_CHANGES
    if more > 0:
        yield Text(f"  {sheet}：还有 {more} 格（--json 全部列出）", f"  {sheet}: {more} more (--json lists all)")


def _result_line(result: ResultChange) -> Text:
    """``面板!J4 =GTFP(A4:G514): 12 cells differ, as J5 1.02 (was 1.01); because of 面板!E7``."""
    was = Text("应为", "should be") if result.verdict in _WRONG else Text("原为", "was")
    told = [(cell, shown(now), shown(other)) for cell, now, other in result.examples]
    zh = f"  {result.cell} {result.formula}"
    en = zh
    if result.verdict == "formula":
        zh, en = f"{zh}（原为 {result.before_formula}）", f"{en} (was {result.before_formula})"
    if result.count:
        zh += f"：{result.count} 格，如 " + "，".join(f"{c} {now.zh}（{was.zh} {old.zh}）" for c, now, old in told)
        en += f": {result.count} cells, as " + ", ".join(f"{c} {now.en} ({was.en} {old.en})" for c, now, old in told)
    if result.because:
        zh, en = f"{zh}；依据 {'、'.join(result.because)}", f"{en}; because of {', '.join(result.because)}"
    if not result.recalculated and result.verdict in ("stale", "unaffected"):
        zh, en = f"{zh}；未能重算，按引用判断", f"{en}; not recalculated, judged by its references"
    return Text(zh, en)


def record(found: Comparison, language: Language) -> dict[str, object]:
    """The comparison as JSON has it."""
    return {
        "before": found.before,
        "after": found.after,
        "renamed": dict(found.renamed),
        "added": list(found.added),
        "removed": list(found.removed),
        "inputs": [
            {
                "sheet": change.sheet,
                "cell": change.cell,
                "key": change.key,
                "kind": change.kind,
                "before": plain(change.before, language),
                "after": plain(change.after, language),
            }
            for change in found.inputs
        ],
        "results": [_result_record(result, language) for result in found.results],
        "stale": found.stale,
        "text": [line[language] for line in report(found)],
    }


def _result_record(result: ResultChange, language: Language) -> dict[str, object]:
    other = "should_be" if result.verdict in _WRONG else "before"
    return {
        "verdict": result.verdict,
        "cell": result.cell,
        "formula": result.formula,
        "before_formula": result.before_formula,
        "because": list(result.because),
        "count": result.count,
        "examples": [
            {"cell": cell, "saved": plain(now, language), other: plain(was, language)}
            for cell, now, was in result.examples
        ],
        "recalculated": result.recalculated,
    }
