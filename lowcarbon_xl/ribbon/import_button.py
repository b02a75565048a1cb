"""Import: the open sheet, however it lies, as a long panel on a sheet of ours, with every repair listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from lowcarbon_xl.audit.frame import sheet_key
from lowcarbon_xl.audit.import_write import REPAIR_HEADERS, REPAIR_WIDTHS, repair_rows
from lowcarbon_xl.audit.importing import ImportedPanel, import_blocks
from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.names import IMPORTED_PANEL
from lowcarbon_xl.ribbon.blocks import Range, Sheet, area, fit_rows, read_block
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import Run, record
from lowcarbon_xl.ribbon.looks import HEAD

REPAIRS = Text("导入修复", "Import repairs")
_KEY_WIDTHS = (10, 8)


@ribbon_button(
    "import_panel",
    Chapter.DATA,
    label=Text("整理为面板", "Make a panel"),
    tip=Text(
        "把当前工作表（或选中区域；一省一表时所有省的表）整理成长面板：省份、年份、每个变量一列；逐格列出改了什么。原表不动，"
        "不猜数，有歧义就说明原因。",
        "Turn the open sheet (or the selection; all such sheets where each is a province) into a long panel: province, year, a "
        "column a variable; every repair is listed. The source stays as it is; what is ambiguous is refused with the reason.",
    ),
    image="ImportExcel",
)
def import_panel(desk: Desk) -> Text:
    """Write the panel and the list of repairs on sheets of ours."""
    sources = _sources(desk)
    imported = import_blocks(sources)
    _write_panel(desk, imported)
    _write_repairs(desk, imported)
    repaired = Text(f"修复 {len(imported.repairs)} 处", f"{len(imported.repairs)} repairs")
    record(desk, [Run("import_panel", tuple(sources), imported.rows, repaired, len(imported.rows) - 1)])
    kinds = Counter(repair.rule for repair in imported.repairs)
    told = "、".join(f"{rule} {count}" for rule, count in kinds.most_common(4))
    return Text(
        f"“{IMPORTED_PANEL.zh}”{len(imported.rows) - 1} 行 {len(imported.rows[0])} 列，修复 {len(imported.repairs)} 处"
        + (f"（{told}）" if told else ""),
        f"{IMPORTED_PANEL.en}: {len(imported.rows) - 1} rows, {len(imported.rows[0])} columns; {len(imported.repairs)} repairs"
        + (f" ({told.replace('、', ', ')})" if told else ""),
    )


def _sources(desk: Desk) -> list[Block]:
    """The selection, the open sheet, or all sheets that are named by provinces when the open one is."""
    if desk.selection is not None and desk.selection.size > 1:
        return [_block(desk, desk.selection)]
    active = desk.selection.sheet if desk.selection is not None else desk.book.sheets.active
    if is_own(active):
        raise InputError(
            Text(f"工作表“{active.name}”是本插件的结果", f"sheet {active.name!r} holds results of this add-in"),
            Text("打开要整理的数据表再按", "Open the sheet of data, then press"),
            where=active.name,
        )
    sheets: list[Sheet] = [active]
    if sheet_key(active.name) is not None:
        sheets = [one for one in desk.book.sheets if one.visible and not is_own(one) and sheet_key(one.name)]
    return [_block(desk, area(sheet, 1, 1, *desk.native.used(sheet))) for sheet in sheets]


def _block(desk: Desk, cells: Range) -> Block:
    return replace(read_block(cells), merged=desk.native.merged(cells))


def _write_panel(desk: Desk, imported: ImportedPanel) -> None:
    sheet = desk.own_sheet(IMPORTED_PANEL[desk.language])
    desk.write(sheet, 1, 1, imported.rows)
    head = area(sheet, 1, 1, 1, len(imported.rows[0]))
    head.font.bold, head.color = True, HEAD
    for column, width in enumerate(_KEY_WIDTHS, start=1):
        desk.set_width(sheet, column, width)


def _write_repairs(desk: Desk, imported: ImportedPanel) -> None:
    sheet = desk.own_sheet(REPAIRS[desk.language])
    rows = repair_rows(imported)
    desk.touch(area(sheet, 1, 4, len(rows), 1)).number_format = "@"  # a number typed as text is shown as it was
    written = desk.write(sheet, 1, 1, rows)
    written.wrap_text, written.vertical_alignment = True, "top"
    head = area(sheet, 1, 1, 1, len(REPAIR_HEADERS))
    head.font.bold, head.color = True, HEAD
    for column, width in enumerate(REPAIR_WIDTHS, start=1):
        desk.set_width(sheet, column, width)
    fit_rows(sheet, 1, rows, REPAIR_WIDTHS, desk.language)
    desk.native.set_page(written)
