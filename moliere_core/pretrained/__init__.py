"""Pretrained models: `mini-gpt`, which is shipped, and causal models of the Hugging Face hub.

    request = pretrained.generate("mini-gpt", "Mon frère, ", SamplingConfig(0.8), seed=1, chars=200)
    request.status          # queued at a place, running, done, failed; never waits
    request.value.pieces    # what is written so far, cut into tokens
    request.result()        # waits; ModelError says in one sentence what is wrong

    following = pretrained.next_chars("hf:gpt2", "Mon frèr", alphabet).result()
    following.probs, following.extra

    pretrained.score("hf:gpt2", text).result().bits_per_char   # an upper bound

They live in one worker process, started on demand and ended when idle. NumPy runs GPT-2 and its
like; torch and transformers, imported nowhere else, any other architecture. What can be said
without them (is the model here, is it whole, is it of the right kind) is said at once: a request
that cannot succeed has failed when it is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

import numpy as np

from moliere_core.config import SamplingConfig, check_range
from moliere_core.errors import CorpusError, MoliereError
from moliere_core.models.references import MINI
from moliere_core.pretrained import catalogue, client
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
from moliere_core.pretrained.results import Attention, Event, Generation, NextChars, TokenScore
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
    "NextChars",
    "Piece",
    "Presence",
    "Request",
    "RequestStatus",
    "State",
    "Suggestion",
    "TokenScore",
    "attention",
    "card",
    "close",
    "entries",
    "generate",
    "has_frameworks",
    "is_pretrained",
    "next_chars",
    "presence",
    "score",
    "suggestions",
    "usable",
]

MAX_CHARS = 100_000
T = TypeVar("T")


def generate(
    reference: str, prompt: str, config: SamplingConfig, seed: int = 0, chars: int = 200
) -> Request[Generation]:
    """Have a model write after a prompt; its answer grows while it writes.

    The same order as for characters (temperature, top_k, top_p), over tokens here, and the same
    draws at every temperature: the noise of a token depends on the seed, the step and the token.

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
    """The distribution of the character after a text, over an alphabet.

    At temperature 1, as the model learned it. It depends on the text alone, not on how it was
    typed; one character after another costs little more than one token each.
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
        context: read before the text and not scored: two ends of one sentence are so compared.
        background: give way to requests that somebody waits for, and go on when nobody looks.

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
    """Where each token of a text looks, layer after layer."""
    arguments: Event = {"text": normalise(text)}
    return ask("attention", reference, arguments, Attention(), lambda _, e: Attention.of(e))


def ask(
    operation: str,
    reference: str,
    arguments: Event,
    value: T,
    add: Callable[[T, Event], T],
    background: bool = False,
) -> Request[T]:
    """Ask the worker for one of `operations.Operations`; what the functions above are made of.

    Args:
        operation: its name.
        reference: of the model.
        arguments: of the operation, ready for JSON.
        value: the answer before anything came.
        add: the answer after an event `partial` or `done`.
        background: as in `score`.
    """
    message = {"op": operation, "reference": reference, "background": background, **arguments}
    request = Request(client.bridge(), message, value, add)
    try:
        threads()  # said here where the variable is wrong, and not by the process
        request.message["folder"] = str(catalogue.check(reference))
        # What the worker holds now can be let go for this model, or is this model.
        catalogue.precision(reference, spare=client.bridge().megabytes)
    except MoliereError as error:
        return request.refused(error)
    client.bridge().submit(request)
    return request
