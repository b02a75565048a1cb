"""Export tables: what the plan gives as a Word document, as LaTeX and as plain text, beside the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.errors import InputError, NotAvailableError, Text
from lowcarbon_xl.ribbon.beside import folder_beside, replace_file
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.plan import read_plan
from lowcarbon_xl.ribbon.plan_buttons import selected_rows
from lowcarbon_xl.ribbon.plan_results import place_tables
from lowcarbon_xl.ribbon.plan_rows import estimate_rows
from lowcarbon_xl.tables.latex import to_latex
from lowcarbon_xl.tables.model import Table
from lowcarbon_xl.tables.text import to_text
from lowcarbon_xl.tables.word import to_docx

_STEM = "tables"


@ribbon_button(
    "export_tables",
    Chapter.REGRESS,
    label=Text("导出 Word/LaTeX", "Export Word/LaTeX"),
    tip=Text(
        "把选中模型（没有选中时所有模型）的三线表写成 Word 文档、LaTeX 和纯文本，放在工作簿旁的文件夹里；工作簿不变。",
        "Write the tables of the selected models (all when none is selected) as a Word document, as LaTeX and as plain text "
        "into a folder beside the workbook, which stays as it is.",
    ),
    image="ExportWord",
)
def export_tables(desk: Desk) -> Text:
    """Write the tables of the plan as files."""
    plan = read_plan(desk)
    found = estimate_rows(desk, selected_rows(desk, plan, default=plan.rows))
    tables = [one.table for group in found.by_sheet(desk).values() for one in place_tables(desk, group, found.failed)]
    first = found.first_failure
    if not tables:
        raise InputError(
            first or Text("没有可以导出的表", "there is no table to export"),
            Text("先改正模型表里标红的行", "Mend the rows of the plan that are red"),
        )
    folder = folder_beside(desk, "tables")
    latex = "\n".join(to_latex(table, desk.language) for table in tables)
    plain = "\n\n".join(to_text(table, desk.language) for table in tables)
    replace_file(folder / f"{_STEM}.tex", partial(_write_text, latex))
    replace_file(folder / f"{_STEM}.txt", partial(_write_text, plain))
    word = _word(desk, tables, folder / f"{_STEM}.docx")
    names = f"{_STEM}.tex, {_STEM}.txt" + (f", {_STEM}.docx" if word is None else "")
    told = [] if word is None else [word]
    if first is not None:
        told.append(
            Text(f"{len(found.failed)} 行没有导出：{first.zh}", f"{len(found.failed)} rows not exported: {first.en}")
        )
    return Text(
        "；".join([f"{len(tables)} 张表写到 {folder.name}：{names}（文件不随撤销删除）", *(text.zh for text in told)]),
        "; ".join(
            [f"{len(tables)} tables in {folder.name}: {names} (Undo does not delete files)", *(t.en for t in told)]
        ),
    )


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def _word(desk: Desk, tables: Sequence[Table], path: Path) -> Text | None:
    """Write the Word document; why not, where it cannot be written."""
    try:
        replace_file(path, lambda target: to_docx(tables, target, desk.language))
    except NotAvailableError as error:
        return error.message()
    return None
