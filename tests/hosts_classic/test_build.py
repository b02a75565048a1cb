"""The add-in: reproducible, what its sources say, and nothing that Excel would refuse."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlwings

import lowcarbon_xl.ribbon  # noqa: F401  (declares the buttons)
from lowcarbon_xl.catalogue import WIZARD_LIMIT, Chapter, buttons, functions
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.classic.build import (
    ADDIN_NAME,
    XLWINGS_VERSION,
    addin_bytes,
    addin_modules,
    build_addin,
    vba_sources,
)
from lowcarbon_xl.hosts.classic.project import Module, ModuleKind, read_project, vba_project
from lowcarbon_xl.hosts.classic.ribbon import NAMESPACE, RibbonButton, callbacks, ribbon_xml
from lowcarbon_xl.hosts.classic.ribbon_table import ribbon_buttons
from lowcarbon_xl.hosts.classic.vba import literal
from tests.conftest import complaints

WORKBOOK = Path(__file__).resolve().parents[2] / "workbook"
BUTTONS = ribbon_buttons(buttons())
LONGEST_LINE, MOST_CONTINUATIONS = 1023, 24  # of VBA
PROCEDURE = re.compile(r"^(?:Public |Private )?(?:Sub|Function) (\w+)", re.MULTILINE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("中文 路径")
    build_addin(functions(), folder)
    return folder


@pytest.fixture(scope="module")
def sources(built: Path) -> dict[str, str]:
    """Modules as our own reader finds them in the built add-in."""
    with zipfile.ZipFile(built / ADDIN_NAME) as package:
        return read_project(package.read("xl/vbaProject.bin"))


@pytest.mark.parametrize("name", [ADDIN_NAME, "ribbon.xml"])
def test_the_committed_file_is_what_the_sources_build(name: str, built: Path) -> None:
    assert (WORKBOOK / name).read_bytes() == (built / name).read_bytes(), "run lowcarbon build"


def test_the_committed_generated_sources_are_what_the_catalogue_makes(built: Path) -> None:
    committed = {file.name: file.read_text() for file in (WORKBOOK / "vba" / "generated").iterdir()}
    assert committed == {file.name: file.read_text() for file in (built / "vba" / "generated").iterdir()}


def test_every_module_is_in_the_file_as_in_its_source(built: Path, sources: dict[str, str]) -> None:
    files = [
        *vba_sources().glob("*.bas"),
        *(built / "vba" / "generated").glob("*.bas"),
        vba_sources() / "ThisWorkbook.cls",
    ]
    assert {file.stem for file in files} | {"Sheet1"} == sources.keys()
    for file in files:
        lines = [line for line in sources[file.stem].splitlines() if not line.startswith("Attribute ")]
        assert lines == file.read_text().strip("\n").splitlines(), file.name


def test_olevba_lists_the_modules(built: Path, sources: dict[str, str]) -> None:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")
    parser = olevba.VBA_Parser(str(built / ADDIN_NAME))
    found = {Path(name).stem: code.replace("\r\n", "\n") for *_, name, code in parser.extract_all_macros()}
    parser.close()
    assert found.keys() == sources.keys()
    for name, code in found.items():
        assert code.strip() in sources[name], name


def test_the_open_xml_validator_passes(built: Path, validator: str) -> None:
    assert complaints(validator, built / ADDIN_NAME) == []


def test_lines_are_ones_that_vba_takes(sources: dict[str, str]) -> None:
    for name, source in sources.items():
        assert source.isascii(), name
        assert max(map(len, source.splitlines())) <= LONGEST_LINE, name
        assert not re.search(rf"(?: _\n[^\n]*){{{MOST_CONTINUATIONS + 1},}}", source), name


def test_no_two_procedures_share_a_name_and_no_argument_hides_its_function(sources: dict[str, str]) -> None:
    public = [
        name.casefold()
        for source in sources.values()
        for name in re.findall(r"^Public (?:Sub|Function) (\w+)", source, re.M)
    ]
    assert len(set(public)) == len(public)
    for source in sources.values():
        inside = [name.casefold() for name in PROCEDURE.findall(source)]
        assert len(set(inside)) == len(inside)
        for header in re.findall(r"^Public Function (\w+)\(([^)]*)\)", source, re.M):
            arguments = re.findall(r"(\w+) As ", header[1])
            assert header[0].casefold() not in {argument.casefold() for argument in arguments}


def test_every_function_has_a_wrapper_and_only_those_are_offered(sources: dict[str, str]) -> None:
    offered = {
        name
        for module, source in sources.items()
        if "Option Private Module" not in source and module not in ("ThisWorkbook", "Sheet1")
        for name in re.findall(r"^Public Function (\w+)", source, re.M)
    }
    assert offered == {function.name for function in functions()}


def test_every_called_procedure_exists(sources: dict[str, str]) -> None:
    everything = "\n".join(sources.values())
    called = set(re.findall(r"\bLc[A-Z]\w+", re.sub(r'"[^"\n]*"|^Attribute .*$|\'.*$', "", everything, flags=re.M)))
    assert called <= set(PROCEDURE.findall(everything)) | set(sources)
    keys = set(re.findall(r'LcText\("(\w+)"', everything))
    assert keys == set(re.findall(r'Case "(\w+)": LcText', everything))


def test_wizard_texts_fit_and_come_back(sources: dict[str, str]) -> None:
    wide = re.findall(r'LcWide\("([0-9A-F]+)"\)', sources["LcWizard"])
    texts = [bytes.fromhex(digits).decode("utf-16-be") for digits in wide]
    assert all(len(text) <= WIZARD_LIMIT for text in texts)
    assert {function.summary.zh for function in functions() if len(function.summary.zh) <= 200} <= set(texts)


@pytest.mark.parametrize("text", ["", 'a "quoted" text', "排放（万吨）", "x" * 450, "二氧化碳" * 60, "tab\tand\nline"])
def test_a_literal_means_its_text(text: str) -> None:
    assert "".join(_value(piece) for piece in literal(text)) == text


def _value(piece: str) -> str:
    wide = re.fullmatch(r'LcWide\("([0-9A-F]*)"\)', piece)
    return bytes.fromhex(wide[1]).decode("utf-16-be") if wide else piece[1:-1].replace('""', '"')


def test_sources_outside_ascii_are_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        vba_project([Module("M", ModuleKind.STANDARD, "' 注释")])


def test_the_library_of_another_xlwings_release_is_named() -> None:
    modules = addin_modules(functions(), vba_sources(), "0.99.1")
    library = next(module.source for module in modules if module.name == "LcLibrary")
    assert set(re.findall(r"xlwings\d\d-[\d.]+\.dll", library)) == {"xlwings64-0.99.1.dll", "xlwings32-0.99.1.dll"}
    assert addin_bytes(modules) != (WORKBOOK / ADDIN_NAME).read_bytes()


def test_ribbon_controls_are_unique_and_their_callbacks_exist(sources: dict[str, str]) -> None:
    root = ElementTree.fromstring(ribbon_xml(BUTTONS))
    controls = [element for element in root.iter() if "id" in element.attrib]
    ids = [control.attrib["id"] for control in controls]
    assert len(set(ids)) == len(ids) == len(BUTTONS) + len(Chapter) + 1
    wanted = {
        value
        for e in root.iter()
        for key, value in e.attrib.items()
        if key in ("onLoad", "onAction") or key.startswith("get")
    }
    assert wanted == callbacks(BUTTONS)
    assert wanted <= set(re.findall(r"^Public Sub (\w+)\(", "\n".join(sources.values()), re.M))


def test_the_ribbon_shows_what_the_catalogue_declares() -> None:
    answered_by_excel_alone = {"fit_array"}
    assert {button.name for button in BUTTONS} == {button.id for button in buttons()} | answered_by_excel_alone


def test_ribbon_texts_are_in_both_languages() -> None:
    root = ElementTree.fromstring(ribbon_xml(BUTTONS))
    tags = [element.attrib["tag"].split("|") for element in root.iter() if "tag" in element.attrib]
    assert {len(tag) for tag in tags} == {2, 6}
    assert all(all(parts) for parts in tags)
    assert tags[0] == ["低碳核算", "LowCarbon"]


def test_no_buttons_make_a_ribbon_that_adds_nothing() -> None:
    root = ElementTree.fromstring(ribbon_xml())
    assert [child.tag for child in root.iter()] == [f"{{{NAMESPACE}}}customUI", f"{{{NAMESPACE}}}ribbon"]


def test_a_button_twice_or_a_bar_in_a_text_is_refused() -> None:
    text = Text("字", "text")
    button = RibbonButton("x", text, text, text, text, "Help")
    with pytest.raises(ValueError, match="share a name"):
        ribbon_xml([button, button])
    with pytest.raises(ValueError, match="no bar"):
        ribbon_xml([RibbonButton("x", text, Text("a|b", "c"), text, text, "Help")])


def test_the_library_is_declared_as_xlwings_declares_it(sources: dict[str, str]) -> None:
    declaration = re.compile(
        r'Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings64-([\d.]+)\.dll"\s*_?\s*\(([^)]*)\) As (\w+)'
    )
    theirs = declaration.search((Path(xlwings.__file__).parent / "xlwings.bas").read_text(encoding="utf-8"))
    ours = declaration.search(sources["LcLibrary"])
    assert [re.findall(r"(ByRef|ByVal) \w+ As (\w+)", match[2]) for match in (ours, theirs)] == [
        [("ByRef", "Variant"), ("ByVal", "String"), ("ByVal", "Long")]
    ] * 2
    assert ours[3] == theirs[3] == "Long"
    assert ours[1] == XLWINGS_VERSION
    assert f"xlwings=={XLWINGS_VERSION}" in (WORKBOOK.parent / "constraints.txt").read_text().split()


def test_only_our_own_code_is_in_the_addin(sources: dict[str, str]) -> None:
    theirs = (Path(xlwings.__file__).parent / "xlwings.bas").read_text(encoding="utf-8")
    long_lines = {line.strip() for line in theirs.splitlines() if len(line.strip()) > 30}
    assert not [line for source in sources.values() for line in source.splitlines() if line.strip() in long_lines]
