"""The audit of a range, of sheets, or of a file: every check over every table, errors first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lowcarbon_xl.audit.checks_cells import cell_findings, sign_findings
from lowcarbon_xl.audit.checks_keys import key_findings
from lowcarbon_xl.audit.finding import Finding, in_order
from lowcarbon_xl.audit.frame import Frame, read_frame
from lowcarbon_xl.audit.layout import table_series
from lowcarbon_xl.audit.rules import Rules, default_rules, is_rule_sheet, with_sheet
from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.regions import find_regions


def audit_block(block: Block, rules: Rules | None = None) -> tuple[Finding, ...]:
    """Audit one range; whatever is in it, findings come back.

    Parameters
    ----------
    block : Block
        The range, with its header row (titles and notes around the table are recognised).
    rules : Rules, optional
        Default: the rules that come with the package.
    """
    return audit_blocks((block,), rules)


def audit_blocks(blocks: Sequence[Block], rules: Rules | None = None) -> tuple[Finding, ...]:
    """Audit several sheets together.

    Raises
    ------
    InputError
        Only when a sheet 规则 holds a rule that cannot be read.
    """
    rules = with_sheet(rules or default_rules(), blocks)
    sheets = [(block, _frames(block)) for block in blocks if not is_rule_sheet(block)]
    findings: list[Finding] = []
    if not any(frames for _, frames in sheets):
        findings.append(_no_table(blocks))
    for block, frames in sheets:
        findings += _sheet_findings(block, frames, rules)
    return in_order(findings)


def _frames(block: Block) -> list[Frame]:
    return [read_frame(region) for region in find_regions(block)]


def _sheet_findings(block: Block, frames: Sequence[Frame], rules: Rules) -> Iterable[Finding]:
    findings: list[Finding] = []
    if not frames:
        return findings
    findings += cell_findings(block.sheet or "", frames, block.merged)
    for frame in frames:
        findings += _no_header(frame)
        findings += key_findings(frame)
        findings += sign_findings(frame, table_series(frame, rules))
    return findings


def _no_header(frame: Frame) -> list[Finding]:
    """A table whose first row already holds numbers, or one without keys."""
    region = frame.region
    sheet = region.block.sheet or ""
    if not region.header:
        return [
            Finding(
                "error",
                "no_header",
                sheet,
                (),
                Text(
                    "没有标题行，无法知道各列是什么",
                    "there is no header row, so that nobody knows what the columns are",
                ),
                Text(
                    "把标题行也选进来，或在第一行写上列名",
                    "Select the header row as well, or write names into the first row",
                ),
            )
        ]
    if not frame.keyed:
        return [
            Finding(
                "verify",
                "no_keys",
                sheet,
                (),
                Text(
                    "没有找到省份或年份，只能逐格检查",
                    "no province and no year were found: only single cells can be checked",
                ),
                Text(
                    "标题写“省份”“年份”，审核才能比较各年各省",
                    "Call the headers 省份 and 年份 (province, year) to have years and provinces compared",
                ),
            )
        ]
    return []


def _no_table(blocks: Sequence[Block]) -> Finding:
    return Finding(
        "verify",
        "no_table",
        (blocks[0].sheet or "") if blocks else "",
        (),
        Text("没有找到数据表（空区域，或只有文字）", "there is no table of data (an empty range, or texts alone)"),
        Text("选中带标题行的数据区域", "Select the data with their header row"),
    )
