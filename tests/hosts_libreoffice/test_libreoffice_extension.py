"""The extension as a file: made of the catalogue, the same bytes each time, in the shape that LibreOffice wants."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from lowcarbon_xl.catalogue import WIZARD_LIMIT, functions
from lowcarbon_xl.hosts.libreoffice import in_calc, remote
from lowcarbon_xl.hosts.libreoffice.extension import build_extension
from lowcarbon_xl.hosts.libreoffice.typelibrary import idl_text, type_library

COMMITTED = Path(__file__).resolve().parents[2] / "workbook" / "lowcarbon.oxt"
OOR = "{http://openoffice.org/2001/registry}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SDK = ("/usr/lib/libreoffice/sdk/bin", "/usr/lib64/libreoffice/sdk/bin", "/opt/libreoffice/sdk/bin")

# The standard library's modules that the add-in may use, and what LibreOffice's Python brings.
ALLOWED = set(
    "__future__ collections datetime json math os pathlib queue runpy struct subprocess sys threading time typing "
    "uno unohelper".split()
)


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with zipfile.ZipFile(build_extension(tmp_path_factory.mktemp("oxt"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_is_built_the_same_each_time(tmp_path: Path) -> None:
    first = build_extension(tmp_path).read_bytes()
    assert build_extension(tmp_path).read_bytes() == first


def test_the_committed_one_is_up_to_date(tmp_path: Path) -> None:
    assert COMMITTED.read_bytes() == build_extension(tmp_path).read_bytes(), "run: lowcarbon build"


def test_the_type_library_is_what_the_sdk_writes(tmp_path: Path) -> None:
    tool = shutil.which("unoidl-write", path=":".join(SDK))
    if tool is None:
        pytest.skip("unoidl-write is not here (Debian: libreoffice-dev)")
    program = Path(tool).resolve().parents[2] / "program"
    source, target = tmp_path / "lowcarbon.idl", tmp_path / "lowcarbon.rdb"
    source.write_text(idl_text(functions()), encoding="ascii")
    known = [str(program / "types.rdb"), str(program / "types" / "offapi.rdb")]
    subprocess.run([tool, *known, str(source), str(target)], check=True, timeout=60)
    written = target.read_bytes()
    remark = re.search(rb"\*\*.*?\*\*", written)
    assert remark is not None
    assert type_library(functions(), remark[0].decode()) == written


def test_the_manifest_lists_what_is_there(contents: dict[str, bytes]) -> None:
    namespace = "{http://openoffice.org/2001/manifest}"
    entries = etree.fromstring(contents["META-INF/manifest.xml"]).iter(f"{namespace}file-entry")
    listed = {str(entry.get(f"{namespace}full-path")) for entry in entries}
    helpers = {name for name in contents if name.startswith("pythonpath/")}
    assert listed | helpers | {"META-INF/manifest.xml", "description.xml"} == set(contents)


def test_every_function_and_argument_is_described_in_both_languages(contents: dict[str, bytes]) -> None:
    info = etree.fromstring(contents["CalcAddIns.xcu"]).find("node")
    assert info is not None
    add_in = info.find("node")
    assert add_in is not None
    assert add_in.get(f"{OOR}name") == "LC"
    nodes = {str(node.get(f"{OOR}name")): node for node in add_in[0]}
    for function in functions():
        node = nodes[function.name.lower()]
        texts = _texts(node)
        assert texts["DisplayName", "en-US"] == texts["DisplayName", "zh-CN"] == function.name
        assert texts["Description", "zh-CN"] == function.summary.zh
        assert texts["Description", "en-US"] == function.summary.en
        arguments = node.find("node").findall("node")  # type: ignore[union-attr]
        assert [argument.get(f"{OOR}name") for argument in arguments] == [a.name for a in function.arguments]
        for element, argument in zip(arguments, function.arguments, strict=True):
            shown = _texts(element)
            assert shown["Description", "zh-CN"] == argument.help.zh
            assert shown["DisplayName", "en-US"] == argument.label.en
            assert max(map(len, shown.values())) <= WIZARD_LIMIT


def _texts(node: etree._Element) -> dict[tuple[str, str], str]:
    return {
        (str(prop.get(f"{OOR}name")), str(value.get(LANGUAGE))): value.text or ""
        for prop in node.findall("prop")
        for value in prop.findall("value")
    }


@pytest.mark.parametrize(
    "source",
    [path for package in (in_calc, remote) for path in sorted(Path(package.__path__[0]).glob("*.py"))],
    ids=lambda path: path.name,
)
def test_what_runs_in_libreoffice_needs_its_old_python_alone(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add(str(node.module).partition(".")[0])
    assert imported <= ALLOWED
    assert not _evaluated_unions(tree), "X | None outside annotations needs Python 3.10"


def _evaluated_unions(tree: ast.Module) -> list[int]:
    """Lines where a union or a subscripted builtin is evaluated at import: module level assignments without annotation."""
    return [
        node.lineno
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Subscript)
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id in {"dict", "list", "tuple", "set"}
    ]
