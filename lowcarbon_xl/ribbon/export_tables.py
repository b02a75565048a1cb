"""Export tables: what the plan gives as a Word document, as LaTeX and as plain text, beside the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.errors import InputError, LowCarbonError, NotAvailableError, Text
from lowcarbon_xl.ribbon.beside import folder_beside, replace_file
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.plan import read_plan
from lowcarbon_xl.ribbon.plan_buttons import selected_rows
from lowcarbon_xl.ribbon.plan_models import run_row
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.plan_panels import Panels
from lowcarbon_xl.ribbon.plan_results import place_tables
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
    tables, failed = _tables(desk)
    if not tables:
        raise InputError(
            next(iter(failed.values()), Text("没有可以导出的表", "there is no table to export")),
            Text("先改正模型表里标红的行", "Mend the rows of the plan that are red"),
        )
    folder = folder_beside(desk, "tables")
    latex = "\n".join(to_latex(table, desk.language) for table in tables)
    plain = "\n\n".join(to_text(table, desk.language) for table in tables)
    replace_file(folder / f"{_STEM}.tex", partial(_write_text, latex))
    replace_file(folder / f"{_STEM}.txt", partial(_write_text, plain))
    word = _word(desk, tables, folder / f"{_STEM}.docx")
    names = f"{_STEM}.tex, {_STEM}.txt" + (f", {_STEM}.docx" if word is None else "")
    first = next(iter(failed.values()), None)
    told = [] if word is None else [word]
    if first is not None:
        told.append(Text(f"{len(failed)} 行没有导出：{first.zh}", f"{len(failed)} rows not exported: {first.en}"))
    return Text(
        "；".join([f"{len(tables)} 张表写到 {folder.name}：{names}（文件不随撤销删除）", *(text.zh for text in told)]),
        "; ".join(
            [f"{len(tables)} tables in {folder.name}: {names} (Undo does not delete files)", *(t.en for t in told)]
        ),
    )


def _tables(desk: Desk) -> tuple[list[Table], dict[int, Text]]:
    """The tables sheet by sheet as Run all would write them, and the rows that give none."""
    plan, panels = read_plan(desk), Panels(desk)
    rows = selected_rows(desk, plan, default=plan.rows)
    by_sheet: dict[str, list[Outcome]] = {}
    failed: dict[int, Text] = {}
    for number, row in enumerate(rows, start=1):
        try:
            outcome = run_row(row, panels.read(row))
            by_sheet.setdefault(row.output()[desk.language], []).append(outcome)
        except LowCarbonError as error:
            message = error.message()
            failed[row.row] = Text(f"第 {row.row} 行：{message.zh}", f"row {row.row}: {message.en}")
        desk.step(number, len(rows), row.label)
    return [one.table for group in by_sheet.values() for one in place_tables(desk, group, failed)], failed


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def _word(desk: Desk, tables: Sequence[Table], path: Path) -> Text | None:
    """Write the Word document; why not, where it cannot be written."""
    try:
        replace_file(path, lambda target: to_docx(tables, target, desk.language))
    except NotAvailableError as error:
        return error.message()
    return None
