"""The commands of the menu, on the document in front."""

from __future__ import annotations

from typing import Any

from .arrays import formula_cells, refit
from .client import Worker
from .formulas import anchor
from .ranges import ERRORS


def run_command(command: str, document: Any, worker: Worker) -> None:
    """Do what a menu item says: ``refit`` the selection, ``refit_all``, ``adopt``, or ``recalculate``."""
    if command == "recalculate":
        document.calculateAll()
    elif command == "adopt":
        adopt(document)
    else:
        cells = formula_cells(document.Sheets if command == "refit_all" else document.CurrentSelection)
        problems = [problem for cell in cells if (problem := refit(cell, document, worker)) is not None]
        _tell(document, problems)


def adopt(document: Any) -> None:
    """Enter again every formula that shows #NAME?: so ``GTFP(...)`` of an Excel file becomes the function of the add-in.

    In a file LibreOffice knows our functions as ``LC.GTFP`` only; typed or entered again, the plain name does.
    """
    for cell in formula_cells(document.Sheets):
        if cell.getError() != ERRORS["#NAME?"]:
            continue
        area, formula = anchor(cell), cell.getFormula()
        if area is cell:
            cell.setFormula(formula)
        else:
            area.setArrayFormula(formula.strip("{}"))


def _tell(document: Any, problems: list[tuple[str, str]]) -> None:
    """Show what could not be done in the status bar, in both languages: the add-in's own is not at hand here."""
    controller = document.getCurrentController()
    if problems and controller is not None:
        indicator = controller.getFrame().createStatusIndicator()
        indicator.start("; ".join(" / ".join(problem) for problem in problems[:2]), 0)
