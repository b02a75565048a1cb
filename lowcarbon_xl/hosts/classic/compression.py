"""The run-length compression of VBA source: Microsoft's MS-OVBA, section 2.4.1.

A container is one signature byte, then chunks that each stand for up to 4096 bytes. A compressed chunk is a
sequence of flag bytes, each followed by eight tokens: a literal byte, or a copy of 3 and more earlier bytes of
the same chunk.
"""

from __future__ import annotations

import struct

CHUNK = 4096
_SIGNATURE = 0x01
_COMPRESSED, _RAW = 0xB000, 0x3000
_SHORTEST_COPY = 3
_TRIES = 32


def compress(data: bytes) -> bytes:
    """Compress into a container (2.4.1.3.6).

    Raises
    ------
    ValueError
        When the last, partial chunk does not shrink: the format could store it padded with zeros only, and
        zeros in a source text would be wrong. Source text always shrinks.
    """
    container = bytearray([_SIGNATURE])
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        tokens = _compress_chunk(chunk)
        if len(tokens) < CHUNK:
            container += struct.pack("<H", _COMPRESSED | (len(tokens) - 1)) + tokens
        elif len(chunk) == CHUNK:
            container += struct.pack("<H", _RAW | (CHUNK - 1)) + chunk
        else:
            raise ValueError("a partial chunk that cannot be compressed has no exact representation")
    return bytes(container)


def _compress_chunk(chunk: bytes) -> bytes:
    """Greedy token sequences of one chunk (2.4.1.3.7)."""
    tokens = bytearray()
    seen: dict[bytes, list[int]] = {}
    position = 0
    while position < len(chunk):
        flags_at = len(tokens)
        tokens.append(0)
        for bit in range(8):
            if position >= len(chunk):
                break
            length, offset = _longest_match(chunk, position, seen.get(chunk[position : position + _SHORTEST_COPY], []))
            if length:
                tokens[flags_at] |= 1 << bit
                token = (offset - 1) << (16 - _offset_bits(position)) | (length - _SHORTEST_COPY)
                tokens += struct.pack("<H", token)
            else:
                tokens.append(chunk[position])
            for index in range(position, position + (length or 1)):
                seen.setdefault(chunk[index : index + _SHORTEST_COPY], []).append(index)
            position += length or 1
    return bytes(tokens)


def _longest_match(chunk: bytes, position: int, candidates: list[int]) -> tuple[int, int]:
    """Length and distance of the longest earlier copy; (0, 0) when there is none worth a token."""
    limit = min((0xFFFF >> _offset_bits(position)) + _SHORTEST_COPY, len(chunk) - position)
    if limit < _SHORTEST_COPY:
        return 0, 0
    best, offset = 0, 0
    for candidate in reversed(candidates[-_TRIES:]):
        length = _SHORTEST_COPY
        while length < limit and chunk[candidate + length] == chunk[position + length]:
            length += 1
        if length > best:
            best, offset = length, position - candidate
    return best, offset


def _offset_bits(position: int) -> int:
    """How many of a copy token's 16 bits hold the distance, at this position in the chunk (2.4.1.3.19.1)."""
    return max((position - 1).bit_length(), 4) if position > 1 else 4


def decompress(container: bytes) -> bytes:
    """The bytes that a container stands for (2.4.1.3.1).

    Raises
    ------
    ValueError
        When it is damaged.
    """
    if not container or container[0] != _SIGNATURE:
        raise ValueError("no compressed container: the signature byte is missing")
    data = bytearray()
    position = 1
    while position < len(container):
        header = int.from_bytes(container[position : position + 2], "little")
        end = position + 2 + (header & 0x0FFF) + 1
        body = container[position + 2 : end]
        if header & 0x7000 != 0x3000 or end > len(container):  # 3 is the signature of every chunk
            raise ValueError(f"damaged chunk at byte {position}")
        data += _decompress_chunk(body) if header & 0x8000 else body
        position = end
    return bytes(data)


def _decompress_chunk(tokens: bytes) -> bytes:
    chunk = bytearray()
    position = 0
    while position < len(tokens):
        flags = tokens[position]
        position += 1
        for bit in range(8):
            if position >= len(tokens):
                break
            if not flags >> bit & 1:
                chunk.append(tokens[position])
                position += 1
                continue
            token = int.from_bytes(tokens[position : position + 2], "little")
            position += 2
            bits = _offset_bits(len(chunk))
            start = len(chunk) - (token >> (16 - bits)) - 1
            if start < 0:
                raise ValueError("a copy token points before its chunk")
            for index in range((token & (0xFFFF >> bits)) + _SHORTEST_COPY):
                chunk.append(chunk[start + index])
    return bytes(chunk)
