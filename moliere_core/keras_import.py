"""A model that the course's notebook saved (`.keras`, `.h5`), made a run of this application.

The notebook's alphabet is `sorted(set(text))`, without an unknown symbol, and is not in the file:
the text that it was trained on gives it. The file is opened in a subprocess with a memory limit
(`keras_import_worker`), never on a public host: such files have carried code before.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors.numpy import load_file, save

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus
from moliere_core.corpus.tables import SEPARATORS, decode_as_is, has_csv_header
from moliere_core.errors import N_, CorpusError, ModelError
from moliere_core.evaluation import score
from moliere_core.keras_import_worker import MAX_BYTES
from moliere_core.models import SCORE_CHUNK, RecurrentModel
from moliere_core.normalise import normalise
from moliere_core.protocol import CONTEXT_START, Progress
from moliere_core.recurrent import RecurrentNetwork
from moliere_core.run_import import check_allowed
from moliere_core.runs import Run, epoch_name, request_id, run_path
from moliere_core.training import sample
from moliere_core.vocabulary import Vocabulary

TIMEOUT_SECONDS = 120  # a framework's import included
MEMORY_MB = 2_000
UNKNOWN_BIAS = -30.0  # of the row added for the unknown symbol: a probability of nothing
HELD_OUT_SHARE = 0.1
SUFFIXES = (".keras", ".h5", ".hdf5")


Step = Literal["open", "measure"]  # what takes time
OnStep = Callable[[Step, float], None]  # the step, and the share of it that is done


def _ignore(step: Step, share: float) -> None:
    """No one listens."""


def import_keras(
    data: bytes,
    name: str,
    corpus: Corpus,
    text: str | None = None,
    token: str = "",
    on_step: OnStep = _ignore,
) -> Run:
    """Make a model of the course a run of the store.

    It has one epoch, whatever the notebook trained, measured on the last tenth of the corpus,
    which the model has read: its record has no "loss", and 0 updates and seconds.

    Args:
        data: the file's content.
        name: the file's name.
        corpus: what it was trained on.
        text: a text that may give its alphabet, where that of the corpus does not. `course_text`
            reads it from a CSV as the notebook does, without our normalisation. A file that
            `keras_export` wrote has its own alphabet.
        token: of who imports it, and then owns the run.
        on_step: called as it goes on.

    Raises:
        ConfigError: this server is public.
        ModelError: another kind of file or of model, too large, or of another alphabet.
        CorpusError: the corpus is too short.
    """
    check_allowed()
    if Path(name).suffix.lower() not in SUFFIXES:
        raise ModelError(
            "{name} is not a model saved by Keras: give a .keras or .h5 file", name=name
        )
    if len(data) > MAX_BYTES:
        raise ModelError(
            "{name} is larger than {megabytes} MB: save it without its optimizer, "
            "or import a smaller model",
            name=name,
            megabytes=MAX_BYTES // 1_000_000,
        )
    on_step("open", 0.0)
    weights, facts = _open(data, Path(name).suffix.lower())
    vocabulary = _carried(facts) or _alphabet(facts["vocab_size"], corpus, text)
    weights = with_unknown(weights)
    config = RunConfig(
        ModelConfig(**{key: facts[key] for key in _ARCHITECTURE}),
        TrainingConfig(
            epochs=1, seq_length=facts["seq_length"] or 60, shift=1, schedule="constant"
        ),
        validation=(),
    )
    content = hashlib.sha256(save(weights)).hexdigest()
    run_id = request_id(config, corpus.digest, content)
    learned = corpus.text()
    provenance = {
        "source": corpus.source,
        "digest": corpus.digest,
        "chars": len(learned),
        "imported_from": name,
    }
    run = Run.create(run_path(run_id), run_id, config, vocabulary, provenance, "last-tenth")
    if not run.complete:
        model = RecurrentModel(name, RecurrentNetwork(weights), vocabulary)
        record = _measure(model, learned, lambda share: on_step("measure", share))
        run.save_snapshot(epoch_name(1), weights)
        run.save_history([record])
        if token:
            run.set_owner(token)
        run.rename(Path(name).stem[:80], token)
    return run


_ARCHITECTURE = ("cell", "embedding_dim", "units", "layers", "dropout")


def course_text(data: bytes | str, plays: Collection[str] = ()) -> str:
    """The notebook's text from its CSV's content: the cues joined by line breaks, as they are.

    Args:
        data: the file's content, in UTF-8 as the notebook has it, or decoded.
        plays: slugs of those that were read; none means all.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        separator = max(SEPARATORS, key=text.partition("\n")[0].count)
        frame = pd.read_csv(io.StringIO(text), sep=separator)
        chosen = frame[frame["play_name"].isin(list(plays))] if plays else frame
        cues = chosen["cue"]
    except (ValueError, KeyError) as error:  # of encodings and of parsing, too
        raise CorpusError("this is not the course's CSV: give one with a column 'cue'") from error
    return "\n".join(cues.dropna().astype(str))


def raw_text(data: bytes, plays: Collection[str] = ()) -> str:
    """A text without our normalisation: `course_text` of a CSV, any other file as it is."""
    text = decode_as_is(data, N_("this text"), [])
    return course_text(text, plays) if has_csv_header(text) else text


def with_unknown(weights: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """The weights with a symbol 0, unknown, before those of the file; it is never predicted."""
    embedding, kernel = weights["embedding"], weights["dense.kernel"]
    zeros = np.zeros((1, embedding.shape[1]), np.float32)
    column = np.zeros((kernel.shape[0], 1), np.float32)
    bias = np.array([UNKNOWN_BIAS], np.float32)
    return weights | {
        "embedding": np.concatenate([zeros, embedding]),
        "dense.kernel": np.concatenate([column, kernel], axis=1),
        "dense.bias": np.concatenate([bias, weights["dense.bias"]]),
    }


def _open(data: bytes, suffix: str) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
    """Weights and facts, from the subprocess."""
    with tempfile.TemporaryDirectory(prefix="moliere-") as folder:
        source, target = Path(folder, f"model{suffix}"), Path(folder, "weights.safetensors")
        source.write_bytes(data)
        command = [sys.executable, "-m", "moliere_core.keras_import_worker"]
        try:
            done = subprocess.run(
                [*command, str(source), str(target)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                env={**os.environ, "MOLIERE_WORKER_MEMORY_MB": str(MEMORY_MB)},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ModelError(
                "this model was not open after {seconds} s: import a smaller one",
                seconds=TIMEOUT_SECONDS,
            ) from error
        try:
            facts = json.loads(done.stdout.splitlines()[-1])
        except (IndexError, ValueError) as error:
            raise ModelError(
                "this model could not be opened within {megabytes} MB of memory: "
                "import a smaller one",
                megabytes=MEMORY_MB,
            ) from error
        if "error" in facts:
            raise ModelError.from_json(facts["error"])
        return load_file(target), facts


def _carried(facts: dict[str, Any]) -> Vocabulary | None:
    """The alphabet in the file itself, None where there is none that fits."""
    chars = facts["alphabet"] or []
    return Vocabulary(tuple(chars)) if len(chars) == facts["vocab_size"] else None


def _alphabet(size: int, corpus: Corpus, text: str | None) -> Vocabulary:
    """The notebook's alphabet, `sorted(set(text))`; ModelError if no text has one of this size."""
    texts = [corpus.text()] if text is None else [text, corpus.text()]
    found = [Vocabulary.from_text(t) for t in texts]
    for vocabulary in found:
        if len(vocabulary.chars) == size:
            return vocabulary
    if any(len(vocabulary.chars) == size - 1 for vocabulary in found):
        raise ModelError(
            "this model has {size} symbols and this text {found} characters: give the very text "
            "that it was trained on; or, if the first symbol stands for unknown characters "
            "(as StringLookup has it), train it again without, as in the course",
            size=size,
            found=size - 1,
        )
    raise ModelError(
        "this model has an alphabet of {size} characters and this text one of {found}: "
        "give the very text that it was trained on",
        size=size,
        found=len(found[0].chars),
    )


def _measure(model: RecurrentModel, learned: str, progress: Progress) -> dict[str, Any]:
    """The record of the one epoch: what can be measured of a model trained elsewhere."""
    held_out = learned[int(len(learned) * (1 - HELD_OUT_SHARE)) :]
    return {
        "epoch": 1,
        "updates": 0,
        "seconds": 0.0,
        "chars_per_second": 0,
        "loss": None,
        "train_loss": None,
        "validation_bits_per_char": score(model, held_out, progress).bits_per_char,
        "accuracy": _accuracy(model, normalise(held_out)),
        "sample": sample(model),
    }


def _accuracy(model: RecurrentModel, text: str) -> float:
    """Share of the characters of `text` that were the most probable."""
    ids = model.vocabulary.encode(CONTEXT_START + text)
    state, hits = model.network.zero_state(1), 0
    for start in range(0, len(text), SCORE_CHUNK):
        read = ids[start : min(start + SCORE_CHUNK, len(text))]
        logits, state = model.network.run(read[None], state)
        hits += int((logits[0, :, 1:].argmax(-1) + 1 == ids[start + 1 :][: len(read)]).sum())
    return hits / len(text)
