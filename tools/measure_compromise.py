"""Measure models from cold to hot: `python -m tools.measure_compromise [MODEL ...]`.

    MOLIERE_CORPUS=moliere.csv python -m tools.measure_compromise [--folder FOLDER] [MODEL ...]

Writes `MODEL.json` into moliere_core/assets/compromise: without a name, for all shipped models and
n-grams. A model whose weights are those that were measured is passed over, unless it is named. It
takes half a minute a model, and several for `mini-gpt`; the same figures come out every time.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from moliere_core import pretrained
from moliere_core.corpus import load_corpus
from moliere_core.judging import compromise
from moliere_core.judging.sources import sources
from moliere_core.measures.axis import VALIDATION
from moliere_core.models.references import SHIPPED

NGRAMS = ("kn-3", "kn-5", "kn-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--folder", type=Path, default=compromise.SHIPPED)
    args = parser.parse_args()
    corpus = load_corpus()
    real = [
        passage
        for play in VALIDATION.values()
        for passage in compromise.passages_of(corpus.select([play]).text())
    ]
    for model in args.models or (*NGRAMS, *SHIPPED, pretrained.MINI):
        if not args.models and compromise.find(model):
            continue
        began = time.perf_counter()
        found = compromise.measure(model, sources(model, [corpus]), real)
        document = json.dumps(found.to_json(), ensure_ascii=False, separators=(",", ":"))
        args.folder.mkdir(parents=True, exist_ok=True)
        (args.folder / f"{model}.json").write_text(document + "\n", encoding="utf-8")
        best, seconds = found.best(), time.perf_counter() - began
        setting = f"T = {best.temperature}, top_p = {best.top_p}"
        print(f"{model}: {setting}, {found.gap(best):.2f} from real plays ({seconds:.0f} s)")
    pretrained.close()


if __name__ == "__main__":
    main()
