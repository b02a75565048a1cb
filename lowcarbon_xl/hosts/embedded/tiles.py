"""Results larger than the engine lets spill: it gets them in tiles, one below the other, each of a size that it takes."""

from __future__ import annotations

from dataclasses import dataclass

from lowcarbon_xl.cells import Spill
from lowcarbon_xl.hosts.embedded.places import Place

ENGINE_LIMIT = 10_000
"""formualizer 0.13 answers #SPILL! beyond so many cells; Excel has no such limit."""

TILE = "_LC_TILE"
"""The engine's name of the function that gives a tile; its argument is the number of the tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Rows `first` to `last` (exclusive) of what the call in `anchor` returned, standing at `place`."""

    place: Place
    anchor: Place
    first: int
    last: int


def first_rows(spill: Spill) -> int:
    """How many rows of a result the engine takes in one piece."""
    width = len(spill.rows[0])
    return len(spill.rows) if len(spill.rows) * width <= ENGINE_LIMIT else max(1, ENGINE_LIMIT // width)


def tiles_of(anchor: Place, spill: Spill) -> tuple[Tile, ...]:
    """The tiles below the first piece of a result; none for one that the engine takes whole."""
    height, rows = first_rows(spill), len(spill.rows)
    return tuple(
        Tile(Place(anchor.sheet, anchor.row + first, anchor.column), anchor, first, min(first + height, rows))
        for first in range(height, rows, height)
    )
