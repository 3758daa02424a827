"""Show the probabilities of the next character."""

from __future__ import annotations

import argparse
from typing import Any

from moliere_core.cli import options
from moliere_core.config import check_range

NAME = "next"
VISIBLE = {" ": "␣", "\n": "↵"}
BAR_WIDTH = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_sampling(parser)
    options.add_model(parser)
    parser.add_argument("--top", type=int, metavar="N", help="the N most probable (default: all)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The distribution after the prompt, most probable first."""
    from moliere_core.models import load_model
    from moliere_core.sampling import entropy_bits, next_distribution

    if args.top is not None:
        check_range("top", args.top, 1, 10_000)
    config = options.sampling_config(args)
    model = load_model(args.model)
    logits, _ = model.start([args.prompt])
    probs = next_distribution(logits[0], config)
    ranked = sorted(zip(model.vocabulary.chars, probs[1:].tolist(), strict=True), key=_by_prob)
    return {
        "model": args.model,
        "entropy_bits": entropy_bits(probs),
        "next": [{"char": char, "prob": prob} for char, prob in ranked[: args.top]],
        # A character model never ends, resolves every character and never draws the unknown one.
        "extra": {"unknown": 0.0, "end": 0.0, "unresolved": 0.0},
    }


def render(result: dict[str, Any]) -> str:
    """Bars of text."""
    lines = [f"{result['model']}, entropy {result['entropy_bits']:.2f} bits"]
    for item in result["next"]:
        bar = "█" * round(item["prob"] * BAR_WIDTH)
        lines.append(f"{VISIBLE.get(item['char'], item['char'])} {item['prob']:7.2%} {bar}")
    return "\n".join(lines)


def _by_prob(pair: tuple[str, float]) -> tuple[float, str]:
    return -pair[1], pair[0]
