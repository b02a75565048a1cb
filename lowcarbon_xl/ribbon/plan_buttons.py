"""Run selected, Run all, Table: rows of the plan to tables and pictures; a row that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Block, Output
from lowcarbon_xl.errors import InputError, LowCarbonError, Text
from lowcarbon_xl.ribbon.banner import put_banners
from lowcarbon_xl.ribbon.blocks import area, fit_rows
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import Run, record
from lowcarbon_xl.ribbon.looks import GREEN, RED
from lowcarbon_xl.ribbon.plan import COLUMNS, Plan, PlanRow, read_plan
from lowcarbon_xl.ribbon.plan_models import option_text, run_row
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.plan_panels import Panels
from lowcarbon_xl.ribbon.plan_results import OutputSheet, write_outcomes

_TABLE_SHEET = Text("三线表", "Table")


@dataclass(slots=True)
class _Running:
    """What the rows came to so far."""

    plan: Plan
    done: list[Outcome] = field(default_factory=list)
    failed: dict[int, Text] = field(default_factory=dict)

    @property
    def succeeded(self) -> set[int]:
        """Rows that gave a result."""
        return {outcome.row.row for outcome in self.done} - self.failed.keys()


@ribbon_button(
    "run_all",
    Chapter.REGRESS,
    label=Text("全部重算", "Run all"),
    tip=Text(
        "运行“模型”表的所有行；结果写到各自的输出表，失败的行标红并说明原因，不影响其他行。",
        "Run every row of the plan; results go to their output sheets, a row that fails turns red and says why.",
    ),
    image="CalculateSheet",
)
def run_all(desk: Desk) -> Text:
    """Run every row of the plan."""
    plan = read_plan(desk)
    return _run(desk, plan, plan.rows)


@ribbon_button(
    "run_selected",
    Chapter.REGRESS,
    label=Text("运行选中", "Run selected"),
    tip=Text(
        "运行“模型”表中选中的行（没有选中时运行第一行），以及与它们同一输出表的行。",
        "Run the selected rows of the plan (the first one when none is selected) and those that share their output sheet.",
    ),
    image="MacroPlay",
    large=True,
)
def run_selected(desk: Desk) -> Text:
    """Run the selected rows, with those that share their output sheets."""
    plan = read_plan(desk)
    chosen = selected_rows(desk, plan)
    outputs = {row.output()[desk.language].casefold() for row in chosen}
    rows = [row for row in plan.rows if row.output()[desk.language].casefold() in outputs]
    return _run(desk, plan, rows)


@ribbon_button(
    "table",
    Chapter.REGRESS,
    label=Text("三线表", "Table"),
    tip=Text(
        "把选中的模型（没有选中时所有模型）并排成一张三线表，写到工作表“三线表”。",
        "Set the selected models (all of them when none is selected) side by side in one table on sheet Table.",
    ),
    image="BordersAll",
)
def one_table(desk: Desk) -> Text:
    """The selected models in one table, whatever their output sheets are."""
    plan = read_plan(desk)
    chosen = selected_rows(desk, plan, default=plan.rows)
    name = _TABLE_SHEET[desk.language]
    title = next((row["title"] for row in chosen if row.kind not in ("describe", "placebo")), "")
    together = [
        PlanRow(
            row.row,
            {**row.texts, "output": name, "title": title or Text("回归结果", "Regression results")[desk.language]},
        )
        for row in chosen
        if _is_model(row)
    ]
    if not together:
        raise InputError(
            Text("选中的行里没有回归模型", "there is no regression among the selected rows"),
            Text("选中 TWFE、IV、机制或异质性的行", "Select rows of kind TWFE, IV, mechanism or heterogeneity"),
        )
    return _run(desk, plan, together)


def _is_model(row: PlanRow) -> bool:
    try:
        return row.kind not in ("describe", "placebo")
    except InputError:
        return False


def selected_rows(desk: Desk, plan: Plan, default: Sequence[PlanRow] | None = None) -> Sequence[PlanRow]:
    """Rows of the plan that the selection touches; else the default, else the first one."""
    cells = desk.selection or desk.native.selected(desk.book)
    if cells.sheet.name == plan.sheet.name:
        rows = range(cells.row, cells.row + cells.shape[0])
        chosen = [row for row in plan.rows if row.row in rows]
        if chosen:
            return chosen
        if desk.selection is not None:
            raise InputError(
                Text("选中的行里没有模型", "there is no model in the selected rows"),
                Text("选中模型表里已填写的行", "Select rows of the plan that are filled in"),
            )
    return default if default is not None else plan.rows[:1]


def _run(desk: Desk, plan: Plan, rows: Sequence[PlanRow]) -> Text:
    running = _Running(plan)
    panels = Panels(desk)
    blocks: dict[int, Block] = {}
    for row in rows:  # every panel is read before anything is written: a write makes formulas compute again
        try:
            blocks[row.row] = panels.read(row)
        except LowCarbonError as error:
            running.failed[row.row] = error.message()
    for number, row in enumerate(rows, start=1):
        if row.row in blocks:
            try:
                outcome = run_row(row, blocks[row.row])
                running.done.append(replace(outcome, range=panels.range_of(row)))
            except LowCarbonError as error:
                running.failed[row.row] = error.message()
        desk.step(number, len(rows), row.label)
    written = write_outcomes(desk, running.done, running.failed)
    _record(desk, running, written)
    _mark(desk, running, rows)
    good, bad = len(running.succeeded), len(running.failed)
    names = [output.sheet.name for output in written]
    sheets = "、".join(names) or "-"
    return Text(
        f"{len(rows)} 个模型：成功 {good}，失败 {bad}；结果在 {sheets}" + _first(running, "zh"),
        f"{len(rows)} models: {good} done, {bad} failed; results on {', '.join(names) or '-'}" + _first(running, "en"),
    )


def _record(desk: Desk, running: _Running, written: Sequence[OutputSheet]) -> None:
    """Every result to the ledger, and a banner under every table that turns red when its inputs change."""
    runs = {o.row.row: _recorded(running.plan, o) for o in running.done if o.row.row in running.succeeded}
    lines = dict(zip(runs, record(desk, list(runs.values())), strict=True))
    for output in written:
        for placed in output.tables:
            kept = [(outcome.row.row, label) for outcome, label in placed.labelled if outcome.row.row in runs]
            recorded = [(runs[row], lines[row]) for row, _ in kept]
            put_banners(desk, output.sheet, placed.banner, recorded, [label for _, label in kept])


def _first(running: _Running, language: str) -> str:
    for number, reason in sorted(running.failed.items()):
        text = reason.zh if language == "zh" else reason.en
        return f"；第 {number} 行：{text}" if language == "zh" else f"; row {number}: {text}"
    return ""


def _recorded(plan: Plan, outcome: Outcome) -> Run:
    """What the ledger says of a row: everything that it plans, and all that came out."""
    row, main = outcome.row, outcome.main
    fields = ("kind", "y", "x", "endogenous", "instruments", "by")
    told = ", ".join(f"{key}={row[key]}" for key in fields if row[key])
    what = f"{plan.sheet.name}!{row.label}: {told}; {option_text(row)}"
    notes = (main.convention, main.variance, *main.notes) if main is not None else ()
    conventions = Text("；".join(note.zh for note in notes), "; ".join(note.en for note in notes))
    sample = outcome.sample
    return Run(
        what,
        (outcome.inputs,),
        outcome.numbers,
        conventions,
        sample.used,
        sample.dropped,
        outcome.provenance,
        (outcome.unread,),
        (outcome.range or outcome.inputs.whole,),
    )


def _mark(desk: Desk, running: _Running, rows: Sequence[PlanRow]) -> None:
    """Colour each row by how it went and say why in its last column."""
    first, last = running.plan.width
    status = running.plan.columns["status"]
    sheet = running.plan.sheet
    used = {outcome.row.row: outcome for outcome in running.done}
    for row in rows:
        good = row.row in running.succeeded
        desk.touch(area(sheet, row.row, first, 1, last - first + 1))
        cell = area(sheet, row.row, status, 1, 1)
        cell.value = running.failed[row.row][desk.language] if not good else _good(used[row.row])[desk.language]
        cell.color = GREEN if good else RED
        cell.wrap_text = True
        kind = running.plan.columns["kind"]
        area(sheet, row.row, kind, 1, 1).color = GREEN if good else RED
        if is_own(sheet):
            texts = {**row.texts, "status": str(cell.value)}
            line: list[Output] = [texts.get(column.key) for column in COLUMNS]
            fit_rows(sheet, row.row, [line], [column.width for column in COLUMNS], desk.language)


def _good(outcome: Outcome) -> Text:
    name = outcome.row.output()
    if outcome.main is None:
        return Text(f"✓ 见“{name.zh}”", f"✓ see {name.en}")
    return Text(f"✓ N={outcome.main.n}，见“{name.zh}”", f"✓ N={outcome.main.n}, see {name.en}")
