"""What users say of doubtful data (说明): written beside the findings, kept in the ledger, printed with results."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from lowcarbon_xl.audit.finding import Finding, compact, positions_of
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Sheet, area
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import HEADERS as LEDGER_HEADERS
from lowcarbon_xl.ribbon.ledger import Field, append, ledger_rows
from lowcarbon_xl.ribbon.snapshot import find_sheet

FINDINGS = Text("审核结果", "Findings")
FINDING_COLUMNS = 7
_EXPLAINED = Text("说明 ", "explanation ")
_CELL_LIMIT = 500
_SHOWN = 10

About = tuple[str, str, str]
"""Rule, sheet and cells of a finding."""


def about(finding: Finding) -> About:
    """What an explanation is about."""
    return finding.rule, finding.sheet, cells_of(finding)


def cells_of(finding: Finding) -> str:
    """The cells of a finding as the sheet of findings lists them."""
    text = ", ".join(compact(positions_of(finding.cells)))
    return text if len(text) <= _CELL_LIMIT else text[:_CELL_LIMIT].rpartition(",")[0] + ", ..."


def findings_sheet(desk: Desk) -> Sheet | None:
    """The sheet of findings in either language, if it is ours."""
    found = (find_sheet(desk.book, name) for name in (FINDINGS.zh, FINDINGS.en))
    return next((sheet for sheet in found if sheet is not None and is_own(sheet)), None)


def _listed(desk: Desk) -> dict[About, str]:
    """What stands in the column 说明 of the sheet of findings, blanks among it."""
    found = findings_sheet(desk)
    if found is None:
        return {}
    rows = desk.native.contents(area(found, 1, 1, desk.native.used(found)[0], FINDING_COLUMNS))
    texts = [["" if cell is None else str(cell).removeprefix("s") for cell in row] for row in rows]
    return {(row[1], row[2], row[3]): row[6].strip() for row in texts[1:] if row[1]}


def listed_cells(desk: Desk) -> Iterator[tuple[str, str]]:
    """Sheet and rectangle of every cell that the sheet of findings lists."""
    for _, sheet, cells in _listed(desk):
        yield from ((sheet, one) for one in cells.split(", ") if sheet and one and one != "...")


def _kept(desk: Desk) -> dict[About, str]:
    """What the ledger keeps; the last word counts."""
    found: dict[About, str] = {}
    for row in ledger_rows(desk):
        texts = ["" if cell is None else str(cell).removeprefix("s") for cell in row]
        for head in (_EXPLAINED.zh, _EXPLAINED.en):
            if texts[Field.WHAT].startswith(head):
                sheet, _, cells = texts[Field.INPUTS].rpartition("!")
                found[texts[Field.WHAT].removeprefix(head), sheet, cells] = texts[Field.CONVENTIONS]
    return found


def explanations(desk: Desk) -> dict[About, str]:
    """Every explanation: what stands beside the findings now, else what the ledger keeps."""
    return {key: text for key, text in {**_kept(desk), **_listed(desk)}.items() if text}


def keep_explanations(desk: Desk) -> dict[About, str]:
    """Write explanations that are new, changed or withdrawn to the ledger, and return them all."""
    kept = _kept(desk)
    changed = {key: text for key, text in _listed(desk).items() if text != kept.get(key, "")}
    if changed:
        append(desk, [_line(key, text) for key, text in changed.items()])
    return {key: text for key, text in {**kept, **changed}.items() if text}


def _line(key: About, text: str) -> list[Output]:
    rule, sheet, cells = key
    line: list[Output] = [None] * len(LEDGER_HEADERS)
    moment = dt.datetime.now().replace(microsecond=0).isoformat(sep=" ")
    line[Field.RUN] = hashlib.sha256("\n".join((*key, text, moment)).encode()).hexdigest()[:12]
    line[Field.WHAT] = Text(_EXPLAINED.zh + rule, _EXPLAINED.en + rule)
    line[Field.INPUTS], line[Field.CONVENTIONS], line[Field.TIME] = f"{sheet}!{cells}", text, moment
    return line


def explained_notes(desk: Desk, sheets: set[str]) -> Iterator[Text]:
    """Notes to be printed under results that rest on these sheets."""
    told = [(key, text) for key, text in explanations(desk).items() if key[1] in sheets]
    for (rule, sheet, cells), text in told[:_SHOWN]:
        where = f"{sheet}!{cells}" if cells else sheet
        yield Text(f"数据说明（{rule}，{where}）：{text}", f"On the data ({rule}, {where}): {text}")
    if len(told) > _SHOWN:
        more = len(told) - _SHOWN
        yield Text(f"另有 {more} 条数据说明，见台账", f"{more} more remarks on the data stand in the ledger")
