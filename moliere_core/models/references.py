"""Model references: what `petit`, `grand@12`, `run:ID` or `kn-3` name, and how it is opened."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moliere_core.assets import ASSETS
from moliere_core.errors import ModelError, RunError
from moliere_core.models.ngrams import NGramModel
from moliere_core.models.protocol import CONTEXT_START, UNKNOWN_BITS, CharModel
from moliere_core.networks.arrays import Array, log_sum_exp
from moliere_core.networks.recurrent import RecurrentNetwork, State
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import VOCABULARY, Run, run_path
from moliere_core.system.progress import Progress
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import UNKNOWN, Ids, Vocabulary

SHIPPED = ("petit", "grand")
MINI, HUB = "mini-gpt", "hf:"  # references of models of tokens, see `pretrained`
# Files that the hub's tools write into the folder of a model of tokens, beside `config.json`.
HUB_FILES = (
    "model.safetensors",
    "pytorch_model.bin",
    "adapter_config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
EXPERIMENTS = ASSETS / "experiments"  # a folder a plan, in it a run a variant
NGRAMS = ASSETS / "ngrams" / "kn-8.safetensors"  # holds the lower orders too
NGRAM_ORDERS = range(1, 9)

READINGS = 64  # prompts whose reading a model remembers: 10 KB each of the largest one shipped
SCORE_CHUNK = 128  # characters projected at once while scoring: bounds memory, costs no speed


class RecurrentModel:
    """A trained network and its alphabet, as a `CharModel`."""

    def __init__(self, reference: str, network: RecurrentNetwork, vocabulary: Vocabulary) -> None:
        if network.vocab_size != len(vocabulary):
            raise ModelError(
                "{reference} has weights for {symbols} symbols and an alphabet of {alphabet}: "
                "the files of two models were mixed, fetch or train it again",
                reference=reference,
                symbols=network.vocab_size,
                alphabet=len(vocabulary),
            )
        self.reference = reference
        self.network = network
        self.vocabulary = vocabulary
        self.parameters = network.parameters
        # A class starts from the same prompt. Arrays that come from here are shared.
        self._read = lru_cache(READINGS)(partial(_read, network, vocabulary))

    def start(self, prompts: Sequence[str]) -> tuple[Array, State]:
        """Read a line break and the normalised prompt in each stream; see `CharModel`."""
        distinct = list(dict.fromkeys(prompts))
        read = [self._read(prompt) for prompt in distinct]  # lengths differ: one at a time
        rows = [read[distinct.index(prompt)] for prompt in prompts]
        logits = np.concatenate([row[0] for row in rows])
        state = tuple(
            tuple(np.concatenate(parts) for parts in zip(*layer, strict=True))
            for layer in zip(*(row[1] for row in rows), strict=True)
        )
        return logits, state

    def step(self, ids: Ids, state: State) -> tuple[Array, State]:
        """Read one character in each stream; see `CharModel`."""
        return self.network.step(ids, state)

    def surprisal(
        self, text: str, progress: Progress | None = None, streams: int = 1, warm_up: int = 1024
    ) -> NDArray[np.float64]:
        """Bits of each character given a line break and all characters before it.

        A character outside the alphabet costs `UNKNOWN_BITS`; the others share all the
        probability, since the unknown symbol is never drawn. With several streams the text is
        cut into that many pieces, scored side by side, each after reading the `warm_up`
        characters before it: faster, and an approximation of the carried state. A text that is
        too short for pieces of that length is cut into fewer.
        """
        ids = self.vocabulary.encode(CONTEXT_START + text)
        streams = max(1, min(streams, len(text) // max(warm_up, 1)))
        length = -(-len(text) // streams)  # characters a stream, rounded up
        starts = np.arange(streams) * length
        bits = np.zeros(streams * length)
        state = self.network.zero_state(streams)
        if streams > 1:
            before = starts[:, None] + np.arange(-warm_up, 0)
            state = self.network.run(ids[before.clip(0, len(ids) - 1)], state)[1]
            for part in (part for layer in state for part in layer):
                part[0] = 0  # the first piece has nothing before it
        for offset in range(0, length, SCORE_CHUNK):
            stop = min(offset + SCORE_CHUNK, length)
            at = starts[:, None] + np.arange(offset, stop)  # (streams, time)
            # The last piece may run past the end: its surplus is cut off below.
            logits, state = self.network.run(ids[at.clip(None, len(ids) - 1)], state)
            bits[at] = surprisal_bits(logits, ids[(at + 1).clip(None, len(ids) - 1)])
            if progress is not None:
                progress(stop / length)
        return bits[: len(text)]


def _read(network: RecurrentNetwork, vocabulary: Vocabulary, prompt: str) -> tuple[Array, State]:
    """Logits, shape (1, vocab_size), and state after a line break and the normalised prompt."""
    ids = vocabulary.encode(CONTEXT_START + normalise(prompt))[None]
    state = network.zero_state(1)
    for start in range(0, ids.shape[1], SCORE_CHUNK):
        logits, state = network.run(ids[:, start : start + SCORE_CHUNK], state)
    return logits[:, -1].copy(), state  # a copy: the logits of the other characters are let go


def surprisal_bits(logits: Array, targets: Ids) -> NDArray[np.float64]:
    """Bits of the targets, float64; `UNKNOWN_BITS` where one is outside the alphabet."""
    total = log_sum_exp(logits[..., UNKNOWN + 1 :])
    chosen = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return np.where(targets == UNKNOWN, UNKNOWN_BITS, (total - chosen) / np.log(2))


@dataclass(frozen=True)
class ModelEntry:
    """A model that can be named: what a list shows before anything is loaded."""

    name: str
    kind: str  # "lstm", "gru", "ngram", or "gpt" of a pretrained one
    parameters: int  # of n-grams: the stored contexts and n-grams
    available: bool
    epochs: tuple[int, ...] = ()
    experiment: bool = False  # one of many runs that only the Experiments page compares
    imported_from: str = ""  # the file that a run was imported from


_REFERENCE = re.compile(r"(?P<name>.+?)(@(?P<snapshot>\d+|step-\d+))?", re.DOTALL)


def open_run(reference: str) -> tuple[Run, str | None]:
    """The run that a reference names, and the name of its snapshot where it gives one.

    `petit`, `grand`, `exp-PLAN-RUN`, `run:ID` or the path of a run's folder, with `@EPOCH` or
    `@step-UPDATES`.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ModelError("the name of the model is empty: choose petit or grand")
    name, snapshot = match["name"], match["snapshot"]
    if _ngram_order(name):
        raise ModelError(
            "{reference} has no cells to look into: choose petit, grand or a run", reference=name
        )
    if name in SHIPPED:
        return Run.open(ASSETS / name), snapshot
    if experiment := _experiment_folder(name):
        return Run.open(experiment), snapshot
    if name.startswith("run:"):
        return Run.open(run_path(name.removeprefix("run:"))), snapshot
    try:
        folder, file = Path(name).is_dir(), Path(name).is_file()
        files = {path.name for path in Path(name).iterdir()} if folder else set()
    except (OSError, ValueError):  # too long for a path, or not to be read
        folder = file = False
    if folder:
        if files & {*HUB_FILES} and VOCABULARY not in files:
            raise _of_tokens(name)
        return Run.open(Path(name)), snapshot
    if file:
        raise ModelError(
            "{name} is a file, and a model is a run's folder: bring in the .zip of a run with "
            "`moliere models import FILE`, a .keras file on the Training page",
            name=name,
        )
    raise unknown_model(name)


def unknown_model(name: str) -> ModelError:
    """The error of a name that is no model's, or a model of tokens'."""
    if name == MINI or name.startswith(HUB):
        return _of_tokens(name)
    return ModelError(
        "there is no model {name!r}: choose {shipped}, {mini}, kn-1 to kn-8, hf:NAME, run:ID, or "
        "a run's folder",
        name=name,
        shipped=", ".join(SHIPPED),
        mini=MINI,
    )


def _of_tokens(name: str) -> ModelError:
    return ModelError(
        "{name} writes tokens, and a model of characters is wanted here: choose {shipped} or "
        "run:ID (the Bridge page takes both)",
        name=name,
        shipped=", ".join(SHIPPED),
    )


def load_model(reference: str) -> CharModel:
    """Open a model by its reference; the last epoch unless the reference names a snapshot."""
    if order := _ngram_order(reference):
        return NGramModel.load(NGRAMS, order)
    return load_recurrent(reference)


def load_recurrent(reference: str) -> RecurrentModel:
    """Open a model that has cells to look into; ModelError for any other."""
    run, snapshot = open_run(reference)
    network = RecurrentNetwork.load(run.snapshot(snapshot).path)
    # Weights do not tell what was dropped while they were trained.
    stated = replace(run.config.model, dropout=0.0, recurrent_dropout=0.0)
    if network.config != stated:
        raise ModelError(
            "{reference} has weights of another architecture than its settings: "
            "the files of two models were mixed, fetch or train it again",
            reference=reference,
        )
    return RecurrentModel(reference, network, run.vocabulary)


def list_models() -> list[ModelEntry]:
    """The shipped models, the experiments' runs, then the stored runs, newest first."""
    shipped = [_shipped_entry(name) for name in SHIPPED]
    stored = [
        ModelEntry(
            f"run:{found.name}",
            found.config.model.cell,
            found.config.model.parameter_count(found.symbols),
            found.has_weights,
            found.epochs,
            imported_from=found.imported_from,
        )
        for found in stored_runs()
    ]
    return [*shipped, *_ngram_entries(), *_experiment_entries(), *stored]


_EXPERIMENT = re.compile(r"exp-(?P<plan>[a-z]+)-(?P<run>[a-z0-9-]+)")


def _experiment_folder(reference: str) -> Path | None:
    """The folder of "exp-PLAN-RUN"; None for any other reference, and where nothing is there."""
    match = _EXPERIMENT.fullmatch(reference)
    folder = EXPERIMENTS / match["plan"] / match["run"] if match else None
    return folder if folder and folder.is_dir() else None


@cache
def _experiment_entries() -> tuple[ModelEntry, ...]:
    """The runs of the experiments, which never change."""
    entries = []
    for path in sorted(EXPERIMENTS.glob("*/*/")):
        with contextlib.suppress(RunError):
            entry = _entry(f"exp-{path.parent.name}-{path.name}", Run.open(path))
            entries.append(replace(entry, experiment=True))
    return tuple(entries)


def _ngram_order(reference: str) -> int:
    """The n of "kn-n", where n-grams of that length are shipped; 0 for any other reference."""
    order = reference.removeprefix("kn-")
    return int(order) if order != reference and order in map(str, NGRAM_ORDERS) else 0


@cache
def _ngram_entries() -> tuple[ModelEntry, ...]:
    """Sizes of the shipped n-grams: reading them takes 50 ms, and they never change."""
    largest = NGramModel.load(NGRAMS)
    sizes = [largest.truncated(order).parameters for order in NGRAM_ORDERS]
    return tuple(
        ModelEntry(f"kn-{order}", "ngram", size, available=True)
        for order, size in zip(NGRAM_ORDERS, sizes, strict=True)
    )


def _shipped_entry(name: str) -> ModelEntry:
    try:
        return _entry(name, Run.open(ASSETS / name))
    except RunError:  # an incomplete copy of the application: the other models still work
        return ModelEntry(name, "lstm", 0, available=False)


def _entry(name: str, run: Run) -> ModelEntry:
    epochs = tuple(s.epoch for s in run.snapshots if s.epoch is not None)
    size = run.config.model.parameter_count(len(run.vocabulary))
    return ModelEntry(name, run.config.model.cell, size, bool(run.snapshots), epochs)
