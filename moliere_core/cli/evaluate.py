"""Measure the bits per character of a model on a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from moliere_core.cli import asking, options
from moliere_core.cli.progress import progress_bar

if TYPE_CHECKING:
    from moliere_core.models.evaluation import Score

NAME = "evaluate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", help="plain text, CSV, TEI, or a .zip or folder of these")
    options.add_model(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Score the file in one pass, with the state carried, or in windows where there is none."""
    from moliere_core import pretrained
    from moliere_core.corpus import load_corpus
    from moliere_core.models.evaluation import score
    from moliere_core.models.references import load_model

    text = load_corpus(args.file).text()
    by_tokens = pretrained.is_pretrained(args.model)
    with progress_bar("scoring") as update:
        if by_tokens:
            asked = pretrained.score(args.model, text)
            measured: Score = asking.waited(asked, update)
        else:
            measured = score(load_model(args.model), text, update)
    return {
        "model": args.model,
        "bits_per_char": measured.bits_per_char,
        "chars": measured.chars,
        "unknown_chars": measured.unknown_chars,
        # A character model's figure is exact; of tokens, only one cutting of the text is counted.
        "upper_bound": by_tokens,
    }


def render(result: dict[str, Any]) -> str:
    """One sentence."""
    return (
        f"{result['model']}: {'at most ' if result['upper_bound'] else ''}"
        f"{result['bits_per_char']:.4f} bits per character over "
        f"{result['chars']} characters, {result['unknown_chars']} of them unknown to it"
    )
