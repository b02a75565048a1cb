"""Columns that a user names: by a text, ``"AI, 开放度"``, or by a reference to header cells."""

from __future__ import annotations

from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.options import Options, split_names
from lowcarbon_xl.sheet.header import fold
from lowcarbon_xl.sheet.keys import is_key
from lowcarbon_xl.sheet.table import Table


def column_names(given: Block | str | None) -> tuple[str, ...]:
    """Names out of a text or a reference to header cells."""
    if given is None:
        return ()
    if isinstance(given, str):
        return split_names(given)
    names: list[str] = []
    for row, cells in enumerate(given.values):
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if not isinstance(cell, str):
                raise InputError(
                    Text(f"这里应是列名，却是 {cell}", f"a column's name is expected here, not {cell}"),
                    Text("引用标题单元格，或直接写列名", "Refer to header cells, or write the name"),
                    where=given.address(row, column),
                )
            names.append(cell) if given.shape != (1, 1) else names.extend(_one_cell(cell))
    return tuple(names)


def _one_cell(cell: str) -> tuple[str, ...]:
    """A single cell may be one header (with a comma in its unit) or a list of names."""
    return split_names(cell) if "(" not in cell and "（" not in cell else (cell,)


def one_column(table: Table, given: Block | str) -> int:
    """The one column that is named."""
    names = column_names(given)
    if len(names) != 1:
        raise InputError(
            Text(f"要一列，写了 {len(names)} 列", f"one column is wanted, {len(names)} are named"),
            Text("只写一个列名", "Name one column"),
        )
    return table.find(names[0])


def columns(table: Table, given: Block | str | None) -> tuple[int, ...]:
    """The columns that are named, none twice."""
    found = tuple(table.find(name) for name in column_names(given))
    for position, column in enumerate(found):
        if column in found[:position]:
            name = table.headers[column].name
            raise InputError(
                Text(f"“{name}”写了两次", f"{name} is named twice"),
                Text("只写一次", "Name it once"),
                where=table.header_cell(column),
            )
    return found


def value_columns(table: Table, options: Options) -> tuple[int, ...]:
    """Columns of numbers: those that ``columns=`` names, else all but keys and columns of texts alone."""
    if names := options.names("columns"):
        return tuple(map(table.find, names))
    keys = {fold(name) for key in ("unit", "time") if (name := options.text(key))}
    found = tuple(
        column
        for column, header in enumerate(table.headers)
        if header.name and not is_key(table, column) and fold(header.name) not in keys and not _only_text(table, column)
    )
    if not found:
        raise InputError(
            Text("区域里没有数字列", "the range has no column of numbers"),
            Text("把数字列选进来，或用 columns=列名 指定", "Select columns of numbers, or name them with columns="),
            where=table.block.whole,
        )
    return found


def _only_text(table: Table, column: int) -> bool:
    """Whether a column holds texts and blanks alone, and at least one text."""
    filled = [cell for cell in table.cells(column) if cell is not None and cell != ""]
    return bool(filled) and all(isinstance(cell, str) for cell in filled)
