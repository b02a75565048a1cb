"""Which sheet and which formula of one version of a workbook is which of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lowcarbon_xl.audit.changes import matched, panels
from lowcarbon_xl.audit.content import content_hash
from lowcarbon_xl.audit.versions import Result, Version


def match_sheets(old: Version, new: Version) -> dict[str, str | None]:
    """The old name of every sheet: the same name first, then the same content, then panels that are alike."""
    names: dict[str, str | None] = {sheet: sheet if sheet in old.sheets else None for sheet in new.sheets}
    left = [sheet for sheet in old.sheets if sheet not in new.sheets and sheet not in old.outputs]
    hashes = {sheet: content_hash(old.inputs(sheet)) for sheet in left}
    for sheet in (sheet for sheet, was in names.items() if was is None and sheet not in new.outputs):
        mine = new.inputs(sheet)
        exact = [was for was in left if hashes[was] == content_hash(mine)]
        alike = [was for was in left if matched(panels(old.inputs(was)), panels(mine))]
        formulas = [was for was in left if _formulas(old, was) and _formulas(old, was) == _formulas(new, sheet)]
        if found := (exact or alike or formulas):
            names[sheet] = found[0]
            left.remove(found[0])
    return names


def _formulas(version: Version, sheet: str) -> tuple[str, ...]:
    return tuple(sorted(result.shape_of_formula for result in version.results if result.area.sheet == sheet))


def match_results(
    old: Version, new: Version, names: Mapping[str, str | None]
) -> tuple[list[tuple[Result, Result | None]], list[Result]]:
    """Every new result with its older self, and the old ones that are gone.

    Formulas of one sheet that are the same but for the cells that they name are paired in their order; what is left,
    by its place.
    """
    groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in _in_order(old.results):
        groups[result.area.sheet, result.shape_of_formula].append(result)
    sizes: dict[tuple[str | None, str], int] = defaultdict(int)
    for result in new.results:
        sizes[names.get(result.area.sheet), result.shape_of_formula] += 1
    pairs: dict[str, tuple[Result, Result | None]] = {}
    rest: list[Result] = []
    for result in _in_order(new.results):
        was = names.get(result.area.sheet)
        group = groups.get((was or "", result.shape_of_formula), [])
        whole = len(group) == sizes[was, result.shape_of_formula]
        if group and whole:
            sizes[was, result.shape_of_formula] -= 1
            pairs[result.cell] = result, group.pop(0)
        else:
            rest.append(result)
    places = {(r.area.sheet, r.area.row, r.area.column): r for group in groups.values() for r in group}
    for result in rest:
        found = places.pop((names.get(result.area.sheet) or "", result.area.row, result.area.column), None)
        pairs[result.cell] = result, found
    return [pairs[result.cell] for result in new.results], list(places.values())


def _in_order(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda result: (result.area.sheet, result.area.row, result.area.column))
