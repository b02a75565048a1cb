"""What users say of doubtful data (说明): written beside the findings, kept in the ledger, printed with results.

An explanation belongs to provinces, years and columns, not to cells, so inserted and sorted rows do not part it from
what it explains; and to the numbers that it was written for: when these change it is shown, but explains no longer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from lowcarbon_xl.audit.finding import Finding, compact, positions_of
from lowcarbon_xl.audit.subject import Located, Part, Subject, cells_now, is_unchanged
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import Text
from lowcarbon_xl.ribbon.blocks import Sheet, area
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import HEADERS as LEDGER_HEADERS
from lowcarbon_xl.ribbon.ledger import SNAPSHOT_COLUMN, Field, append, ledger_rows
from lowcarbon_xl.ribbon.own_results import read_inputs
from lowcarbon_xl.ribbon.snapshot import find_sheet

FINDINGS = Text("审核结果", "Findings")
FINDING_COLUMNS = 8
"""The last one, hidden, holds what the finding is about."""

_EXPLAINED = Text("说明 ", "explanation ")
_CELL_LIMIT = 500
_SHOWN = 10

About = tuple[str, str, tuple[Part, ...]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was said, and of what.

    Parameters
    ----------
    subject : Subject
    cells : str
        Where its cells stood then.
    text : str
        Empty where it was withdrawn.
    """

    subject: Subject
    cells: str
    text: str


def cells_of(finding: Finding) -> str:
    """The cells of a finding as the sheet of findings lists them."""
    return _cells(compact(positions_of(finding.cells)))


def _cells(addresses: tuple[str, ...]) -> str:
    text = ", ".join(addresses)
    return text if len(text) <= _CELL_LIMIT else text[:_CELL_LIMIT].rpartition(",")[0] + ", ..."


def findings_sheet(desk: Desk) -> Sheet | None:
    """The sheet of findings in either language, if it is ours."""
    found = (find_sheet(desk.book, name) for name in (FINDINGS.zh, FINDINGS.en))
    return next((sheet for sheet in found if sheet is not None and is_own(sheet)), None)


def _listed(desk: Desk) -> list[Explanation]:
    """What stands in the column 说明 of the sheet of findings, blanks among it."""
    found = findings_sheet(desk)
    if found is None:
        return []
    rows = desk.native.contents(area(found, 1, 1, desk.native.used(found)[0], FINDING_COLUMNS))
    texts = [["" if cell is None else str(cell).removeprefix("s") for cell in row] for row in rows]
    read = ((Subject.read(row[7]), row) for row in texts[1:])
    return [Explanation(subject, row[3], row[6].strip()) for subject, row in read if subject is not None]


def listed_cells(desk: Desk, locate: Locator) -> Iterator[tuple[str, str]]:
    """Sheet and rectangle of every cell that the sheet of findings lists, where it stands now."""
    for one in _listed(desk):
        located = locate(one.subject.sheet) if one.subject.values else None
        now = cells_now(one.subject, located) if located is not None else None
        for cells in now if now is not None else one.cells.split(", "):
            if one.subject.sheet and cells and cells != "...":
                yield one.subject.sheet, cells


def _kept(desk: Desk) -> dict[About, Explanation]:
    """What the ledger keeps; the last word counts."""
    found: dict[About, Explanation] = {}
    for row in ledger_rows(desk):
        texts = ["" if cell is None else str(cell).removeprefix("s") for cell in row]
        subject = Subject.read(texts[SNAPSHOT_COLUMN - 1]) if texts[Field.WHAT].startswith(_HEADS) else None
        if subject is not None:
            cells = texts[Field.INPUTS].rpartition("!")[2]
            found[subject.about] = Explanation(subject, cells, texts[Field.CONVENTIONS])
    return found


_HEADS = (_EXPLAINED.zh, _EXPLAINED.en)


def explanations(desk: Desk) -> dict[About, Explanation]:
    """Every explanation: what stands beside the findings now, else what the ledger keeps."""
    return {about: one for about, one in {**_kept(desk), **_changed(desk)}.items() if one.text}


def keep_explanations(desk: Desk) -> dict[About, Explanation]:
    """Write explanations that are new, changed or withdrawn to the ledger, and return them all."""
    kept, changed = _kept(desk), _changed(desk)
    if changed:
        append(desk, [_line(one) for one in changed.values()], [[one.subject.code] for one in changed.values()])
    return {about: one for about, one in {**kept, **changed}.items() if one.text}


def with_renamed(desk: Desk, told: dict[About, Explanation]) -> dict[About, Explanation]:
    """The same, and those of sheets that are gone under no sheet's name: the sheet may be called otherwise now."""
    gone = [one for one in told.values() if find_sheet(desk.book, one.subject.sheet) is None]
    return {(one.subject.rule, "", one.subject.parts): one for one in gone if one.subject.values} | told


def _changed(desk: Desk) -> dict[About, Explanation]:
    """What the sheet of findings says otherwise than the ledger.

    A blank beside numbers that have changed withdraws nothing: the words for the old numbers do not stand there.
    """
    kept = _kept(desk)
    changed = {}
    for one in _listed(desk):
        before = kept.get(one.subject.about)
        same = before is not None and before.subject.values == one.subject.values
        if one.text != (before.text if before is not None and same else ""):
            changed[one.subject.about] = one
    return changed


def _line(one: Explanation) -> list[Output]:
    line: list[Output] = [None] * len(LEDGER_HEADERS)
    moment = dt.datetime.now().replace(microsecond=0).isoformat(sep=" ")
    told = "\n".join((one.subject.code, one.text, moment))
    line[Field.RUN] = hashlib.sha256(told.encode()).hexdigest()[:12]
    line[Field.WHAT] = Text(_EXPLAINED.zh + one.subject.rule, _EXPLAINED.en + one.subject.rule)
    line[Field.INPUTS], line[Field.CONVENTIONS] = f"{one.subject.sheet}!{one.cells}", one.text
    line[Field.TIME] = moment
    return line


class Locator:
    """The cells of sheets by their keys, each sheet read once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, Located | None] = {}

    def __call__(self, name: str) -> Located | None:
        """The sheet of that name; None where there is none."""
        if name not in self._known:
            sheet = find_sheet(self._desk.book, name) if name else None
            self._known[name] = None if sheet is None else Located(read_inputs(self._desk, sheet))
        return self._known[name]


def explained_notes(desk: Desk, sheets: set[str]) -> tuple[Text, ...]:
    """Notes to be printed under results that rest on these sheets."""
    locate = Locator(desk)
    told = [one for one in explanations(desk).values() if one.subject.sheet in sheets]
    notes = [_note(one, locate(one.subject.sheet)) for one in told[:_SHOWN]]
    if len(told) > _SHOWN:
        more = len(told) - _SHOWN
        notes.append(Text(f"另有 {more} 条数据说明，见台账", f"{more} more remarks on the data stand in the ledger"))
    return tuple(notes)


def _note(one: Explanation, located: Located | None) -> Text:
    """The explanation with where its cells stand now; said when they hold other numbers than it was written for."""
    now = cells_now(one.subject, located) if located is not None and one.subject.values else None
    cells = _cells(now) if now is not None else one.cells
    where = f"{one.subject.sheet}!{cells}" if cells else one.subject.sheet
    zh, en = (
        ("", "")
        if located is not None and is_unchanged(one.subject, located)
        else ("（写说明以后数据有改动，请重新审核）", " (the data were changed since; check them again)")
    )
    rule = one.subject.rule
    return Text(f"数据说明（{rule}，{where}）：{one.text}{zh}", f"On the data ({rule}, {where}): {one.text}{en}")
