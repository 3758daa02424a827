"""What the worker process can do with a pretrained model, and the models that it has loaded.

An operation is a generator of events: `partial` and `progress`, then one `done`.
"""

from __future__ import annotations

import gc
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.config import SamplingConfig
from moliere_core.errors import ModelError, MoliereError
from moliere_core.inspection import logit_lens
from moliere_core.inspection.attention_step import spell_out
from moliere_core.inspection.contrast import LAST, MOST, contrast
from moliere_core.inspection.heads import Looks, head_table, save_heads
from moliere_core.inspection.transformer_trace import MOST_TOKENS
from moliere_core.inspection.vectors import token_vectors
from moliere_core.pretrained import catalogue, cutting
from moliere_core.pretrained.beam import over_alphabet
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.network import Network, PlainNetwork
from moliere_core.pretrained.packing import pack_attention, packed
from moliere_core.pretrained.results import Event
from moliere_core.pretrained.tokenizer import Tokenizer
from moliere_core.pretrained.tokens import (
    PieceReader,
    bytes_per_token,
    common_length,
    pieces,
    spread,
    token_texts,
)

KEPT_MODELS = 3
KEPT_TOKENIZERS = 2  # without their models; a large one takes some hundred megabytes
PARTIAL_SECONDS = 0.05  # between two parts of a text that is being written
OUTSIDE_SHOWN = 5


class Operations:
    """The loaded models, and the operations on them.

    To add an operation, add a function and its name to `run`.
    """

    def __init__(self) -> None:
        self._models: OrderedDict[str, LanguageModel] = OrderedDict()
        self._tokenizers: OrderedDict[str, Tokenizer] = OrderedDict()  # of models that are not

    def run(self, request: Event) -> Iterator[Event]:
        """Load the model if need be, then do what is asked."""
        operations: dict[str, Callable[[LanguageModel, Event], Iterator[Event]]] = {
            "generate": generate,
            "next_chars": next_chars,
            "score": score,
            "attention": attention,
            "name_heads": name_heads,
            "guesses": guesses,
            "next_by_layer": next_by_layer,
            "attention_step": attention_step,
            "contrast": contrasted,
            "vectors": vectors,
        }
        folder = Path(request["folder"])
        if request["op"] == "tokens":
            yield from self._tokens(request, folder)
            return
        if not catalogue.is_pretrained(request["reference"]):
            catalogue.open_folder(request["reference"])  # a path, from the command line
        key = catalogue.identity(folder)  # another one where its files are
        if key not in self._models:
            yield {"event": "stage", "stage": "loading"}
            self._load(request["reference"], folder, key)
        self._models.move_to_end(key)
        yield {"event": "stage", "stage": "running"}
        yield from operations[request["op"]](self._models[key], request)

    def _tokens(self, request: Event, folder: Path) -> Iterator[Event]:
        """A text cut by a model's tokenizer, whose weights need not be here."""
        key = catalogue.identity(folder)
        if key in self._models:
            tokenizer = self._models[key].tokenizer
        else:
            yield {"event": "stage", "stage": "loading"}
            if key not in self._tokenizers:
                while len(self._tokenizers) >= KEPT_TOKENIZERS:
                    self._tokenizers.popitem(last=False)
                self._tokenizers[key] = Tokenizer.read(request["reference"], folder)
            tokenizer = self._tokenizers[key]
        yield {"event": "stage", "stage": "running"}
        yield cutting.to_event(tokenizer.cut(request["text"]))

    def _load(self, reference: str, folder: Path, key: str) -> None:
        """Load a model; those unused for the longest are freed where memory is short.

        Args:
            reference: of the model.
            folder: where its files are.
            key: by which it is found from then on.
        """
        while True:
            try:
                dtype = catalogue.precision(reference)
                enough = dtype == "float32" and len(self._models) < KEPT_MODELS
            except MoliereError:
                if not self._models:
                    raise
                enough = False
            if enough or not self._models:
                break
            self._models.popitem(last=False)
            gc.collect()
        self._models[key] = opened(reference, folder, dtype)


def opened(reference: str, folder: Path, dtype: str = "float32") -> LanguageModel:
    """The model of a folder: GPT-2 and its like by NumPy, any other architecture by torch.

    Args:
        reference: for messages.
        folder: where its files are.
        dtype: "float32" or "bfloat16", which torch alone reads.

    Raises:
        ModelError: its files cannot be read, or do not belong together.
    """
    network: Network
    if catalogue.needs_torch(folder):
        from moliere_core.pretrained.causal import TorchNetwork  # seconds of imports

        network = TorchNetwork(reference, folder, dtype)
    else:
        network = PlainNetwork(reference, folder)
    return LanguageModel(reference, network, Tokenizer.read(reference, folder, network.vocab_size))


def generate(model: LanguageModel, request: Event) -> Iterator[Event]:
    """Write after a prompt.

    A prompt seldom ends where a token does: "Mon frère, " ends with a space that nearly every
    token of the next word would bring along, and a model that has read it alone is lost. So the
    writing begins with the likeliest way of having read the last word (the heaviest hypothesis of
    the beam), whose last token may be unfinished: the first token drawn finishes it.
    """
    began = said = time.perf_counter()
    config = SamplingConfig(request["temperature"], request["top_k"], request["top_p"])
    model.read(request["prompt"])  # not too long
    read = model.beam.read(request["prompt"]).hypotheses[0]
    ids, begun = list(read.context), read.depth
    prompt = [[p.text, p.tokens] for p in pieces(model.vocabulary, ids[len(model.begin) :])]
    data = b"".join(model.vocabulary.tokens[i] for i in ids[len(model.begin) :])
    if begun:
        prompt.append([request["prompt"].encode()[len(data) :].decode("utf-8", "replace"), 0])
    yield {"event": "partial", "prompt": prompt}
    reader, held = PieceReader(model.vocabulary, begun), []
    left, tokens, ended = request["chars"], 0, "length"
    allowed = model.vocabulary.order[read.low : read.high] if begun else None
    writing = model.write(ids, config, request["seed"], allowed)
    while left:
        token = next(writing)
        tokens += 1
        ends = token in model.vocabulary.ends
        piece = reader.close() if ends else reader.add(token)
        if piece is not None:
            held.append([piece.text[:left], piece.tokens])
            left = max(left - len(piece.text), 0)
        now = time.perf_counter()
        if ends:
            ended = "end"
            break
        if now - said > PARTIAL_SECONDS:
            said = now
            yield {"event": "partial", "pieces": held, "tokens": tokens, "seconds": now - began}
            held = []
    seconds = time.perf_counter() - began
    yield {
        "event": "done",
        "pieces": held,
        "tokens": tokens,
        "seconds": seconds,
        "ended": ended,
    }


def next_chars(model: LanguageModel, request: Event) -> Iterator[Event]:
    """The distribution of the next character over an alphabet."""
    began = time.perf_counter()
    model.read(request["text"])  # not too long
    found = model.beam.characters(request["text"])
    probs, unknown, outside = over_alphabet(found, request["alphabet"])
    yield {
        "event": "done",
        "probs": probs.tolist(),
        "unknown": unknown,
        "end": found.end,
        "unresolved": found.unresolved,
        "outside": outside[:OUTSIDE_SHOWN],
        "seconds": time.perf_counter() - began,
    }


def score(model: LanguageModel, request: Event) -> Iterator[Event]:
    """The bits of each character of a text, after a context.

    Both are cut into tokens as one: a context that ends with a space, cut by itself, would leave
    the word after it without the space that belongs to its token, and the model lost. What that
    token writes of the context is charged to the text, so that two ends compare.
    """
    text, context = request["text"], request["context"]
    ids = model.encode(context + text)
    sizes = _text_sizes(model, ids, context + text)
    stops, read = np.cumsum(sizes), len(context.encode())
    first = int(stops.searchsorted(read, side="right"))  # that writes some of the text
    sizes[first] = stops[first] - read
    found = np.zeros(len(ids))
    for begin, bits in model.bits(ids):
        found[begin : begin + len(bits)] = bits
        yield {"event": "progress", "share": (begin + len(bits)) / len(ids)}
    yield {
        "event": "done",
        "bits": spread(found[first:], sizes[first:], text).tolist(),
        "pieces": [[p.text, p.tokens] for p in pieces(model.vocabulary, ids[first:])],
        "tokens": len(ids) - first,
    }


# What is inside: see `inspection`, which knows no tokenizer


def attention(model: LanguageModel, request: Event) -> Iterator[Event]:
    """Where each token of a text looks: the weights of all heads of every layer."""
    ids = _few(model, model.read(request["text"]))
    yield {
        "event": "done",
        "tokens": token_texts(model.vocabulary, ids),
        "heads": pack_attention(model.attention(ids)),
    }


def name_heads(model: LanguageModel, request: Event) -> Iterator[Event]:
    """Name all heads by what they do over some texts, and again over others; keep the table."""
    before = [i for i in model.begin if not model.vocabulary.tokens[i]]  # no line begins there
    length = min(MOST_TOKENS, model.context)
    looks = Looks(), Looks()
    texts = [(looks[0], text) for text in request["find"]]
    texts += [(looks[1], text) for text in request["check"]]
    for done, (sums, text) in enumerate(texts, start=1):
        ids = [*before, *model.encode(text)][:length]
        sums.add(model.attention(ids), [model.vocabulary.decode([i]) for i in ids])
        yield {"event": "progress", "share": done / len(texts)}
    table = head_table(*looks, request["corpus"], request["weights"], request["plays"])
    save_heads(Path(request["keep"]), table)
    yield {"event": "done", "table": table.to_json()}


def guesses(model: LanguageModel, request: Event) -> Iterator[Event]:
    """What each layer would say after one token of a text."""
    network, seen = model.transformer, model.trace(request["text"])
    never = _silent(model, network.vocab_size)
    found = logit_lens.guesses(network, seen, request["position"], request["count"], never)
    yield _inside(model, seen.ids, found, found.symbols)


def next_by_layer(model: LanguageModel, request: Event) -> Iterator[Event]:
    """What each layer would give to each token of a text."""
    network, seen = model.transformer, model.trace(request["text"])
    found = logit_lens.next_by_layer(network, seen, _silent(model, network.vocab_size))
    yield _inside(model, seen.ids, found)


def attention_step(model: LanguageModel, request: Event) -> Iterator[Event]:
    """One step of one head of a text, with all its numbers."""
    seen = model.trace(request["text"])
    where = request["position"], request["layer"], request["head"]
    yield _inside(model, seen.ids, spell_out(model.transformer, seen, *where))


def contrasted(model: LanguageModel, request: Event) -> Iterator[Event]:
    """What each token of a context says for one end and against another.

    All is cut as one text, as in `score`: an end begins where its tokens leave the context's.
    """
    network, context = model.transformer, model.read(request["context"])
    wholes = [model.read(request["context"] + end) for end in request["ends"]]
    shared = min(len(context), *(common_length(context, whole) for whole in wholes))
    space = next((i for i, t in enumerate(model.vocabulary.tokens) if t == b" "), context[0])
    first, second = (whole[shared:] for whole in wholes)
    never = _silent(model, network.vocab_size)
    last, most = request.get("last", LAST), request.get("most", MOST)
    found = contrast(network, context[:shared], first, second, space, never, last, most)
    yield _inside(model, context[:shared], found)


def vectors(model: LanguageModel, request: Event) -> Iterator[Event]:
    """The embeddings of the tokens of a text, their neighbours, and the positions."""
    network = model.transformer
    symbols = list(dict.fromkeys(_few(model, model.read(request["text"]))))
    never = _silent(model, network.vocab_size)
    found = token_vectors(network.tokens, network.positions, symbols, request["count"], never)
    yield _inside(model, symbols, found, np.concatenate([found.symbols, found.neighbours.ravel()]))


def _few(model: LanguageModel, ids: list[int]) -> list[int]:
    """The tokens of a text that is looked into; ModelError if they are too many."""
    if len(ids) > MOST_TOKENS:
        raise ModelError(
            "{count} tokens cannot be looked at, but from 1 to {limit}: shorten the text",
            count=len(ids),
            limit=min(MOST_TOKENS, model.context),
        )
    return ids


def _silent(model: LanguageModel, rows: int) -> list[int]:
    """What is never said: tokens that write nothing, and rows of the output that are no tokens."""
    silent = [i for i, token in enumerate(model.vocabulary.tokens) if not token]
    kept = set(model.vocabulary.ends.tolist())
    return [*(i for i in silent if i not in kept), *range(len(model.vocabulary), rows)]


def _inside(
    model: LanguageModel, ids: Sequence[int] | NDArray[Any], found: object, symbols: Any = ()
) -> Event:
    """The last event of what was found inside; see `results.Inside`."""
    named = sorted(set(np.ravel(symbols).astype(int).tolist()))
    return {
        "event": "done",
        "tokens": token_texts(model.vocabulary, [int(i) for i in ids]),
        "found": packed(found),
        "others": {str(i): model.vocabulary.decode([i]) for i in named},
    }


def _text_sizes(model: LanguageModel, ids: Sequence[int], text: str) -> NDArray[np.int64]:
    """Bytes of the text that each token writes; ModelError if they are not the text's."""
    if b"".join(model.vocabulary.tokens[i] for i in ids) != text.encode():
        raise ModelError(
            "the tokenizer of {reference} changes the text, so that its bits per character mean "
            "nothing: choose a model that spells with bytes, such as hf:gpt2",
            reference=model.reference,
        )
    return bytes_per_token(model.vocabulary, ids)
