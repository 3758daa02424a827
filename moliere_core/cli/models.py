"""List the models that can be named, fetch, import or specialise one, or name its heads."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moliere_core.cli import heads, specialise
from moliere_core.cli.progress import progress_bar
from moliere_core.errors import RunError

if TYPE_CHECKING:
    from moliere_core.models.references import ModelEntry
    from moliere_core.runs.run import Run
    from moliere_core.system.progress import Progress

NAME = "models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=["fetch", "import", "specialise", "heads"],
        help="fetch a model of the hub; import the .zip of a run or a model of the notebook; "
        "continue a GPT on a text; or name the heads of a transformer by what they do",
    )
    parser.add_argument(
        "model", nargs="?", metavar="NAME|FILE", help="gpt2, or OWNER/NAME; a file to import"
    )
    parser.add_argument(
        "text", nargs="?", metavar="TEXT", help="what a GPT is specialised on: a file, or a corpus"
    )
    parser.add_argument(
        "--method",
        choices=["lora", "block"],
        help="what is trained of a GPT: a change of rank 8 of each matrix, or the last block "
        "(default: by its size)",
    )
    parser.add_argument("--epochs", type=int, default=3, metavar="N", help="passes over the text")
    parser.add_argument(
        "--rate", type=float, default=0.0, metavar="R", help="AdamW's (default: by the method)"
    )
    parser.add_argument(
        "--corpus",
        metavar="TEXT",
        help="what a .keras or .h5 was trained on: it has its alphabet; what heads are named on",
    )
    parser.add_argument(
        "--play", action="append", metavar="SLUG", help="the plays of it; all of them by default"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The shipped models, the pretrained ones and the stored runs; or one that is brought in."""
    from moliere_core import pretrained
    from moliere_core.models.references import list_models
    from moliere_core.runs.index import damaged_runs

    if args.action == "fetch":
        return {"model": _fetch(args.model or "")}
    if args.action == "import":
        return _import(Path(args.model or ""), args.corpus, args.play or [])
    if args.action == "specialise":
        return specialise.run(args.model or "", args.text, args.method, args.epochs, args.rate)
    if args.action == "heads":
        return heads.run(args.model or "", args.corpus)
    fields = ("name", "kind", "parameters", "available")
    found = [*list_models(), *pretrained.entries()]
    listed = [{f: getattr(entry, f) for f in fields} for entry in found]
    for entry, row in zip(found, listed, strict=True):
        if origin := getattr(entry, "imported_from", ""):  # of a run that was not trained here
            row["imported_from"] = origin
    here = {entry.name for entry in found if _is_here(entry)}
    for row in listed:
        if row["name"] in here and not row["available"]:
            row["lacks"] = "torch and transformers"
    worth = [
        {
            "name": found.reference,
            "languages": list(found.languages),
            "parameters": found.parameters,
            "licence": found.licence,
            "gated": found.gated,
            "tried": found.tried,
            "shows": found.shows["en"],
        }
        for found in pretrained.suggestions()
        if found.reference not in here
    ]
    damaged = [{"run": run.name, "error": str(run.error)} for run in damaged_runs()]
    return {"models": listed, "worth_fetching": worth, "damaged": damaged}


def _is_here(entry: ModelEntry) -> bool:
    """Whether a model is on this machine, with what runs it or without."""
    from moliere_core import pretrained

    ready = pretrained.Presence.READY
    return entry.available or (
        pretrained.is_pretrained(entry.name) and pretrained.presence(entry.name) is ready
    )


def _fetch(name: str) -> dict[str, Any]:
    """Fetch a model of the hub, with progress."""
    from moliere_core import pretrained
    from moliere_core.models.references import HUB
    from moliere_core.pretrained.fetching import fetch

    reference = HUB + name.removeprefix(HUB)
    asked = fetch(reference)
    try:
        with progress_bar("fetching") as update:
            while not asked.wait(0.3):
                update(asked.share)
    except KeyboardInterrupt:
        asked.stop()
        raise
    asked.result()
    card = pretrained.card(reference)
    return {"name": reference, "kind": "gpt", "parameters": card.parameters, "available": True}


def _import(path: Path, corpus: str | None, plays: list[str]) -> dict[str, Any]:
    """Bring in a run, or a model that the notebook saved, with progress."""
    from moliere_core.exchange.keras_file import SAVED_MODEL, SUFFIXES, other_archive
    from moliere_core.exchange.run_import import import_run, is_run

    try:
        data = path.read_bytes()
    except OSError as error:
        files = [SAVED_MODEL] if (path / SAVED_MODEL).is_file() else []
        raise other_archive(files) or RunError(
            "{path} cannot be read: give the .zip of a run, as the Training page downloads it, or "
            "the .keras or .h5 file of a model",
            path=path,
        ) from error
    with progress_bar("importing") as update:
        if path.suffix.lower() in SUFFIXES and not is_run(data):
            run = _import_keras(data, path.name, corpus, plays, update)
        else:
            run, _new = import_run(data, path.name, told=update)
    model, history = run.config.model, run.history
    return {
        "run": str(run.path),
        "bits_per_char": history[-1].get("validation_bits_per_char") if history else None,
        "alphabet": _alphabet(run),
        "imported_from": run.imported_from,
        "model": {
            "name": f"run:{run.id}",
            "kind": model.cell,
            "parameters": model.parameter_count(len(run.vocabulary)),
            "available": True,
        },
    }


def _import_keras(
    data: bytes, name: str, source: str | None, plays: list[str], update: Progress
) -> Run:
    from moliere_core.corpus import load_corpus
    from moliere_core.corpus.sources import file_of
    from moliere_core.exchange.keras_import import Step, import_keras, notebook_texts

    def told(step: Step, share: float) -> None:
        update((1 + share) / 2 if step == "measure" else share / 2)

    corpus = load_corpus(source)
    chosen = corpus.select(plays) if plays else corpus
    text, own = notebook_texts(chosen, file_of(source), plays)
    return import_keras(data, name, chosen, text, on_step=told, plays=own)


def _alphabet(run: Run) -> str:
    """How an imported model numbers its characters, in words."""
    from moliere_core.exchange.keras_alphabets import RULES

    rule, play = RULES.get(str(run.corpus.get("alphabet"))), run.corpus.get("play")
    if rule is None:
        return "its own"
    return f"{rule}, of {play}" if play else str(rule)


def render(result: dict[str, Any]) -> str:
    """One model a line."""
    if "old_text" in result:
        return specialise.render(result)
    if "heads" in result:
        return heads.render(result)
    if "run" in result:
        bits = result["bits_per_char"]
        measured = "" if bits is None else f", {bits:.3f} bits per character"
        name, size = result["model"]["name"], result["model"]["parameters"]
        return f"{name} is here: {size:,} parameters{measured}; alphabet: {result['alphabet']}"
    if "model" in result:
        return f"{result['model']['name']} is here: {result['model']['parameters']:,} parameters"
    rows = [
        (
            m["name"],
            m["kind"],
            _counted(m["parameters"]),
            _remark(m),
        )
        for m in result["models"]
    ]
    text = _columns(rows, right=2)
    text += "".join(f"\n{run['run']}: {run['error']}" for run in result["damaged"])
    if result["worth_fetching"]:
        lines = _columns(
            [
                (
                    m["name"],
                    ", ".join(m["languages"]),
                    _counted(m["parameters"]),
                    m["licence"] + (", to accept on the hub first" if m["gated"] else ""),
                )
                for m in result["worth_fetching"]
            ],
            right=2,
        ).splitlines()
        shown = (m["shows"] for m in result["worth_fetching"])
        text += "\n\nWorth fetching, with moliere models fetch NAME:\n"
        text += "\n".join(f"{line}\n    {what}" for line, what in zip(lines, shown, strict=True))
    return text


def _remark(model: dict[str, Any]) -> str:
    """What there is to say of a model, after its size."""
    if "imported_from" in model:
        return f"(imported from {model['imported_from']})"
    if "lacks" in model:
        return f"(needs {model['lacks']}, see README)"
    return "" if model["available"] else "(not fetched)"


def _counted(parameters: int) -> str:
    """A number of parameters; a question mark where nobody knows it yet."""
    return f"{parameters:,}" if parameters else "?"


def _columns(rows: Sequence[Sequence[str]], right: int) -> str:
    """Rows as a table, each column as wide as its longest cell, one of them set to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if number == right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
