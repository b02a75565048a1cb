"""Names that Stata accepts: letters of any script (since Stata 14), digits and underscores, at most 32 characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

LONGEST_NAME = 32
LONGEST_LABEL = 80
_FIRST_LETTER = 0xC0  # pandas takes no name with the letters below, as the micro sign
_RESERVED = frozenset(
    (
        *("_all", "_b", "_cons", "_coef", "_n", "_N", "_pi", "_pred", "_rc", "_se", "_skip"),
        *("byte", "double", "float", "int", "long", "strL", "if", "in", "using", "with", "e"),
    )
)


def stata_name(text: str, taken: Collection[str]) -> str:
    """A legal variable name close to a header, and unlike those taken.

    Parameters
    ----------
    text : str
        ``GDP 增速(%)``, ``L.AI``, ``2013``.
    taken : collection of str

    Returns
    -------
    str
        ``GDP_增速``, ``L_AI``, ``v_2013``.
    """
    plain = unicodedata.normalize("NFC", text)
    kept = "".join(character if _allowed(character) else "_" for character in plain)
    while "__" in kept:
        kept = kept.replace("__", "_")
    stem = kept.rstrip("_")[:LONGEST_NAME] or "v"
    if stem[0].isdigit() or stem in _RESERVED or (stem.startswith("str") and stem[3:].isdigit()) or stem[0] == "_":
        stem = f"v_{stem.lstrip('_')}"[:LONGEST_NAME]
    name, count = stem, 1
    while name in taken:
        count += 1
        suffix = f"_{count}"
        name = stem[: LONGEST_NAME - len(suffix)] + suffix
    return name


def _allowed(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "_"
    return ord(character) >= _FIRST_LETTER and unicodedata.category(character).startswith("L")


def stata_label(text: str) -> str:
    """A variable label: one line, at most 80 characters."""
    return " ".join(text.split())[:LONGEST_LABEL]
