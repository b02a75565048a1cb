"""vbaProject.bin: a VBA project of sources alone, without compiled code (Microsoft's MS-OVBA).

Excel compiles a project whose `_VBA_PROJECT` stream carries no performance cache when it first runs it, so the
sources are all that there is to review, and the same sources give the same bytes on every machine.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lowcarbon_xl.hosts.classic.compound import read_compound, write_compound
from lowcarbon_xl.hosts.classic.compression import compress, decompress

CODE_PAGE, LCID = 936, 0x0804
"""Chinese (simplified); our sources are ASCII, so the code page matters only to what users add."""

PROJECT_NAME = "LowCarbonXL"


class ModuleKind(Enum):
    """What a module belongs to; the value is the base class of a document module (2.3.4.2.3.2)."""

    STANDARD = ""
    WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
    SHEET = "0{00020820-0000-0000-C000-000000000046}"


@dataclass(frozen=True, slots=True)
class Module:
    """One module: its name, and its source without attribute lines."""

    name: str
    kind: ModuleKind
    source: str


_REFERENCES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL"
        r"#Microsoft Office 16.0 Object Library",
    ),
)
_DOCUMENT_ATTRIBUTES = (
    ("VB_GlobalNameSpace", False),
    ("VB_Creatable", False),
    ("VB_PredeclaredId", True),
    ("VB_Exposed", True),
    ("VB_TemplateDerived", False),
    ("VB_Customizable", True),
)
_NO_CACHE = bytes.fromhex("CC61FFFF000000")
"""The seven bytes of a `_VBA_PROJECT` stream without a performance cache (2.3.4.1)."""


def vba_project(modules: Sequence[Module]) -> bytes:
    """The bytes of vbaProject.bin.

    Raises
    ------
    UnicodeEncodeError
        When a source holds a character that is not ASCII: VBA would show it as ``?`` under another code page.
    """
    identity = "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, PROJECT_NAME)).upper() + "}"
    streams = {module.name: compress(_full_source(module)) for module in modules}
    names = b"".join(_multibyte(m.name) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return write_compound(
        {
            "VBA": {**streams, "_VBA_PROJECT": _NO_CACHE, "dir": compress(_dir_stream(modules))},
            "PROJECT": _project_stream(modules, identity),
            "PROJECTwm": names + b"\0\0",
        }
    )


def read_project(data: bytes) -> dict[str, str]:
    """The source of every module by its name, attribute lines included; reads what Excel reads."""
    streams = read_compound(data)
    directory = decompress(streams["VBA/dir"])
    modules = {}
    position, name = 0, ""
    while position < len(directory):
        identifier, size = struct.unpack_from("<HI", directory, position)
        if identifier == 0x0009:
            size += 2  # the version record's size field does not count its minor version (2.3.4.2.1.11)
        value = directory[position + 6 : position + 6 + size]
        position += 6 + size
        if identifier == 0x0019:
            name = value.decode(f"cp{CODE_PAGE}")
        elif identifier == 0x0031:
            (offset,) = struct.unpack("<I", value)
            source = decompress(streams[f"VBA/{name}"][offset:]).decode(f"cp{CODE_PAGE}")
            modules[name] = source.replace("\r\n", "\n")
    return modules


def _multibyte(text: str) -> bytes:
    return text.encode(f"cp{CODE_PAGE}")


def _full_source(module: Module) -> bytes:
    """The source with the attribute lines that the editor hides."""
    head = [f'Attribute VB_Name = "{module.name}"']
    if module.kind is not ModuleKind.STANDARD:
        head.append(f'Attribute VB_Base = "{module.kind.value}"')
        head += [f"Attribute {name} = {value}" for name, value in _DOCUMENT_ATTRIBUTES]
    lines = [*head, *module.source.strip("\n").split("\n")]
    return ("\r\n".join(line.rstrip() for line in lines) + "\r\n").encode("ascii")


def _record(identifier: int, value: bytes = b"") -> bytes:
    return struct.pack("<HI", identifier, len(value)) + value


def _dir_stream(modules: Sequence[Module]) -> bytes:
    """The project's table of contents, uncompressed (2.3.4.2)."""
    number = struct.Struct("<I").pack
    information = [
        _record(0x01, number(3)),  # 64-bit Windows
        _record(0x02, number(LCID)),
        _record(0x14, number(LCID)),
        _record(0x03, struct.pack("<H", CODE_PAGE)),
        _record(0x04, _multibyte(PROJECT_NAME)),
        *(_record(identifier) for identifier in (0x05, 0x40, 0x06, 0x3D)),  # no description, no help file
        _record(0x07, number(0)),
        _record(0x08, number(0)),
        struct.pack("<HIIH", 0x09, 4, 0x61C2D3E5, 7),
        _record(0x0C),
        _record(0x3C),
    ]
    for name, library in _REFERENCES:
        information += [_record(0x16, name.encode()), _record(0x3E, name.encode("utf-16-le"))]
        information.append(_record(0x0D, number(len(library)) + library.encode("ascii") + bytes(6)))
    listed = [_record(0x0F, struct.pack("<H", len(modules))), _record(0x13, b"\xff\xff")]
    for module in modules:
        listed += _module_records(module)
    return b"".join([*information, *listed]) + struct.pack("<HI", 0x10, 0)


def _module_records(module: Module) -> list[bytes]:
    """One module's entry: its source starts at offset 0, since no compiled code comes before it (2.3.4.2.3.2)."""
    name, wide = _multibyte(module.name), module.name.encode("utf-16-le")
    names = [_record(0x19, name), _record(0x47, wide), _record(0x1A, name), _record(0x32, wide)]
    kind = 0x21 if module.kind is ModuleKind.STANDARD else 0x22
    rest = [_record(0x1C), _record(0x48), _record(0x31, bytes(4)), _record(0x1E, bytes(4)), _record(0x2C, b"\xff\xff")]
    return [*names, *rest, _record(kind), _record(0x2B)]


def _project_stream(modules: Sequence[Module], identity: str) -> bytes:
    """The PROJECT text (2.3.1): modules, protection (none), windows (closed)."""
    lines = [f'ID="{identity}"']
    for module in modules:
        standard = module.kind is ModuleKind.STANDARD
        lines.append(f"Module={module.name}" if standard else f"Document={module.name}/&H00000000")
    lines += [f'Name="{PROJECT_NAME}"', 'HelpContextID="0"', 'VersionCompatible32="393222000"']
    protection = (("CMG", bytes(4), 0x0D), ("DPB", bytes(1), 0x1A), ("GC", b"\xff", 0x27))
    lines += [f'{key}="{_obfuscate(value, identity, seed)}"' for key, value, seed in protection]
    lines += ["", "[Host Extender Info]", "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000", ""]
    lines += ["[Workspace]", *(f"{module.name}=0, 0, 0, 0, C" for module in modules)]
    return _multibyte("\r\n".join(lines) + "\r\n")


def _obfuscate(data: bytes, identity: str, seed: int) -> str:
    """The data encryption of protection fields (2.4.3.2); with a fixed seed, so that the bytes are reproducible."""
    key = sum(identity.encode("ascii")) & 0xFF
    out = [seed, seed ^ 2, seed ^ key]
    before_last, last, plain = out[1], out[2], key
    ignored = [seed] * ((seed & 6) // 2)
    for byte in [*ignored, *struct.pack("<I", len(data)), *data]:
        encrypted = byte ^ ((before_last + plain) & 0xFF)
        out.append(encrypted)
        before_last, last, plain = last, encrypted, byte
    return bytes(out).hex().upper()
