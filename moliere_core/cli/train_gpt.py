"""Train a small GPT-2 on the plays, as mini-gpt was; it needs torch and the repository."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from moliere_core.config import check_range
from moliere_core.errors import TrainingError

NAME = "train-gpt"

ROOT = Path(__file__).parent.parent.parent
SCRIPT = ROOT / "tools" / "train_gpt.py"  # beside the package in the repository, not in a wheel
FRAMEWORKS = ("torch", "transformers")
MAX_PASSES = 1_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--corpus", metavar="PATH", help="a CSV with the plays, as for the other commands"
    )
    parser.add_argument(
        "--passes", type=int, metavar="N", help="over the plays (default: as mini-gpt)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="keeps a checkpoint a pass, which the same command goes on from, and the model",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train in a process of its own, its figures on standard error; then what the card says."""
    if args.passes is not None:
        check_range("passes", args.passes, 1, MAX_PASSES)
    missing = [name for name in FRAMEWORKS if importlib.util.find_spec(name) is None]
    if missing:
        raise TrainingError(
            "train-gpt needs {packages}, and this Python has no {missing}: "
            "pip install {packages}, the builds for the CPU are enough",
            packages=" ".join(FRAMEWORKS),
            missing=missing[0],
        )
    if not SCRIPT.is_file():
        raise TrainingError(
            "{script} is not there: train-gpt runs from a copy of the whole repository",
            script=f"tools/{SCRIPT.name}",
        )
    command = [sys.executable, "-m", "tools.train_gpt", str(args.out.absolute())]
    if args.passes is not None:
        command.append(f"--passes={args.passes}")
    environment = dict(os.environ)
    if args.corpus is not None:
        environment["MOLIERE_CORPUS"] = str(Path(args.corpus).absolute())
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise TrainingError(
            "the training ended with status {status}: what it said is above, and the same command "
            "goes on from its last pass",
            status=done.returncode,
        )
    model = args.out / "mini-gpt"
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    fields = ("passes", "parameters", "bits_per_char", "upper_bound", "seconds")
    return {"model": str(model), **{field: card[field] for field in fields}}


def render(result: dict[str, Any]) -> str:
    """The model's folder and its figures."""
    return (
        f"{result['model']}\n{result['parameters']:,} parameters, {result['passes']} passes in "
        f"{result['seconds']:,} s, at most {result['bits_per_char']:.3f} bits per character"
    )
