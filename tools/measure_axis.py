"""Measure every model on the shipped axis' texts: `python -m tools.measure_axis [MODEL ...]`.

Writes moliere_core/assets/axis/axis.json. Needs `MOLIERE_CORPUS` with Molière's plays; `mini-gpt`
needs torch, and models of the hub (named on the command line) their files in the hub's cache.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from moliere_core import pretrained
from moliere_core.corpus import load_corpus
from moliere_core.measures import axis
from moliere_core.models.references import SHIPPED, load_model
from moliere_core.text.normalise import normalise


def main(models: list[str]) -> None:
    corpus = load_corpus()
    train = axis.training_text(corpus)
    if train is None:
        sys.exit("MOLIERE_CORPUS does not hold the two validation plays")
    texts = {
        name: normalise(corpus.select([play]).text()) for name, play in axis.VALIDATION.items()
    }
    texts["modern"] = normalise(axis.MODERN.read_text(encoding="utf-8").strip())
    references = [*axis.NGRAMS, *SHIPPED, pretrained.MINI, *models]
    vocabulary = load_model("petit").vocabulary
    found = {}
    for name, text in texts.items():
        points = [axis.uniform(vocabulary, text, len(train))]
        points += [axis.compressed(c, train, text) for c in axis.COMPRESSORS]
        points += [axis.measure(r, text, len(train), name != "modern") for r in references]
        found[name] = [asdict(point) for point in points]
        for point in points:
            print(f"{name:8} {point.model:28} {point.bits_per_char:.3f}", file=sys.stderr)
    document = {"chars": {n: len(t) for n, t in texts.items()}, "points": found}
    axis.SHIPPED_FIGURES.parent.mkdir(parents=True, exist_ok=True)
    axis.SHIPPED_FIGURES.write_text(
        json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
