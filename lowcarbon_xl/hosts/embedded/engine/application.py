"""Engine, application and the collection of open workbooks."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlwings import base_classes

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.errors import Language
from lowcarbon_xl.hosts.embedded.engine.book import Book

ENGINE_NAME = "openpyxl"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the engine needs to know: our functions, the language of results, whether losses are allowed."""

    functions: Mapping[str, Function]
    language: Language
    allow_loss: bool


class Engine:
    """The engine that xlwings sees."""

    name = ENGINE_NAME
    type = "desktop"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.apps = Apps(self)

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        """Values as the caller wants them: blanks, numbers, dates and error values."""

        def clean(value: Any) -> Any:
            if value is None:
                return empty_as
            if isinstance(value, bool):
                return value
            if isinstance(value, int | float):
                return number_builder(value) if number_builder else value
            if isinstance(value, str) and value.startswith("#") and value in _ERRORS:
                return value if err_to_str else None
            if hasattr(value, "year") and datetime_builder is not None:
                return datetime_builder(
                    year=value.year,
                    month=value.month,
                    day=value.day,
                    hour=getattr(value, "hour", 0),
                    minute=getattr(value, "minute", 0),
                    second=getattr(value, "second", 0),
                    microsecond=getattr(value, "microsecond", 0),
                    tzinfo=None,
                )
            return value

        return [[clean(value) for value in row] for row in data]

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        """A value as a cell holds it: NumPy and pandas scalars unwrapped, missing ones blank."""
        if hasattr(value, "to_pydatetime"):
            value = value.to_pydatetime()
        elif hasattr(value, "item") and getattr(value, "shape", None) == ():
            value = value.item()
        if value is None or type(value).__name__ in {"NaTType", "NAType"}:
            return None
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value


_ERRORS = frozenset({"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})


class Apps(base_classes.Apps):
    """The applications; one is enough without Excel."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._apps: list[App] = []

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:
        """A new application without workbooks (or with an empty one)."""
        app = App(self)
        self._apps.insert(0, app)
        if add_book:
            app.books.add()
        return app

    def remove(self, app: App) -> None:
        """Forget an application that was quit."""
        self._apps.remove(app)

    @staticmethod
    def cleanup() -> None:
        """Nothing is left behind."""

    def keys(self) -> list[int]:
        """Numbers of the applications."""
        return [app.pid for app in self._apps]

    def __iter__(self) -> Iterator[App]:
        return iter(self._apps)

    def __len__(self) -> int:
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        return next(app for app in self._apps if app.pid == pid)


class App(base_classes.App):
    """An application without a window."""

    visible = False
    screen_updating = True
    display_alerts = True
    enable_events = True
    interactive = False
    calculation = "automatic"
    status_bar: Any = None
    version = "0.0"
    selection = None

    def __init__(self, apps: Apps) -> None:
        self._apps = apps
        self.engine = apps.engine
        self._books = Books(self)

    @property
    def books(self) -> Books:
        """The open workbooks."""
        return self._books

    @property
    def pid(self) -> int:
        """The number of this process."""
        return os.getpid()

    @property
    def api(self) -> App:
        """There is no object behind this one."""
        return self

    def activate(self, steal_focus: bool = False) -> None:
        """There is no window to show."""

    def calculate(self) -> None:
        """Recalculate all open workbooks."""
        for book in self.books:
            book.calculate()

    def quit(self) -> None:
        """Close all workbooks without saving."""
        self._apps.remove(self)

    kill = quit

    def run(self, macro: str, args: Any) -> Any:
        """VBA does not run here."""
        raise NotImplementedError(f"The macro {macro} is VBA, which needs Excel")

    def alert(self, prompt: str, title: str, buttons: str, mode: str, callback: str) -> Any:
        """Nobody is there to answer."""
        raise NotImplementedError("Message boxes need Excel")


class Books(base_classes.Books):
    """The open workbooks of an application."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._books: list[Book] = []

    @property
    def api(self) -> list[Book]:
        """The workbooks themselves."""
        return self._books

    @property
    def active(self) -> Book:
        """The workbook that was opened or activated last."""
        if not self._books:
            raise KeyError("no workbook is open")
        return self._books[-1]

    def activate(self, book: Book) -> None:
        """Put a workbook on top."""
        self._books.remove(book)
        self._books.append(book)

    def open(self, fullname: str, *args: Any, **kwargs: Any) -> Book:
        """Open an .xlsx or .xlsm file."""
        book = Book.open_file(self, Path(fullname))
        self._books.append(book)
        return book

    def add(self) -> Book:
        """A new workbook with one sheet."""
        book = Book.new(self, Path(f"Book{len(self._books) + 1}.xlsx"))
        self._books.append(book)
        return book

    def remove(self, book: Book) -> None:
        """Forget a workbook that was closed."""
        self._books.remove(book)

    def __call__(self, name_or_index: int | str) -> Book:
        """The book of that name or 1-based number."""
        if isinstance(name_or_index, int):
            return self._books[name_or_index - 1]
        for book in self._books:
            if book.name == name_or_index:
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._books)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self._books))
