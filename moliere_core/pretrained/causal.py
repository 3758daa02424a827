"""Causal models of torch and transformers, imported by this and `faster` alone, in the worker only.

A model is loaded from its folder on disk, never from the network: `mini-gpt` is read by exactly
the code that reads `gpt2`. Every context begins with a line break, after whatever the model's own
tokenizer puts before a text (nothing for GPT-2), as every model's here does.
"""

from __future__ import annotations

import gc
import inspect
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.cache_utils import DynamicCache, DynamicLayer

from moliere_core.arrays import Array
from moliere_core.config import SamplingConfig
from moliere_core.errors import ModelError, MoliereError
from moliere_core.machine import threads
from moliere_core.pretrained import catalogue, faster
from moliere_core.pretrained.beam import CharacterBridge, over_alphabet
from moliere_core.pretrained.results import Event
from moliere_core.pretrained.tokens import (
    PieceReader,
    TokenVocabulary,
    bytes_per_token,
    pieces,
    spread,
)
from moliere_core.sampling import gumbel_noise, top_k_filter, top_p_filter
from moliere_core.tokenisation import letter_bytes

KEPT_MODELS = 3
KEPT_BYTES = 256_000_000  # of keys and values of past contexts
KEPT_PASTS = 64  # at most
PARTIAL_SECONDS = 0.05  # between two parts of a text that is being written
NOISE_STEPS = 8  # drawn at a time: they are as many numbers as there are tokens, each
ROWS_AT_ONCE = 8  # tokens that contexts read together have at most; beyond, each costs its time
SCORE_ROWS = 128  # positions whose probabilities are computed at once, while scoring
OUTSIDE_SHOWN = 5
Past = list[tuple[torch.Tensor, torch.Tensor]]  # keys and values, one pair a layer


class LanguageModel:
    """A causal model and its tokenizer, as a `beam.TokenModel`.

    Args:
        reference: for messages.
        folder: where its files are.
        dtype: "float32" or "bfloat16".
    """

    def __init__(self, reference: str, folder: Path, dtype: str) -> None:
        self.reference, self.dtype = reference, dtype
        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True)
            faster.fuse_activation(config)
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self.network, report = AutoModelForCausalLM.from_pretrained(
                folder,
                config=config,
                local_files_only=True,
                dtype=getattr(torch, dtype),
                output_loading_info=True,
            )
        except MemoryError:
            raise
        except Exception as error:  # of a dozen kinds
            raise _unreadable(error, reference) from error
        if report["missing_keys"] or report.get("mismatched_keys"):
            raise ModelError(
                "the weights of {reference} are not whole ({count} tensors are missing): fetch it "
                "again, or choose another model",
                reference=reference,
                count=len(report["missing_keys"]) + len(report.get("mismatched_keys", ())),
            )
        self.network.eval()
        # What transformers calls the keys and values of a past; another name before 5.24.
        takes = inspect.signature(self.network.forward).parameters
        self._past_name = "cache" if "cache" in takes else "past_key_values"
        if dtype == "float32":
            faster.pack(self.network)
        self.backend = tokenizer.backend_tokenizer
        self.backend.encode_special_tokens = True  # "<|endoftext|>" typed by hand is plain text
        rows = self.network.get_input_embeddings().num_embeddings
        if len(tokenizer) > rows:
            raise ModelError(
                "{reference} has a tokenizer of {tokens} tokens and weights for {rows}: its files "
                "do not belong together, fetch it again or choose another model",
                reference=reference,
                tokens=len(tokenizer),
                rows=rows,
            )
        ends = _ends(self.network, tokenizer)
        self.vocabulary = TokenVocabulary(_token_bytes(tokenizer, rows, reference), ends)
        self.begin = tuple(self.backend.encode("\n", add_special_tokens=True).ids)
        self.trained_context = catalogue.context_length(config.to_dict()) or catalogue.CONTEXT
        self.context = min(self.trained_context, catalogue.CONTEXT)
        self.bridge = CharacterBridge(self)
        # Only contexts that grow by appending can be cut back; others are read from the start.
        self._remembers = True
        self._pasts: OrderedDict[tuple[int, ...], Past] = OrderedDict()
        silent = np.array([not token for token in self.vocabulary.tokens])
        silent[self.vocabulary.ends] = False
        self._silent = silent  # tokens that are never drawn, shape (vocab_size,)

    # As the bridge asks

    def encode(self, text: str) -> list[int]:
        """The canonical tokens of `text`."""
        return [int(i) for i in self.backend.encode(text, add_special_tokens=False).ids]

    def last_word(self, text: str) -> int:
        """Where the last piece that the tokeniser cuts beforehand begins, in characters."""
        if self.backend.pre_tokenizer is None:
            return max(text.rstrip().rfind(" "), 0)
        cuts = self.backend.pre_tokenizer.pre_tokenize_str(text)
        return int(cuts[-1][1][0]) if cuts else 0

    def probs(self, contexts: Sequence[tuple[int, ...]], last: int = 1) -> list[Array]:
        """Probabilities after the `last` longest beginnings of each context.

        A context's are float32, shape (last, vocab_size). Contexts that go on equally far from what
        is remembered are read together, which takes little more time than one.
        """
        alike: dict[tuple[int, int], list[tuple[int, Past]]] = {}
        for at, context in enumerate(contexts):
            known, past = self._longest(context[: len(context) - last + 1])
            alike.setdefault((known, len(context)), []).append((at, past))
        found: dict[int, Array] = {}
        for (known, size), members in alike.items():
            step = max(ROWS_AT_ONCE // (size - known), 1)
            for some in (members[i : i + step] for i in range(0, len(members), step)):
                rows = [contexts[at][known:] for at, _ in some]
                logits, past = self.forward_rows(rows, _stacked([p for _, p in some]), last)
                with faster.fewer_threads(last):
                    probs = torch.softmax(logits.float(), -1).numpy()
                for row, (at, _) in enumerate(some):
                    self._remember(contexts[at], [(k[row, None], v[row, None]) for k, v in past])
                    found[at] = probs[row]
        return [found[at] for at in range(len(contexts))]

    # For writing and scoring

    def forward(self, ids: Sequence[int], past: Past, keep: int = 1) -> tuple[torch.Tensor, Past]:
        """Logits of the last `keep` positions, shape (keep, vocab_size), and the new past."""
        logits, past = self.forward_rows([ids], past, keep)
        return logits[0], past

    def forward_rows(
        self, rows: Sequence[Sequence[int]], past: Past, keep: int
    ) -> tuple[torch.Tensor, Past]:
        """The same for rows of equal length, each after its own past: (rows, keep, vocab_size)."""
        with torch.inference_mode(), faster.fewer_threads(sum(map(len, rows))):
            output = self.network(
                input_ids=torch.tensor([list(ids) for ids in rows]),
                **{self._past_name: _cache(past)},
                use_cache=True,
                logits_to_keep=keep,
            )
        layers = getattr(getattr(output, self._past_name, None), "layers", [])
        if not layers or any(type(layer) is not DynamicLayer for layer in layers):
            self._remembers = False
            return output.logits[:, -keep:], []
        return output.logits[:, -keep:], [(layer.keys, layer.values) for layer in layers]

    def read(self, prompt: str) -> list[int]:
        """The context that a prompt makes; ModelError if it is longer than the model reads."""
        ids = [*self.begin, *self.encode(prompt)]
        if len(ids) > self.context:
            raise ModelError(
                "this text has {tokens} tokens and {reference} reads {limit} of them here: "
                "shorten it",
                tokens=len(ids),
                reference=self.reference,
                limit=self.context,
            )
        return ids

    def write(
        self,
        ids: list[int],
        config: SamplingConfig,
        seed: int,
        first: NDArray[np.int64] | None = None,
    ) -> Iterator[int]:
        """Draw tokens, for ever, after the context `ids`; it slides when it is full.

        Args:
            ids: the tokens that were read.
            config: of the draws.
            seed: of the draws.
            first: the tokens that the first can be; None for any.
        """
        points = np.arange(len(self.vocabulary), dtype=np.uint64)
        past: Past = []
        ids, fresh, step = list(ids), list(ids), 0
        noise: Array = np.empty((0, 0), np.float32)
        while True:
            logits, past = self.forward(fresh, past)
            scores = logits[-1].float().numpy()[: len(points)]
            if first is not None:
                allowed, first = first, None
                kept = np.full_like(scores, -np.inf)
                kept[allowed] = scores[allowed]
                scores = kept
            if config.temperature and step % NOISE_STEPS == 0:
                noise = gumbel_noise(seed, range(step, step + NOISE_STEPS), points)
            token = self._draw(scores, config, noise[step % NOISE_STEPS] if len(noise) else None)
            yield token
            ids.append(token)
            step += 1
            fresh = [token]
            if not past:
                fresh = ids = ids[-self.context :]
            if len(ids) > self.context:  # half of it is kept, so that this is seldom
                fresh = ids = [*self.begin, *ids[-self.context // 2 :]]
                past = []

    def _draw(self, logits: Array, config: SamplingConfig, noise: Array | None) -> int:
        logits = np.where(self._silent, -np.inf, logits).astype(np.float32)
        if not config.temperature or noise is None:
            return int(logits.argmax())
        scaled = (logits - logits.max()) / np.float32(config.temperature)
        return int(
            (top_p_filter(top_k_filter(scaled, config.top_k), config.top_p) + noise).argmax()
        )

    def _longest(self, context: tuple[int, ...]) -> tuple[int, Past]:
        """The longest beginning of a context that is remembered, short of its last token."""
        best, found = 0, None
        for known in self._pasts:
            shared = _shared(known, context[:-1])
            if shared > best:
                best, found = shared, known
        if found is None:
            return 0, []
        self._pasts.move_to_end(found)
        return best, [(k[..., :best, :], v[..., :best, :]) for k, v in self._pasts[found]]

    def _remember(self, context: tuple[int, ...], past: Past) -> None:
        if not self._remembers:
            return
        self._pasts[context] = past
        size = sum(k.nbytes + v.nbytes for k, v in past)
        # All of them are about as long as this one.
        kept = max(1, min(KEPT_PASTS, KEPT_BYTES // max(size, 1)))
        while len(self._pasts) > kept:
            self._pasts.popitem(last=False)


class Operations:
    """The loaded models, and what can be asked of them.

    An operation is a generator of events: `partial` and `progress`, then one `done`. To add one,
    add a method and its name to `run`.
    """

    def __init__(self) -> None:
        torch.set_num_threads(threads())
        self._models: OrderedDict[str, LanguageModel] = OrderedDict()

    def run(self, request: Event) -> Iterator[Event]:
        """Load the model if need be, then do what is asked."""
        operations: dict[str, Callable[[LanguageModel, Event], Iterator[Event]]] = {
            "generate": generate,
            "next_chars": next_chars,
            "score": score,
            "cut": cut,
            "attention": attention,
        }
        folder = Path(request["folder"])
        if str(folder) not in self._models:
            yield {"event": "stage", "stage": "loading"}
            self._load(request["reference"], folder)
        self._models.move_to_end(str(folder))
        yield {"event": "stage", "stage": "running"}
        yield from operations[request["op"]](self._models[str(folder)], request)

    def _load(self, reference: str, folder: Path) -> None:
        """Load a model; the ones used longest ago make room for it."""
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
        self._models[str(folder)] = LanguageModel(reference, folder, dtype)


def generate(model: LanguageModel, request: Event) -> Iterator[Event]:
    """Write after a prompt.

    A prompt seldom ends where a token does: "Mon frère, " ends with a space that nearly every
    token of the next word would bring along, and a model that has read it alone is lost. So the
    writing begins with the likeliest way of having read the last word (the heaviest hypothesis of
    the bridge), whose last token may be unfinished: the first token drawn finishes it.
    """
    began = said = time.perf_counter()
    config = SamplingConfig(request["temperature"], request["top_k"], request["top_p"])
    model.read(request["prompt"])  # not too long
    read = model.bridge.beam(request["prompt"]).hypotheses[0]
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
    found = model.bridge.characters(request["text"])
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
    for begin, bits in windows(model, ids):
        found[begin : begin + len(bits)] = bits
        yield {"event": "progress", "share": (begin + len(bits)) / len(ids)}
    yield {
        "event": "done",
        "bits": spread(found[first:], sizes[first:], text).tolist(),
        "pieces": [[p.text, p.tokens] for p in pieces(model.vocabulary, ids[first:])],
        "tokens": len(ids) - first,
    }


def cut(model: LanguageModel, request: Event) -> Iterator[Event]:
    """A text cut into tokens."""
    found = pieces(model.vocabulary, model.encode(request["text"]))
    yield {"event": "done", "pieces": [[p.text, p.tokens] for p in found]}


def attention(model: LanguageModel, request: Event) -> Iterator[Event]:
    """Where each token of a text looks: weights of every layer, averaged over its heads."""
    ids = model.read(request["text"])
    usual = model.network.config._attn_implementation
    model.network.set_attn_implementation("eager")  # the others do not keep their weights
    try:
        with torch.inference_mode():
            output = model.network(
                input_ids=torch.tensor([ids]), output_attentions=True, use_cache=False
            )
    finally:
        model.network.set_attn_implementation(usual)
    layers = torch.stack([weights[0].float().mean(0) for weights in output.attentions])
    yield {
        "event": "done",
        "pieces": [[p.text, p.tokens] for p in pieces(model.vocabulary, ids)],
        "weights": np.round(layers.numpy().astype(np.float64), 5).tolist(),
    }


def windows(model: LanguageModel, ids: Sequence[int]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The bits of tokens, each scored once, window after window.

    A window is as long as what the model was trained to read, and begins half of that after the
    one before. Yields where the tokens scored by a window begin, and their bits.
    """
    length = model.trained_context - len(model.begin) + 1  # the last is predicted and not read
    step, scored = max(length // 2, 1), 0
    for start in range(0, len(ids), step):
        window = ids[start : start + length]
        fresh = start + len(window) - scored
        if fresh <= 0:
            return
        read = [*model.begin, *window][:-1]
        logits, _ = model.forward(read, [], keep=fresh)
        targets = torch.tensor(window[-fresh:])
        bits = torch.empty(fresh, dtype=torch.float64)
        for at in range(0, fresh, SCORE_ROWS):
            rows = slice(at, at + SCORE_ROWS)
            chosen = torch.log_softmax(logits[rows].float(), -1)
            bits[rows] = -chosen.gather(1, targets[rows, None])[:, 0].double() / np.log(2)
        yield scored, bits.numpy()
        scored += fresh


def _text_sizes(model: LanguageModel, ids: Sequence[int], text: str) -> NDArray[np.int64]:
    """Bytes of the text that each token writes; ModelError if they are not the text's."""
    sizes = bytes_per_token(model.vocabulary, ids)
    written, data = b"".join(model.vocabulary.tokens[i] for i in ids), text.encode()
    if written == b" " + data:  # some tokenizers put a space before every text
        sizes[0] -= 1
    elif written != data:
        raise ModelError(
            "the tokenizer of {reference} changes the text, so that its bits per character mean "
            "nothing: choose a model that spells with bytes, such as hf:gpt2",
            reference=model.reference,
        )
    return sizes


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Length of the common beginning."""
    size = min(len(one), len(other))
    if one[:size] == other[:size]:
        return size
    return next(i for i in range(size) if one[i] != other[i])


def _stacked(pasts: Sequence[Past]) -> Past:
    """The pasts of some contexts, equally long, as one of as many rows."""
    if len(pasts) == 1:
        return pasts[0]
    layers = zip(*pasts, strict=True)
    return [
        (torch.cat([k for k, _ in layer]), torch.cat([v for _, v in layer])) for layer in layers
    ]


def _cache(past: Past) -> DynamicCache:
    """A cache of transformers over these tensors, which are not copied."""
    cache = DynamicCache()
    for keys, values in past:
        layer = DynamicLayer()
        layer.lazy_initialization(keys, values)
        layer.keys, layer.values = keys, values
        cache.layers.append(layer)
    return cache


def _ends(network: Any, tokenizer: Any) -> set[int]:
    """Ids of the tokens that end a text."""
    found = network.generation_config.eos_token_id
    ids = set(found) if isinstance(found, list) else {found}
    return {int(i) for i in ids | {tokenizer.eos_token_id} if i is not None}


def _token_bytes(tokenizer: Any, rows: int, reference: str) -> list[bytes | None]:
    """The bytes of each token; None for special ones and for rows without a token."""
    document = json.loads(tokenizer.backend_tokenizer.to_str())
    kinds = json.dumps(document.get("decoder"))
    if '"ByteLevel"' in kinds:
        letters = letter_bytes()

        def spelt(token: str) -> bytes | None:
            known = [letters.get(letter) for letter in token]
            return None if None in known else bytes(b for b in known if b is not None)

    elif '"ByteFallback"' in kinds or '"Metaspace"' in kinds:

        def spelt(token: str) -> bytes | None:
            if len(token) == 6 and token.startswith("<0x"):
                return bytes([int(token[3:5], 16)])
            return token.replace("\N{LOWER ONE EIGHTH BLOCK}", " ").encode()

    else:
        raise ModelError(
            "the tokenizer of {reference} does not spell with bytes: choose another model, such "
            "as hf:gpt2",
            reference=reference,
        )
    found: list[bytes | None] = [None] * rows
    for token, i in tokenizer.backend_tokenizer.get_vocab(with_added_tokens=False).items():
        found[i] = spelt(token)
    for i, added in tokenizer.added_tokens_decoder.items():
        found[i] = None if added.special else added.content.encode()
    for i in tokenizer.all_special_ids:
        found[i] = None
    return found


def _unreadable(error: Exception, reference: str) -> Exception:
    """What to say where loading fails."""
    text = " ".join(str(error).split())
    if isinstance(error, RuntimeError) and "alloc" in text.lower():
        return error
    if isinstance(error, ValueError) and "configuration class" in text.lower():
        return ModelError(
            "{reference} does not write from left to right ({kind}): choose a causal model, such "
            "as hf:gpt2",
            reference=reference,
            kind=type(error).__name__,
        )
    return ModelError(
        "the files of {reference} cannot be read ({reason}): fetch it again, or choose another "
        "model",
        reference=reference,
        reason=text[:200],
    )
