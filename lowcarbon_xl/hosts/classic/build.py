"""lowcarbon.xlam: the add-in's package, byte for byte the same from the same sources."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lowcarbon_xl.catalogue import Function
from lowcarbon_xl.catalogue import buttons as catalogue_buttons
from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.classic.project import Module, ModuleKind, vba_project
from lowcarbon_xl.hosts.classic.ribbon import RibbonButton, ribbon_xml
from lowcarbon_xl.hosts.classic.ribbon_table import ribbon_buttons
from lowcarbon_xl.hosts.classic.vba import generated_modules
from lowcarbon_xl.hosts.classic.vba_texts import TEXTS

XLWINGS_VERSION = "0.37.8"
"""The xlwings release whose library the committed add-in names; another is named when installing beside another."""

ADDIN_NAME = "lowcarbon.xlam"
_WRITTEN = ("LcPython", "LcArguments", "LcResults", "LcCalls", "LcExcel", "LcRibbon", "LcArrays")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def build_addin(functions: Sequence[Function], folder: Path, buttons: Sequence[RibbonButton] | None = None) -> Path:
    """Write ``lowcarbon.xlam``, ``ribbon.xml`` and the generated VBA into the folder of workbooks.

    Parameters
    ----------
    functions : sequence of Function
        The catalogue.
    folder : Path
        Where they go; the generated VBA into its subfolder ``vba/generated``.
    buttons : sequence of RibbonButton, optional
        What the ribbon shows; the catalogue's when left out.

    Returns
    -------
    Path
        The add-in.
    """
    modules = addin_modules(functions, vba_sources())
    generated = folder / "vba" / "generated"
    generated.mkdir(parents=True, exist_ok=True)
    for module in modules:
        if module.name not in (*_WRITTEN, "ThisWorkbook", "Sheet1"):
            _save(generated / f"{module.name}.bas", module.source.encode("ascii"))
    shown = ribbon_buttons(catalogue_buttons()) if buttons is None else buttons
    _save(folder / "ribbon.xml", ribbon_xml(shown).encode())
    target = folder / ADDIN_NAME
    _save(target, addin_bytes(modules, shown))
    return target


def addin_modules(
    functions: Sequence[Function], sources: Path, xlwings_version: str = XLWINGS_VERSION
) -> tuple[Module, ...]:
    """Every module of the add-in: the workbook, its sheet, the hand-written modules, the generated ones."""
    return (
        Module("ThisWorkbook", ModuleKind.WORKBOOK, _source(sources / "ThisWorkbook.cls")),
        Module("Sheet1", ModuleKind.SHEET, "Option Explicit"),
        *(Module(name, ModuleKind.STANDARD, _source(sources / f"{name}.bas")) for name in _WRITTEN),
        *generated_modules(functions, TEXTS, xlwings_version),
    )


def addin_bytes(modules: Sequence[Module], buttons: Sequence[RibbonButton] | None = None) -> bytes:
    """The package, stored without compression: what a compressor makes differs between its releases."""
    shown = ribbon_buttons(catalogue_buttons()) if buttons is None else buttons
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES.encode(),
        "_rels/.rels": _RELATIONSHIPS.encode(),
        "customUI/customUI14.xml": ribbon_xml(shown).encode(),
        "xl/workbook.xml": _WORKBOOK.encode(),
        "xl/_rels/workbook.xml.rels": _WORKBOOK_RELATIONSHIPS.encode(),
        "xl/worksheets/sheet1.xml": _SHEET.encode(),
        "xl/styles.xml": _STYLES.encode(),
        "xl/vbaProject.bin": vba_project(modules),
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0  # else the writing machine's system would be in the bytes
            archive.writestr(entry, content)
    return package.getvalue()


def vba_sources() -> Path:
    """The folder of hand-written VBA: beside this module once installed, in ``workbook`` in a checkout."""
    here = Path(__file__).resolve()
    for folder in (here.parent / "vba", here.parents[3] / "workbook" / "vba"):
        if (folder / "ThisWorkbook.cls").is_file():
            return folder
    raise HostError(
        Text("找不到加载项的 VBA 源文件", "the add-in's VBA sources are not there"),
        Text("重新安装 lowcarbon-xl", "Install lowcarbon-xl again"),
        where=str(here.parent),
    )


def _source(file: Path) -> str:
    return file.read_text(encoding="ascii")


def _save(target: Path, content: bytes) -> None:
    """Write all or nothing: a killed run leaves the old file whole."""
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(target)


_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
_RELATIONSHIPS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
    'Target="customUI/customUI14.xml"/></Relationships>'
)
_WORKBOOK = (
    f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
    '<bookViews><workbookView/></bookViews><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_WORKBOOK_RELATIONSHIPS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    '<Relationship Id="rId3" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
    'Target="vbaProject.bin"/></Relationships>'
)
_SHEET = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet1"/><sheetData/></worksheet>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
