"""What subcommands ask of a model, whether of characters or of tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from moliere_core.config import SamplingConfig
    from moliere_core.pretrained import Request

T = TypeVar("T")
ALPHABET = "petit"  # the model whose alphabet the bars of models of tokens are over
EXTRA = ("unknown", "end", "unresolved")


@dataclass(frozen=True)
class Following:
    """The distribution of the next character.

    Attributes:
        chars: with their probabilities, most probable first.
        extra: probabilities of what is no character of the alphabet.
        entropy_bits: of all of it.
    """

    chars: list[tuple[str, float]]
    extra: dict[str, float]
    entropy_bits: float


def following(reference: str, prompt: str, config: SamplingConfig) -> Following:
    """The next character after a prompt.

    For a model of tokens, temperature and filters act on the characters of the alphabet and on
    the three extra bars alike, as they would on so many symbols.
    """
    import numpy as np

    from moliere_core import pretrained
    from moliere_core.models.references import load_model
    from moliere_core.models.sampling import entropy_bits, next_distribution

    if pretrained.is_pretrained(reference):
        alphabet = load_model(ALPHABET).vocabulary.chars
        found = waited(pretrained.next_chars(reference, prompt, alphabet))
        raw = np.array([0.0, *found.probs, *found.extra.values()])  # 0: the unknown symbol
        with np.errstate(divide="ignore"):
            logits = np.log(raw).astype(np.float32)
        chars = alphabet
    else:
        model = load_model(reference)
        logits, chars = model.start([prompt])[0][0], model.vocabulary.chars
    probs = next_distribution(logits, config)
    shown = probs[1 : 1 + len(chars)].tolist()
    ranked = sorted(zip(chars, shown, strict=True), key=lambda pair: (-pair[1], pair[0]))
    # A character model never ends, resolves every character and never draws the unknown one.
    rest = probs[1 + len(chars) :].tolist() or [0.0] * len(EXTRA)
    return Following(ranked, dict(zip(EXTRA, rest, strict=True)), entropy_bits(probs))


def waited(request: Request[T], update: Callable[[float], None] | None = None) -> T:
    """The whole answer, with progress meanwhile; a request is given up with the command."""
    try:
        while not request.wait(0.2):
            if update is not None:
                update(request.share)
        return request.result()
    finally:
        request.cancel()
