"""Notes on cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.comments import Comment
from xlwings import base_classes

if TYPE_CHECKING:
    from lowcarbon_xl.hosts.embedded.engine.formats import RangeFormats


class Note(base_classes.Note):
    """The note of a cell."""

    def __init__(self, parent: RangeFormats) -> None:
        self._range = parent

    @property
    def api(self) -> Any:
        """The openpyxl comment."""
        return self._range.noted.comment

    @property
    def text(self) -> str:
        """The text."""
        return str(self.api.text)

    @text.setter
    def text(self, value: str) -> None:
        self._range.noted.comment = Comment(value, self.author)

    @property
    def author(self) -> str:
        """Who wrote it."""
        return str(self.api.author)

    @property
    def location(self) -> RangeFormats:
        """The cell."""
        return self._range

    def delete(self) -> None:
        """Take the note away."""
        self._range.noted.comment = None
