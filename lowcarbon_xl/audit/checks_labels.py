"""Remarks about sheets beside each other: names that are easily confused, labels that change from sheet to sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from lowcarbon_xl.audit.finding import Finding, Position, addresses, listed
from lowcarbon_xl.audit.frame import Frame, sheet_key
from lowcarbon_xl.audit.sheets import bare
from lowcarbon_xl.errors import Text

CONFUSABLE = ({"山西", "陕西"},)
"""Provinces whose pinyin differs by one letter."""


def workbook_findings(frames: Sequence[Frame]) -> Iterator[Finding]:
    """Remarks about sheets beside each other: names that are easily confused, labels that change."""
    keyed = {
        frame.region.block.sheet or "": key for frame in frames if (key := sheet_key(frame.region.block.sheet or ""))
    }
    for pair in CONFUSABLE:
        sheets = [name for name, (province, _) in keyed.items() if province in pair]
        if {keyed[name][0] for name in sheets} == pair:
            yield Finding(
                "verify",
                "confusable_provinces",
                sheets[0],
                (),
                Text(
                    f"工作表名只差一个字母：{'、'.join(sheets)}（山西、陕西）",
                    f"sheet names differ by one letter: {', '.join(sheets)} (Shanxi, Shaanxi)",
                ),
                Text(
                    "只按完整的表名对应，不要用前缀或模糊匹配", "Match whole sheet names, never by prefix or likeness"
                ),
            )
    by_province: dict[str, list[Frame]] = {}
    for frame in frames:
        key = keyed.get(frame.region.block.sheet or "")
        if key is not None:
            by_province.setdefault(key[0], []).append(frame)
    for group in by_province.values():
        for old, new in combinations(group, 2):
            yield from _changed_labels(old, new)


def _changed_labels(old: Frame, new: Frame) -> Iterator[Finding]:
    """Labels of two sheets that are the same but for blanks and underscores, or stand in the same place with other words."""
    pairs: list[tuple[str, list[tuple[Position, Position, str, str]]]] = [
        ("header_label_change", _header_pairs(old, new)),
        ("row_label_change", _row_pairs(old, new)),
    ]
    for rule, changed in pairs:
        if not changed:
            continue
        shown = listed([f"“{a}”/“{b}”" for _, _, a, b in changed])
        names = old.region.block.sheet or "", new.region.block.sheet or ""
        for side, name in enumerate(names):
            yield Finding(
                "verify",
                rule,
                name,
                addresses([entry[0] if side == 0 else entry[1] for entry in changed]),
                Text(
                    f"{names[0]} 与 {names[1]} 的标签写法不同：{shown.zh}",
                    f"labels of {names[0]} and {names[1]} differ: {shown.en}",
                ),
                Text(
                    "去掉空格和下划线后再对应；行名不同的逐个核对",
                    "Match after removing blanks and underscores; check rows with other names one by one",
                ),
            )


def _header_pairs(old: Frame, new: Frame) -> list[tuple[Position, Position, str, str]]:
    found = []
    if not (old.region.header and new.region.header):
        return []
    rows = old.region.header[0], new.region.header[0]
    for column in sorted(set(old.region.columns) & set(new.region.columns)):
        a, b = (_text(frame, row, column) for frame, row in zip((old, new), rows, strict=True))
        if a != b and (bare(a) == bare(b) or not a or not b):
            found.append((old.region.position(rows[0], column), new.region.position(rows[1], column), a, b))
    return found


def _row_pairs(old: Frame, new: Frame) -> list[tuple[Position, Position, str, str]]:
    if not (old.text_columns and new.text_columns):
        return []
    column = old.text_columns[0], new.text_columns[0]
    found = []
    for a_row, b_row in zip(old.region.rows, new.region.rows, strict=False):
        a, b = _text(old, a_row, column[0]), _text(new, b_row, column[1])
        if a != b:
            found.append((old.region.position(a_row, column[0]), new.region.position(b_row, column[1]), a, b))
    return found


def _text(frame: Frame, row: int, column: int) -> str:
    cell = frame.region.block.values[row][column]
    return "" if cell is None else str(cell)
