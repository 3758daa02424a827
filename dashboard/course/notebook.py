"""The notebook that a student takes home: the whole course, corrected, and it runs.

A teacher edits it as he edits a lesson: `lessons/LANGUAGE/notebook.md` is Markdown, in which what
stands between a line "```python" and a line "```" is a cell that runs. In these cells, and there
alone, names such as `$model` are filled in as in the corrected cells of the pages, see
`shared.snippets`; a text keeps its dollars, which are its formulas'. A test runs every cell, with
Keras and without it.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import Any

from dashboard.shared import i18n, snippets
from moliere_core.config import PRESETS, RunConfig
from moliere_core.corpus import EMBEDDED

# Where `pip` finds the project where nobody has said it: nobody's address.
NOWHERE = "https://example.org/moliere.git"

_CELL = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Size:
    """How much the notebook does.

    Attributes:
        config: of the network that it trains.
        fetch: whether it downloads GPT-2 and gpt-fr.
        chars: characters of a text that it writes.
        short: of those that are voted on.
        passage: characters of the passage that is read while learning.
    """

    config: RunConfig = PRESETS["cours-rapide"]
    fetch: bool = True
    chars: int = 150
    short: int = 80
    passage: int = 6_000


FULL = Size()


def cells(reference: str, prompt: str, size: Size = FULL) -> list[tuple[str, str]]:
    """The cells in order, each with its kind: ("markdown", text) or ("code", source).

    Args:
        reference: of the model that writes and goes on learning, one with cells.
        prompt: what it goes on from.
        size: how much the notebook does.
    """
    model, training = size.config.model, size.config.training
    values = {
        "repository": os.environ.get("MOLIERE_REPOSITORY") or NOWHERE,
        "model": reference,
        "start": prompt,
        "source": EMBEDDED,
        "length": training.seq_length,
        "shift": training.shift,
        "batch": training.batch_size,
        "embedding": model.embedding_dim,
        "units": model.units,
        "epochs": training.epochs,
        "fetch": size.fetch,
        "chars": size.chars,
        "short": size.short,
        "passage": size.passage,
    }
    parts = _CELL.split(i18n.lesson("notebook"))  # text, cell, text, ... text
    found = []
    for number, part in enumerate(parts):
        if number % 2:
            found.append(("code", snippets.fill(part, **values).strip()))
        elif part.strip():
            found.append(("markdown", part.strip()))
    return found


def document(reference: str, prompt: str, size: Size = FULL) -> str:
    """The notebook as Jupyter's JSON, nbformat 4.5; see `cells`."""
    found: list[dict[str, Any]] = [
        {
            "id": f"cell-{number}",
            "cell_type": kind,
            "metadata": {},
            "source": source.splitlines(keepends=True),
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for number, (kind, source) in enumerate(cells(reference, prompt, size))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {
            "cells": found,
            "metadata": {
                "kernelspec": kernel,
                "language_info": {"name": "python"},
                "accelerator": "GPU",  # Colab's hint, which other programs pass over
                "colab": {"provenance": [], "gpuType": "T4"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )
