"""Hash the words of the training plays, for `moliere_core.exploration.lexicon`.

    MOLIERE_CORPUS=moliere.csv python -m tools.index_words [FOLDER]

It takes three seconds and gives the same file every time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from moliere_core.config import RunConfig
from moliere_core.corpus import load_corpus, split
from moliere_core.exploration.lexicon import LEXICON, Lexicon, share_known
from moliere_core.text.normalise import normalise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=LEXICON.parent)
    args = parser.parse_args()
    corpus = load_corpus()
    texts = split(corpus, (), RunConfig().validation)
    lexicon = Lexicon.from_text(texts.train_text)
    lexicon.save(args.folder / LEXICON.name)
    held = share_known(lexicon.read(normalise(texts.validation_text)))
    card = {"words": len(lexicon), "held_out_share": held, "corpus": corpus.digest}
    (args.folder / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(card)


if __name__ == "__main__":
    main()
