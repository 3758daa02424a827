"""Train a model on a corpus, or open the stored run of the same request."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moliere_core.cli.progress import progress_bar
from moliere_core.config import CELLS, PRESETS, RunConfig

if TYPE_CHECKING:
    from moliere_core.corpus import Corpus, Split
    from moliere_core.training.session import Event

NAME = "train"

# Option, the part of RunConfig that it sets, the field there, and what it means.
_SETTINGS = (
    ("epochs", "training", "epochs", int, "N", "passes over the text"),
    ("layers", "model", "layers", int, "L", "recurrent layers, 1 to 3; blocks, 1 to 12"),
    ("units", "model", "units", int, "U", "width of a recurrent layer, or of a transformer"),
    (
        "embedding",
        "model",
        "embedding_dim",
        int,
        "E",
        "width of the embedding (of a transformer: U)",
    ),
    ("heads", "model", "heads", int, "H", "heads of a transformer's blocks, which divide U"),
    ("context", "model", "context", int, "N", "characters that a transformer looks back on"),
    (
        "seq-length",
        "training",
        "seq_length",
        int,
        "S",
        "characters in a window; a transformer's is its context",
    ),
    (
        "shift",
        "training",
        "shift",
        int,
        "K",
        "start a window every K characters, from a zero state",
    ),
    ("batch", "training", "batch_size", int, "B", "windows or streams side by side"),
    ("dropout", "model", "dropout", float, "D", "share of outputs dropped while training"),
    ("lr", "training", "learning_rate", float, "R", "highest learning rate of Adam"),
    ("warm-up", "training", "warm_up", int, "N", "updates over which it rises from zero"),
    ("min-char-freq", "training", "min_char_freq", int, "N", "rarer characters become unknown"),
    ("seed", "training", "seed", int, "S", "seed of the weights, the order and the dropout"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--corpus", metavar="PATH", help="a file, an address, course or tei")
    parser.add_argument(
        "--play", nargs="+", action="extend", default=[], metavar="SLUG", help="training plays"
    )
    parser.add_argument(
        "--validation", nargs="+", action="extend", metavar="SLUG", help="held-out plays"
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--preset",
        choices=PRESETS,
        help="where settings start (demo; transformer with --cell transformer)",
    )
    start.add_argument(
        "--like", metavar="MODEL", help="take them all from petit, or from another stored run"
    )
    parser.add_argument(
        "--cell", choices=CELLS, help="rnn, lstm and gru carry a state; a transformer looks back"
    )
    for option, _, _, kind, metavar, meaning in _SETTINGS:
        parser.add_argument(f"--{option}", type=kind, metavar=metavar, help=meaning)
    parser.add_argument(
        "--last-only",
        action="store_true",
        help="the loss of each window's last character alone, as in the course",
    )
    parser.add_argument("--from", dest="initial", metavar="MODEL", help="go on from this model")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's folder")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train, with progress on standard error."""
    from moliere_core.corpus import load_corpus
    from moliere_core.models.references import open_run
    from moliere_core.training.memory import gently, old_text
    from moliere_core.training.session import continued_from, train

    usual = "transformer" if args.cell == "transformer" else "demo"
    start = open_run(args.like)[0].config if args.like else PRESETS[args.preset or usual]
    corpus, old = load_corpus(args.corpus), None
    if args.initial:
        start = continued_from(start, args.initial)
        chars = len(_texts(config_from(args, start), corpus).train_text)
        start = replace(start, training=gently(start.training, chars))
    run_config = config_from(args, start)
    corpus.select(args.validation or ())  # those asked for by name must be there
    if run_config.initial:
        old = old_text(run_config.initial, _texts(run_config, corpus), [load_corpus()])
    with progress_bar("training") as update:
        trained = train(run_config, corpus, args.out, partial(_show, update), old=old)
    last = trained.history[-1] if trained.history else {}
    rates = [record["chars_per_second"] for record in trained.history]
    return {
        "run": str(trained.path),
        "epochs": len(trained.history),
        "bits_per_char": last.get("validation_bits_per_char"),
        "seconds": last.get("seconds", 0.0),
        "chars_per_second": sum(rates) / len(rates) if rates else 0.0,
    }


def _texts(config: RunConfig, corpus: Corpus) -> Split:
    from moliere_core.corpus import split

    return split(corpus, config.plays, config.validation, config.training.speakers)


def render(result: dict[str, Any]) -> str:
    """One sentence."""
    if not result["epochs"]:
        return f"{result['run']}: the untrained network"
    return (
        "{run}: {epochs} epochs, {bits_per_char:.3f} bits per character, "
        "{seconds:.0f} s, {chars_per_second:.0f} characters a second"
    ).format(**result)


def config_from(args: argparse.Namespace, start: RunConfig) -> RunConfig:
    """`start`, with the settings given on the command line in place of its own."""
    changes: dict[str, dict[str, Any]] = {"model": {}, "training": {}}
    if args.cell:
        changes["model"]["cell"] = args.cell
    if args.last_only:
        changes["training"]["last_only"] = True
    for option, part, field, *_ in _SETTINGS:
        value = getattr(args, option.replace("-", "_"))
        if value is not None:
            changes[part][field] = value
    return RunConfig(
        model=replace(start.model, **changes["model"]),
        training=replace(start.training, **changes["training"]),
        plays=tuple(args.play) or start.plays,
        validation=start.validation if args.validation is None else tuple(args.validation),
        initial=args.initial or start.initial,
    )


def _show(update: Callable[[float], None], event: Event) -> None:
    """Move the bar; say what each epoch gave."""
    document = event.to_json()
    if event.kind == "progress":
        update(document["update"] / document["updates"])
    elif event.kind == "epoch":
        record = document["record"]
        bits = record["validation_bits_per_char"]
        told = f"\nepoch {record['epoch']}: {bits:.4f} bits per character"
        if "old_bits_per_char" in record:
            told += (
                f" (before: {record['new_bits_before']:.4f}), {record['old_bits_per_char']:.4f} on "
                f"the old text (before: {record['old_bits_before']:.4f})"
            )
        print(told, file=sys.stderr)
