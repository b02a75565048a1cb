"""The summary of an audit: how many findings of each family, and of each province."""

from __future__ import annotations

from collections.abc import Sequence

from lowcarbon_xl.audit.finding import Finding
from lowcarbon_xl.audit.summary import FAMILIES, Counts, count_families, count_provinces
from lowcarbon_xl.cells import Block, Output
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import area
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.looks import GREEN, HEAD, RED, YELLOW

SUMMARY = Text("审核汇总", "Audit summary")
_COUNTED = (
    Text("必须改正", "errors"),
    Text("须核实", "to verify"),
    Text("其中已说明", "of them explained"),
    Text("待处理", "open"),
)
_WIDTHS = (28, 12, 12, 14, 12)


def write_summary(desk: Desk, findings: Sequence[Finding], explained: Sequence[bool], blocks: Sequence[Block]) -> None:
    """Write both tables on a sheet of ours."""
    sheet = desk.own_sheet(SUMMARY[desk.language])
    families = dict(zip(FAMILIES, count_families(findings, explained), strict=True))
    of_none = Text("（不限于某省）", "(of no single province)")
    found = count_provinces(findings, explained, blocks)
    provinces: dict[Output, Counts] = {of_none if name is None else name: counts for name, counts in found.items()}
    first = _table(Text("类别", "family"), [*families.items()], _total(findings, explained))
    second = _table(Text("省份（一条可涉及多省）", "province (a finding may name several)"), [*provinces.items()], None)
    blank: list[Output] = [None] * len(_WIDTHS)
    rows = [*first, blank, *second]
    written = desk.write(sheet, 1, 1, rows)
    for top in (1, len(first) + 2):
        head = area(sheet, top, 1, 1, len(_WIDTHS))
        head.font.bold, head.color = True, HEAD
    for number, row in enumerate(rows, start=1):
        if isinstance(row[1], int):
            doubts_open = isinstance(row[4], int) and row[4] > 0
            area(sheet, number, 1, 1, 1).color = RED if row[1] else YELLOW if doubts_open else GREEN
    for column, width in enumerate(_WIDTHS, start=1):
        desk.set_width(sheet, column, width)
    desk.native.set_page(written, upright=True)


def _table(name: Text, counted: Sequence[tuple[Output, Counts]], total: Counts | None) -> list[list[Output]]:
    lines = [*counted, *([(Text("合计", "all"), total)] if total is not None else [])]
    return [[name, *_COUNTED], *([label, *_cells(counts)] for label, counts in lines)]


def _cells(counts: Counts) -> list[Output]:
    return [counts.errors, counts.doubts, counts.explained, counts.errors + counts.doubts - counts.explained]


def _total(findings: Sequence[Finding], explained: Sequence[bool]) -> Counts:
    families = count_families(findings, explained)
    return Counts(*(sum(getattr(one, name) for one in families) for name in ("errors", "doubts", "explained")))
