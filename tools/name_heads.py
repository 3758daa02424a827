"""Name the attention heads of shipped transformers, and write the names beside the weights.

    MOLIERE_CORPUS=moliere.csv python -m tools.name_heads [NAME ...]
    python -m tools.name_heads --table      # what was measured, as docs/training.md has it

Heads are named on the training plays and measured again on the plays held out. Run it again
whenever the weights, or the names that there are, change.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.corpus import Corpus, load_corpus
from moliere_core.inspection.heads import HeadTable, load_heads, name_character_heads, save_heads
from moliere_core.inspection.transformer_trace import weights_digest
from moliere_core.measures import head_names
from moliere_core.models.networks import TransformerModel
from moliere_core.models.references import MINI, load_network_model
from moliere_core.pretrained import catalogue, name_heads
from moliere_core.pretrained.operations import opened

PASSAGES = (200, 100)  # on which heads are named, and on which they are measured again
NAMES = (MINI, "petit-gpt")


def measure(name: str, corpus: Corpus) -> HeadTable:
    """The heads of a model in `assets/NAME`, of tokens or of characters."""
    source = Path(corpus.source).name
    if name != MINI:
        model = load_network_model(name)
        if not isinstance(model, TransformerModel):
            sys.exit(f"{name} has no heads: name a transformer")
        found = head_names.of_characters(model, corpus, PASSAGES)
        return name_character_heads(model, found.find, found.check, source, found.plays)
    weights = weights_digest(opened(name, catalogue.check(name)).transformer)
    found = head_names.of_tokens(corpus, PASSAGES)
    request = name_heads(name, found.find, found.check, source, found.plays, weights, ASSETS / name)
    table = request.result()
    assert table is not None
    return table


def rows(name: str, table: HeadTable) -> Iterator[str]:
    """A line of Markdown for each head: its name, and what it looks at the most.

    That is its name, or, of one that has none, what it does best on the second text.
    """
    for head in table.heads:
        best = head.best
        found, again = head.found[best], head.checked[best]
        shares = (
            f"{share:.1%}"
            for share in (found.share, again.share, again.chance, head.spread_checked)
        )
        named = f"`{head.name}`" if head.name else "–"
        cells = (f"`{name}`", f"{head.layer + 1}.{head.head + 1}", named, f"`{best}`", *shares)
        yield f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    parser.add_argument(
        "--table", action="store_true", help="print what is shipped; measure nothing"
    )
    args = parser.parse_args()
    corpus = None if args.table else load_corpus()
    for name in args.names:
        if corpus is not None:
            save_heads(ASSETS / name, measure(name, corpus))
        table = load_heads(ASSETS / name)
        if table is None:
            sys.exit(f"{name} ships no names: run this without --table")
        print(*rows(name, table), sep="\n")


if __name__ == "__main__":
    main()
