"""What the worker of the pretrained models answers with, and what it says of a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import ModelError, one_line
from moliere_core.inspection.attention_step import AttentionStep, NormStep
from moliere_core.inspection.contrast import Contrast
from moliere_core.models.evaluation import Score
from moliere_core.models.sampling import gumbel_noise
from moliere_core.networks.arrays import Array
from moliere_core.pretrained.packing import unpack_attention, unpacked
from moliere_core.pretrained.tokens import Piece

Event = dict[str, Any]
T = TypeVar("T")


def unexpected(reference: str, error: Exception) -> ModelError:
    """What to say of an error that nobody foresaw, of a model."""
    return ModelError(
        "{reference} failed ({kind}: {reason}): choose another model; the log, bridge.log among "
        "the stored runs, has the details",
        reference=reference,
        kind=type(error).__name__,
        reason=one_line(error),
    )


@dataclass(frozen=True)
class Generation:
    """A text that a model writes, as far as it is written.

    Attributes:
        prompt: the normalised prompt, cut into tokens.
        pieces: what the model wrote, cut into tokens.
        tokens: how many tokens it drew.
        seconds: since it began to write, reading the prompt included.
        ended: "length" when all that was asked for is there, "end" where the model ended its
            text, "" while it writes.
    """

    prompt: tuple[Piece, ...] = ()
    pieces: tuple[Piece, ...] = ()
    tokens: int = 0
    seconds: float = 0.0
    ended: str = ""

    @property
    def text(self) -> str:
        """What was written, without the prompt."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def chars_per_second(self) -> float:
        """Speed; 0 before there is any."""
        return len(self.text) / self.seconds if self.seconds else 0.0

    @property
    def tokens_per_second(self) -> float:
        """Speed; 0 before there is any."""
        return self.tokens / self.seconds if self.seconds else 0.0

    def add(self, event: Event) -> Generation:
        """This text with what an event of the worker adds."""
        return replace(
            self,
            prompt=self.prompt + _pieces(event.get("prompt", [])),
            pieces=self.pieces + _pieces(event.get("pieces", [])),
            tokens=event.get("tokens", self.tokens),
            seconds=event.get("seconds", self.seconds),
            ended=event.get("ended", self.ended),
        )


@dataclass(frozen=True)
class NextChars:
    """The distribution of the next character over an alphabet; all together sum to 1.

    Attributes:
        chars: the alphabet.
        probs: probability of each, float64, shape (len(chars),).
        unknown: probability of all other characters.
        end: probability that the text ends here.
        unresolved: probability of what was not followed to a whole character.
        outside: the most probable of the other characters.
        seconds: that it took.
    """

    chars: tuple[str, ...]
    probs: NDArray[np.float64]
    unknown: float = 0.0
    end: float = 0.0
    unresolved: float = 0.0
    outside: tuple[tuple[str, float], ...] = ()
    seconds: float = 0.0

    @property
    def extra(self) -> dict[str, float]:
        """The probabilities that belong to no character, by their names on the command line."""
        return {"unknown": self.unknown, "end": self.end, "unresolved": self.unresolved}

    def draw(self, seed: int, step: int) -> str:
        """A character of the alphabet, drawn with the noise of that seed and that step."""
        points = np.array([ord(char) for char in self.chars], np.uint64)
        noise = gumbel_noise(seed, range(step, step + 1), points)[0]
        with np.errstate(divide="ignore"):
            return self.chars[int((np.log(self.probs) + noise).argmax())]

    @classmethod
    def of(cls, event: Event, chars: tuple[str, ...]) -> NextChars:
        """From the worker's last event."""
        return cls(
            chars,
            np.array(event["probs"], np.float64),
            event["unknown"],
            event["end"],
            event["unresolved"],
            tuple((char, prob) for char, prob in event["outside"]),
            event["seconds"],
        )


@dataclass(frozen=True)
class TokenScore(Score):
    """Bits of a text, from its canonical tokens.

    An upper bound: the text has other covers, whose probability is not counted. The bits of a
    token are shared equally among its bytes, so that each character has some. No character is
    unknown to a model that spells with bytes.

    Attributes:
        pieces: the text cut into tokens.
        tokens: how many.
    """

    pieces: tuple[Piece, ...] = ()
    tokens: int = 0
    upper_bound: bool = True

    @classmethod
    def of(cls, event: Event) -> TokenScore:
        """From the worker's last event."""
        bits = np.array(event["bits"], np.float64)
        return cls(bits, 0, _pieces(event["pieces"]), event["tokens"])


@dataclass(frozen=True)
class Attention:
    """Where each token of a text looks.

    Attributes:
        tokens: what each writes, the line break before the text included; "" of one that begins a
            character which the next one ends.
        heads: of each head of each layer, shape (layers, heads, tokens, tokens): what the token of
            a row takes from each earlier one and from itself; a row sums to 1.
    """

    tokens: tuple[str, ...] = ()
    heads: Array = field(default_factory=lambda: np.zeros((0, 0, 0, 0), np.float32))

    @property
    def layers(self) -> Array:
        """The mean of each layer's heads, shape (layers, tokens, tokens)."""
        return self.heads.mean(axis=1)

    @classmethod
    def of(cls, event: Event) -> Attention:
        """From the worker's last event."""
        return cls(tuple(event["tokens"]), unpack_attention(event["heads"]))


@dataclass(frozen=True)
class Inside(Generic[T]):
    """What was found inside a network over a text.

    Attributes:
        tokens: as in `Attention`, of the context that was read.
        found: None before it is there.
        others: what symbols write that `found` names and the text need not have, by their index.
    """

    tokens: tuple[str, ...] = ()
    found: T | None = None
    others: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Event, make: Callable[..., T]) -> Inside[T]:
        """From the worker's last event."""
        others = {int(symbol): text for symbol, text in event.get("others", {}).items()}
        return cls(tuple(event["tokens"]), make(**unpacked(event["found"])), others)


def attention_step(norm: Event, norm_2: Event, **numbers: Any) -> AttentionStep:
    """A step from the worker's fields."""
    return AttentionStep(norm=NormStep(**norm), norm_2=NormStep(**norm_2), **numbers)


def contrast(log_probs: Sequence[float], **numbers: Any) -> Contrast:
    """A contrast from the worker's fields."""
    return Contrast((log_probs[0], log_probs[1]), **numbers)


def _pieces(data: list[list[Any]]) -> tuple[Piece, ...]:
    return tuple(Piece(text, tokens) for text, tokens in data)
