"""The plan of a workbook that was just recalculated: run it on the written file, and say how each model went."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lowcarbon_xl.catalogue import functions
from lowcarbon_xl.errors import InputError, Language, LowCarbonError, Text
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation
from lowcarbon_xl.names import PLAN_NAMES
from lowcarbon_xl.terminal import ProgressLine, say

if TYPE_CHECKING:
    from lowcarbon_xl.ribbon.plan import Plan

_DONE = "✓"
"""Begins the status of a row that gave a result."""


@dataclass(frozen=True, slots=True)
class PlanRun:
    """How the plan went.

    Parameters
    ----------
    complete : bool
        Whether every model gave a result.
    written : bool
        Whether the file holds results of the plan.
    """

    complete: bool
    written: bool


def has_plan(recalculation: Recalculation) -> bool:
    """Whether a workbook has a sheet of the name that plans have."""
    known = {name.casefold() for name in PLAN_NAMES}
    return any(sheet.casefold() in known for sheet in recalculation.content.sheets)


def run_plan(output: Path, language: Language) -> PlanRun:
    """Press Run all on a written workbook, which is then replaced as a whole or stays as it is.

    Parameters
    ----------
    output : Path
        The recalculated workbook.
    language : {"zh", "en"}
        Of what is printed; the workbook's own switch decides what is written into it.
    """
    start = time.perf_counter()
    try:
        return _run_plan(output, language, start)
    except LowCarbonError as error:
        reason = error.message()
        zh = f"模型没有运行，{output.name} 里没有模型的结果：{reason.zh}"
        say(Text(zh, f"The plan was not run, {output.name} is without its results: {reason.en}"), language)
    except KeyboardInterrupt:
        zh, en = "模型运行被中断", "The plan was interrupted"
        say(Text(f"{zh}，{output.name} 里没有模型的结果。", f"{en}; {output.name} is without its results."), language)
    return PlanRun(complete=False, written=False)


def _run_plan(output: Path, language: Language, start: float) -> PlanRun:
    from lowcarbon_xl import ribbon
    from lowcarbon_xl.hosts.embedded import engine
    from lowcarbon_xl.ribbon.desk import Desk
    from lowcarbon_xl.ribbon.plan import read_plan
    from lowcarbon_xl.ribbon.snapshot import Snapshot

    book = engine.open_book(output, functions(), language)
    try:
        spoken = ribbon.book_language(book, language)
        engine.activate(functions(), spoken)
        desk = Desk(book, spoken, None, lambda done, planned, what: None, Snapshot(book, "run_all"))
        try:
            plan = read_plan(desk)
        except InputError as error:  # a sheet of that name without a model is nothing to run
            reason = error.message()
            say(Text(f"没有要运行的模型：{reason.zh}", f"There is no model to run: {reason.en}"), language)
            return PlanRun(complete=True, written=False)
        with ProgressLine(language) as progress:
            ribbon.press(book, "run_all", language, progress=progress)
        statuses = [(row.label, _status(plan, row.row)) for row in plan.rows]
        book.save(str(output))
    finally:
        book.close()
    failed = [(label, status) for label, status in statuses if not status.startswith(_DONE)]
    seconds = time.perf_counter() - start
    zh = f"模型 {len(statuses)} 个，失败 {len(failed)} 个；用时 {seconds:.2f} 秒。"
    say(Text(zh, f"{len(statuses)} models, {len(failed)} failed; {seconds:.2f} s."), language)
    for label, status in failed:
        say(Text(f"模型 {label} 失败：{status}", f"model {label} failed: {status}"), language)
    return PlanRun(complete=not failed, written=True)


def _status(plan: Plan, row: int) -> str:
    """What the run wrote beside a row."""
    return str(plan.sheet.range((row, plan.columns["status"])).value or "")
