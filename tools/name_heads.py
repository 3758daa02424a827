"""Name the attention heads of shipped transformers, and write the names beside the weights.

    MOLIERE_CORPUS=moliere.csv python -m tools.name_heads [NAME ...]

Heads are named on the training plays and measured again on the plays held out. Run it again
whenever the weights, or the names that there are, change.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.corpus import Corpus, load_corpus
from moliere_core.inspection.heads import EVERYWHERE, HeadTable, name_heads, save_heads, windows
from moliere_core.inspection.transformer_trace import MOST_TOKENS
from moliere_core.measures.axis import VALIDATION
from moliere_core.pretrained.operations import opened
from moliere_core.text.normalise import normalise

FIND_WINDOWS, CHECK_WINDOWS = 200, 100  # texts of `MOST_TOKENS`, or of the network's own length
HELD_OUT = tuple(VALIDATION.values())


def table_of(name: str, corpus: Corpus) -> HeadTable:
    """The heads of a model of tokens in `assets/NAME`."""
    model = opened(name, ASSETS / name)
    network = model.transformer
    length = min(MOST_TOKENS, network.context_length)
    symbols = [token.decode("utf-8", "replace") for token in model.vocabulary.tokens]
    find, check = (
        windows(model.encode(normalise(part.text())), count, length)
        for part, count in (
            (corpus.without(HELD_OUT), FIND_WINDOWS),
            (corpus.select(HELD_OUT), CHECK_WINDOWS),
        )
    )
    return name_heads(network, find, check, symbols, Path(corpus.source).name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=["mini-gpt"], metavar="NAME")
    corpus = load_corpus()
    for name in parser.parse_args().names:
        table = table_of(name, corpus)
        save_heads(ASSETS / name, table)
        for head in table.heads:
            print(f"{name} layer {head.layer} head {head.head}: {head.name or 'no name'}")
            print(f"  looks at {head.spread:.0%} of the places ({head.spread_checked:.0%} again)")
            for pattern in (head.name,) if head.name not in ("", EVERYWHERE) else ():
                found, checked = head.found[pattern], head.checked[pattern]
                print(
                    f"  {found.share:.1%} of its attention, chance {found.chance:.1%}; "
                    f"{checked.share:.1%} and {checked.chance:.1%} on the plays held out"
                )


if __name__ == "__main__":
    main()
