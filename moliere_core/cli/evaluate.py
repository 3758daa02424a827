"""Measure the bits per character of a model on a file."""

from __future__ import annotations

import argparse
from typing import Any

from moliere_core.cli import options
from moliere_core.cli.progress import progress_bar

NAME = "evaluate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", help="plain text, CSV, TEI, or a .zip or folder of these")
    options.add_model(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Score the file in one pass, with the state carried."""
    from moliere_core.corpus import load_corpus
    from moliere_core.evaluation import score
    from moliere_core.models import load_model

    text = load_corpus(args.file).text()
    model = load_model(args.model)
    with progress_bar("scoring") as update:
        measured = score(model, text, update)
    return {
        "model": args.model,
        "bits_per_char": measured.bits_per_char,
        "chars": measured.chars,
        "unknown_chars": measured.unknown_chars,
        "upper_bound": False,  # a character model's figure is exact
    }


def render(result: dict[str, Any]) -> str:
    """One sentence."""
    return (
        f"{result['model']}: {result['bits_per_char']:.4f} bits per character over "
        f"{result['chars']} characters, {result['unknown_chars']} of them unknown to it"
    )
