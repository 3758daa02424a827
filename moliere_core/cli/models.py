"""List the models that can be named, fetch one of the hub, or bring in a run's .zip."""

from __future__ import annotations

import argparse
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
    return {"models": [{f: getattr(entry, f) for f in fields} for entry in found]}


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
    width = max(len(m["name"]) for m in result["models"]) + 2
    return "\n".join(
        f"{m['name']:<{width}}{m['kind']:<8}{m['parameters']:>12,}"
        + ("" if m["available"] else "  (not fetched)")
        for m in result["models"]
    )
