"""A table in LaTeX, with the three rules of booktabs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lowcarbon_xl.errors import Language
from lowcarbon_xl.tables.model import Row, Table, TableCell
from lowcarbon_xl.tables.numerals import printed

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    "|": r"$|$",
    "²": "$^{2}$",
    "×": r"$\times$",
    "∞": r"$\infty$",
    "—": "---",
}
_PREAMBLE = {
    "zh": "% 导言区：\\usepackage{booktabs}；中文用 ctex 宏包并以 xelatex 编译",
    "en": "% preamble: \\usepackage{booktabs}",
}


def to_latex(table: Table, language: Language = "zh", label: str = "") -> str:
    r"""The table as a ``table`` environment.

    Parameters
    ----------
    table : Table
    language : {"zh", "en"}
    label : str
        For ``\ref``; empty for none.

    Returns
    -------
    str
        Needs booktabs (and ctex for Chinese); ends in a newline.
    """
    columns = "l" + "c" * (table.columns - 1)
    lines = [
        _PREAMBLE[language],
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{escape(table.title[language])}}}",
        *([rf"\label{{{label}}}"] if label else []),
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        *_header(table, language),
        r"\midrule",
        *(_row(row, language) for row in table.body),
        r"\bottomrule",
        r"\end{tabular}",
        *_notes(table, language),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """A text with LaTeX's special characters made harmless."""
    return "".join(_SPECIAL.get(character, character) for character in text)


def _header(table: Table, language: Language) -> Iterator[str]:
    for place, row in enumerate(table.header):
        spans = {span.first: span.last for span in table.spans if span.row == place}
        pieces: list[str] = []
        column = 0
        while column < table.columns:
            last = spans.get(column, column)
            shown = _shown(row[column], language)
            pieces.append(rf"\multicolumn{{{last - column + 1}}}{{c}}{{{shown}}}" if last > column else shown)
            column = last + 1
        yield _joined(pieces)
        if spans:
            yield " ".join(rf"\cmidrule(lr){{{first + 1}-{last + 1}}}" for first, last in spans.items())


def _row(row: Row, language: Language) -> str:
    return _joined([_shown(cell, language) for cell in row])


def _joined(pieces: list[str]) -> str:
    line = " & ".join(pieces) + r" \\"
    # A row that begins with a bracket would be read as the optional argument of the \\ before it.
    return "{}" + line if line.startswith(("[", "*")) else line


def _shown(cell: TableCell, language: Language) -> str:
    if cell.style is None or cell.value is None:
        text = escape(printed(cell, language))
        text = rf"\textbf{{{text}}}" if cell.bold and text else text
        return rf"\textit{{{text}}}" if cell.italic and text else text
    number, stars = re.fullmatch(r"(.*?)(\**)", printed(cell, language), re.DOTALL).groups()  # type: ignore[union-attr]
    opening, closing = cell.style.brackets or ("", "")
    digits = number.removeprefix(opening).removesuffix(closing)
    # In mathematics a minus is a minus and not a hyphen.
    return (
        f"{{{opening}}}${digits}${closing}" + (f"$^{{{stars}}}$" if stars else "")
        if opening
        else _starred(digits, stars)
    )


def _starred(digits: str, stars: str) -> str:
    return f"${digits}^{{{stars}}}$" if stars else f"${digits}$"


def _notes(table: Table, language: Language) -> Iterator[str]:
    if not table.notes:
        return
    yield r"\par\smallskip"
    yield r"\begin{minipage}{\linewidth}"
    yield r"\footnotesize"
    for note in table.notes:
        yield escape(note[language]) + r"\par"
    yield r"\end{minipage}"
