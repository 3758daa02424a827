"""Zip archives as somebody of ill will would make them."""

from __future__ import annotations

import struct

ENTRY, END = b"PK\x01\x02", b"PK\x05\x06"
FIXED = 46  # bytes of an entry of the table before its name


def moved(data: bytes, place: int) -> bytes:
    """An archive whose table says that its first file begins at `place`, in 64 bits.

    See 4.3.12 and 4.5.3 of the .zip specification, APPNOTE.TXT.
    """
    at = data.index(ENTRY)
    name, extra = struct.unpack_from("<HH", data, at + 28)
    after = at + FIXED + name
    field = struct.pack("<HHQ", 1, 8, place)
    found = bytearray(data[:after] + field + data[after + extra :])
    struct.pack_into("<H", found, at + 30, len(field))
    struct.pack_into("<L", found, at + 42, 0xFFFFFFFF)  # "see the field"
    size = found.rindex(END) + 12
    struct.pack_into("<L", found, size, struct.unpack_from("<L", found, size)[0] + 12 - extra)
    return bytes(found)
