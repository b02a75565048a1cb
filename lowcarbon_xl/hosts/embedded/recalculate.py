"""Recalculate a workbook without Excel: formualizer evaluates, our functions answer it, and every reason is kept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.cells import Cell, Spill
from lowcarbon_xl.errors import InputError, Language, Text
from lowcarbon_xl.hosts.embedded.calls import Progress
from lowcarbon_xl.hosts.embedded.evaluation import Evaluation
from lowcarbon_xl.hosts.embedded.formulas import Locator, Node, parse_formula, plain_name, walk, write_formula
from lowcarbon_xl.hosts.embedded.outcome import Failure, Refusal, Rows
from lowcarbon_xl.hosts.embedded.places import Area, Place, named_sheet
from lowcarbon_xl.hosts.embedded.sites import is_fixed_array
from lowcarbon_xl.hosts.embedded.workbook import FormulaCell, WorkbookContent, read_workbook


@dataclass(frozen=True, slots=True)
class Recalculation:
    """A workbook with everything computed; nothing is written yet.

    Parameters
    ----------
    content : WorkbookContent
        The workbook as it was read.
    ours : set of Place
        The cells that call one of our functions.
    values : mapping
        The value of every computed formula cell; refused cells are missing and keep what the file has.
    arrays : mapping
        The rows of every formula that fills cells (its own upper left one included), ours above all.
    spills : mapping
        What our function returned, for every cell whose whole formula is one of our calls.
    texts : mapping
        Formulas (without ``=``) that are written otherwise than they were read, without ``@``.
    failures : tuple of Failure
        Cells with a call of ours that show an error value, with the reason.
    refused : tuple of Refusal
        Ordinary formulas that this host does not compute, with the reason.
    notes : tuple of Text
        Remarks on single cells: volatile functions, arrays that were cut.
    seconds : float
        Wall-clock time of reading and evaluating.
    """

    content: WorkbookContent
    ours: frozenset[Place]
    values: Mapping[Place, Cell]
    arrays: Mapping[Place, Rows]
    spills: Mapping[Place, Spill]
    texts: Mapping[Place, str]
    failures: tuple[Failure, ...]
    refused: tuple[Refusal, ...]
    notes: tuple[Text, ...]
    seconds: float

    @property
    def formulas(self) -> int:
        """How many formula cells the workbook has."""
        return sum(len(sheet.formulas) for sheet in self.content.sheets.values())

    def is_fixed(self, place: Place) -> bool:
        """Whether a cell holds an array formula of fixed size, which stays one."""
        cell = self.content.formula_at(place)
        if cell is None or cell.area is None or cell.dynamic:
            return False
        return place not in self.ours or is_fixed_array(cell)


def recalculate(
    path: Path,
    functions: Iterable[Function],
    language: Language,
    progress: Progress | None = None,
    *,
    own_language: bool = False,
) -> Recalculation:
    """Compute every formula of a workbook.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file; it is only read.
    functions : iterable of Function
        The worksheet functions (``catalogue.functions()``).
    language : {"zh", "en"}
        Language of result headers.
    progress : callable, optional
        ``progress(done, planned, what)`` after each call of ours.
    own_language : bool
        Whether the workbook's own language switch, where it is set, comes before `language`.

    Raises
    ------
    HostError
        When the file cannot be read.
    """
    start = time.perf_counter()
    content = read_workbook(path)
    chosen = (content.language if own_language else None) or language
    result = recalculate_content(content, functions, chosen, progress)
    return replace(result, seconds=time.perf_counter() - start)


def recalculate_content(
    content: WorkbookContent,
    functions: Iterable[Function],
    language: Language,
    progress: Progress | None = None,
) -> Recalculation:
    """Compute every formula of a workbook that was read before; see `recalculate`."""
    start = time.perf_counter()
    evaluation = Evaluation(content, functions, language, progress)
    outcome = evaluation.run()
    return Recalculation(
        content=content,
        ours=outcome.ours,
        values=outcome.values(),
        arrays=outcome.arrays(),
        spills=outcome.spills(),
        texts=evaluation.texts,
        failures=tuple(outcome.failures()),
        refused=tuple(outcome.refusals()),
        notes=tuple(outcome.notes()),
        seconds=time.perf_counter() - start,
    )


def evaluate(
    path: Path,
    formula: str,
    functions: Iterable[Function],
    language: Language,
    sheet: str | None = None,
    *,
    own_language: bool = False,
) -> Spill:
    """Compute one formula against a workbook, and the formulas that it depends on.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file; it is only read.
    formula : str
        Any formula, ours or an ordinary one, with or without ``=``.
    functions : iterable of Function
    language : {"zh", "en"}
    sheet : str, optional
        The sheet that unqualified references mean; the one that is shown when the file opens by default.
    own_language : bool
        Whether the workbook's own language switch, where it is set, comes before `language`.

    Returns
    -------
    Spill
        What the formula spills; a failure is one error cell with its reason.

    Raises
    ------
    HostError
        When the file or the sheet cannot be read, or the formula cannot be understood.
    """
    content = read_workbook(path)
    home = content.active if sheet is None else content.require_sheet(sheet)
    text = formula.strip().removeprefix("=").strip()
    tree = parse_formula(text)
    if tree is None:
        raise _unreadable(formula)
    _qualify(tree, content, home)
    placed = _needs_a_place(tree)
    if placed is not None:
        raise InputError(
            Text(f"{placed} 的值取决于公式所在的单元格", f"the value of {placed} depends on the cell of the formula"),
            Text("请把公式写进工作簿，再用 lowcarbon run", "Write the formula into the workbook and use lowcarbon run"),
        )
    place = Place(content.free_sheet("_LC_calc"), 1, 1)
    text = write_formula(tree, lambda node: None)
    cell = FormulaCell(place, text, "array", Area.sized(place, 1, 1), dynamic=True)
    chosen = (content.language if own_language else None) or language
    evaluation = Evaluation(content, functions, chosen)
    evaluation.add(cell, tree)
    return evaluation.run().spill(place)


def _qualify(tree: Node, content: WorkbookContent, home: str) -> None:
    """Write out which sheet every reference means, for the formula is computed on a sheet of its own."""
    locator = Locator(content)
    for node in walk(tree):
        if node["node_type"] != "Reference":
            continue
        text = str(node["reference"])
        area = locator.locate(text, Place(home, 1, 1))
        if area is not None:
            node["reference"] = area.reference
        elif (sheet := named_sheet(text)) is not None:
            content.require_sheet(sheet)


def _needs_a_place(tree: Node) -> str | None:
    """A function in a formula whose value depends on the cell that the formula stands in, if there is one."""
    for node in walk(tree):
        if node["node_type"] != "Function":
            continue
        name = plain_name(node["name"])
        if name in {"ROW", "COLUMN"} and not node["args"]:
            return name
        if name == "INDIRECT" and "!" not in str(node["args"][0].get("value", "") if node["args"] else ""):
            return name
    return None


def _unreadable(text: str) -> InputError:
    """The error for a formula that cannot be read at all."""
    return InputError(
        Text(f"公式读不懂：{text}", f"the formula cannot be read: {text}"),
        Text("请检查括号、引号和逗号", "Check brackets, quotes and commas"),
    )
