"""``audit`` and ``import``: what is wrong with the data of a file, and a clean long panel made of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from lowcarbon_xl.audit.audit import audit_file
from lowcarbon_xl.audit.finding import Finding
from lowcarbon_xl.commands import FAILED, OK
from lowcarbon_xl.errors import Language, Text
from lowcarbon_xl.terminal import print_json_value, say

_TIERS = {"error": Text("必须改正", "ERROR"), "verify": Text("须核实说明", "VERIFY")}
_SHOWN_CELLS = 8


def audit(options: argparse.Namespace, language: Language) -> int:
    """List findings, errors first; the exit code says whether there are errors."""
    findings = audit_file(options.file)
    if options.json:
        print_json_value([finding.record(language) for finding in findings])
    else:
        _say_findings(findings, language)
    return FAILED if any(finding.severity == "error" for finding in findings) else OK


def import_panel(options: argparse.Namespace, language: Language) -> int:
    """Turn a file of any layout into a long panel, with the list of every repair."""
    from lowcarbon_xl.audit.import_write import write_import  # not needed by the audit
    from lowcarbon_xl.audit.importing import import_file

    imported = import_file(options.file, sheet=options.sheet, province=options.province, year=options.year)
    output = options.output or options.file.with_name(f"{options.file.stem}_panel.xlsx")
    write_import(imported, output, language)
    rows, repairs = len(imported.rows), len(imported.repairs)
    say(
        Text(
            f"{rows} 行，{repairs} 处修整，见工作表“修复”", f"{rows} rows, {repairs} repairs, see the sheet of repairs"
        ),
        language,
    )
    say(Text(f"结果：{output}", f"Result: {output}"), language)
    return OK


def _say_findings(findings: Sequence[Finding], language: Language) -> None:
    """Findings for a person: errors first, then what must be explained, then the count."""
    for finding in findings:
        cells = ", ".join(finding.cells[:_SHOWN_CELLS]) + (", ..." if len(finding.cells) > _SHOWN_CELLS else "")
        where = "!".join(filter(None, (finding.sheet, cells)))
        tier, evidence, remedy = _TIERS[finding.severity], finding.evidence, finding.remedy
        zh = f"{tier.zh} [{finding.rule}] {where}：{evidence.zh}。{remedy.zh}"
        say(Text(zh, f"{tier.en} [{finding.rule}] {where}: {evidence.en}. {remedy.en}"), language)
    errors = sum(finding.severity == "error" for finding in findings)
    others = len(findings) - errors
    say(Text(f"必须改正 {errors} 项，须核实说明 {others} 项。", f"{errors} errors, {others} to verify."), language)
