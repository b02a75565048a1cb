"""A range with its header row: columns found by name, numbers read without guessing, every complaint with its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from lowcarbon_xl.cells import Block, Cell, CellError, rectangle
from lowcarbon_xl.errors import InputError, LowCarbonError, Text, nearest
from lowcarbon_xl.panel.panel import Vector
from lowcarbon_xl.provenance import note_column, note_role
from lowcarbon_xl.sheet.header import Header, fold, read_header


@dataclass(frozen=True, slots=True)
class Table:
    """A header row and the data rows below it.

    Parameters
    ----------
    block : Block
        Header and data, trailing blank rows and columns trimmed.
    headers : tuple of Header
        One a column.
    read_text_numbers : bool
        Whether numbers typed as text are read (``text=read``) instead of refused.
    """

    block: Block
    headers: tuple[Header, ...]
    read_text_numbers: bool = False

    @property
    def rows(self) -> int:
        """Number of data rows."""
        return len(self.block.values) - 1

    def where(self, row: int, column: int) -> str:
        """``sheet!cell`` of a data row and a column (both zero-based)."""
        return self.block.address(row + 1, column)

    def header_cell(self, column: int) -> str:
        """``sheet!cell`` of a column's header."""
        return self.block.address(0, column)

    def cells(self, column: int) -> list[Cell]:
        """The data cells of a column."""
        return [row[column] for row in self.block.values[1:]]

    def note_read(self, column: int, *roles: Text) -> None:
        """Note that a column's cells are read, as what."""
        place, header = self.header_cell(column), self.headers[column]
        note_column(place, header.name, header.unit)
        for role in roles:
            note_role(place, role)

    def find(self, name: str) -> int:
        """The column of that name (header text with or without its unit; blanks, case and width do not matter).

        Raises
        ------
        InputError
            When there is none (names the nearest one and lists all) or more than one.
        """
        wanted = fold(name)
        exact = [i for i, header in enumerate(self.headers) if fold(header.text) == wanted]
        found = exact or [i for i, header in enumerate(self.headers) if fold(header.name) == wanted and header.name]
        if len(found) == 1:
            return found[0]
        names = [header.name for header in self.headers if header.name]
        if not found:
            guess = nearest(name, names)
            raise InputError(
                Text(f"区域里没有“{name}”这一列", f"there is no column {name!r} in the range"),
                Text(
                    (f"是不是“{guess}”？" if guess else "") + f"已有的列：{'、'.join(names)}",
                    (f"Did you mean {guess!r}? " if guess else "") + f"Columns: {', '.join(names)}",
                ),
                where=self.block.whole,
            )
        places = [self.header_cell(i) for i in found]
        raise InputError(
            Text(
                f"“{name}”有 {len(found)} 列：{'、'.join(places)}",
                f"{len(found)} columns are called {name!r}: {', '.join(places)}",
            ),
            Text("给它们起不同的名字", "Give them different names"),
            where=places[1],
        )

    def numbers(self, column: int, *, blanks: bool = False) -> Vector:
        """A column as numbers, shape (rows,).

        Parameters
        ----------
        column : int
        blanks : bool
            Whether blanks are allowed; they become NaN, never 0.

        Raises
        ------
        InputError
            At the first error cell, text, date or (unless allowed) blank.
        """
        self.note_read(column)
        cells = self.cells(column)
        if all(type(cell) is float or type(cell) is int for cell in cells):
            return np.array(cells, dtype=float)
        return np.array([self._number(cell, row, column, blanks) for row, cell in enumerate(cells)], dtype=float)

    def _number(self, cell: Cell, row: int, column: int, blanks: bool) -> float:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return float(cell)
        if cell is None or cell == "":
            if blanks:
                return np.nan
            raise self._bad(row, column, *_BLANK)
        if isinstance(cell, CellError):
            raise self._bad(row, column, *_error_texts(cell))
        if isinstance(cell, str):
            if (number := text_number(cell)) is None:
                raise self._bad(row, column, *_text_texts(cell))
            if self.read_text_numbers:
                return number
            raise self._bad(row, column, *_text_number_texts(cell))
        raise self._bad(row, column, *_kind_texts(cell))

    def _bad(self, row: int, column: int, what: Text, remedy: Text) -> InputError:
        name = self.headers[column].name
        return InputError(
            Text(f"“{name}”{what.zh}", f"{name}: {what.en}"),
            remedy,
            where=self.where(row, column),
            row=row,
            column=name,
        )

    def finite(self, column: int, values: Vector, rule: str) -> None:
        """Refuse values that break a rule: ``"positive"`` or ``"not negative"``; NaN passes."""
        broken = np.flatnonzero(values <= 0 if rule == "positive" else values < 0)
        if len(broken):
            row = int(broken[0])
            zh = "必须大于 0" if rule == "positive" else "不能是负数"
            raise self._bad(
                row,
                column,
                Text(f"是 {values[row]:g}，{zh}", f"is {values[row]:g}, but must be {rule}"),
                Text("核对这个数（符号、单位、漏填）", "Check the number (sign, unit, missing value)"),
            )

    @contextmanager
    def located(self) -> Iterator[None]:
        """Give a domain error that names a row and a column its ``sheet!cell``."""
        try:
            yield
        except LowCarbonError as error:
            if not error.where and (error.row is not None or error.column is not None):
                error.where = self._place(error)
            raise

    def _place(self, error: LowCarbonError) -> str:
        names = [header.name for header in self.headers]
        texts = [header.text for header in self.headers]
        column = names.index(error.column) if error.column in names else None
        if column is None and error.column in texts:
            column = texts.index(error.column)
        if error.row is None:
            return self.header_cell(column) if column is not None else self.block.whole
        return self.where(error.row, column or 0)


_BLANK = (
    Text("是空的；空格不等于 0", "is blank; a blank is not 0"),
    Text("填上数字，或用 FILLGAPS 插值，或不选这一行", "Fill it in, interpolate with FILLGAPS, or leave the row out"),
)


def _error_texts(cell: CellError) -> tuple[Text, Text]:
    reason = cell.reason or Text("", "")
    zh, en = (f"（{reason.zh}）" if reason.zh else ""), (f" ({reason.en})" if reason.en else "")
    return (
        Text(f"是错误值 {cell.code}{zh}", f"is the error value {cell.code}{en}"),
        Text("先改正那个公式；错误值不会当作空格", "Mend that formula first; an error is never read as a blank"),
    )


def _text_number_texts(cell: str) -> tuple[Text, Text]:
    return (
        Text(f"是文本形式的数字“{cell}”", f"is a number typed as text, {cell!r}"),
        Text(
            "转换为数字（数据 - 分列），或加选项 text=read",
            "Convert it to a number (Data - Text to Columns), or add the option text=read",
        ),
    )


def _text_texts(cell: str) -> tuple[Text, Text]:
    shown = cell if len(cell) <= 30 else cell[:30] + "…"
    return (
        Text(f"是文字“{shown}”，不是数字", f"is the text {shown!r}, not a number"),
        Text("改成数字；没有数就清空", "Make it a number; clear it when there is none"),
    )


def _kind_texts(cell: object) -> tuple[Text, Text]:
    if isinstance(cell, bool):
        return Text(f"是逻辑值 {cell}", f"is the logical value {cell}"), Text("写成 1 或 0", "Write 1 or 0")
    return (
        Text(f"是日期 {cell}", f"is the date {cell}"),
        Text("把单元格格式改成数值再填", "Change the cell's format to a number and type it again"),
    )


def text_number(text: str) -> float | None:
    """The number that a text spells, or None; thousands separators, blanks and full-width digits are read."""
    plain = "".join(text.split()).replace(",", "").replace("，", "").replace("\u00a0", "")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def read_table(block: Block, *, read_text_numbers: bool = False) -> Table:
    """Read a range whose first row holds the column names.

    Raises
    ------
    InputError
        For an empty range, a header without names, a header without data, merged cells.
    """
    block = trim(block)
    if not block.values:
        raise InputError(
            Text("区域是空的", "the range is empty"),
            Text("选中带标题行的数据区域", "Select the data with its header row"),
            where=block.whole,
        )
    headers = tuple(_header(block, column, cell) for column, cell in enumerate(block.values[0]))
    if len(block.values) < 2:
        raise InputError(
            Text("只有标题行，没有数据", "there is a header row, but no data below it"),
            Text("把数据行也选进来", "Select the data rows as well"),
            where=block.whole,
        )
    if block.merged:
        raise InputError(
            Text(
                f"区域里有合并单元格 {block.merged[0]}，只有左上角有值",
                f"cells {block.merged[0]} are merged: only the first holds a value",
            ),
            Text("取消合并，把每个单元格都填上", "Unmerge them and fill every cell"),
            where=block.address(0, 0).rpartition("!")[0] + "!" + block.merged[0] if block.sheet else block.merged[0],
        )
    return Table(block, headers, read_text_numbers)


def trim(block: Block) -> Block:
    """The block without trailing blank rows and columns; merged ranges that fall outside go with them."""
    values: Sequence[Sequence[Cell]] = block.values
    rows = len(values)
    while rows and all(cell is None or cell == "" for cell in values[rows - 1]):
        rows -= 1
    values = values[:rows]
    columns = max(
        (max((i + 1 for i, cell in enumerate(row) if cell is not None and cell != ""), default=0) for row in values),
        default=0,
    )
    trimmed = [row[:columns] for row in values]
    last_row, last_column = block.row + rows - 1, block.column + columns - 1
    merged = tuple(m for m in block.merged if _touches(m, last_row, last_column))
    return Block(trimmed, block.sheet, block.row, block.column, merged)


def _touches(merged: str, last_row: int, last_column: int) -> bool:
    row, column, _, _ = rectangle(merged)
    return row <= last_row and column <= last_column


def _header(block: Block, column: int, cell: Cell) -> Header:
    if cell is None or cell == "":
        if any(row[column] not in (None, "") for row in block.values[1:]):
            raise InputError(
                Text("这一列有数据但没有标题", "this column has data, but no header"),
                Text("在第一行写上列名", "Write its name in the first row"),
                where=block.address(0, column),
            )
        return Header("", "")
    if isinstance(cell, str):
        return read_header(cell)
    shown = (
        cell.code
        if isinstance(cell, CellError)
        else cell
        if isinstance(cell, dt.date)
        else f"{cell:g}"
        if isinstance(cell, float)
        else cell
    )
    raise InputError(
        Text(f"第一行应是列名，这里却是 {shown}", f"the first row must hold column names, but here stands {shown}"),
        Text("把标题行也选进来；每列一个名字", "Select the header row as well; one name a column"),
        where=block.address(0, column),
    )
