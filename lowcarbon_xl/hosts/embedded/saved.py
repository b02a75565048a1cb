"""The package that openpyxl makes of a workbook, with what the schema wants and openpyxl does not keep to put right."""

from __future__ import annotations

import io
import zipfile

from lxml import etree
from openpyxl.workbook import Workbook

from lowcarbon_xl.hosts.embedded.files import Parts
from lowcarbon_xl.hosts.embedded.parts import MAIN, write_xml

_FONT = (
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)
"""What a font consists of, in the order of the schema, which openpyxl does not keep."""
_STYLES = "xl/styles.xml"


def order_fonts(root: etree._Element) -> None:
    """Bring the parts of every font below an element into the order of the schema."""
    for font in root.iter(f"{{{MAIN}}}font"):
        font[:] = sorted(font, key=lambda child: _FONT.index(etree.QName(child).localname))


def saved_parts(workbook: Workbook) -> Parts:
    """The parts of a workbook of openpyxl."""
    stream = io.BytesIO()
    workbook.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    styles = etree.fromstring(parts[_STYLES])
    order_fonts(styles)
    parts[_STYLES] = write_xml(styles)
    return parts
