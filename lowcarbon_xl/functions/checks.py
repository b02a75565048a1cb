"""=AUDIT: what is wrong with the data in a range, cell by cell; =HASH: a fingerprint of what it says."""

from __future__ import annotations

from lowcarbon_xl.audit.audit import audit_block
from lowcarbon_xl.audit.content import content_hash
from lowcarbon_xl.audit.finding import Finding, compact, positions_of
from lowcarbon_xl.catalogue import OPTIONS, Argument, Group, Kind, Shape, worksheet_function
from lowcarbon_xl.cells import Block, Output, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.options import COMMON, Option, Options
from lowcarbon_xl.sheet.spill import row_spill

_HEADERS = (
    Text("级别", "severity"),
    Text("规则", "rule"),
    Text("工作表", "sheet"),
    Text("单元格", "cells"),
    Text("证据", "evidence"),
    Text("处理", "remedy"),
)
SEVERITIES = {"error": Text("必须改正", "error"), "verify": Text("须核实说明", "verify")}
_CELL_LIMIT = 32_000
"""Excel cuts the text of a cell at 32,767 characters."""
_TIER = Option(
    "tier",
    "choice",
    Text("tier=error 只列必须改正的（默认 all 全部）", "tier=error lists only what must be corrected (default: all)"),
    choices=("all", "error", "verify"),
    aliases={"级别": "tier"},
)


@worksheet_function(
    "AUDIT",
    Group.AUDIT,
    summary=Text("审核区域里的数据，列出问题", "Audit the data in a range and list what is wrong"),
    detail=Text(
        "两级：error 必须改正，verify 须核实说明。检查主键（重复、缺省份年份、代码与名称）、类型（文本数字、空格、错误值、缺失符号、合并单元格）、"
        "符号、空格、量级和单位、年度突变、小数点错位、版本混用、加总关系。空格从不当作 0。阈值和关系在工作表“规则”里可改。",
        "Two tiers: error must be corrected, verify may stay if explained. Checks keys (duplicates, missing "
        "province-years, code against name), types (numbers as text, hidden blanks, errors, marks, merged cells), "
        "signs, blanks, magnitudes and units, jumps, decimal slips, mixed vintages and adding-up. A blank is never 0. "
        "Thresholds and identities can be changed in a sheet called 规则.",
    ),
    arguments=(
        Argument(
            "range",
            Text("区域", "range"),
            Text("要审核的区域，带标题行；可以整列引用", "The range to audit, with its header row; whole columns work"),
            Kind.RANGE,
        ),
        OPTIONS,
    ),
    options=(_TIER, *COMMON),
    shape=Shape.TABLE,
    spills=Text(
        "一行一个问题：级别、规则、工作表、单元格、证据、处理；没有问题时一行 OK",
        "one row a finding: severity, rule, sheet, cells, evidence, remedy; one row OK when there is none",
    ),
    example="=AUDIT(面板!A4:G514)",
)
def audit(range_: Block, options: Options) -> Spill:
    """Findings of one range."""
    tier = options.text("tier", "all")
    findings = [finding for finding in audit_block(range_) if tier in ("all", finding.severity)]
    errors = sum(finding.severity == "error" for finding in findings)
    note = Text(
        f"必须改正 {errors} 条，须核实说明 {len(findings) - errors} 条",
        f"{errors} to be corrected, {len(findings) - errors} to be explained",
    )
    rows = [_row(finding) for finding in findings] or [_clean(range_)]
    return row_spill(_HEADERS, rows, options, (note,))


def _row(finding: Finding) -> tuple[Output, ...]:
    cells = ", ".join(compact(positions_of(finding.cells)))
    if len(cells) > _CELL_LIMIT:
        cells = cells[:_CELL_LIMIT].rpartition(",")[0] + ", ..."
    return SEVERITIES[finding.severity], finding.rule, finding.sheet, cells, finding.evidence, finding.remedy


def _clean(block: Block) -> tuple[Output, ...]:
    return (
        Text("通过", "OK"),
        "OK",
        block.sheet or "",
        block.whole.rpartition("!")[2],
        Text("没有发现问题", "no finding"),
        Text("无需处理", "nothing to do"),
    )


@worksheet_function(
    "HASH",
    Group.AUDIT,
    summary=Text(
        "区域内容的指纹：内容相同则指纹相同", "Fingerprint of a range's content: the same content, the same fingerprint"
    ),
    detail=Text(
        "SHA-256 的前 32 位。数字按双精度全精度，文字按 Unicode NFC；与数字格式、所用软件无关；有标题和主键（省份、年份）的表与行的顺序无关。"
        "用来证明两份数据一样，或发现数据改动过。",
        "The first 32 digits of SHA-256. Numbers count with full double precision, texts in Unicode NFC; number formats and "
        "the spreadsheet program do not matter, nor does the order of rows in a table with a header and keys (province, "
        "year). It proves that two sets of data are the same, or shows that one was changed.",
    ),
    arguments=(
        Argument(
            "range",
            Text("区域", "range"),
            Text("要取指纹的区域，带标题行；可以整列引用", "The range, with its header row; whole columns work"),
            Kind.RANGE,
        ),
    ),
    shape=Shape.SCALAR,
    spills=Text("一段文字（32 位十六进制）", "one text (32 hexadecimal digits)"),
    example="=HASH(面板!A4:G514)",
)
def hash_(range_: Block) -> Spill:
    """The fingerprint of one range."""
    return Spill(((content_hash(range_),),))
