"""Check, Explain, Ledger: findings on a sheet and on the cells themselves, with room for what explains them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from lowcarbon_xl.audit.audit import audit_blocks
from lowcarbon_xl.audit.finding import Finding, compact, in_order, positions_of
from lowcarbon_xl.audit.imputation import imputation_findings
from lowcarbon_xl.audit.subject import Subject, subject_of
from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Block, Output
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.readers.source import SourceSheet
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, fit_rows, read_block, read_sheet
from lowcarbon_xl.ribbon.check_summary import SUMMARY, write_summary
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.explanations import (
    FINDINGS,
    About,
    Explanation,
    Locator,
    cells_of,
    findings_sheet,
    keep_explanations,
    listed_cells,
    with_renamed,
)
from lowcarbon_xl.ribbon.looks import GREEN, HEAD, NOTE_HEAD, RED, YELLOW
from lowcarbon_xl.ribbon.own_results import read_inputs
from lowcarbon_xl.ribbon.snapshot import find_sheet

_HEADERS = (
    Text("级别", "severity"),
    Text("规则", "rule"),
    Text("工作表", "sheet"),
    Text("单元格", "cells"),
    Text("证据", "evidence"),
    Text("处理", "remedy"),
    Text("说明（填写）", "explanation (yours)"),
    Text("对象", "subject"),
)
_WIDTHS = (14, 18, 12, 20, 50, 44, 36, 0)
_EXPLANATION = 7
_MARKS = {
    "error": (Text("✖ 必须改正", "✖ error"), RED),
    "verify": (Text("▲ 须核实", "▲ verify"), YELLOW),
    "explained": (Text("✓ 已说明", "✓ explained"), GREEN),
}
_DOUBTS = frozenset(text for tier in ("verify", "explained") for text in (_MARKS[tier][0].zh, _MARKS[tier][0].en))
_MOST_MARKS = 300


@ribbon_button(
    "check",
    Chapter.AUDIT,
    label=Text("一键审核", "Check"),
    tip=Text(
        "审核选中区域（没有选中时审核整个工作簿）：列出问题，给单元格着色并加批注；用户自己的批注不动，可撤销。",
        "Audit the selected range (the whole workbook when none is selected): findings on a sheet, colours and notes on "
        "the cells; notes of your own stay; Undo takes all back.",
    ),
    image="ErrorChecking",
    large=True,
)
def check(desk: Desk) -> Text:
    """Audit, list, count and mark."""
    told, locate = with_renamed(desk, keep_explanations(desk)), Locator(desk)
    blocks = _blocks(desk)
    findings = in_order([*audit_blocks(blocks), *_imputed(desk)])
    judged = [_judged(finding, locate, told) for finding in findings]
    _unmark(desk, locate)
    sheet = desk.own_sheet(FINDINGS[desk.language])
    _write(desk, sheet, judged)
    write_summary(desk, [one.finding for one in judged], [one.explained for one in judged], blocks)
    left = _mark(desk, judged)
    errors, summary = sum(one.finding.severity == "error" for one in judged), SUMMARY[desk.language]
    explained = sum(one.explained for one in judged)
    more = Text(f"；还有 {left} 处只列在表里", f"; {left} more are on the sheet alone") if left else Text("", "")
    return Text(
        f"必须改正 {errors} 条，须核实 {len(judged) - errors} 条（已说明 {explained} 条），见“{sheet.name}”和“{summary}”{more.zh}",
        f"{errors} to be corrected, {len(judged) - errors} to be explained ({explained} are); see {sheet.name} and "
        f"{summary}{more.en}",
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """A finding and what the user says of it."""

    finding: Finding
    subject: Subject
    said: Explanation | None

    @property
    def told(self) -> str | None:
        """What is said of these very numbers."""
        return self.said.text if self.said is not None and not self.outdated else None

    @property
    def outdated(self) -> bool:
        """Whether the numbers have changed since they were explained."""
        return self.said is not None and self.said.subject.values != self.subject.values

    @property
    def evidence(self) -> Text:
        """The evidence, with an outdated explanation quoted."""
        evidence = self.finding.evidence
        if self.said is None or not self.outdated:
            return evidence
        zh, en = evidence.zh.rstrip("。"), evidence.en.rstrip(".")
        return Text(
            f"{zh}。数值已变，原说明不再有效：{self.said.text}",
            f"{en}. The numbers changed, so this no longer explains them: {self.said.text}",
        )

    @property
    def explained(self) -> bool:
        """Whether it is a doubt that is explained; an error must be corrected whatever is said of it."""
        return self.finding.severity == "verify" and bool(self.told)

    @property
    def mark(self) -> tuple[Text, tuple[int, int, int]]:
        """Icon with words, and colour."""
        return _MARKS["explained" if self.explained else self.finding.severity]


def _judged(finding: Finding, locate: Locator, told: Mapping[About, Explanation]) -> _Judged:
    subject = subject_of(finding, locate(finding.sheet))
    return _Judged(finding, subject, told.get(subject.about) or told.get((subject.rule, "", subject.parts)))


def _blocks(desk: Desk) -> list[Block]:
    if desk.selection is not None and desk.selection.size > 1:
        return [read_block(desk.selection)]
    if desk.selection is not None:
        return [read_inputs(desk, desk.selection.sheet)]
    sheets = [sheet for sheet in desk.book.sheets if sheet.visible and not is_own(sheet)]
    return [read_inputs(desk, sheet) for sheet in sheets]


def _imputed(desk: Desk) -> list[Finding]:
    """What FILLGAPS and WINSORIZE changed on the sheets; of a selected range only what stands in it."""
    sheets = [_with_formulas(desk, sheet) for sheet in desk.book.sheets if sheet.visible and not is_own(sheet)]
    found = list(imputation_findings(sheets))
    chosen = desk.selection
    if chosen is None:
        return found
    found = [finding for finding in found if finding.sheet == chosen.sheet.name]
    if chosen.size == 1:
        return found
    rows, columns = (
        range(chosen.row, chosen.row + chosen.shape[0]),
        range(chosen.column, chosen.column + chosen.shape[1]),
    )
    return [one for one in found if any(row in rows and column in columns for row, column in positions_of(one.cells))]


def _with_formulas(desk: Desk, sheet: Sheet) -> SourceSheet:
    contents = desk.native.contents(area(sheet, 1, 1, *desk.native.used(sheet)))
    formulas = {
        (i, j): content[1:].rpartition("|")[2] if content[0] == "a" else content[1:]
        for i, line in enumerate(contents, start=1)
        for j, content in enumerate(line, start=1)
        if isinstance(content, str) and content[:1] in ("f", "a")
    }
    return SourceSheet(read_sheet(sheet), formulas)


def _write(desk: Desk, sheet: Sheet, judged: Sequence[_Judged]) -> None:
    rows: list[list[Output]] = [list(_HEADERS)]
    for one in judged:
        finding = one.finding
        where = (finding.rule, finding.sheet, cells_of(finding))
        rows.append([one.mark[0], *where, one.evidence, finding.remedy, one.told, one.subject.code])
    if not judged:
        rows.append([Text("✓ 通过", "✓ passed"), "", "", "", Text("没有发现问题", "no finding"), "", None, None])
    written = desk.write(sheet, 1, 1, rows)
    written.wrap_text, written.vertical_alignment = True, "top"
    head = area(sheet, 1, 1, 1, len(_HEADERS))
    head.font.bold, head.color = True, HEAD
    first = 2
    for colour, group in groupby(one.mark[1] for one in judged):
        count = len(list(group))
        area(sheet, first, 1, count, 1).color = colour
        first += count
    for column, width in enumerate(_WIDTHS, start=1):
        desk.set_width(sheet, column, width)
    fit_rows(sheet, 1, rows, _WIDTHS, desk.language)
    desk.native.set_page(area(sheet, 1, 1, len(rows), _EXPLANATION))


def _unmark(desk: Desk, locate: Locator) -> None:
    """Take the colours and notes of the last check away: what was corrected must not stay red."""
    colours = {colour for _, colour in _MARKS.values()}
    for name, cells in islice(listed_cells(desk, locate), _MOST_MARKS):
        sheet = find_sheet(desk.book, name)
        if sheet is None or is_own(sheet) or sheet.range(cells)[0, 0].color not in colours:
            continue
        marked = desk.touch(sheet.range(cells))
        marked.color = None
        note = marked[0, 0].note
        if note is not None and note.text.startswith(NOTE_HEAD):
            note.delete()


def _mark(desk: Desk, judged: Iterable[_Judged]) -> int:
    """Colour the cells and put notes on the first of each finding; returns how many areas were left unmarked."""
    done = left = 0
    for one in sorted(judged, key=lambda one: (one.finding.severity == "error", not one.explained)):  # the worst on top
        finding = one.finding
        sheet = find_sheet(desk.book, finding.sheet) if finding.sheet else None
        if sheet is None or is_own(sheet):
            continue
        for number, address in enumerate(compact(positions_of(finding.cells))):
            if done >= _MOST_MARKS:
                left += 1
                continue
            done += 1
            cells = desk.touch(sheet.range(address))
            cells.color = one.mark[1]
            if number == 0:
                _note(desk, cells[0, 0], one)
    return left


def _note(desk: Desk, cell: Range, one: _Judged) -> None:
    """A note of ours, or none where the user has one; a second finding on a cell is added to the first."""
    evidence = one.evidence[desk.language]
    text = f"{NOTE_HEAD}{one.mark[0][desk.language]} {evidence}" + (f"\n{one.told}" if one.explained else "")
    note = cell.note
    if note is None:
        cell.add_note(text)
    elif note.text.startswith(NOTE_HEAD) and evidence not in note.text:
        note.text = f"{note.text}\n{text}"


@ribbon_button(
    "explain",
    Chapter.AUDIT,
    label=Text("填写说明", "Explain"),
    tip=Text(
        "打开审核结果，标出还没有说明的“须核实”问题；在“说明”列填写，记入台账，随结果打印。",
        "Show the findings and mark the doubts that nobody has explained; explanations go to the ledger and are printed with results.",
    ),
    image="ReviewNewComment",
)
def explain(desk: Desk) -> Text:
    """Show which doubts are not explained yet."""
    found = findings_sheet(desk)
    if found is None:
        raise InputError(
            Text("还没有审核结果", "there are no findings yet"), Text("先按“一键审核”", "Press Check first")
        )
    keep_explanations(desk)
    last = desk.native.used(found)[0]
    rows = desk.native.contents(area(found, 1, 1, last, len(_HEADERS)))
    doubts = [i for i, row in enumerate(rows, start=1) if i > 1 and str(row[0])[1:] in _DOUBTS]
    open_rows = [i for i in doubts if not rows[i - 1][_EXPLANATION - 1]]
    desk.touch(area(found, 1, _EXPLANATION, last, 1))
    for row in doubts:
        area(found, row, _EXPLANATION, 1, 1).color = YELLOW if row in open_rows else None
    desk.show(found)
    return Text(
        f"{len(doubts)} 条须核实，其中 {len(open_rows)} 条还没有说明（已标色）",
        f"{len(doubts)} doubts, {len(open_rows)} of them not explained yet (marked)",
    )
