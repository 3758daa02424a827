"""Measure every model on the shipped axis' texts: `python -m tools.measure_axis [MODEL ...]`.

With names, those models alone are measured, and the others' figures stay. Writes
moliere_core/assets/axis/axis.json. Needs `MOLIERE_CORPUS` with Molière's plays; models of the hub,
which have to be named, need their files in the hub's cache.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from moliere_core import pretrained
from moliere_core.corpus import load_corpus
from moliere_core.measures import axis
from moliere_core.models.references import SHIPPED, load_model
from moliere_core.text.normalise import normalise

REFERENCES = (*axis.NGRAMS, *SHIPPED, pretrained.MINI)


def main(named: list[str]) -> None:
    corpus = load_corpus()
    train = axis.training_text(corpus)
    if train is None:
        sys.exit("MOLIERE_CORPUS does not hold the two validation plays")
    texts = {
        name: normalise(corpus.select([play]).text()) for name, play in axis.VALIDATION.items()
    }
    texts["modern"] = normalise(axis.MODERN.read_text(encoding="utf-8").strip())
    before = json.loads(axis.SHIPPED_FIGURES.read_text("utf-8"))["points"] if named else {}
    found = {}
    for name, text in texts.items():
        held_out = name != "modern"
        points = [] if named else without_weights(text, train)
        points += [axis.measure(r, text, len(train), held_out) for r in named or REFERENCES]
        for point in points:
            print(f"{name:8} {point.model:28} {point.bits_per_char:.3f}", file=sys.stderr)
        found[name] = replaced(before.get(name, []), [asdict(point) for point in points])
    document = {"chars": {n: len(t) for n, t in texts.items()}, "points": found}
    axis.SHIPPED_FIGURES.parent.mkdir(parents=True, exist_ok=True)
    axis.SHIPPED_FIGURES.write_text(
        json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def without_weights(text: str, train: str) -> list[axis.Point]:
    """Chance, and the compressors."""
    vocabulary = load_model("petit").vocabulary
    compressed = [axis.compressed(c, train, text) for c in axis.COMPRESSORS]
    return [axis.uniform(vocabulary, text, len(train)), *compressed]


def replaced(
    before: Sequence[dict[str, Any]], points: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Points as they were, those measured again in their places, new ones at the end."""
    by_model = {point["model"]: point for point in [*before, *points]}
    return list(by_model.values())


if __name__ == "__main__":
    main(sys.argv[1:])
