"""Run selected, Run all, Table: rows of the plan to tables and pictures; a row that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lowcarbon_xl.catalogue import Chapter, ribbon_button
from lowcarbon_xl.cells import Output
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.ribbon.banner import put_banners
from lowcarbon_xl.ribbon.blocks import area, fit_rows
from lowcarbon_xl.ribbon.desk import Desk, is_own
from lowcarbon_xl.ribbon.ledger import Run, record
from lowcarbon_xl.ribbon.looks import GREEN, RED
from lowcarbon_xl.ribbon.plan import COLUMNS, Plan, PlanRow, read_plan
from lowcarbon_xl.ribbon.plan_models import option_text
from lowcarbon_xl.ribbon.plan_outcome import Outcome
from lowcarbon_xl.ribbon.plan_results import OutputSheet, write_outcomes
from lowcarbon_xl.ribbon.plan_rows import Estimated, estimate_rows

_TABLE_SHEET = Text("三线表", "Table")


@dataclass(frozen=True, slots=True)
class _Running:
    """A plan and what its rows came to."""

    plan: Plan
    estimated: Estimated

    @property
    def succeeded(self) -> set[int]:
        """Rows that gave a result."""
        return {outcome.row.row for outcome in self.estimated.done} - self.estimated.failed.keys()


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
    running = _Running(plan, estimate_rows(desk, rows))
    written = write_outcomes(desk, running.estimated)
    _record(desk, running, written)
    _mark(desk, running, rows)
    good, bad = len(running.succeeded), len(running.estimated.failed)
    names = [output.sheet.name for output in written]
    first = running.estimated.first_failure
    more = Text(f"；{first.zh}", f"; {first.en}") if first is not None else Text("", "")
    return Text(
        f"{len(rows)} 个模型：成功 {good}，失败 {bad}；结果在 {'、'.join(names) or '-'}{more.zh}",
        f"{len(rows)} models: {good} done, {bad} failed; results on {', '.join(names) or '-'}{more.en}",
    )


def _record(desk: Desk, running: _Running, written: Sequence[OutputSheet]) -> None:
    """Every result to the ledger, and a banner under every table that turns red when its inputs change."""
    runs = {o.row.row: _recorded(running.plan, o) for o in running.estimated.done if o.row.row in running.succeeded}
    entries = dict(zip(runs, record(desk, list(runs.values())), strict=True))
    for output in written:
        for placed in output.tables:
            kept = [(outcome.row.row, label) for outcome, label in placed.labelled if outcome.row.row in runs]
            recorded = [entries[row] for row, _ in kept]
            put_banners(desk, output.sheet, placed.banner, recorded, [label for _, label in kept])


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
    used = {outcome.row.row: outcome for outcome in running.estimated.done}
    for row in rows:
        good = row.row in running.succeeded
        desk.touch(area(sheet, row.row, first, 1, last - first + 1))
        cell = area(sheet, row.row, status, 1, 1)
        cell.value = (
            running.estimated.failed[row.row][desk.language] if not good else _good(used[row.row])[desk.language]
        )
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
