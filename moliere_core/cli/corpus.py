"""Count what a corpus holds, fetch one, or list what was fetched."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moliere_core.cli.progress import progress_bar
from moliere_core.errors import CorpusError

if TYPE_CHECKING:
    from moliere_core.corpus.library import Entry

NAME = "corpus"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        nargs="*",
        metavar="PATH | fetch NAME | remove NAME",
        help="a CSV, TEI or text file, a .zip or a folder of these, an address, or course, tei or "
        "corneille once fetched; without it, the default corpus and what was fetched",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Read the corpus and count; fetch or delete it first, where asked to."""
    match args.what:
        case []:
            return _counted(None) | {"corpora": _listed()}
        case [("fetch" | "remove") as verb] if not Path(verb).exists():
            raise CorpusError(
                "{verb} lacks a name: give course, tei, corneille, or an address after it",
                verb=verb,
            )
        case [path]:
            return _counted(path)
        case ["fetch", name]:
            return _fetched(name)
        case ["remove", name]:
            return _removed(name)
    raise CorpusError(
        "{count} arguments are too many: give one path, or fetch or remove and one name",
        count=len(args.what),
    )


def render(result: dict[str, Any]) -> str:
    """The counts, one a line, then a line for each corpus that was fetched."""
    listed = result.get("corpora", [])
    told = ("corpora", "notes", "left_out")  # notes are on standard error
    lines = [f"{name:<12}{value}" for name, value in result.items() if name not in told]
    if listed:
        lines.append("")
    for item in listed:
        state = f"{item['size']:>12,}  {item['date'][:10]}" if item["fetched"] else "not fetched"
        lines.append(f"{item['name']:<18}{state:<28}{item['url']}")
    return "\n".join(lines)


def _counted(source: str | None) -> dict[str, Any]:
    from moliere_core.corpus import load_corpus

    corpus = load_corpus(source)
    for note in corpus.notes:
        print("note:", " ".join(str(note).split()), file=sys.stderr)
    told: dict[str, Any] = {"notes": [str(note) for note in corpus.notes]} if corpus.notes else {}
    if corpus.left_out:
        told["left_out"] = [asdict(kind) for kind in corpus.left_out]
    return corpus.summary() | told


def _fetched(name: str) -> dict[str, Any]:
    from moliere_core.corpus import library

    with progress_bar(f"fetching {name}") as update:
        entry = library.fetch(name, lambda done, total: update(done / total if total else 0.0))
    return _counted(entry.id) | _described(entry)


def _removed(name: str) -> dict[str, Any]:
    from moliere_core.corpus import library

    key = name if library.is_identifier(name) else library.identifier(name)
    entry = library.entry(key)
    if entry is None:
        raise CorpusError(
            "there is no copy of {name} to delete: moliere corpus lists what was fetched",
            name=name,
        )
    library.remove(key)
    return {"removed": entry.id}


def _listed() -> list[dict[str, Any]]:
    """The known sources, fetched or not, and the other addresses that were fetched."""
    from moliere_core.corpus import library

    fetched = {entry.id: entry for entry in library.entries()}
    absent = [
        {"name": name, "url": url, "fetched": False}
        for name, url in library.ADDRESSES.items()
        if name not in fetched
    ]
    return [{"fetched": True, **_described(entry)} for entry in fetched.values()] + absent


def _described(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.id,
        "url": entry.url,
        "size": entry.size,
        "sha256": entry.sha256,
        "date": entry.date,
    }
