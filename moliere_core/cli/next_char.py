"""Show the probabilities of the next character."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from moliere_core.cli import asking, options
from moliere_core.config import check_range
from moliere_core.text.signs import visible

NAME = "next"
BAR_WIDTH = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_sampling(parser)
    options.add_model(parser)
    parser.add_argument("--top", type=int, metavar="N", help="the N most probable (default: all)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The distribution after the prompt, most probable first."""
    if args.top is not None:
        check_range("top", args.top, 1, 10_000)
    found = asking.following(args.model, args.prompt, options.sampling_config(args))
    return {
        "model": args.model,
        "entropy_bits": found.entropy_bits,
        "next": [{"char": char, "prob": prob} for char, prob in found.chars[: args.top]],
        "extra": found.extra,
    }


def render(result: dict[str, Any]) -> str:
    """Bars of text."""
    lines = [f"{result['model']}, entropy {result['entropy_bits']:.2f} bits"]
    extra = [{"char": name, "prob": prob} for name, prob in result["extra"].items() if prob]
    return "\n".join([*lines, *bars(result["next"]), *bars(extra)])


def bars(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line a character."""
    return [
        f"{visible(item['char'])} {item['prob']:7.2%} " + "█" * round(item["prob"] * BAR_WIDTH)
        for item in items
    ]
