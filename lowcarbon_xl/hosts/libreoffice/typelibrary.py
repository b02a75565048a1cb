"""The add-in's UNO interface: one method a worksheet function, as IDL text and as the binary type library.

LibreOffice learns which arguments a function takes from a type library. Its own tool for writing one belongs to the
SDK; the format is small (LibreOffice core, unoidl/source/unoidlprovider.cxx), so it is written here, byte for byte as
``unoidl-write`` does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from lowcarbon_xl.catalogue import Argument, Function, Kind

MODULES = ("org", "lowcarbon", "calc")
INTERFACE = "XLowCarbon"
SERVICE = "LowCarbonAddIn"

RANGE = "com.sun.star.table.XCellRange"
DOCUMENT = "com.sun.star.beans.XPropertySet"
VALUE = "any"
RESULT = "[][]any"

_MAGIC = b"UNOIDL\xff\0"
_SAME = 0x8000_0000
_MODULE, _INTERFACE, _SERVICE_OF_INTERFACE = 0, 5, 0x28


def argument_type(argument: Argument) -> str:
    """The UNO type of an argument.

    Only an argument of type ``XCellRange`` tells where its cells stand and what errors, dates and blanks they hold,
    but Calc then refuses anything else (Err:504) and lets nobody leave it out. So that is for ranges that must be
    given; the rest is ``any``, which arrives as a number, a text, rows of both, or nothing.
    """
    if argument.kind is Kind.REFERENCE or (argument.kind is Kind.RANGE and not argument.optional):
        return RANGE
    return VALUE


def method_arguments(function: Function) -> tuple[tuple[str, str], ...]:
    """Names and types; the calling document comes first, which Calc fills in and does not show."""
    return (("document", DOCUMENT), *((argument.name, argument_type(argument)) for argument in function.arguments))


def idl_text(functions: Iterable[Function]) -> str:
    """The interface in UNOIDL, for people and for LibreOffice's own compiler."""
    lines = [f"interface {INTERFACE} {{"]
    for function in functions:
        arguments = ", ".join(f"[in] {_in_idl(kind)} {name}" for name, kind in method_arguments(function))
        lines.append(f"    {_in_idl(RESULT)} {function.name.lower()}({arguments});")
    lines += ["};", f"service {SERVICE} : {INTERFACE};"]
    opening = " ".join(f"module {module} {{" for module in MODULES)
    return "\n".join([opening, *lines, "}; " * len(MODULES)]).rstrip() + "\n"


def _in_idl(kind: str) -> str:
    return "sequence< sequence<any> >" if kind == RESULT else kind.replace(".", "::")


@dataclass(slots=True)
class _Writer:
    """Bytes written so far, and where each text already stands (a second mention is a pointer to the first)."""

    content: bytearray
    texts: dict[str, int] = field(default_factory=dict)

    def number(self, value: int) -> None:
        self.content += struct.pack("<I", value)

    def shared(self, text: str) -> None:
        if text in self.texts:
            self.number(_SAME | self.texts[text])
        else:
            self.texts[text] = len(self.content)
            self.number(len(text))
            self.content += text.encode("ascii")

    def entity(self, kind: int) -> int:
        offset = len(self.content)
        self.content.append(kind)
        return offset

    def table(self, entities: dict[str, int], kind: int | None = None) -> int:
        """Names, then the kind of a module, then names and entities by name; returns where the names' table starts."""
        names = {}
        for name in sorted(entities):
            names[name] = len(self.content)
            self.content += name.encode("ascii") + b"\0"
        offset = len(self.content)
        if kind is not None:
            self.content.append(kind)
            self.number(len(entities))
        for name, position in names.items():
            self.content += struct.pack("<II", position, entities[name])
        return offset


def type_library(functions: Iterable[Function], remark: str = "** lowcarbon_xl **") -> bytes:
    """The binary type library.

    Parameters
    ----------
    functions : iterable of Function
    remark : str
        A text near the start of the file that nobody reads.
    """
    writer = _Writer(bytearray(_MAGIC + bytes(8) + b"\0" + remark.encode("ascii") + b"\0"))
    service = writer.entity(_SERVICE_OF_INTERFACE)
    writer.shared(".".join((*MODULES, INTERFACE)))
    interface = _write_interface(writer, tuple(functions))
    level = {SERVICE: service, INTERFACE: interface}
    for module in reversed(MODULES):
        level = {module: writer.table(level, _MODULE)}
    root = writer.table(level)
    writer.content[8:16] = struct.pack("<II", root, len(level))
    return bytes(writer.content)


def _write_interface(writer: _Writer, functions: tuple[Function, ...]) -> int:
    offset = writer.entity(_INTERFACE)
    writer.number(1)
    writer.shared("com.sun.star.uno.XInterface")
    writer.number(0)  # optional bases
    writer.number(0)  # attributes
    writer.number(len(functions))
    for function in functions:
        writer.shared(function.name.lower())
        writer.shared(RESULT)
        arguments = method_arguments(function)
        writer.number(len(arguments))
        for name, kind in arguments:
            writer.content.append(0)  # in
            writer.shared(name)
            writer.shared(kind)
        writer.number(0)  # exceptions
    return offset
