"""Name the attention heads of shipped transformers, and write the names beside the weights.

    MOLIERE_CORPUS=moliere.csv python -m tools.name_heads [NAME ...]

Heads are named on the training plays and measured again on the plays held out. Run it again
whenever the weights, or the names that there are, change.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.corpus import Corpus, load_corpus
from moliere_core.inspection.heads import (
    EVERYWHERE,
    HeadTable,
    name_character_heads,
    name_heads,
    save_heads,
    windows,
)
from moliere_core.inspection.transformer_trace import MOST_TOKENS
from moliere_core.measures.axis import VALIDATION
from moliere_core.models.networks import TransformerModel
from moliere_core.models.references import load_network_model
from moliere_core.pretrained import is_pretrained
from moliere_core.pretrained.operations import opened
from moliere_core.text.normalise import normalise

FIND_WINDOWS, CHECK_WINDOWS = 200, 100  # texts of `MOST_TOKENS`, or of the network's own length
HELD_OUT = tuple(VALIDATION.values())


def table_of(name: str, corpus: Corpus) -> HeadTable:
    """The heads of a model in `assets/NAME`, of tokens or of characters."""
    parts = (corpus.without(HELD_OUT), corpus.select(HELD_OUT))
    find, check = (normalise(part.text()) for part in parts)
    source, counts = Path(corpus.source).name, (FIND_WINDOWS, CHECK_WINDOWS)
    if not is_pretrained(name):
        model = load_network_model(name)
        if not isinstance(model, TransformerModel):
            sys.exit(f"{name} has no heads: name a transformer")
        return name_character_heads(model, find, check, source, counts)
    tokens = opened(name, ASSETS / name)
    network = tokens.transformer
    length = min(MOST_TOKENS, network.context_length)
    symbols = [token.decode("utf-8", "replace") for token in tokens.vocabulary.tokens]
    found, checked = (
        windows(tokens.encode(text), count, length)
        for text, count in zip((find, check), counts, strict=True)
    )
    return name_heads(network, found, checked, symbols, source)


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
