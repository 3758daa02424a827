"""How far a token model's bits are above those of the text.

    MOLIERE_CORPUS=moliere.csv python -m tools.measure_tokenisations [MODEL]

A text has many tokenisations, and its probability is the sum over all of them. What `moliere
evaluate` gives for a token model counts one, the tokeniser's own: an upper bound of the bits. Here
both are measured on the held-out plays, piece after piece of some tokens, each after the same
context: the tokeniser's own way through the piece, and the sum over the ways of a wide beam. Each
piece's context stays the tokeniser's own, and ways that the beam drops are not counted, so that
the second figure is an upper bound too, a closer one.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass

from moliere_core.corpus import load_corpus
from moliere_core.measures import axis
from moliere_core.models.references import MINI
from moliere_core.pretrained import catalogue, operations
from moliere_core.pretrained.beam import CharacterBeam, TokenModel
from moliere_core.text.normalise import normalise

PIECE = 32  # tokens
CONTEXT = 192  # tokens before each piece, at most
WIDTH = 16  # hypotheses
PRUNE = 1e-5  # share of the mass below which one is dropped


@dataclass(frozen=True)
class Bits:
    """Bits per character of one text.

    Attributes:
        own: of the tokeniser's own tokens alone.
        summed: of all tokenisations that the beam followed.
    """

    own: float
    summed: float


def measure(model: TokenModel, text: str) -> Bits:
    """Both figures of a text, each piece of which is read after up to CONTEXT tokens."""
    ids = model.encode(text)
    beam = CharacterBeam(model, width=WIDTH, prune=PRUNE)
    own = summed = 0.0
    for first in range(0, len(ids), PIECE):
        context = (*model.begin, *ids[max(0, first - CONTEXT) : first])
        piece = tuple(ids[first : first + PIECE])
        own -= log_prob(model, context, piece)
        summed -= summed_log_prob(beam, context, piece)
    return Bits(own / math.log(2) / len(text), summed / math.log(2) / len(text))


def log_prob(model: TokenModel, context: tuple[int, ...], piece: tuple[int, ...]) -> float:
    """Of these very tokens after a context, in nats, among the tokens that write something."""
    rows = model.probs([(*context, *piece[:-1])], len(piece))[0]
    written = rows[:, model.vocabulary.order].sum(1) + rows[:, model.vocabulary.ends].sum(1)
    return sum(
        math.log(row[token] / total) for row, token, total in zip(rows, piece, written, strict=True)
    )


def summed_log_prob(beam: CharacterBeam, context: tuple[int, ...], piece: tuple[int, ...]) -> float:
    """Of the bytes that these tokens write, whatever tokens write them, in nats."""
    tokens = beam.model.vocabulary.tokens
    reached = beam.start(context)
    stays: set[tuple[int, ...]] = {context}
    for at, token in enumerate(piece):
        for number, byte in enumerate(tokens[token], 1):
            if number == len(tokens[token]):  # the tokeniser's own way is never dropped
                stays = {(*context, *piece[: at + 1])}
            pushed = beam.push(reached, byte, stays=stays)
            if pushed is None:
                raise ValueError(f"no way through {tokens[token]!r}")
            reached = pushed
    return reached.log_prob


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", default=MINI, metavar="MODEL")
    reference = parser.parse_args().model
    model = operations.opened(reference, catalogue.check(reference))
    corpus = load_corpus()
    sizes, both = 0, [0.0, 0.0]
    for name, play in axis.VALIDATION.items():
        text = normalise(corpus.select([play]).text())
        found = measure(model, text)
        sizes += len(text)
        both = [both[0] + found.own * len(text), both[1] + found.summed * len(text)]
        print(f"{name}: {found.own:.4f} own, {found.summed:.4f} summed", file=sys.stderr)
    print(f"{reference}: {both[0] / sizes:.4f} own, {both[1] / sizes:.4f} summed")


if __name__ == "__main__":
    main()
