"""Options that several subcommands share."""

from __future__ import annotations

import argparse
import os

from moliere_core.config import SamplingConfig

DEFAULT_MODEL = "grand"


def add_model(parser: argparse.ArgumentParser) -> None:
    """`--model`."""
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        type=model,
        metavar="M",
        help="petit, grand, kn-N, mini-gpt, hf:NAME, run:ID, the folder of a run or of a "
        "pretrained model, @EPOCH for a snapshot (%(default)s)",
    )


def model(reference: str) -> str:
    """A reference as it was given; a folder that `save_pretrained` wrote is opened by its path."""
    if os.path.isdir(reference):
        from moliere_core.pretrained import catalogue

        catalogue.open_folder(reference)
    return reference


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """`--prompt`, `--temperature`, `--top-k`, `--top-p`."""
    parser.add_argument("--prompt", default="", metavar="P", help="the text to go on from")
    parser.add_argument(
        "--temperature", type=float, default=1.0, metavar="T", help="0 is greedy (default: 1)"
    )
    parser.add_argument(
        "--top-k", type=int, default=0, metavar="K", help="keep the K most probable (0: all)"
    )
    parser.add_argument(
        "--top-p", type=float, default=1.0, metavar="P", help="keep the mass P (1: all)"
    )


def sampling_config(args: argparse.Namespace) -> SamplingConfig:
    """The validated settings of `add_sampling`."""
    return SamplingConfig(args.temperature, args.top_k, args.top_p)
