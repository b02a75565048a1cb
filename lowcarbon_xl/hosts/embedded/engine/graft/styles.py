"""Styles in the numbering of the file: what is there keeps its number, what a macro made is appended once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree
from openpyxl.styles.cell_style import CellStyle, StyleArray
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.workbook import Workbook
from openpyxl.xml.functions import tostring

from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.state import PLAIN, Style
from lowcarbon_xl.hosts.embedded.parts import MAIN
from lowcarbon_xl.hosts.embedded.saved import order_fonts

_ORDER = (
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
)
_PART = "xl/styles.xml"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"


@dataclass(frozen=True, slots=True)
class StyleOrigin:
    """The cell styles of the file as openpyxl read them, in the order of the file."""

    formats: tuple[Style, ...]


def read_styles(workbook: Any) -> StyleOrigin:
    """The cell styles of a workbook that was just loaded."""
    return StyleOrigin(tuple(tuple(style) for style in workbook._cell_styles))


def adopt(element: Any, namespace: str = MAIN) -> etree._Element:
    """A copy of one of openpyxl's elements, which leave their namespace to the root of the part."""
    tag = element.tag if "}" in element.tag else f"{{{namespace}}}{element.tag}"
    copied = etree.Element(tag, {str(name): str(value) for name, value in element.attrib.items()})
    copied.text, copied.tail = element.text, element.tail
    for child in element:
        copied.append(adopt(child, namespace))
    return copied


class Styles:
    """The style sheet of a package.

    Parameters
    ----------
    package : Package
    workbook : openpyxl.Workbook
        Whose lists hold the styles of the file first, and then those that were made since.
    origin : StyleOrigin
    """

    def __init__(self, package: Package, workbook: Any, origin: StyleOrigin) -> None:
        self._package = package
        self._workbook = workbook
        part = next(iter(package.related(package.main, "styles")), None)
        known = package.xml(part) if part is not None else None
        usable = known is not None and bool(len(self._list_of(known, "cellXfs")))
        self._root = known if known is not None and usable else _default_styles()
        self._part = part or _PART
        self._new = part is None
        self._formats = {style: number for number, style in reversed(list(enumerate(origin.formats)))} if usable else {}
        self._read = {tag: len(self._list(tag)) if usable else 0 for tag in ("fonts", "fills", "borders", "dxfs")}
        self._members: dict[str, dict[bytes, int]] = {}
        self._changed = self._new

    def number(self, style: Style) -> int:
        """The number of a cell style."""
        if style == PLAIN:
            return 0
        if style not in self._formats:
            self._formats[style] = self._appended(style)
        return self._formats[style]

    def dxf(self, number: int) -> int:
        """The number of a conditional style that openpyxl numbers so."""
        return self._member("dxfs", "dxf", number, self._workbook._differential_styles.styles)

    def finish(self) -> None:
        """Write the style sheet, if it grew."""
        if not self._changed:
            return
        self._package.put(self._part, self._root)
        if self._new:
            self._package.add(self._part, self._package.parts[self._part], _CONTENT)
            self._package.relate(self._package.main, "styles", self._part)

    def _appended(self, style: Style) -> int:
        key, element = self._format(style)
        known = self._known_formats.get(key)
        if known is None:
            known = self._append("cellXfs", element)
            self._known_formats[key] = known
        return known

    @cached_property
    def _known_formats(self) -> dict[bytes, int]:
        """The file's styles by what they look like."""
        known: dict[bytes, int] = {}
        for style, number in self._formats.items():
            known.setdefault(self._format(style)[0], number)
        return known

    def _format(self, style: Style) -> tuple[bytes, etree._Element]:
        """What a style looks like, in the numbering of the file."""
        array: Any = StyleArray(style)
        cell_style: Any = CellStyle
        made = cell_style.from_array(array)
        if array.alignmentId:
            made.alignment = self._workbook._alignments[array.alignmentId]
        if array.protectionId:
            made.protection = self._workbook._protections[array.protectionId]
        element = adopt(made.to_tree())
        element.set("fontId", str(self._member("fonts", "font", array.fontId, self._workbook._fonts)))
        element.set("fillId", str(self._member("fills", "fill", array.fillId, self._workbook._fills)))
        element.set("borderId", str(self._member("borders", "border", array.borderId, self._workbook._borders)))
        element.set("numFmtId", str(self._number_format(array.numFmtId)))
        if array.xfId >= len(self._list("cellStyleXfs")):
            element.set("xfId", "0")  # a named style of openpyxl's own; the cell looks the same without its name
        return etree.tostring(element, method="c14n"), element

    def _member(self, container: str, tag: str, number: int, made: Sequence[Any]) -> int:
        """The number of a font, fill, border or conditional style in the file."""
        read = self._read[container]
        if number < read:
            return number
        if container not in self._members:
            texts = [_serialized(item, tag) for item in made[:read]]
            self._members[container] = {text: n for n, text in reversed(list(enumerate(texts)))}
        members = self._members[container]
        text = _serialized(made[number], tag)
        if text not in members:
            members[text] = self._append(container, adopt(_tree(made[number], tag)))
        return members[text]

    def _number_format(self, number: int) -> int:
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return number
        code = self._workbook._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]
        formats = self._list("numFmts")
        for known in formats:
            if known.get("formatCode") == code:
                return int(known.get("numFmtId", "0"))
        last = max((int(known.get("numFmtId", "0")) for known in formats), default=0)
        free = max(last + 1, BUILTIN_FORMATS_MAX_SIZE)
        self._append("numFmts", etree.Element(f"{{{MAIN}}}numFmt", numFmtId=str(free), formatCode=code))
        return free

    def _append(self, container: str, element: etree._Element) -> int:
        items = self._list(container)
        if items.getparent() is None:
            insert_in_order(self._root, items, _ORDER)
        items.append(element)
        order_fonts(element)
        items.set("count", str(len(items)))
        self._changed = True
        return len(items) - 1

    def _list(self, container: str) -> etree._Element:
        return self._list_of(self._root, container)

    @staticmethod
    def _list_of(root: etree._Element, container: str) -> etree._Element:
        found = root.find(f"{{{MAIN}}}{container}")
        return found if found is not None else etree.Element(f"{{{MAIN}}}{container}")


def _default_styles() -> etree._Element:
    """Openpyxl's own style sheet, for a file that has none."""
    return etree.fromstring(tostring(write_stylesheet(Workbook())))


def _tree(item: Any, tag: str) -> Any:
    make: Callable[..., Any] = item.to_tree
    tree = make()
    return tree if tree.tag == tag else make(tag)


def _serialized(item: Any, tag: str) -> bytes:
    return bytes(tostring(_tree(item, tag)))
