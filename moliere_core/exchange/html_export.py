"""A trained network as one HTML page, which writes on a telephone that has no network.

The page holds the weights, the alphabet, and an engine in JavaScript (`assets/takehome`) that does
what `networks` and `models.sampling` do: with the same prompt, temperature and seed it writes the
same text, letter for letter. Nothing is fetched: its own policy forbids it.
"""

from __future__ import annotations

import base64
import html
import json
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.assets import ASSETS
from moliere_core.config import SamplingConfig
from moliere_core.networks.loading import load_weights, network_of
from moliere_core.runs.run import Run
from moliere_core.system.scripts import bundled

PAGE = ASSETS / "takehome"
PLAIN = SamplingConfig()  # all characters, by their probabilities


def to_html(
    run: Run,
    snapshot: str | int | None = None,
    name: str = "",
    prompt: str = "",
    sampling: SamplingConfig = PLAIN,
    seed: int = 0,
) -> bytes:
    """A run as a page, in UTF-8.

    Args:
        run: of any cell.
        snapshot: which weights, see `Run.snapshot`; by default the last.
        name: what the page calls the model; by default the run's.
        prompt: what the page opens with, as `sampling` and `seed` are.
        sampling: how its characters are drawn.
        seed: of the draws.

    Raises:
        ModelError: its weights cannot be read, or are of another network than its settings.
        RunError: it has no such snapshot.
    """
    found = run.snapshot(snapshot)
    weights = load_weights(found.path)
    parameters = network_of(weights, run.config.model).parameters
    packed = {name: _packed(array) for name, array in weights.items()}
    config = run.config.model
    model = {
        "name": name or run.label or run.id,
        "cell": config.cell,
        "layers": config.layers,
        "units": config.units,
        "heads": config.heads,
        "context": config.context,
        "chars": run.vocabulary.chars,
        "tensors": [
            {"name": name, "shape": array.shape, "half": array.dtype == np.float16}
            for name, array in packed.items()
        ],
        "parameters": parameters,
        "bits": _bits(run, found.epoch),
        "prompt": prompt,
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "seed": seed,
    }
    page = Template(_asset("page.html")).substitute(
        title=html.escape(str(model["name"])),
        style=_asset("page.css"),
        script=bundled(PAGE / "page.js"),
        labels=_embedded(json.loads(_asset("labels.json"))),
        model=_embedded(model),
        weights=base64.b64encode(b"".join(array.tobytes() for array in packed.values())).decode(),
    )
    return page.encode()


def _packed(array: NDArray[np.float32]) -> NDArray[np.float16] | NDArray[np.float32]:
    """Little-endian, in half precision where that loses nothing: shipped weights are stored so."""
    with np.errstate(over="ignore"):  # what is too large is kept as it is
        half = array.astype("<f2")
    return half if np.array_equal(half.astype(np.float32), array) else array.astype("<f4")


def _bits(run: Run, epoch: int | None) -> float | None:
    """Bits per character that were measured at the end of an epoch, if they were."""
    for record in run.history:
        if record.get("epoch") == epoch:
            bits: float | None = record.get("validation_bits_per_char")
            return bits
    return None


def _asset(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


def _embedded(document: Any) -> str:
    """JSON that no browser takes for the end of its script."""
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
