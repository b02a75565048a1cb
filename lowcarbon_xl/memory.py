"""Answers that were given before: a call on unchanged input is answered by the content of its input."""

from __future__ import annotations

import hashlib
import marshal
import pickle
import threading
from collections import OrderedDict
from collections.abc import Sequence

from lowcarbon_xl.cells import Block, Spill

CAPACITY = 16
"""Calls remembered by each function; a workbook rarely has more of one kind."""


class Memory:
    """A bounded store of spills by the content that made them; safe to use from several threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._spills: OrderedDict[bytes, Spill] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Spill | None:
        """The spill of that content, if it is remembered."""
        with self._lock:
            spill = self._spills.get(key)
            if spill is not None:
                self._spills.move_to_end(key)
            return spill

    def keep(self, key: bytes, spill: Spill) -> None:
        """Remember a spill; the one that was not asked for longest makes room."""
        with self._lock:
            self._spills[key] = spill
            self._spills.move_to_end(key)
            while len(self._spills) > self._capacity:
                self._spills.popitem(last=False)


def content_key(language: str, arguments: Sequence[object]) -> bytes:
    """A digest of everything that determines a call of a function: language, and every argument with its place.

    The place counts because error messages name it.
    """
    content = [language, *(_plain(argument) for argument in arguments)]
    try:
        # marshal writes plain numbers and texts several times faster than pickle
        written = marshal.dumps(content)
    except ValueError:
        written = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
    return hashlib.sha256(written).digest()


def _plain(argument: object) -> object:
    if isinstance(argument, Block):
        values = [list(row) for row in argument.values]
        return [argument.sheet, argument.row, argument.column, list(argument.merged), values]
    return argument
