"""Count what a house is kept small by: files, lines, circles of imports, places that repeat.

    python -m tools.house
    python tools/house.py --tree ../before

Places repeat where two files, or two places of one, share six lines or more, of the same shape once
names, texts and numbers are taken out; blank lines, comments and imports are passed over, and what
stands in more than eight places, or is made of short lines, is too common to count.
"""

from __future__ import annotations

import argparse
import collections
import io
import itertools
import keyword
import sys
import tokenize
from collections.abc import Iterable
from pathlib import Path

SHORT = 60  # lines, below which a file is one of many small ones
SHARED = 6  # lines
COMMON = 8  # places
THIN = 45  # tokens, below which a run of lines is a list of names or arguments
INTERFACE = ("dashboard", "pages")
CODE = (*INTERFACE, "moliere_core", "benchmarks", "tools", "tests")
LANGUAGES = (".py", ".js", ".css")
NAMELESS = {tokenize.NAME: "n", tokenize.STRING: "s", tokenize.NUMBER: "0"}
PASSED = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def files(tree: Path, folders: Iterable[str], *endings: str) -> list[Path]:
    """The files of these folders."""
    found = (path for folder in folders for path in sorted((tree / folder).rglob("*")))
    return [path for path in found if path.suffix in endings and "__pycache__" not in path.parts]


def lines(path: Path) -> int:
    """How many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def circles(tree: Path) -> list[list[str]]:
    """Groups of modules each of which imports, directly or not, all others of its group."""
    import grimp

    sys.path.insert(0, str(tree))
    graph = grimp.build_graph("moliere_core", "dashboard", cache_dir=None)
    found = set()
    for module in graph.modules:
        both = graph.find_upstream_modules(module) & graph.find_downstream_modules(module)
        if both - {module}:
            found.add(frozenset(both | {module}))
    return sorted(map(sorted, found))


def shapes(path: Path) -> list[tuple[str, int]]:
    """Each line of Python that says something, its names, texts and numbers taken out; its number.

    A line that only closes brackets or begins a docstring says nothing.
    """
    rows: dict[int, list[str]] = collections.defaultdict(list)
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in PASSED and token.string:
            kept = token.string if keyword.iskeyword(token.string) else None
            rows[token.start[0]].append(kept or NAMELESS.get(token.type, token.string))
    return [
        (" ".join(row), number)
        for number, row in rows.items()
        if row[0] not in {"import", "from"} and row != ["s"] and {"n", "s", "0"} & set(row)
    ]


def repeated(tree: Path, paths: Iterable[Path]) -> set[tuple[str, str]]:
    """Pairs of files, or a file with itself, that share a run of `SHARED` lines."""
    places: dict[tuple[str, ...], list[tuple[str, int]]] = collections.defaultdict(list)
    for path in paths:
        rows = shapes(path)
        for first in range(len(rows) - SHARED + 1):
            run = tuple(row for row, _ in rows[first : first + SHARED])
            places[run].append((path.relative_to(tree).as_posix(), first))
    found = set()
    for run, where in places.items():
        if len(where) <= COMMON and sum(len(row.split()) for row in run) >= THIN:
            for (one, at), (other, there) in itertools.combinations(where, 2):
                if one != other or abs(at - there) >= SHARED:
                    found.add((one, other))
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tree", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--names", action="store_true", help="also which circles and places")
    options = parser.parse_args()
    tree = options.tree.resolve()
    interface = [p for p in files(tree, INTERFACE, ".py") if p.name != "__init__.py"]
    short = sum(lines(path) < SHORT for path in interface)
    print(f"Python files of the interface: {len(interface)}, {short} of them under {SHORT} lines")
    for folder in CODE:
        counted = [sum(map(lines, files(tree, [folder], ending))) for ending in LANGUAGES]
        told = ", ".join(f"{n} of {e[1:]}" for n, e in zip(counted, LANGUAGES, strict=True) if n)
        print(f"lines of {folder}: {told}")
    print(f"lines in all: {sum(map(lines, files(tree, CODE, *LANGUAGES)))}")
    rounds = circles(tree)
    print(f"circles of imports: {len(rounds)}")
    pairs = repeated(tree, files(tree, CODE, ".py"))
    print(f"pairs of places that share {SHARED} lines or more: {len(pairs)}")
    if options.names:
        print(*map(", ".join, rounds), sep="\n")
        print(*map(" ~ ".join, sorted(pairs)), sep="\n")


if __name__ == "__main__":
    main()
