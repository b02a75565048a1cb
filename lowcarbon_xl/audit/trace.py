"""From one number back to the cells that made it: what a trace holds, and the trace of any formula by its ranges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lowcarbon_xl.audit.finding import compact, positions_of
from lowcarbon_xl.catalogue import Argument_, Function
from lowcarbon_xl.cells import Block, Cell, CellError, Output, Reference, Spill
from lowcarbon_xl.errors import Text
from lowcarbon_xl.options import Options
from lowcarbon_xl.sheet.table import Table

MANY = 50_000
"""Ranges of more cells are named, not listed cell by cell."""


@dataclass(frozen=True, slots=True)
class InputCell:
    """A cell that a number rests on.

    Parameters
    ----------
    address : str
        ``sheet!A1``.
    what : str
        What it is, as the sheet says: ``山西 2010 能源消费``.
    value : Cell
    """

    address: str
    what: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Dropped:
    """Cells of a row that a result leaves out, and why."""

    cells: str
    who: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Section:
    """One step of the computation as a table: its first row names the columns."""

    title: Text
    rows: tuple[tuple[Output, ...], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a worksheet function, and which cell of its result is asked about.

    Parameters
    ----------
    function : Function
    formula : str
        With ``=``.
    anchor : str
        ``sheet!A1`` of the formula.
    arguments : tuple
        Blocks with their places, and scalars, in the declared order; None where left out.
    written : tuple of str
        The arguments as the formula spells them.
    spill : Spill
        What the function returned.
    offset : (row, column)
        Zero-based place of the cell in the spill.
    cell : str
        ``sheet!A1`` of the cell.
    """

    function: Function
    formula: str
    anchor: str
    arguments: tuple[Argument_, ...]
    written: tuple[str, ...]
    spill: Spill
    offset: tuple[int, int]
    cell: str

    @property
    def value(self) -> Output:
        """What the cell shows."""
        row, column = self.offset
        return self.spill.rows[row][column]

    def data_row(self, options: Options) -> int:
        """The zero-based row of the result's body: -1 is its header."""
        return self.offset[0] - options.header

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The ranges among its arguments."""
        given = (argument.block if isinstance(argument, Reference) else argument for argument in self.arguments)
        return tuple(block for block in given if isinstance(block, Block))


@dataclass(frozen=True, slots=True)
class Trace:
    """What one number rests on.

    Parameters
    ----------
    cell : str
    value : Output
    anchor : str
        ``sheet!A1`` of the formula that fills the cell.
    function : str
        Our function; empty for an ordinary formula or a typed value.
    formula : str
        Empty for a typed value.
    arguments : tuple of (Text, str)
        The declared name of each argument, and what was written for it.
    ranges : tuple of str
        The ranges that the formula reads.
    cells : tuple of InputCell
        The cells that this very number rests on.
    complete : bool
        Whether `cells` alone reproduce the number; else what they are chosen from (a frontier, say) matters too, and
        `notes` say so.
    sections : tuple of Section
        How, step by step.
    dropped : tuple of Dropped
        Rows left out.
    notes : tuple of Text
        Conventions, and what a reader should know.
    behind : tuple of str
        Formulas whose results are among the cells: where to trace on.
    """

    cell: str
    value: Output
    anchor: str
    function: str
    formula: str
    arguments: tuple[tuple[Text, str], ...] = ()
    ranges: tuple[str, ...] = ()
    cells: tuple[InputCell, ...] = ()
    complete: bool = True
    sections: tuple[Section, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[Text, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def areas(self) -> tuple[str, ...]:
        """The cells as few rectangles, ``sheet!A5:C9``."""
        by_sheet: dict[str, list[str]] = defaultdict(list)
        for cell in self.cells:
            sheet, _, place = cell.address.rpartition("!")
            by_sheet[sheet].append(place)
        return tuple(
            f"{sheet}!{area}" if sheet else area for sheet, places in by_sheet.items() for area in _compact(places)
        )


def _compact(places: Sequence[str]) -> tuple[str, ...]:
    """Rectangles; cells of a computed array, which stand nowhere, one by one."""
    return tuple(places) if any(place.startswith("R1C") for place in places) else compact(positions_of(places))


def begin(call: Call) -> Trace:
    """The trace of a call before anything is known of how it computes: its formula, arguments and ranges."""
    declared = call.function.arguments
    arguments = tuple((declared[i].label, text) for i, text in enumerate(call.written) if i < len(declared) and text)
    value = call.value
    notes = call.spill.notes
    if isinstance(value, CellError) and value.reason is not None:
        notes = (value.reason, *notes)
    return Trace(
        call.cell,
        value,
        call.anchor,
        call.function.name,
        call.formula,
        arguments,
        tuple(block.whole for block in call.blocks),
        notes=notes,
    )


def by_ranges(trace: Trace, blocks: Iterable[Block]) -> Trace:
    """Every filled cell of the ranges: what is known of a formula that nothing more is known of."""
    cells = tuple(cell for block in blocks for cell in block_cells(block))
    if len(cells) > MANY:
        more = Text(f"共 {len(cells)} 个单元格，只列区域", f"{len(cells)} cells; only their ranges are listed")
        return replace(trace, cells=(), complete=False, notes=(*trace.notes, more))
    return replace(trace, cells=cells)


def block_cells(block: Block) -> Iterator[InputCell]:
    """The filled cells of a block, each with the header above it."""
    heads = [str(cell) if isinstance(cell, str) else "" for cell in block.values[0]] if block.values else []
    for i, row in enumerate(block.values):
        for j, value in enumerate(row):
            if value is not None and value != "":
                yield InputCell(block.address(i, j), heads[j] if i else "", value)


def table_cells(
    table: Table, rows: Iterable[int], columns: Sequence[int], who: Sequence[str] | None = None
) -> tuple[InputCell, ...]:
    """The cells of some data rows and columns, named by their row's key and their column's header."""
    cells = []
    for row in rows:
        prefix = f"{who[row]} " if who is not None else ""
        for column in columns:
            value = table.block.values[row + 1][column]
            cells.append(InputCell(table.where(row, column), f"{prefix}{table.headers[column].name}", value))
    return tuple(cells)


def row_span(table: Table, row: int) -> str:
    """``sheet!A7:H7`` of a data row."""
    last = table.where(row, len(table.headers) - 1).rpartition("!")[2]
    return f"{table.where(row, 0)}:{last}"
