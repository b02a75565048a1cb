"""A user's sheet without what our own formulas fill: data are audited and explained, results are not."""

from __future__ import annotations

import re
from dataclasses import replace

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.cells import Block, rectangle
from lowcarbon_xl.ribbon.blocks import Sheet, area, read_sheet
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.find_table import tables

_OURS = re.compile(r"=\s*(?:LC\.)?([A-Z]+)\(")


def read_inputs(desk: Desk, sheet: Sheet) -> Block:
    """A sheet without what our own formulas fill: data are audited, not results."""
    block = read_sheet(sheet)
    names = {function.name for function in functions()}
    contents = desk.native.contents(area(sheet, 1, 1, *desk.native.used(sheet)))
    spilled = {(table.row, table.column): table.shape for table in tables(sheet)}
    values = [list(row) for row in block.values]
    for i, line in enumerate(contents):
        for j, content in enumerate(line):
            if not isinstance(content, str) or content[:1] not in "fa":
                continue
            where, _, formula = content[1:].rpartition("|")
            match = _OURS.match(formula)
            if match is None or match[1] not in names:
                continue
            row, column, last_row, last_column = rectangle(where) if where else (i + 1, j + 1, i + 1, j + 1)
            rows, columns = spilled.get((i + 1, j + 1), (1, 1))
            for r in range(row - 1, min(max(last_row, i + rows), len(values))):
                for c in range(column - 1, min(max(last_column, j + columns), len(values[r]))):
                    values[r][c] = None
    return replace(block, values=values)
