"""Count the shipped n-grams, `kn-1` to `kn-8`, and measure them: `python -m tools.count_ngrams`.

    MOLIERE_CORPUS=moliere.csv python -m tools.count_ngrams [FOLDER]

Writes `kn-8.safetensors`, which holds the lower orders too, and `card.json` into FOLDER (that of
the shipped ones by default), and prints the table of `card.md`. The alphabet is that of `petit`;
what was read only once is left out. It takes less than a minute and gives the same
counts every time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from moliere_core.config import RunConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.models.evaluation import score
from moliere_core.models.ngrams import NGramModel
from moliere_core.models.references import NGRAM_ORDERS, NGRAMS, open_run

MIN_COUNT = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=NGRAMS.parent)
    folder = parser.parse_args().folder
    corpus, validation = load_corpus(), RunConfig().validation
    texts = split(corpus, (), validation)
    vocabulary = open_run("petit")[0].vocabulary
    largest = NGramModel.train(texts.train_text, max(NGRAM_ORDERS), vocabulary, min_count=MIN_COUNT)
    largest.save(folder / NGRAMS.name)
    bits = {}
    for model in map(largest.truncated, NGRAM_ORDERS):
        bits[model.reference] = round(score(model, texts.validation_text).bits_per_char, 3)
        print(f"| `{model.reference}` | {model.parameters:,} | {bits[model.reference]:.3f} |")
    card = {"corpus": corpus.digest, "validation": list(validation), "bits_per_char": bits}
    document = json.dumps(card, indent=2, ensure_ascii=False)
    (folder / "card.json").write_text(document + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
