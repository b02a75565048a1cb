"""Write results into the original package: changed sheets are patched, every other part stays byte for byte."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from lowcarbon_xl.errors import HostError, Text
from lowcarbon_xl.hosts.embedded.files import WORKBOOK_TYPES, Parts
from lowcarbon_xl.hosts.embedded.metadata import CONTENT_TYPES, add_metadata, drop_part
from lowcarbon_xl.hosts.embedded.parts import MAIN, drop_attributes, main_part, read_xml, related_parts, write_xml
from lowcarbon_xl.hosts.embedded.places import Place
from lowcarbon_xl.hosts.embedded.recalculate import Recalculation
from lowcarbon_xl.hosts.embedded.sheetpatch import SheetPatch

_CALCULATION = 191029
"""The calculation engine of current Excel; a file with an older number is recomputed when it opens, add-in or not."""


def write(recalculation: Recalculation, output: Path, *, values_only: bool = False) -> None:
    """Write a recalculated workbook.

    Parameters
    ----------
    recalculation : Recalculation
    output : Path
        Another file than the input, with the same extension; replaced as a whole, or left as it was.
    values_only : bool
        Write the results of our functions as plain values instead of dynamic-array formulas. LibreOffice (7.4 and
        before) throws the saved values of array formulas away and shows ``#NAME?`` where it does not know a function.

    Raises
    ------
    HostError
        When the output is the input, has another extension, or cannot be written.
    """
    check_output(recalculation.content.path, output)
    save_parts(patched_parts(recalculation, values_only=values_only), output)


def check_output(source: Path, output: Path) -> None:
    """Refuse an output that would destroy the input or that Excel would not open."""
    if output.exists() and output.samefile(source):
        raise HostError(
            Text("输出文件就是输入文件，原文件不能改动", "the output is the input, which must stay as it is"),
            Text("请用 -o 给出另一个文件名", "Give another name with -o"),
            where=str(output),
        )
    if output.suffix.lower() != source.suffix.lower() and source.suffix.lower() in WORKBOOK_TYPES:
        raise HostError(
            Text(
                f"输出的扩展名要与输入相同（{source.suffix}）",
                f"the output needs the extension of the input ({source.suffix})",
            ),
            Text(f"请把输出文件名改为以 {source.suffix} 结尾", f"Let the output's name end in {source.suffix}"),
            where=str(output),
        )
    if output.is_dir():
        raise HostError(
            Text("输出是一个文件夹", "the output is a folder"),
            Text("请给出文件名", "Give a file name"),
            where=str(output),
        )


def patched_parts(recalculation: Recalculation, *, values_only: bool = False) -> Parts:
    """The parts of the package with the results in them."""
    content = recalculation.content
    parts = dict(content.parts)
    path = content.path
    plain = recalculation.ours if values_only else frozenset()
    dynamic = {place for place in recalculation.arrays if not recalculation.is_fixed(place)} - plain
    metadata = add_metadata(path, parts) if dynamic else None
    kinds_changed = False
    for sheet in content.sheets.values():
        if not sheet.formulas:
            continue
        patch = SheetPatch(read_xml(path, parts, sheet.part), sheet.name, content.date1904)
        for place in sheet.formulas:
            if place in plain and place in recalculation.arrays:
                patch.set_plain(sheet.formulas[place], recalculation.arrays[place])
            else:
                _patch_cell(patch, recalculation, place, metadata if place in dynamic else None)
        if patch.changed:
            parts[sheet.part] = write_xml(patch.finish())
        kinds_changed |= patch.kinds_changed
    if kinds_changed:
        _drop_calculation_chain(path, parts)
    _keep_values_on_opening(path, parts)
    return parts


def _patch_cell(patch: SheetPatch, recalculation: Recalculation, place: Place, metadata: int | None) -> None:
    cell = recalculation.content.formula_at(place)
    if cell is None or place not in recalculation.values:
        return
    if place in recalculation.arrays:
        text = recalculation.texts.get(place, cell.text)
        patch.set_array(cell, text, recalculation.arrays[place], metadata)
    else:
        patch.set_value(place, recalculation.values[place])


def _drop_calculation_chain(path: Path, parts: Parts) -> None:
    """The chain lists formulas by kind; Excel rebuilds it when it is missing, and repairs the file when it is wrong."""
    main = main_part(path, parts)
    for kind, target in related_parts(path, parts, main).values():
        if kind == "calcChain":
            drop_part(path, parts, main, target)


def _keep_values_on_opening(path: Path, parts: Parts) -> None:
    """Let Excel show the values as written: on a machine without the add-in a recalculation would lose them."""
    main = main_part(path, parts)
    book = read_xml(path, parts, main)
    settings = book.find(f"{{{MAIN}}}calcPr")
    if settings is None:
        return
    current = int(settings.get("calcId", "0")) >= _CALCULATION
    if current and settings.get("fullCalcOnLoad") is None:
        return
    drop_attributes(settings, "fullCalcOnLoad")
    settings.set("calcId", str(max(_CALCULATION, int(settings.get("calcId", "0")))))
    parts[main] = write_xml(book)


def save_parts(parts: Mapping[str, bytes], output: Path) -> None:
    """Write a package in one stroke: a killed run leaves the old file whole.

    Raises
    ------
    HostError
        When the folder or the file cannot be written.
    """
    temporary: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=output.parent, prefix=f".{output.stem}-", suffix=".tmp", delete=False
        ) as stream:
            temporary = Path(stream.name)
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in sorted(parts, key=lambda part: part != CONTENT_TYPES):
                    archive.writestr(_entry(name), parts[name])
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(output))
        temporary.replace(output)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise HostError(
            Text(f"写不了输出文件：{error.strerror}", f"the output cannot be written: {error.strerror}"),
            Text(
                "请检查文件夹是否存在、有没有写权限，并关闭正在打开它的程序",
                "Check that the folder exists and may be written to, and close the program that has the file open",
            ),
            where=str(output),
        ) from error
    except BaseException:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise


def _entry(name: str) -> zipfile.ZipInfo:
    """A zip entry without a time of day, so that equal workbooks are equal files."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _mode(output: Path) -> int:
    """The permissions that an ordinary new file (or the one to be replaced) has."""
    if output.exists():
        return output.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
