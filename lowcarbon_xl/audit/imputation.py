"""Cells that =FILLGAPS or =WINSORIZE changed, with what stood there before: nobody may take them for data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from lowcarbon_xl.audit.finding import Finding, Position, address, addresses, listed, number
from lowcarbon_xl.cells import Block, Cell, quote_sheet, rectangle
from lowcarbon_xl.errors import Text
from lowcarbon_xl.readers.marks import is_blank, number_of
from lowcarbon_xl.readers.source import SourceSheet

_RANGE = (
    r"(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^\s'!(),:]+))!)?(?P<cells>\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+)"
)
_CALL = re.compile(rf"^=?\s*(?:[\w.]*[._])?(?P<name>FILLGAPS|WINSORIZE)\(\s*{_RANGE}\s*[,)]", re.IGNORECASE)
_INSIDE = re.compile(r"(?<![A-Z])(FILLGAPS|WINSORIZE)\(", re.IGNORECASE)
_WORDS = {
    "FILLGAPS": (
        Text("插补", "interpolated"),
        Text("论文里说明插补了哪些数", "Say in the paper which values are interpolated"),
    ),
    "WINSORIZE": (
        Text("缩尾或截尾", "winsorized or trimmed"),
        Text("论文里说明缩尾的比例和个数", "Say in the paper how many values were changed, and at which limits"),
    ),
}
_SHOWN = 20


def imputation_findings(sheets: Sequence[SourceSheet]) -> Iterator[Finding]:
    """One finding for each column of a result in which FILLGAPS or WINSORIZE changed cells."""
    blocks = {(sheet.block.sheet or "").casefold(): sheet.block for sheet in sheets}
    for sheet in sheets:
        for place, formula in sheet.formulas.items():
            if not _INSIDE.search(formula):
                continue
            match = _CALL.match(formula)
            source = _source(match, sheet.block, blocks) if match is not None else None
            if match is None or source is None:
                yield _unseen(sheet.block, place, formula)
            else:
                yield from _columns(match["name"].upper(), source, sheet.block, place)


def _source(match: re.Match[str], here: Block, blocks: dict[str, Block]) -> Block | None:
    name = (match["quoted"] or match["plain"] or here.sheet or "").replace("''", "'")
    block = blocks.get(name.casefold())
    if block is None:
        return None
    top, left, bottom, right = rectangle(match["cells"])
    rows = [
        row[left - block.column : right - block.column + 1]
        for row in block.values[top - block.row : bottom - block.row + 1]
    ]
    return Block(rows, block.sheet, top, left)


def _columns(name: str, source: Block, target: Block, place: Position) -> Iterator[Finding]:
    """What differs between a range and the result beside it, which has the same rows and columns."""
    heads = (_cell(target, place, 0, 0), source.values[0][0])
    first = 0 if len({" ".join(str(head).split()) for head in heads}) == 1 else 1  # header=0 leaves the header out
    for column in range(source.shape[1]):
        positions: list[Position] = []
        texts: list[str] = []
        for row in range(1, source.shape[0]):
            before, after = source.values[row][column], _cell(target, place, row - first, column)
            if _changed(before, after):
                positions.append((place[0] + row - first, place[1] + column))
                texts.append(f"{_where(source, row, column)} {_shown(before)} -> {_shown(after)}")
        if positions:
            yield _finding(name, str(source.values[0][column]), target.sheet or "", positions, texts)


def _cell(block: Block, place: Position, row: int, column: int) -> Cell:
    i, j = place[0] - block.row + row, place[1] - block.column + column
    return block.values[i][j] if 0 <= i < len(block.values) and 0 <= j < len(block.values[i]) else None


def _changed(before: Cell, after: Cell) -> bool:
    was, now = number_of(before), number_of(after)
    if math.isnan(was):
        return is_blank(before) and not math.isnan(now)
    return (math.isnan(now) and is_blank(after)) or (not math.isnan(now) and not math.isclose(was, now, rel_tol=1e-12))


def _where(source: Block, row: int, column: int) -> str:
    cell = address((source.row + row, source.column + column))
    return f"{quote_sheet(source.sheet)}!{cell}" if source.sheet else cell


def _shown(cell: Cell) -> str:
    value = number_of(cell)
    return "（空）" if math.isnan(value) else number(value)


def _finding(name: str, column: str, sheet: str, positions: list[Position], texts: list[str]) -> Finding:
    what, remedy = _WORDS[name]
    told = listed(texts, _SHOWN)
    return Finding(
        "verify",
        "imputed",
        sheet,
        addresses(positions),
        Text(
            f"“{column}”有 {len(positions)} 格不是原始数据，是{what.zh}的（{name}）：{told.zh}",
            f"{len(positions)} cells of {column} are no data but {what.en} ({name}): {told.en.replace('（空）', '(blank)')}",
        ),
        remedy,
    )


def _unseen(block: Block, place: Position, formula: str) -> Finding:
    name = next(iter(_INSIDE.findall(formula))).upper()
    return Finding(
        "verify",
        "imputed",
        block.sheet or "",
        (address(place),),
        Text(
            f"公式里面用了 {name}，被改动的单元格不在表上",
            f"the formula uses {name} inside: the cells that it changes stand nowhere",
        ),
        Text(
            f"先把 {name} 单独放在表上，再引用它的结果，审核才能逐格列出",
            f"Put {name} on the sheet by itself and refer to its result, so that each cell can be listed",
        ),
    )
