"""The one base error: every message says what is wrong, where, and how to mend it, in Chinese and English."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
ErrorCode = Literal["#VALUE!", "#N/A"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


class LowCarbonError(Exception):
    """Something in the user's input that we refuse to guess about.

    Parameters
    ----------
    what : Text
        What is wrong, with the offending values.
    remedy : Text
        What the user can do about it.
    where : str
        ``sheet!cell`` (or the file) where it stands. The domain knows no cells: it leaves this empty and
        names `row` and `column` instead, and the border with the sheet fills `where` in.
    row : int, optional
        Zero-based row of the data (the header does not count).
    column : str, optional
        Name of the column.
    code : {"#VALUE!", "#N/A"}
        The error value that the cell shows: bad input, or not available.
    """

    def __init__(
        self,
        what: Text,
        remedy: Text,
        *,
        where: str = "",
        row: int | None = None,
        column: str | None = None,
        code: ErrorCode = "#VALUE!",
    ) -> None:
        super().__init__(what.en)
        self.what = what
        self.remedy = remedy
        self.where = where
        self.row = row
        self.column = column
        self.code: ErrorCode = code

    def message(self) -> Text:
        """The whole message: where, what, and the remedy."""
        zh = f"{self.where}：" if self.where else ""
        en = f"{self.where}: " if self.where else ""
        return Text(f"{zh}{self.what.zh}。{self.remedy.zh}。", f"{en}{self.what.en}. {self.remedy.en}.")

    def __str__(self) -> str:
        return self.message().en


class InputError(LowCarbonError):
    """A range, an option or a value that cannot be used as it is."""


class NotAvailableError(LowCarbonError):
    """A result that does not exist for good reasons: a first year, an infeasible problem."""

    def __init__(
        self, what: Text, remedy: Text, *, where: str = "", row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(what, remedy, where=where, row=row, column=column, code="#N/A")


class HostError(LowCarbonError):
    """A file or a program that the host cannot open, evaluate or write."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most resembles, or None when nothing is close."""
    folded = {k.casefold(): k for k in known}
    matches = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None
