"""Why one symbol rather than another: milliseconds of processor, and how true an attribution is.

The least of some tries, so that other work on this machine hardly changes it. What an attribution
is held against is the same one of `MANY` places on the way; the questions are drawn from the plays
of `MOLIERE_CORPUS`, or else from the embedded ones: why what stands there, rather than what the
model would have put there first.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from benchmarks.table import Row
from moliere_core.corpus import load_corpus
from moliere_core.inspection.contrast import TOKENS, contrast
from moliere_core.models import references
from moliere_core.models.references import MINI, load_network_model
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.networks.transformer import TransformerNetwork
from moliere_core.networks.window import WindowedTransformer
from moliere_core.pretrained import catalogue, operations
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import Vocabulary

ASKED, TOKEN_CHARS = 147, 104  # characters of context; as many as have 40 tokens
TRIES, QUESTIONS, MANY = 7, 24, 64
TEXT = "Monsieur, je ne saurais (c'est ma faute) répondre aux belles dames de Lyon. " * 4


def measure() -> list[Row]:
    names = ("petit", "petit-gpt")
    rows = [Row(f"why: {name}", f"ms, {ASKED} characters", _ms(_asked(name))) for name in names]
    rows.append(Row(f"why: {MINI}", "ms, 40 tokens", _ms(_asked_of_tokens())))
    return rows + [
        Row(
            f"why: {name}",
            "largest error in an attribution, share of the largest: median / mean",
            f"{statistics.median(errors):.2f} / {statistics.mean(errors):.2f}",
            f"{QUESTIONS} questions, against {MANY} places",
        )
        for name in names
        for errors in [_errors(name)]
    ]


def _opened(reference: str) -> tuple[RecurrentNetwork | TransformerNetwork, Vocabulary]:
    model = load_network_model(reference)
    if isinstance(model.network, WindowedTransformer):
        return model.network.transformer, model.vocabulary
    return references.recurrent(model).network, model.vocabulary


def _asked(reference: str) -> Callable[[], object]:
    """Why one letter rather than another, as the page asks it."""
    network, vocabulary = _opened(reference)
    context, ends = vocabulary.encode(f"\n{TEXT}")[:ASKED], vocabulary.encode("îi")
    space = vocabulary.index[" "]
    return lambda: contrast(network, context, ends[:1], ends[1:], space)


def _asked_of_tokens() -> Callable[[], object]:
    """The same of `mini-gpt`, as its worker does it."""
    model, (last, most) = operations.opened(MINI, catalogue.check(MINI)), TOKENS
    request = {"context": TEXT[:TOKEN_CHARS], "ends": ["s", " "], "last": last, "most": most}
    return lambda: list(operations.contrasted(model, request))


def _errors(reference: str) -> list[float]:
    """Of each question, the largest error as a share of the largest attribution."""
    network, vocabulary = _opened(reference)
    text, random = normalise(load_corpus().text()), np.random.default_rng(7)
    space, found = vocabulary.index[" "], []
    for _ in range(QUESTIONS):
        at, chars = int(random.integers(500, len(text) - 1)), int(random.integers(60, 200))
        context = np.array(vocabulary.encode("\n" + text[at - chars : at]))
        stands = vocabulary.encode(text[at])
        if isinstance(network, TransformerNetwork):
            logits = network.logits(network.run(context[None])[0])[0, -1]
        else:
            logits = network.run(context[None], network.zero_state(1))[0][0, -1]
        rival = next(int(i) for i in np.argsort(-logits) if i and i != stands[0])
        few, many = (
            contrast(network, context, stands, [rival], space, last=1, most=0, steps=s).attribution
            for s in (None, MANY)
        )
        found.append(float(np.abs(few - many).max() / np.abs(many).max()))
    return found


def _ms(answer: Callable[[], object]) -> str:
    answer()
    times = []
    for _ in range(TRIES):
        began = time.process_time()
        answer()
        times.append(time.process_time() - began)
    return f"{1000 * min(times):.0f}"
