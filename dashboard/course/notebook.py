"""The notebook that a student takes home: the corrected cells of the course, which run."""

from __future__ import annotations

import json
from typing import Any

from dashboard.shared import snippets
from dashboard.shared.i18n import _
from moliere_core.config import PRESETS, SamplingConfig
from moliere_core.corpus import EMBEDDED

SEED = 1
TEMPERATURES = (0.2, 0.5, 0.8, 1.0, 1.3)


def cells(reference: str, prompt: str) -> list[tuple[str, str]]:
    """The cells in order, each with its kind: ("markdown", text) or ("code", source)."""

    def cell(name: str, **values: Any) -> tuple[str, str]:
        return "code", snippets.filled(name, model=reference, **values)

    config = snippets.config(SamplingConfig(0.8))
    columns = snippets.columns((prompt, SamplingConfig(value)) for value in TEMPERATURES)
    return [
        ("markdown", _("# Écrire comme Molière, un caractère à la fois")),
        (
            "markdown",
            _(
                "Installez d’abord le projet : clonez-le, puis `pip install -r requirements.txt`. "
                "Toutes les cellules se lancent dans l’ordre ; la dernière entraîne un réseau, et "
                "demande quelques minutes."
            ),
        ),
        ("markdown", _("## 1. Le modèle écrit")),
        cell("home", prompt=prompt, config=config, seed=SEED),
        ("markdown", _("## 2. La température")),
        cell("temperature", columns=columns, seed=SEED, chars=200),
        ("markdown", _("## 3. Le caractère suivant")),
        cell("probabilities", text=prompt, config=config, bars=10),
        ("markdown", _("## 4. Lire avec les yeux du modèle")),
        cell("reading", text=prompt),
        ("markdown", _("## 5. Entraîner votre réseau")),
        ("code", snippets.training(PRESETS["demo"], EMBEDDED)),
    ]


def document(reference: str, prompt: str) -> str:
    """The notebook as Jupyter's JSON, nbformat 4.5."""
    found: list[dict[str, Any]] = [
        {
            "id": f"cell-{number}",
            "cell_type": kind,
            "metadata": {},
            "source": source.splitlines(keepends=True),
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for number, (kind, source) in enumerate(cells(reference, prompt))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {
            "cells": found,
            "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )
