"""Try regular expressions on what makes slow ones stand still: `python -m ... SECONDS < JSON`.

On standard input a list of [place, pattern, flags, is_bytes, anywhere]. The place of each is
printed before it is tried, so that the last one printed is the one that took all of the
processor's seconds.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from moliere_core.system.processes import limit_processor

LONG, SHORT = 200_000, 30_000  # characters of a text that repeats one word, or several
MOST_WORDS = 6


def texts(pattern: str, flags: int) -> list[str]:
    """Words that the pattern speaks of, each and in twos and threes, over and over."""
    words = list(dict.fromkeys(_words(_parser.parse(pattern, flags))))[:MOST_WORDS]
    words += [word for word in (" ", "a", "\n") if word not in words][: max(0, 4 - len(words))]
    found = [word * (LONG // len(word)) for word in words]
    for size in (2, 3):
        for several in itertools.permutations(words, size):
            unit = "".join(several)
            found.append(unit * (SHORT // len(unit)))
    return found + [words[0] + text + "\0" for text in found]


def _words(parsed: Any) -> list[str]:
    """The runs of letters of a pattern, and a letter of each of its classes."""
    found: list[str] = []
    run = ""
    for operation, value in parsed:
        if operation is _constants.LITERAL:
            run += chr(value)
            continue
        found, run = [*found, run], ""
        if operation is _constants.IN:
            found.append(_member(value))
        elif operation in (_constants.ANY, _constants.NOT_LITERAL):
            found.append("x")
        for inner in _inner(value):
            found += _words(inner)
    return [word for word in [*found, run] if word]


def _inner(value: Any) -> list[Any]:
    """The patterns inside an operation."""
    if isinstance(value, _parser.SubPattern):
        return [value]
    parts = value if isinstance(value, tuple | list) else []
    return [pattern for part in parts for pattern in _inner(part)]


def _member(items: Any) -> str:
    kinds = {
        _constants.CATEGORY_SPACE: " ",
        _constants.CATEGORY_WORD: "a",
        _constants.CATEGORY_DIGIT: "1",
        _constants.CATEGORY_NOT_SPACE: "x",
    }
    for operation, value in items:
        if operation is _constants.LITERAL:
            return chr(value)
        if operation is _constants.RANGE:
            return chr(value[0] or ord("a"))
        if operation is _constants.CATEGORY and value in kinds:
            return kinds[value]
    return "é"  # a class by what is not in it


def main() -> None:
    limit_processor(int(sys.argv[1]))
    for place, pattern, flags, is_bytes, anywhere in json.load(sys.stdin):
        print(place, flush=True)
        expression = re.compile(pattern.encode("latin-1") if is_bytes else pattern, flags)
        for text in texts(pattern, flags & ~re.UNICODE if is_bytes else flags):
            subject = text.encode() if is_bytes else text
            expression.match(subject)
            expression.fullmatch(subject)
            for _ in expression.finditer(subject) if anywhere else ():
                pass
    print("done", flush=True)


if __name__ == "__main__":
    main()
