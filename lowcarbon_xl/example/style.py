"""How the example workbook looks: one palette, one font, a few kinds of block, printed on A4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lowcarbon_xl.cells import column_letters, rectangle
from lowcarbon_xl.example.tables import ExampleTable

FONT = "微软雅黑"
INK, ACCENT, WARNING, MUTED, LINK = "262626", "1F5C57", "B4500F", "8C8C8C", "1F4E9C"
_PAPER, _INPUT, _RESULT, _ALERT = "FFFFFF", "FFF9E3", "E9F3F0", "FCE8DA"
RULE = Side(style="thin", color="C9D3D1")
_HEAVY = Side(style="medium", color=ACCENT)

TOP = 4
"""The row of the headers of every data table; title, English line and remarks stand above."""
THREE, TWO, WHOLE, YEAR = "0.000", "#,##0.00", "#,##0", "0"
_COUNT = NumberFormat(numFmtId=170, formatCode="0")
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
TOP_LEFT = Alignment(horizontal="left", vertical="top", wrap_text=True)


def font(size: float = 10, *, bold: bool = False, colour: str = INK, italic: bool = False) -> Font:
    """The one font, with its Chinese face named."""
    return Font(name=FONT, size=size, bold=bold, color=colour, italic=italic)


def fill(colour: str) -> PatternFill:
    """A solid background."""
    return PatternFill("solid", fgColor=colour)


def new_sheet(book: Workbook, title: str, position: int | None = None) -> Worksheet:
    """A new sheet, at the end or at a position."""
    sheet: Worksheet = book.create_sheet(title, position)
    return sheet


def put(sheet: Worksheet, row: int, column: int, value: str | float | None = None) -> Cell:
    """The cell at a 1-based position, given a value unless that is None."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{cell.coordinate} is covered by merged cells")
    if value is not None:
        cell.value = value
    return cell


INPUT_FILL, RESULT_FILL, ALERT_FILL, HEADER_FILL = fill(_INPUT), fill(_RESULT), fill(_ALERT), fill(ACCENT)


def write(
    sheet: Worksheet,
    address: str,
    value: str | float | None,
    *,
    size: float = 10,
    bold: bool = False,
    colour: str = INK,
) -> Cell:
    """A text or a number in the workbook's font."""
    row, column, _, _ = rectangle(address)
    cell = put(sheet, row, column, value)
    cell.font = font(size, bold=bold, colour=colour)
    cell.alignment = Alignment(vertical="center")
    return cell


def heading(sheet: Worksheet, zh: str, en: str, remark: str, last_column: str, *, height: float = 48) -> None:
    """Title, English line and remarks in rows 1 to 3, from column A to `last_column`."""
    write(sheet, "A1", zh, size=16, bold=True, colour=ACCENT)
    write(sheet, "A2", en, size=9, colour=MUTED)
    note(sheet, f"A3:{last_column}3", remark)
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 27, 16, height


def note(sheet: Worksheet, cells: str, value: str, *, alert: bool = True) -> None:
    """A remark over several cells; an alert is tinted."""
    first = cells.split(":")[0]
    write(sheet, first, value, size=9, colour=WARNING if alert else INK).alignment = _LEFT
    if ":" in cells:
        sheet.merge_cells(cells)
    if alert:
        for row in sheet[cells] if ":" in cells else ((sheet[first],),):
            for cell in row:
                cell.fill = ALERT_FILL


def header_cell(cell: Cell) -> None:
    """A column's name."""
    cell.font = font(10, bold=True, colour=_PAPER)
    cell.fill = HEADER_FILL
    cell.alignment = CENTRE
    cell.border = Border(bottom=_HEAVY)


def data_table(
    sheet: Worksheet, table: ExampleTable, formats: Sequence[str], *, row: int = TOP, left: str = "A"
) -> str:
    """Inputs with their header row from column `left`; returns their address."""
    start = rectangle(f"{left}1:{left}1")[1]
    for column, name in enumerate(table.headers, start=start):
        header_cell(put(sheet, row, column, name))
    for offset, values in enumerate(table.rows, start=1):
        for column, (value, number_format) in enumerate(zip(values, formats, strict=True), start=start):
            cell = put(sheet, row + offset, column)
            cell.value = value if isinstance(value, str | int | float) else None
            cell.number_format = number_format
            _body(cell, INPUT_FILL, LINK, text=isinstance(value, str))
    if row == TOP:
        sheet.row_dimensions[row].height = 34
    right = column_letters(start + len(table.headers) - 1)
    return f"{left}{row}:{right}{row + len(table.rows)}"


def result(
    sheet: Worksheet, cells: str, formula: str, number_format: str = THREE, *, counts: str | None = None
) -> None:
    """A formula of ours in the upper left cell of `cells`, and the looks of all that it will fill.

    Parameters
    ----------
    counts : str, optional
        Cells of a table in which whole numbers are counts and shown without decimals; its texts then stand left.
    """
    top, left, bottom, right = rectangle(cells)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            cell = put(sheet, row, column)
            if row == top:
                header_cell(cell)
            else:
                cell.number_format = number_format
                _body(cell, RESULT_FILL, INK, text=False)
                cell.alignment = Alignment(horizontal=None if counts else "right", vertical="center")
    put(sheet, top, left).value = formula
    _grey_missing(sheet, f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom}")
    if counts:
        _whole_numbers(sheet, counts)


def spilled(
    sheet: Worksheet, cells: str, formula: str, number_format: str = THREE, *, counts: str | None = None
) -> None:
    """A formula of ours whose result may grow: a row of `cells` is tinted as soon as its first cell is filled.

    Parameters
    ----------
    cells : str
        The room kept free for the result, header row included.
    counts : str, optional
        As in `result`.
    """
    top, left, bottom, right = rectangle(cells)
    for column in range(left, right + 1):
        header_cell(put(sheet, top, column))
        for row in range(top + 1, bottom + 1):
            cell = put(sheet, row, column)
            cell.number_format, cell.font = number_format, font(10)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
    put(sheet, top, left).value = formula
    key = f"${column_letters(left)}{top + 1}"
    edges: tuple[int, ...] = (left, right + 1)
    if counts:
        _, start, _, end = rectangle(counts)
        edges = (left, start, end + 1, right + 1)
        _tint(sheet, f"{column_letters(start)}{top + 1}:{column_letters(end)}{bottom}", key, counts=True)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if start < end:
            _tint(sheet, f"{column_letters(start)}{top + 1}:{column_letters(end - 1)}{bottom}", key, counts=False)


def _tint(sheet: Worksheet, cells: str, key: str, *, counts: bool) -> None:
    """Tint the rows whose cell in the key column is filled.

    LibreOffice stops at the first rule that is true, Excel applies them all: so each rule has the whole looks.
    """
    first = cells.split(":")[0]
    tinted, border = PatternFill("solid", bgColor=_RESULT), Border(bottom=RULE)
    grey = Font(color="B8B8B8")
    flag(sheet, cells, f"ISNA({first})", DifferentialStyle(font=grey, fill=tinted, border=border))
    if counts:
        flag(sheet, cells, _whole(first), DifferentialStyle(numFmt=_COUNT, fill=tinted, border=border))
    flag(sheet, cells, f'{key}<>""', DifferentialStyle(fill=tinted, border=border))


def flag(sheet: Worksheet, cells: str, test: str, looks: DifferentialStyle) -> None:
    """Show cells otherwise where a formula, written for the first of them, is true."""
    sheet.conditional_formatting.add(cells, Rule(type="expression", formula=[test], dxf=looks))


def _grey_missing(sheet: Worksheet, cells: str) -> None:
    """Show #N/A in grey."""
    flag(sheet, cells, f"ISNA({cells.split(':')[0]})", DifferentialStyle(font=Font(color="B8B8B8")))


def _whole_numbers(sheet: Worksheet, cells: str) -> None:
    """Show whole numbers, which are counts, without decimals."""
    first = cells.split(":")[0]
    flag(sheet, cells, _whole(first), DifferentialStyle(numFmt=_COUNT))


def _whole(address: str) -> str:
    return f"AND(ISNUMBER({address}),INT({address})={address})"


def caption(sheet: Worksheet, address: str, zh: str, formula: str = "") -> None:
    """What a result is, and the formula that makes it, as a text."""
    shown = f"{zh}  {formula}" if formula else zh
    write(sheet, address, shown, size=9, bold=True, colour=ACCENT)


def _body(cell: Cell, background: PatternFill, colour: str, *, text: bool) -> None:
    cell.font = font(10, colour=colour)
    cell.fill = background
    cell.border = Border(bottom=RULE)
    cell.alignment = Alignment(horizontal="left" if text else "right", vertical="center")


def body(cell: Cell, number_format: str = "General", *, given: bool = False) -> None:
    """One cell of a small table; `given` cells are typed in, the others computed."""
    cell.number_format = number_format
    _body(
        cell, INPUT_FILL if given else RESULT_FILL, LINK if given else INK, text=isinstance(cell.value, str) and given
    )


def widths(sheet: Worksheet, columns: Mapping[str, float]) -> None:
    """Column widths; a key is a letter or a range of letters, as ``C:G``."""
    for letters, width in columns.items():
        first, _, last = letters.partition(":")
        _, left, _, right = rectangle(f"{first}1:{last or first}1")
        for column in range(left, right + 1):
            sheet.column_dimensions[column_letters(column)].width = width


def page(
    sheet: Worksheet,
    areas: str,
    *,
    tab: str = ACCENT,
    freeze: str | None = None,
    landscape: bool = True,
    titles: bool = True,
    key_columns: str | None = None,
) -> None:
    """Frozen panes, tab colour and the printed page: A4, one page wide, header row repeated, page numbers."""
    sheet.freeze_panes = freeze
    sheet.sheet_properties.tabColor = tab
    sheet.sheet_view.zoomScale = 100
    sheet.sheet_view.showGridLines = False
    sheet.print_area = areas
    if titles:
        sheet.print_title_rows = f"{TOP}:{TOP}"
    if key_columns:
        sheet.print_title_cols = key_columns
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    footer = HeaderFooterItem()
    footer.left.text, footer.right.text = "低碳核算 lowcarbon_xl · &A", "&P / &N"
    sheet.oddFooter = footer
    sheet.print_options.horizontalCentered = True


UNDERLINE = Border(bottom=_HEAVY)
RIGHT = Alignment(horizontal="right", vertical="center")


def banner(sheet: Worksheet, row: int, columns: int, value: str) -> None:
    """A chapter's title across the table."""
    for column in range(1, columns + 1):
        put(sheet, row, column).fill = fill("CFE3DE")
    write(sheet, f"A{row}", value, size=12, bold=True, colour=ACCENT)
    sheet.row_dimensions[row].height = 24
