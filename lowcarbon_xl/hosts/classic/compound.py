"""Compound files (structured storage): Microsoft's MS-CFB, version 3, as far as a VBA project needs it.

Written from the top down without a trace of time or machine, so the same content gives the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Storage: TypeAlias = "Mapping[str, bytes | Storage]"
"""A storage: names to streams (bytes) or to storages."""

SECTOR, MINI_SECTOR, MINI_LIMIT = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_HEADER_FATS = 109
_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")


@dataclass(slots=True)
class _Entry:
    """One directory entry (2.6.1)."""

    name: str
    kind: int
    content: bytes = b""
    left: int = _FREE
    right: int = _FREE
    child: int = _FREE
    color: int = _BLACK
    start: int = 0
    size: int = 0

    @property
    def order(self) -> tuple[int, str]:
        """Names sort by length, then by upper case (2.6.4)."""
        return len(self.name.encode("utf-16-le")), self.name.upper()

    def pack(self) -> bytes:
        name = self.name.encode("utf-16-le")
        if len(name) > 62:
            raise ValueError(f"{self.name}: at most 31 characters")
        head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, self.kind, self.color)
        return (
            head
            + struct.pack("<III", self.left, self.right, self.child)
            + bytes(36)
            + struct.pack("<IQ", self.start, self.size)
        )


@dataclass(slots=True)
class _Sectors:
    """Sectors and the chain that links them (the allocation table)."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    chain: list[int] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """Append content as a chain of sectors; returns its first sector."""
        if not content:
            return _END
        first = len(self.chain)
        count = -(-len(content) // self.size)
        self.chain += [*range(first + 1, first + count), _END]
        self.data += content.ljust(count * self.size, b"\0")
        return first


def write_compound(root: Storage) -> bytes:
    """The compound file of a storage."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add_children(entries, root)
    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.content)
            entry.start = (mini if entry.size < MINI_LIMIT else sectors).add(entry.content)
    entries[0].start, entries[0].size = sectors.add(bytes(mini.data)), len(mini.data)
    mini_table = _table(mini.chain)
    first_mini_table = sectors.add(mini_table)
    first_directory = sectors.add(_directory(entries))
    tables, allocation = _allocation(sectors.chain)
    first_table = len(sectors.chain)
    header = _SIGNATURE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack(
        "<IIIIIIIII", 0, tables, first_directory, 0, MINI_LIMIT, first_mini_table, len(mini_table) // SECTOR, _END, 0
    )
    listed = [*range(first_table, first_table + tables)]
    header += struct.pack(f"<{_HEADER_FATS}I", *listed, *[_FREE] * (_HEADER_FATS - tables))
    return header + bytes(sectors.data) + allocation


def _add_children(entries: list[_Entry], storage: Storage) -> int:
    """Add a storage's entries, depth first; returns the root of their tree."""
    indices = []
    for name, content in storage.items():
        indices.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entry = _Entry(name, _STORAGE)
            entries.append(entry)
            entry.child = _add_children(entries, content)
    indices.sort(key=lambda index: entries[index].order)
    return _balance(entries, indices, 1, len(indices).bit_length())


def _balance(entries: list[_Entry], indices: Sequence[int], level: int, depth: int) -> int:
    """Link sorted siblings as a balanced red-black tree: all black but the deepest level, which is red (2.6.4)."""
    if not indices:
        return _FREE
    middle = len(indices) // 2
    entry = entries[indices[middle]]
    entry.left = _balance(entries, indices[:middle], level + 1, depth)
    entry.right = _balance(entries, indices[middle + 1 :], level + 1, depth)
    entry.color = _RED if level == depth and level > 1 else _BLACK
    return indices[middle]


def _directory(entries: Sequence[_Entry]) -> bytes:
    packed = b"".join(entry.pack() for entry in entries)
    unused = bytes(68) + struct.pack("<III", _FREE, _FREE, _FREE) + bytes(48)
    return packed + unused * (-len(entries) % (SECTOR // 128))


def _table(chain: Sequence[int]) -> bytes:
    """A chain as whole sectors of an allocation table."""
    filled = [*chain, *[_FREE] * (-len(chain) % (SECTOR // 4))]
    return struct.pack(f"<{len(filled)}I", *filled)


def _allocation(chain: Sequence[int]) -> tuple[int, bytes]:
    """How many sectors the allocation table takes, itself included, and the table."""
    tables = 1
    while tables * (SECTOR // 4) < len(chain) + tables:
        tables += 1
    if tables > _HEADER_FATS:
        raise ValueError("more than 7 MB: a compound file of that size needs further tables, which are not written")
    return tables, _table([*chain, *[_FAT] * tables])


def read_compound(data: bytes) -> dict[str, bytes]:
    """Every stream of a compound file by its path, ``VBA/dir``.

    Raises
    ------
    ValueError
        When the file is no compound file of version 3, or its chains or its tree are broken.
    """
    if len(data) < SECTOR or data[:8] != _SIGNATURE or data[26:28] != b"\x03\x00":
        raise ValueError("no compound file of version 3")
    tables, directory_start = struct.unpack_from("<II", data, 44)
    mini_start = struct.unpack_from("<I", data, 60)[0]
    listed = struct.unpack_from(f"<{_HEADER_FATS}I", data, 76)[:tables]
    chain = struct.unpack(f"<{tables * SECTOR // 4}I", b"".join(_sector(data, number) for number in listed))
    directory = _follow(data, chain, directory_start)
    entries = [_unpack(directory[at : at + 128]) for at in range(0, len(directory), 128)]
    mini = _follow(data, chain, entries[0].start)
    mini_table = _follow(data, chain, mini_start)
    mini_chain = struct.unpack(f"<{len(mini_table) // 4}I", mini_table)
    streams: dict[str, bytes] = {}
    for path, entry in _walk(entries, entries[0].child, ""):
        small = entry.size < MINI_LIMIT
        content = _follow_mini(mini, mini_chain, entry.start) if small else _follow(data, chain, entry.start)
        streams[path] = content[: entry.size]
    return streams


def _sector(data: bytes, number: int) -> bytes:
    found = data[(number + 1) * SECTOR : (number + 2) * SECTOR]
    if len(found) != SECTOR:
        raise ValueError(f"sector {number} lies outside the file")
    return found


def _numbers(chain: Sequence[int], start: int) -> list[int]:
    numbers: list[int] = []
    while start != _END:
        if start >= len(chain) or len(numbers) > len(chain):
            raise ValueError("a chain of sectors does not end")
        numbers.append(start)
        start = chain[start]
    return numbers


def _follow(data: bytes, chain: Sequence[int], start: int) -> bytes:
    return b"".join(_sector(data, number) for number in _numbers(chain, start))


def _follow_mini(mini: bytes, chain: Sequence[int], start: int) -> bytes:
    return b"".join(mini[number * MINI_SECTOR : (number + 1) * MINI_SECTOR] for number in _numbers(chain, start))


def _unpack(raw: bytes) -> _Entry:
    length, kind, color = struct.unpack_from("<HBB", raw, 64)
    left, right, child = struct.unpack_from("<III", raw, 68)
    start, size = struct.unpack_from("<IQ", raw, 116)
    name = raw[: max(length - 2, 0)].decode("utf-16-le")
    return _Entry(name, kind, b"", left, right, child, color, start, size)


def _walk(entries: Sequence[_Entry], index: int, folder: str) -> list[tuple[str, _Entry]]:
    """The streams below a tree of siblings, in the tree's order, which must be the names' order."""
    if index == _FREE:
        return []
    entry = entries[index]
    for side, smaller in ((entry.left, True), (entry.right, False)):
        if side != _FREE and (entries[side].order < entry.order) is not smaller:
            raise ValueError(f"{entry.name}: the directory tree is out of order")
    path = f"{folder}{entry.name}"
    inside = [(path, entry)] if entry.kind == _STREAM else _walk(entries, entry.child, f"{path}/")
    return [*_walk(entries, entry.left, folder), *inside, *_walk(entries, entry.right, folder)]
