"""Hash words, for `moliere_core.exploration.lexicon` and `moliere_core.judging.wordhood`.

    MOLIERE_CORPUS=moliere.csv python -m tools.index_words [--others CORPUS ...] [FOLDER]

`words.npy` has those of the training plays. `wider.npy` has, beside these, those of the corpora
that `--others` names (plays of Corneille and Racine) and of the embedded pastiches; without
`--others` the one that is there stays. It takes a few seconds and gives the same files every time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED, load_corpus, split
from moliere_core.exploration.lexicon import LEXICON, Lexicon, share_known
from moliere_core.judging.wordhood import WIDER
from moliere_core.text.normalise import normalise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=LEXICON.parent)
    parser.add_argument("--others", type=Path, nargs="+", default=[], metavar="CORPUS")
    args = parser.parse_args()
    corpus = load_corpus()
    texts = split(corpus, (), RunConfig().validation)
    lexicon = Lexicon.from_text(texts.train_text)
    lexicon.save(args.folder / LEXICON.name)
    held = share_known(lexicon.read(normalise(texts.validation_text)))
    card = {"words": len(lexicon), "held_out_share": held, "corpus": corpus.digest}
    wider = args.folder / WIDER.name
    if args.others:
        found = [
            Lexicon.from_text(load_corpus(source).text()) for source in (*args.others, EMBEDDED)
        ]
        hashes = np.unique(np.concatenate([lexicon.hashes, *(one.hashes for one in found)]))
        # Those of the training plays are in the other file.
        Lexicon(np.setdiff1d(hashes, lexicon.hashes)).save(wider)
    if wider.is_file():
        card["wider_words"] = len(lexicon) + len(Lexicon.load(wider))
    (args.folder / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(card)


if __name__ == "__main__":
    main()
