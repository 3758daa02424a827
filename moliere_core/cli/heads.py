"""`moliere models heads`: the heads of a transformer, named by what they measurably do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from moliere_core.cli.progress import progress_bar

if TYPE_CHECKING:
    from moliere_core.corpus import Corpus
    from moliere_core.inspection.heads import HeadTable
    from moliere_core.models.networks import TransformerModel


def run(reference: str, source: str | None) -> dict[str, Any]:
    """The names that are there, or, with progress, those that are found on a corpus and kept."""
    from moliere_core import pretrained
    from moliere_core.cli import options
    from moliere_core.corpus import load_corpus
    from moliere_core.errors import ModelError
    from moliere_core.measures import head_names
    from moliere_core.models.networks import TransformerModel
    from moliere_core.models.references import load_network_model

    if not reference:
        raise ModelError("give the model whose heads are named: moliere models heads petit-gpt")
    options.model(reference)  # a folder is opened by its path
    model = None
    if not pretrained.is_pretrained(reference):
        found = load_network_model(reference)
        if not isinstance(found, TransformerModel):
            raise ModelError(
                "{reference} has no heads: name a transformer, such as petit-gpt",
                reference=reference,
            )
        model = found
    weights = head_names.identity(reference, model)
    table = None if source else head_names.shipped(reference, weights)
    if table is None:
        corpus = load_corpus(source)
        table = head_names.kept(weights, head_names.folder(weights, corpus))
        table = table or _name(reference, model, corpus)
    heads = [
        {
            "layer": head.layer + 1,
            "head": head.head + 1,
            "name": head.name,
            "looks_at": head.best,
            "share": head.found[head.best].share,
            "share_again": head.checked[head.best].share,
            "chance": head.checked[head.best].chance,
            "spread": head.spread_checked,
        }
        for head in table.heads
    ]
    return {
        "model": reference,
        "corpus": table.corpus,
        "plays_again": list(table.plays),
        "symbols": table.found_on,
        "symbols_again": table.checked_on,
        "heads": heads,
    }


def _name(reference: str, model: TransformerModel | None, corpus: Corpus) -> HeadTable:
    from moliere_core.measures import head_names

    source = Path(corpus.source).name
    with progress_bar("naming heads") as update:
        if model is not None:
            return head_names.name_characters(model, corpus, source, update)
        asked = head_names.name_tokens(reference, head_names.of_tokens(corpus), corpus, source)
        while not asked.wait(0.3):
            update(asked.share)
        table = asked.result()
    assert table is not None  # once it has ended well
    return table


def render(result: dict[str, Any]) -> str:
    """One head a line."""
    again = ", ".join(result["plays_again"]) or "the end of the same text"
    lines = [
        f"{result['model']}: named on {result['symbols']:,} symbols ({result['corpus']}), measured "
        f"again on {result['symbols_again']:,} ({again})",
        "head   name          looks at      share  again  chance  places",
    ]
    for head in result["heads"]:
        place = f"{head['layer']}.{head['head']}"
        shares = (f"{head[name]:>6.1%}" for name in ("share", "share_again", "chance", "spread"))
        lines.append(
            f"{place:<5}  {head['name'] or '-':<12}  {head['looks_at']:<12} {' '.join(shares)}"
        )
    return "\n".join(lines)
