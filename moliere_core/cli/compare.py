"""Have several models write after the same prompt, and show their next characters."""

from __future__ import annotations

import argparse
import time
from typing import Any

from moliere_core.cli import asking, options
from moliere_core.cli.next_char import bars
from moliere_core.config import SamplingConfig, check_range
from moliere_core.errors import ModelError

NAME = "compare"
DEFAULT = "petit,grand,kn-8"
SHOWN = 5  # bars a model, for people


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_sampling(parser)
    parser.add_argument(
        "--models", default=DEFAULT, metavar="A,B,...", help="references (default: %(default)s)"
    )
    parser.add_argument("--chars", type=int, default=200, metavar="N", help="length of each text")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="seed of the draws")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Each model in turn."""
    check_range("chars", args.chars, 0, 100_000)
    check_range("seed", args.seed, 0, 2**63 - 1)
    config = options.sampling_config(args)
    references = [options.model(n.strip()) for n in args.models.split(",") if n.strip()]
    if not references:
        raise ModelError("no model is named: give --models petit,mini-gpt for instance")
    return {"models": [_answer(name, args, config) for name in references]}


def render(result: dict[str, Any]) -> str:
    """One paragraph a model."""
    parts = []
    for found in result["models"]:
        speed = f"{found['chars_per_second']:,.0f} characters a second"
        head = f"== {found['model']}, {speed}"
        parts.append("\n".join([head, found["text"], *bars(found["next"][:SHOWN])]))
    return "\n\n".join(parts)


def _answer(reference: str, args: argparse.Namespace, config: SamplingConfig) -> dict[str, Any]:
    text, speed = _written(reference, args, config)
    following = asking.following(reference, args.prompt, config)
    return {
        "model": reference,
        "text": text,
        "chars_per_second": speed,
        "next": [{"char": char, "prob": prob} for char, prob in following.chars],
        "extra": following.extra,
    }


def _written(reference: str, args: argparse.Namespace, config: SamplingConfig) -> tuple[str, float]:
    """What a model writes, and characters a second once it is loaded."""
    from moliere_core import pretrained
    from moliere_core.models.references import load_model
    from moliere_core.models.sampling import generate

    if pretrained.is_pretrained(reference):
        found = asking.waited(
            pretrained.generate(reference, args.prompt, config, args.seed, args.chars)
        )
        return found.text, found.chars_per_second
    model = load_model(reference)
    began = time.perf_counter()
    [text] = generate(model, [args.prompt], [config], [args.seed], args.chars)
    return text, len(text) / (time.perf_counter() - began)
