"""The cells of one worksheet's XML by row and column, created in their place when the sheet has none."""

from __future__ import annotations

from lxml import etree

from lowcarbon_xl.cells import column_letters
from lowcarbon_xl.hosts.embedded.parts import CELL, ROW, address_cells, drop_attributes, split_address


class Grid:
    """Rows and cells of a worksheet.

    Parameters
    ----------
    data : Element
        The sheet data; changed in place.
    """

    def __init__(self, data: etree._Element) -> None:
        address_cells(data)
        self._data = data
        self.rows = {int(row.get("r", "0")): row for row in data.iter(ROW)}
        self._last_row = max(self.rows, default=0)
        self._cells: dict[int, dict[int, etree._Element]] = {}

    def find(self, row: int, column: int) -> etree._Element | None:
        """The cell, if the sheet has it."""
        return self._index(row).get(column)

    def cell(self, row: int, column: int) -> tuple[etree._Element, bool]:
        """The cell, and whether it had to be created."""
        cells = self._index(row)
        if column in cells:
            return cells[column], False
        element = self.row(row)
        cell = etree.Element(CELL, r=f"{column_letters(column)}{row}")
        last = max(cells, default=0)
        if column > last > 0:
            cells[last].addnext(cell)
        elif cells:
            cells[min(other for other in cells if other > column)].addprevious(cell)
        else:
            element.insert(0, cell)
        drop_attributes(element, "spans")  # optional, and wrong from now on
        cells[column] = cell
        return cell, True

    def remove(self, row: int, column: int) -> None:
        """Take a cell out."""
        cell = self._index(row).pop(column, None)
        if cell is not None and (parent := cell.getparent()) is not None:
            parent.remove(cell)

    def row(self, number: int) -> etree._Element:
        """The row, created if need be."""
        if number in self.rows:
            return self.rows[number]
        row = etree.Element(ROW, r=str(number))
        if number > self._last_row:
            self._data.append(row)
            self._last_row = number
        else:
            self.rows[min(other for other in self.rows if other > number)].addprevious(row)
        self.rows[number] = row
        return row

    def extent(self) -> tuple[int, int]:
        """The last used row and column."""
        used = [split_address(row[-1].get("r", "")) for row in self.rows.values() if len(row)]
        return max((row for row, _ in used), default=1), max((column for _, column in used), default=1)

    def used(self) -> tuple[int, int, int, int] | None:
        """The first and the last used row and column, if any cell is there."""
        filled = [row for row in self.rows.values() if len(row)]
        if not filled:
            return None
        starts = [split_address(row[0].get("r", "")) for row in filled]
        return min(row for row, _ in starts), min(column for _, column in starts), *self.extent()

    def _index(self, row: int) -> dict[int, etree._Element]:
        if row not in self._cells:
            element = self.rows.get(row)
            cells = element.iter(CELL) if element is not None else ()
            self._cells[row] = {split_address(cell.get("r", ""))[1]: cell for cell in cells}
        return self._cells[row]
