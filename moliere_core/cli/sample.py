"""Write on from a prompt."""

from __future__ import annotations

import argparse
from typing import Any

from moliere_core.cli import asking, options
from moliere_core.cli.progress import progress_bar
from moliere_core.config import SamplingConfig, check_range

NAME = "sample"
MAX_CHARS = 1_000_000
MAX_COUNT = 1_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_sampling(parser)
    parser.add_argument("--chars", type=int, default=300, metavar="N", help="length of each text")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="seed of the draws")
    parser.add_argument(
        "--count", type=int, default=1, metavar="C", help="texts, with the seeds S, S+1, ..."
    )
    options.add_model(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Write `count` texts side by side."""
    from moliere_core import pretrained
    from moliere_core.models.references import load_model
    from moliere_core.models.sampling import Writer, write

    check_range("chars", args.chars, 0, MAX_CHARS)
    check_range("count", args.count, 1, MAX_COUNT)
    check_range("seed", args.seed, 0, 2**63 - 1)
    config = options.sampling_config(args)
    if pretrained.is_pretrained(args.model):
        return {"texts": _by_tokens(args, config)}
    writer = Writer(
        load_model(args.model),
        [args.prompt] * args.count,
        [config] * args.count,
        range(args.seed, args.seed + args.count),
    )
    with progress_bar("writing") as update:
        for _ in write(writer, args.chars):
            update(writer.steps / args.chars)
    return {"texts": writer.texts}


def render(result: dict[str, Any]) -> str:
    """The texts, a blank line between them."""
    return "\n\n".join(result["texts"])


def _by_tokens(args: argparse.Namespace, config: SamplingConfig) -> list[str]:
    """The texts of a model of tokens, one after the other; one that ends its text is shorter."""
    from moliere_core import pretrained

    texts: list[str] = []
    with progress_bar("writing") as update:
        for seed in range(args.seed, args.seed + args.count):
            asked = pretrained.generate(args.model, args.prompt, config, seed, args.chars)
            texts.append(asking.waited(asked).text)
            update(len(texts) / args.count)
    return texts
