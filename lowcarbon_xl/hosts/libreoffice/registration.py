"""What LibreOffice is told about the add-in: names and help texts (CalcAddIns.xcu), a menu, and the package's contents."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lxml import etree

from lowcarbon_xl.catalogue import Argument, Function, Kind
from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.libreoffice.typelibrary import INTERFACE, MODULES, RANGE, argument_type

IMPLEMENTATION = "LC"
"""LibreOffice spells our functions ``LC.GTFP`` in files: the implementation's name, a dot, the function's name."""

IDENTIFIER = ".".join(MODULES)
COMMANDS = f"{IDENTIFIER}.Commands"

_OOR = "http://openoffice.org/2001/registry"
_XML = "http://www.w3.org/XML/1998/namespace"
_MANIFEST = "http://openoffice.org/2001/manifest"
_DESCRIPTION = "http://openoffice.org/extensions/description/2006"
_LOCALES = {"zh": "zh-CN", "en": "en-US"}

MENU = (
    ("refit", Text("适配所选数组公式", "Refit the selected array formulas")),
    ("refit_all", Text("适配全部数组公式", "Refit all array formulas")),
    ("adopt", Text("识别 Excel 文件里的 GTFP(...) 等公式", "Adopt formulas such as GTFP(...) from an Excel file")),
    ("recalculate", Text("全部重算", "Recalculate everything")),
)


def add_in_texts(functions: Iterable[Function]) -> bytes:
    """CalcAddIns.xcu: names, wizard texts and arguments in Chinese and English."""
    root = _component("CalcAddIns", "org.openoffice.Office")
    info = _node(_node(_node(root, "AddInInfo", op=None), IMPLEMENTATION), "AddInFunctions", op=None)
    for function in functions:
        node = _node(info, function.name.lower())
        _text(node, "DisplayName", Text(function.name, function.name))
        _text(node, "Description", function.summary)
        _value(node, "Category", "Add-In")
        _text(node, "CompatibilityName", Text(function.name, function.name))
        parameters = _node(node, "Parameters", op=None)
        for argument in function.arguments:
            parameter = _node(parameters, argument.name)
            _text(parameter, "DisplayName", argument.label)
            _text(parameter, "Description", argument.help)
    return _bytes(root)


def menu() -> bytes:
    """Addons.xcu: the menu 低碳核算 with what a spreadsheet needs that does not spill."""
    root = _component("Addons", "org.openoffice.Office")
    bar = _node(_node(root, "AddonUI", op=None), "OfficeMenuBar", op=None)
    top = _node(bar, IDENTIFIER)
    _text(top, "Title", Text("低碳核算", "LowCarbon"))
    _value(top, "Context", "com.sun.star.sheet.SpreadsheetDocument")
    items = _node(top, "Submenu", op=None)
    for position, (command, title) in enumerate(MENU):
        item = _node(items, f"m{position}")
        _value(item, "URL", f"service:{COMMANDS}?{command}")
        _text(item, "Title", title)
        _value(item, "Target", "_self")
        _value(item, "Context", "com.sun.star.sheet.SpreadsheetDocument")
    return _bytes(root)


def manifest(entries: Iterable[tuple[str, str]]) -> bytes:
    """META-INF/manifest.xml: which files are what."""
    root = etree.Element(f"{{{_MANIFEST}}}manifest", nsmap={"manifest": _MANIFEST})
    for path, media_type in entries:
        entry = etree.SubElement(root, f"{{{_MANIFEST}}}file-entry")
        entry.set(f"{{{_MANIFEST}}}full-path", path)
        entry.set(f"{{{_MANIFEST}}}media-type", media_type)
    return _bytes(root)


def description(version: str) -> bytes:
    """description.xml: the extension's name and version."""
    root = etree.Element(f"{{{_DESCRIPTION}}}description", nsmap={"d": _DESCRIPTION})
    etree.SubElement(root, f"{{{_DESCRIPTION}}}identifier").set("value", IDENTIFIER)
    etree.SubElement(root, f"{{{_DESCRIPTION}}}version").set("value", version)
    names = etree.SubElement(root, f"{{{_DESCRIPTION}}}display-name")
    for language, title in (("en", "LowCarbon"), ("zh-CN", "低碳核算")):
        name = etree.SubElement(names, f"{{{_DESCRIPTION}}}name")
        name.set("lang", language)
        name.text = title
    return _bytes(root)


def function_list(functions: Iterable[Function]) -> bytes:
    """functions.json: what the add-in's own code needs to know, without this package."""
    content = {
        "implementation": IMPLEMENTATION,
        "interface": f"{IDENTIFIER}.{INTERFACE}",
        "commands": COMMANDS,
        "functions": [
            {
                "name": function.name,
                "summary": _both(function.summary),
                "arguments": [_argument(argument) for argument in function.arguments],
            }
            for function in functions
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _argument(argument: Argument) -> dict[str, object]:
    return {
        "name": argument.name,
        "label": _both(argument.label),
        "help": _both(argument.help),
        "range": argument_type(argument) == RANGE,
        "reference": argument.kind is Kind.REFERENCE,
        # Calc passes a reference to a blank cell as 0, which is no text, no table and no option
        "zero_is_blank": argument.optional and argument.kind is not Kind.NUMBER,
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _component(name: str, package: str) -> etree._Element:
    root = etree.Element(f"{{{_OOR}}}component-data", nsmap={"oor": _OOR, "xs": "http://www.w3.org/2001/XMLSchema"})
    root.set(f"{{{_OOR}}}name", name)
    root.set(f"{{{_OOR}}}package", package)
    return root


def _node(parent: etree._Element, name: str, op: str | None = "replace") -> etree._Element:
    node = etree.SubElement(parent, "node")
    node.set(f"{{{_OOR}}}name", name)
    if op is not None:
        node.set(f"{{{_OOR}}}op", op)
    return node


def _value(parent: etree._Element, name: str, value: str) -> etree._Element:
    prop = etree.SubElement(parent, "prop")
    prop.set(f"{{{_OOR}}}name", name)
    element = etree.SubElement(prop, "value")
    element.text = value
    return prop


def _text(parent: etree._Element, name: str, text: Text) -> None:
    prop = etree.SubElement(parent, "prop")
    prop.set(f"{{{_OOR}}}name", name)
    for language in ("en", "zh"):
        element = etree.SubElement(prop, "value")
        element.set(f"{{{_XML}}}lang", _LOCALES[language])
        element.text = text.zh if language == "zh" else text.en


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
