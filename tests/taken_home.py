"""Runs of every cell to take home, and what Python writes with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from moliere_core.config import CELLS, ModelConfig, SamplingConfig
from moliere_core.exchange.html_export import to_html
from moliere_core.models.references import load_model, open_run
from moliere_core.models.sampling import generate
from moliere_core.networks.initial import initial_weights
from moliere_core.runs.run import Run
from tests.networks import LETTERS, make_run

PROMPT = "Mon frère, sœur\nau loin"  # with characters that small alphabets lack
CHARS = 1000
SPREAD = 0.2


@dataclass(frozen=True)
class Text:
    """What Python writes after `PROMPT`."""

    sampling: SamplingConfig
    seed: int
    text: str


def small_run(path: Path, cell: str) -> Run:
    """Two layers over `LETTERS`, with weights far enough from zero for every part to count.

    And near enough for a recurrent network to forget, as trained ones do: one that is chaotic
    would make of the last digits of a sum, which no two engines share, another text.
    """
    sizes = {"heads": 2, "context": 64} if cell == "transformer" else {"embedding_dim": 6}
    config = ModelConfig(cell=cell, units=16, layers=2, dropout=0.0, **sizes)  # type: ignore[arg-type]
    run = make_run(path, (), config)
    rng = np.random.default_rng(5)
    drawn = initial_weights(config, len(LETTERS))
    weights = {n: w + rng.normal(0, SPREAD, w.shape) for n, w in drawn.items()}
    run.save_snapshot("epoch-001", weights)
    return run


def page(folder: Path, model: str) -> Path:
    """The HTML file of `petit`, or of a small run of a cell."""
    run = small_run(folder / model, model) if model in CELLS else open_run(model)[0]
    file = folder / f"{model}.html"
    file.write_bytes(to_html(run, name=model))
    return file


def texts(folder: Path, model: str, samplings: Sequence[SamplingConfig]) -> list[Text]:
    """What the same model writes in Python."""
    found = load_model(str(folder / model) if model in CELLS else model)
    seeds = [7 + number for number in range(len(samplings))]
    written = generate(found, [PROMPT] * len(seeds), samplings, seeds, CHARS)
    return [Text(*row) for row in zip(samplings, seeds, written, strict=True)]
