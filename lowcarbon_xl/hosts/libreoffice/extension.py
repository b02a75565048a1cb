"""Build the extension (.oxt): everything in it follows from the catalogue, and equal input gives equal bytes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from lowcarbon_xl import __version__
from lowcarbon_xl.catalogue import Function, functions
from lowcarbon_xl.hosts.libreoffice.registration import add_in_texts, description, function_list, manifest, menu
from lowcarbon_xl.hosts.libreoffice.typelibrary import type_library

FILE_NAME = "lowcarbon.oxt"
_COMPONENT = "lowcarbon_addin.py"
_PACKAGE = "pythonpath/lowcarbon_calc"
_SOURCES = Path(__file__).with_name("in_calc")

_ENTRIES = (
    ("lowcarbon.rdb", "application/vnd.sun.star.uno-typelibrary;type=RDB"),
    (_COMPONENT, "application/vnd.sun.star.uno-component;type=Python"),
    ("CalcAddIns.xcu", "application/vnd.sun.star.configuration-data"),
    ("Addons.xcu", "application/vnd.sun.star.configuration-data"),
)


def build_extension(folder: Path) -> Path:
    """Write ``lowcarbon.oxt`` into a folder; fill the catalogue first (``import lowcarbon_xl.functions``).

    Returns
    -------
    Path
        The file. Building it again gives the same bytes: entries are sorted, stored and carry no time.

    Raises
    ------
    ValueError
        When no worksheet function is declared.
    """
    if not functions():
        raise ValueError("the catalogue is empty: import the worksheet functions first")
    path = folder / FILE_NAME
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(_contents(functions())):
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def _contents(declared: Iterable[Function]) -> Iterator[tuple[str, bytes]]:
    listed = tuple(declared)
    yield "META-INF/manifest.xml", manifest(_ENTRIES)
    yield "description.xml", description(__version__)
    yield "lowcarbon.rdb", type_library(listed)
    yield "CalcAddIns.xcu", add_in_texts(listed)
    yield "Addons.xcu", menu()
    # LibreOffice imports this file on its own; it puts pythonpath/ beside it on the path first
    yield _COMPONENT, b"from lowcarbon_calc.component import g_ImplementationHelper\n"
    yield f"{_PACKAGE}/functions.json", function_list(listed)
    for source in sorted(_SOURCES.glob("*.py")):
        yield f"{_PACKAGE}/{source.name}", source.read_bytes().replace(b"\r\n", b"\n")
