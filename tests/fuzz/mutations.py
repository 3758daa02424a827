"""Ways in which a file is damaged: on its way, by another program, or on purpose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Files = dict[str, bytes]
"""Names and contents. A loader of one file takes files of one, a loader of folders all of them."""

MOST_BYTES = 1_000_000  # of a file that repetition makes
MOST_CHANGES = 4  # to the same files, one after the other

COMMON = (
    b"", b"\0", b"\xff", b"\x1a", b"\r", b"\n", b"\r\n", b"\t", b" ", b"\xc2\xa0", b"\xe2\x80\xa8",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\xf0\x9f\x8e\xad",
    b"\xe2\x80\xae", b"e\xcc\x81", b'"', b"'", b"\xc2\xab", b"(", b")", b"[", b"]", b"{", b"}",
    b"<", b">", b"&", b",", b";", b"|", b"=", b"-", b"#", b"%", b"\\", b"/", b"../", b"nan",
    b"null", b"true",
)  # fmt: skip
NUMBERS = (
    b"0", b"-1", b"1", b"2.5", b"1e999", b"-0.0", b"NaN", b"Infinity", b"2147483647",
    b"2147483648", b"4294967295", b"18446744073709551616", b"9" * 5_000, b"0x10", b"1_000",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2.5, 1e308, float("nan"), 2**31 - 1, 2**32 - 1, 2**64, "", "a",
    "\ud800", [], [[]], {}, {"a": 1},
)  # fmt: skip
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman", "utf-8-sig")

_DIGITS = re.compile(rb"\d{1,20}")

Change = Callable[[bytes, Random], bytes]


def mutated(seeds: Sequence[Files], tokens: Sequence[bytes], random: Random) -> Files:
    """One of the seeds, damaged.

    Args:
        seeds: sound files.
        tokens: words of the format, put in where they do not belong.
        random: draws everything.
    """
    files = dict(random.choice(seeds))
    changes: list[Change] = [
        _flip, _cut, _repeat, _move, _truncate, _recode, _number, _json, _insert(tokens, random),
        _insert(COMMON, random), _splice(seeds, random),
    ]  # fmt: skip
    for _ in range(random.randint(1, MOST_CHANGES)):
        if len(files) > 1 and random.random() < 0.1:
            _disturb(files, random)
            continue
        name = random.choice(sorted(files))
        files[name] = random.choice(changes)(files[name], random)
    return files


def _disturb(files: Files, random: Random) -> None:
    """Take a file away, or give it the content of another."""
    one, other = random.sample(sorted(files), 2)
    if random.random() < 0.5:
        del files[one]
    else:
        files[one], files[other] = files[other], files[one]


def _span(data: bytes, random: Random) -> tuple[int, int]:
    """Where a part begins and ends: short ones, most of the time."""
    start = random.randint(0, len(data))
    length = int(random.random() ** 4 * (len(data) - start))
    return start, start + max(length, random.randint(0, 12))


def _flip(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _cut(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _repeat(data: bytes, random: Random) -> bytes:
    """A part many times over: what is slow in the square shows."""
    start, end = _span(data, random)
    part = data[start:end]
    most = max((MOST_BYTES - len(data)) // max(len(part), 1), 1)
    return data[:start] + part * int(most ** random.random()) + data[end:]


def _move(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    rest = data[:start] + data[end:]
    at = random.randint(0, len(rest))
    return rest[:at] + data[start:end] + rest[at:]


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


def _recode(data: bytes, random: Random) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(random.choice(ENCODINGS), errors="replace")


def _number(data: bytes, random: Random) -> bytes:
    found = list(_DIGITS.finditer(data))
    if not found:
        return data
    match = random.choice(found)
    return data[: match.start()] + random.choice(NUMBERS) + data[match.end() :]


def _json(data: bytes, random: Random) -> bytes:
    """Where the file, or a line of it, is JSON: a value becomes one of another kind."""
    lines = data.split(b"\n") if random.random() < 0.5 else [data]
    at = random.randrange(len(lines))
    try:
        document = json.loads(lines[at])
        lines[at] = json.dumps(_swapped(document, random)).encode()
    except (ValueError, RecursionError):
        return data
    return b"\n".join(lines)


def _swapped(document: Any, random: Random) -> Any:
    """A document of JSON in which one value, at some depth, is another one or is gone."""
    if not isinstance(document, dict | list) or not document or random.random() < 0.2:
        return random.choice(VALUES)
    keys = list(document) if isinstance(document, dict) else range(len(document))
    key = random.choice(keys)
    changed: Any = document.copy()
    if random.random() < 0.1:
        del changed[key]
    else:
        changed[key] = _swapped(document[key], random)
    return changed


def _insert(tokens: Sequence[bytes], random: Random) -> Change:
    token = random.choice(tokens) if tokens else b""

    def insert(data: bytes, random: Random) -> bytes:
        at = random.randint(0, len(data))
        return data[:at] + token * random.choice((1, 1, 1, 2, 60)) + data[at:]

    return insert


def _splice(seeds: Sequence[Files], random: Random) -> Change:
    other = random.choice([*random.choice(seeds).values()])

    def splice(data: bytes, random: Random) -> bytes:
        return data[: random.randint(0, len(data))] + other[random.randint(0, len(other)) :]

    return splice
