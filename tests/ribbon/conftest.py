"""The workbook that buttons are pressed on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ribbon.books import opened, write_book


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_book(tmp_path / "book.xlsx")


@pytest.fixture
def book(path: Path) -> Iterator[Any]:
    opened_book = opened(path)
    yield opened_book
    for one in list(opened_book.app.books):
        one.close()
