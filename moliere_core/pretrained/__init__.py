"""Pretrained models: `mini-gpt`, which is shipped, and causal models of the Hugging Face hub.

    request = pretrained.generate("mini-gpt", "Mon frère, ", SamplingConfig(0.8), seed=1, chars=200)
    request.status          # queued at a place, running, done, failed; never waits
    request.value.pieces    # what is written so far, cut into tokens
    request.result()        # waits; ModelError says in one sentence what is wrong

    following = pretrained.next_chars("hf:gpt2", "Mon frèr", alphabet).result()
    following.probs, following.extra

    pretrained.score("hf:gpt2", text).result().bits_per_char   # an upper bound

They live in one worker process, started on demand and ended when idle. NumPy runs GPT-2 and its
like; torch and transformers, imported in that process alone, any other architecture. Whether a
model is here, whole and of a kind that can be run is checked before anything is sent: a request
for another one is returned as failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import numpy as np

from moliere_core.config import SamplingConfig, check_range
from moliere_core.errors import CorpusError, MoliereError
from moliere_core.inspection.attention_step import AttentionStep
from moliere_core.inspection.contrast import LAST, MOST, Contrast
from moliere_core.inspection.heads import HeadTable
from moliere_core.inspection.logit_lens import LayerGuesses, NextByLayer
from moliere_core.inspection.vectors import TokenVectors
from moliere_core.models.references import MINI
from moliere_core.pretrained import catalogue, client, results
from moliere_core.pretrained.catalogue import (
    OFFERED,
    Card,
    Presence,
    Suggestion,
    card,
    entries,
    has_frameworks,
    is_pretrained,
    presence,
    suggestions,
    usable,
)
from moliere_core.pretrained.client import Request, RequestStatus, close
from moliere_core.pretrained.results import (
    Attention,
    Event,
    Generation,
    Inside,
    NextChars,
    TokenScore,
)
from moliere_core.pretrained.tokens import Piece
from moliere_core.system.machine import threads
from moliere_core.system.work import State
from moliere_core.text.normalise import normalise

__all__ = [
    "MINI",
    "OFFERED",
    "Attention",
    "Card",
    "Generation",
    "Inside",
    "NextChars",
    "Piece",
    "Presence",
    "Request",
    "RequestStatus",
    "State",
    "Suggestion",
    "TokenScore",
    "TokenVectors",
    "attention",
    "attention_step",
    "card",
    "close",
    "contrast",
    "entries",
    "generate",
    "guesses",
    "has_frameworks",
    "is_pretrained",
    "name_heads",
    "next_by_layer",
    "next_chars",
    "presence",
    "score",
    "suggestions",
    "usable",
    "vectors",
]

MAX_CHARS = 100_000
T = TypeVar("T")


def generate(
    reference: str, prompt: str, config: SamplingConfig, seed: int = 0, chars: int = 200
) -> Request[Generation]:
    """Have a model write after a prompt; the value of the request grows while it writes.

    Temperature, top_k and top_p apply in that order, as for characters, but to tokens. Draws are
    the same at every temperature: the noise of a token depends on seed, step and token alone.

    Args:
        reference: `mini-gpt` or `hf:NAME`.
        prompt: normalised before it is read.
        config: of the draws; temperature 0 is greedy.
        seed: of the draws.
        chars: characters to write; the last token is cut there.
    """
    check_range("chars", chars, 0, MAX_CHARS)
    arguments: Event = {"prompt": normalise(prompt), "seed": seed, "chars": chars}
    return ask(
        "generate", reference, arguments | asdict(config), Generation(), Generation.add, False
    )


def next_chars(reference: str, text: str, alphabet: Sequence[str]) -> Request[NextChars]:
    """The distribution of the character after a text, over an alphabet, at temperature 1.

    It depends on the text alone, not on how it was typed. Asking again after one more character
    takes about as long as the model takes for one token.
    """
    chars = tuple(alphabet)
    arguments: Event = {"text": normalise(text), "alphabet": list(chars)}
    begin = NextChars(chars, np.zeros(len(chars)), unresolved=1.0)
    return ask(
        "next_chars", reference, arguments, begin, lambda _, e: NextChars.of(e, chars), False
    )


def score(
    reference: str, text: str, context: str = "", background: bool = False
) -> Request[TokenScore]:
    """The bits of each character of a text.

    Windows of the length that the model was trained to read, half overlapping; every token is
    scored once, after at least half a window where there is one.

    Args:
        reference: `mini-gpt` or `hf:NAME`.
        text: normalised before it is scored.
        context: read before the text and not scored, to compare two ends of one sentence.
        background: lets requests of people pass, and is not dropped when nobody looks at it.

    Raises:
        CorpusError: the text is empty.
    """
    text = normalise(text)
    if not text:
        raise CorpusError("the text to score is empty: give at least one character")
    arguments: Event = {"text": text, "context": normalise(context)}
    begin = TokenScore(np.zeros(0), 0)
    return ask("score", reference, arguments, begin, lambda _, e: TokenScore.of(e), background)


def attention(reference: str, text: str) -> Request[Attention]:
    """Where each token of a text looks: all heads, layer after layer."""
    arguments: Event = {"text": normalise(text)}
    return ask("attention", reference, arguments, Attention(), lambda _, e: Attention.of(e))


def name_heads(
    reference: str,
    find: Sequence[str],
    check: Sequence[str],
    corpus: str,
    plays: Sequence[str],
    weights: str,
    keep: Path,
) -> Request[HeadTable | None]:
    """Name the heads of a model by what they measurably do; see `inspection.heads`.

    In the background: requests of people pass, and it goes on when nobody looks.

    Args:
        reference: `mini-gpt` or `hf:NAME`.
        find: normalised passages on which they are named; the first tokens of each are read.
        check: others, on which they are measured again.
        corpus: what to call them.
        plays: those of `check`.
        weights: what tells the model from all others, see `HeadTable`.
        keep: the folder in which the worker leaves the table.
    """
    arguments: Event = {
        "find": list(find),
        "check": list(check),
        "corpus": corpus,
        "plays": list(plays),
        "weights": weights,
        "keep": str(keep),
    }
    return ask(
        "name_heads",
        reference,
        arguments,
        None,
        lambda _, e: HeadTable.from_json(e["table"]),
        background=True,
    )


# What is inside a GPT-2, and of no other architecture


def guesses(
    reference: str, text: str, position: int, count: int = 5
) -> Request[Inside[LayerGuesses]]:
    """What each layer would say after one token of a text.

    Args:
        reference: `mini-gpt` or `hf:NAME`.
        text: normalised before it is read.
        position: of the token, from 0, the line break before the text; see `Inside.tokens`.
        count: tokens of each layer.
    """
    arguments: Event = {"text": normalise(text), "position": position, "count": count}
    return _look("guesses", reference, arguments, LayerGuesses)


def next_by_layer(reference: str, text: str) -> Request[Inside[NextByLayer]]:
    """What each layer would give to each token of a text: its rank and its bits."""
    return _look("next_by_layer", reference, {"text": normalise(text)}, NextByLayer)


def attention_step(
    reference: str, text: str, position: int, layer: int, head: int
) -> Request[Inside[AttentionStep]]:
    """One step of one head of one block, with all its numbers; all counted from 0."""
    arguments: Event = {"text": normalise(text), "position": position, "layer": layer, "head": head}
    return _look("attention_step", reference, arguments, results.attention_step)


def contrast(
    reference: str, context: str, first: str, second: str, last: int = LAST, most: int = MOST
) -> Request[Inside[Contrast]]:
    """What each token of a context says for one end and against another.

    Args:
        reference: `mini-gpt` or `hf:NAME`.
        context: normalised, as the ends are. A space between it and an end belongs to the end.
        first: what may follow.
        second: what may follow instead.
        last: tokens that are replaced, from the end of the context.
        most: how many before those, the ones with the largest attribution first.
    """
    ends = [normalise(first), normalise(second)]
    arguments: Event = {"context": normalise(context), "ends": ends, "last": last, "most": most}
    return _look("contrast", reference, arguments, results.contrast)


def vectors(reference: str, text: str, count: int = 8) -> Request[Inside[TokenVectors]]:
    """The embeddings of the tokens of a text, `count` neighbours of each, and the positions."""
    arguments: Event = {"text": normalise(text), "count": count}
    return _look("vectors", reference, arguments, TokenVectors)


def _look(
    operation: str, reference: str, arguments: Event, make: Callable[..., T]
) -> Request[Inside[T]]:
    empty: Inside[T] = Inside()
    return ask(operation, reference, arguments, empty, lambda _, e: Inside.of(e, make))


def ask(
    operation: str,
    reference: str,
    arguments: Event,
    value: T,
    add: Callable[[T, Event], T],
    background: bool = False,
) -> Request[T]:
    """Ask the worker for an operation of `operations.Operations`; the functions above do so.

    Args:
        operation: its name.
        reference: of the model.
        arguments: of the operation, ready for JSON.
        value: the answer before anything has come.
        add: from the answer so far and an event `partial` or `done`, the answer after it.
        background: as in `score`.
    """
    message = {"op": operation, "reference": reference, "background": background, **arguments}
    try:
        threads()  # raises here, rather than in the worker, where its variable is wrong
        message["folder"] = str(catalogue.check(reference))
        # The worker can free all that it holds for this model, or holds this model already.
        catalogue.precision(reference, spare=client.shared().megabytes)
    except MoliereError as error:
        return Request(client.shared(), message, value, add).refused(error)
    return client.ask(message, value, add)
