"""The heads of a transformer named on some plays and measured again on others, and kept.

`inspection.heads` measures; this chooses the texts, and knows where names are: beside the weights
of what is shipped, else in `MOLIERE_HOME/heads`, a folder for a model and a corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from moliere_core.assets import ASSETS
from moliere_core.config import RunConfig
from moliere_core.corpus import Corpus
from moliere_core.errors import ModelError
from moliere_core.inspection import heads
from moliere_core.inspection.heads import HeadTable, load_heads
from moliere_core.inspection.transformer_trace import MOST_TOKENS, weights_digest
from moliere_core.models.networks import TransformerModel
from moliere_core.models.references import MINI, open_run
from moliere_core.pretrained import Request, catalogue, is_pretrained, name_heads
from moliere_core.system.progress import Progress
from moliere_core.system.storage import home
from moliere_core.text.normalise import normalise

# Passages on which heads are named, and on which they are measured again: GPT-2 takes 40 s of a
# processor for them.
PASSAGES = (60, 30)
CHARS_PER_TOKEN = 6  # more than any tokenizer's in French: every passage is long enough
LAST_SHARE = 1 / 3  # of a text that is one play: measured again on its end


@dataclass(frozen=True)
class Passages:
    """What heads are named on.

    Attributes:
        find: normalised passages on which they are named.
        check: others, on which they are measured again.
        plays: titles of the plays that `check` is of; none where it is the end of one play.
    """

    find: tuple[str, ...]
    check: tuple[str, ...]
    plays: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are of both."""
        return len(self.find) + len(self.check)


def passages(corpus: Corpus, counts: tuple[int, int], length: int) -> Passages:
    """Passages of two parts of a corpus that have no play in common.

    What the shipped models have not read is what heads are measured on again, where it is in the
    corpus; else one play in three; of a single play, its end.

    Args:
        corpus: of any plays.
        counts: passages of each part, at most.
        length: characters of each.

    Raises:
        ModelError: a part is shorter than one passage.
    """
    held = [play for play in RunConfig().validation if play in corpus.plays]
    if not held or len(held) == len(corpus.plays):
        held = list(corpus.plays[1::3])
    if held:
        texts = [normalise(part.text()) for part in (corpus.without(held), corpus.select(held))]
    else:
        text = normalise(corpus.text())
        cut = round(len(text) * (1 - LAST_SHARE))
        texts = [text[:cut], text[cut:]]
    find, check = (
        tuple(heads.passages(text, count, length))
        for text, count in zip(texts, counts, strict=True)
    )
    return Passages(find, check, tuple(corpus.titles[play] for play in held))


def of_characters(
    model: TransformerModel, corpus: Corpus, counts: tuple[int, int] = PASSAGES
) -> Passages:
    """Passages as long as a transformer of characters reads at once."""
    return passages(corpus, counts, min(MOST_TOKENS, model.network.transformer.context_length))


def of_tokens(corpus: Corpus, counts: tuple[int, int] = PASSAGES) -> Passages:
    """Passages for a model of tokens, which reads the beginning of each."""
    return passages(corpus, counts, MOST_TOKENS * CHARS_PER_TOKEN)


# Where names are


def identity(reference: str, model: TransformerModel | None = None) -> str:
    """What tells a model's weights from all others, under which its names are kept.

    Args:
        reference: of the model.
        model: what it is, where it is one of characters.

    Raises:
        ModelError: it is not on this machine.
    """
    if model is not None:
        return weights_digest(model.network.transformer)
    return catalogue.identity(catalogue.check(reference))


def folder(weights: str, corpus: Corpus) -> Path:
    """Where the names of a model's heads are kept once they have been found on a corpus."""
    return home() / "heads" / f"{weights}-{corpus.digest[:12]}"


def shipped(reference: str, weights: str) -> HeadTable | None:
    """Those that came with a model; None where none did, or where they are of another epoch."""
    if reference == MINI:
        return load_heads(ASSETS / MINI)
    return None if is_pretrained(reference) else kept(weights, open_run(reference)[0].path)


def kept(weights: str, folder: Path) -> HeadTable | None:
    """Those of a folder; None where it has none, none that can be read, or another model's.

    Whatever is not taken is found again, and written over.
    """
    try:
        table = load_heads(folder)
    except ModelError:  # damaged
        return None
    return table if table is not None and table.weights == weights else None


# Naming


def name_characters(
    model: TransformerModel, corpus: Corpus, source: str, progress: Progress | None = None
) -> HeadTable:
    """Name the heads of a transformer of characters, and keep the names.

    Args:
        model: whose heads they are.
        corpus: on which.
        source: what to call it.
        progress: told the share done, from 0 to 1.

    Raises:
        ModelError: the corpus is too short.
        RunError: the names cannot be kept.
    """
    found = of_characters(model, corpus)
    table = heads.name_character_heads(
        model, found.find, found.check, source, found.plays, progress
    )
    heads.save_heads(folder(table.weights, corpus), table)
    return table


def name_tokens(
    reference: str, found: Passages, corpus: Corpus, source: str
) -> Request[HeadTable | None]:
    """Have the worker name the heads of a model of tokens, and keep the names.

    Args:
        reference: of the model.
        found: passages of `of_tokens`.
        corpus: that they are of.
        source: what to call it.

    Raises:
        ModelError: the model is not on this machine.
    """
    weights = identity(reference)
    place = folder(weights, corpus)
    return name_heads(reference, found.find, found.check, source, found.plays, weights, place)
