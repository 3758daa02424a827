"""Count the plays, cues and characters of a corpus."""

from __future__ import annotations

import argparse
from typing import Any

NAME = "corpus"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "path", nargs="?", help="a CSV or text file, or an address (default: the embedded plays)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Read the corpus and count."""
    from moliere_core.corpus import load_corpus

    return load_corpus(args.path).summary()


def render(result: dict[str, Any]) -> str:
    """The counts, one a line."""
    return "\n".join(f"{name:<12}{value}" for name, value in result.items())
