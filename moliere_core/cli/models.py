"""List the models that can be named."""

from __future__ import annotations

import argparse
from typing import Any

NAME = "models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No option of its own."""


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The shipped models and the stored runs."""
    from moliere_core.models import list_models

    fields = ("name", "kind", "parameters", "available")
    return {"models": [{f: getattr(entry, f) for f in fields} for entry in list_models()]}


def render(result: dict[str, Any]) -> str:
    """One model a line."""
    return "\n".join(
        f"{m['name']:<20}{m['kind']:<8}{m['parameters']:>12,}"
        + ("" if m["available"] else "  (not fetched)")
        for m in result["models"]
    )
