"""Defined names of a workbook or a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.workbook.defined_name import DefinedName
from xlwings import base_classes

from lowcarbon_xl.hosts.embedded.engine.ranges import Range
from lowcarbon_xl.hosts.embedded.places import parse_reference

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.book import Book


class Names(base_classes.Names):
    """Defined names of a workbook or a sheet."""

    def __init__(self, book: Book, names: Any) -> None:
        self.book = book
        self.names = names

    @property
    def api(self) -> Any:
        """The openpyxl names."""
        return self.names

    def snapshot(self) -> list[tuple[str, Name]]:
        """All names with their objects."""
        return [(name, Name(self, name)) for name in self.names]

    def __call__(self, name_or_index: int | str) -> Name:
        """The name of that name or 1-based number."""
        if isinstance(name_or_index, int):
            return self.snapshot()[name_or_index - 1][1]
        if name_or_index not in self.names:
            raise KeyError(name_or_index)
        return Name(self, name_or_index)

    def contains(self, name_or_index: int | str) -> bool:
        """Whether there is such a name."""
        return name_or_index in self.names

    def __len__(self) -> int:
        return len(self.names)

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name."""
        self.names[name] = DefinedName(name, attr_text=refers_to.lstrip("="))
        self.book.touch()
        return Name(self, name)


class Name(base_classes.Name):
    """One defined name."""

    def __init__(self, names: Names, name: str) -> None:
        self._names = names
        self._name = name

    @property
    def api(self) -> Any:
        """The openpyxl name."""
        return self._names.names[self._name]

    @property
    def name(self) -> str:
        """The name."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        text = self.refers_to
        self.delete()
        self._names.add(value, text)
        self._name = value

    @property
    def refers_to(self) -> str:
        """What it stands for."""
        return f"={self.api.attr_text}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.api.attr_text = value.lstrip("=")
        self._names.book.touch()

    @property
    def refers_to_range(self) -> Range:
        """The cells that it stands for."""
        book = self._names.book
        area = parse_reference(str(self.api.attr_text), "", lambda name: name)
        if area is None or area.sheet not in book.workbook.sheetnames:
            raise ValueError(f"{self._name} does not stand for a range")
        return Range(book.sheets(area.sheet), (area.row, area.column), (area.last_row, area.last_column))

    def delete(self) -> None:
        """Take the name away."""
        del self._names.names[self._name]
        self._names.book.touch()
