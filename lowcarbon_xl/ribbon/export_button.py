"""Export .do: each planned model as a Stata script with its data, and a sheet of the numbers to expect."""

from __future__ import annotations

import re
from pathlib import Path

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import InputError, Language, LowCarbonError, Text
from lowcarbon_xl.ribbon.beside import folder_beside
from lowcarbon_xl.ribbon.blocks import area
from lowcarbon_xl.ribbon.desk import Desk
from lowcarbon_xl.ribbon.looks import HEAD
from lowcarbon_xl.ribbon.plan import PlanRow, read_plan
from lowcarbon_xl.ribbon.plan_buttons import selected_rows
from lowcarbon_xl.ribbon.plan_models import run_row
from lowcarbon_xl.ribbon.plan_panels import Panels
from lowcarbon_xl.tables.do_export import StataExport, export_stata


@ribbon_button(
    "export_do",
    Chapter.REGRESS,
    label=Text("导出 do 文件", "Export .do"),
    tip=Text(
        "把选中的模型（没有选中时所有模型）导出为 Stata 程序和数据，放在工作簿旁的文件夹里；工作表列出 Stata 应得的结果。",
        "Write the selected models (all when none is selected) as Stata scripts with their data into a folder beside the "
        "workbook; a sheet lists the results to expect.",
    ),
    image="ExportTextFile",
)
def export_do(desk: Desk) -> Text:
    """Write scripts and data, and list what they must give."""
    plan = read_plan(desk)
    rows = selected_rows(desk, plan, default=plan.rows)
    panels = Panels(desk)
    folder = folder_beside(desk, "stata")
    listed: list[list[Output]] = []
    failed: list[Text] = []
    scripts = 0
    for number, row in enumerate(rows, start=1):
        try:
            exported = _export(row, panels, folder, desk)
        except LowCarbonError as error:
            message = error.message()
            failed.append(Text(f"第 {row.row} 行：{message.zh}", f"row {row.row}: {message.en}"))
            continue
        finally:
            desk.step(number, len(rows), row.label)
        scripts += len(exported)
        listed += [line for one in exported for line in _expected(row, one, desk.language)]
    if not scripts:
        raise InputError(
            failed[0] if failed else Text("没有可以导出的模型", "there is no model to export"),
            Text(
                "TWFE、IV、机制和异质性的行可以导出",
                "Rows of kind TWFE, IV, mechanism and heterogeneity can be exported",
            ),
        )
    _sheet(desk, listed)
    more = (
        Text(f"；{len(failed)} 行没有导出，{failed[0].zh}", f"; {len(failed)} rows not exported, {failed[0].en}")
        if failed
        else Text("", "")
    )
    return Text(
        f"在 {folder.name} 写好 {scripts} 个 do 文件（文件不随撤销删除）{more.zh}",
        f"{scripts} scripts in {folder.name} (Undo does not delete files){more.en}",
    )


def _export(row: PlanRow, panels: Panels, folder: Path, desk: Desk) -> list[StataExport]:
    outcome = run_row(row, panels.read(row))
    stem = re.sub(r"[^\w.-]+", "_", row.label).strip("_") or f"model_{row.row}"
    several = len(outcome.models) > 1
    title = Text(f"{row['title']} {row.label}".strip(), f"{row['title']} {row.label}".strip())
    return [
        export_stata(
            model,
            folder,
            f"{stem}_{number}" if several else stem,
            title=title,
            language=desk.language,
            overwrite=True,
        )
        for number, model in enumerate(outcome.models, start=1)
    ]


def _expected(row: PlanRow, exported: StataExport, language: Language) -> list[list[Output]]:
    return [
        [row.label, exported.script.name, f"{one.equation[language]} {one.name}", one.expression, one.value]
        for one in exported.expected
    ]


def _sheet(desk: Desk, listed: list[list[Output]]) -> None:
    sheet = desk.own_sheet(Text("Stata 应得结果", "Stata results")[desk.language])
    head: list[Output] = [
        Text("模型", "model"),
        Text("程序", "script"),
        Text("项目", "item"),
        Text("Stata 表达式", "expression in Stata"),
        Text("应得的数", "number to expect"),
    ]
    cells = desk.write(sheet, 1, 1, [head, *listed])
    top = area(sheet, 1, 1, 1, len(head))
    top.font.bold, top.color = True, HEAD
    area(sheet, 2, len(head), max(len(listed), 1), 1).number_format = "0.000000000"
    for column, width in enumerate((14, 20, 34, 44, 20), start=1):
        desk.set_width(sheet, column, width)
    desk.native.set_page(cells)
