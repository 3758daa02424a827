"""List the models that can be named, fetch one of the hub, or bring in a run's .zip."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from moliere_core.cli.progress import progress_bar
from moliere_core.errors import RunError

NAME = "models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=["fetch", "import"],
        help="fetch a model of the hub, or import the .zip of a run",
    )
    parser.add_argument(
        "model", nargs="?", metavar="NAME|FILE", help="gpt2, or OWNER/NAME; a file to import"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The shipped models, the pretrained ones and the stored runs; or one that is brought in."""
    from moliere_core import pretrained
    from moliere_core.models import list_models

    if args.action == "fetch":
        return {"model": _fetch(args.model or "")}
    if args.action == "import":
        return {"model": _import(Path(args.model or ""))}
    fields = ("name", "kind", "parameters", "available")
    found = [*list_models(), *pretrained.entries()]
    listed = [{f: getattr(entry, f) for f in fields} for entry in found]
    here = {entry.name for entry in found if entry.available}
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
    return {"models": listed, "worth_fetching": worth}


def _fetch(name: str) -> dict[str, Any]:
    """Fetch a model of the hub, with progress."""
    from moliere_core import pretrained
    from moliere_core.models import HUB
    from moliere_core.pretrained.fetching import fetch

    reference = HUB + name.removeprefix(HUB)
    asked = fetch(reference)
    try:
        with progress_bar("fetching") as update:
            while not asked.wait(0.3).finished:
                update(asked.status.share)
    except KeyboardInterrupt:
        asked.cancel()
        raise
    if asked.status.error is not None:
        raise asked.status.error
    card = pretrained.card(reference)
    return {"name": reference, "kind": "gpt", "parameters": card.parameters, "available": True}


def _import(path: Path) -> dict[str, Any]:
    """Bring a run in, with progress."""
    from moliere_core.run_import import import_run

    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunError(
            "{path} cannot be read: give the .zip of a run, as the Training page downloads it",
            path=path,
        ) from error
    with progress_bar("importing") as update:
        run, _new = import_run(data, path.name, told=update)
    model = run.config.model
    parameters = model.parameter_count(len(run.vocabulary))
    return {
        "name": f"run:{run.id}",
        "kind": model.cell,
        "parameters": parameters,
        "available": True,
    }


def render(result: dict[str, Any]) -> str:
    """One model a line."""
    if "model" in result:
        return f"{result['model']['name']} is here: {result['model']['parameters']:,} parameters"
    rows = [
        (m["name"], m["kind"], _counted(m["parameters"]), "" if m["available"] else "(not fetched)")
        for m in result["models"]
    ]
    text = _columns(rows, right=2)
    if result["worth_fetching"]:
        heads = _columns(
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
        text += "\n".join(f"{head}\n    {what}" for head, what in zip(heads, shown, strict=True))
    return text


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
