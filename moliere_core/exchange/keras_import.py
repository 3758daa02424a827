"""A model that the course's notebook saved (`.keras`, `.h5`), made a run of this application.

The notebook's alphabet is not in the file: the text that it was trained on gives it, in one of the
ways that `keras_alphabets` knows. The file is opened in a subprocess with little memory and time
(`keras_import_worker`), never on a public host.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors.numpy import load_file, save

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus
from moliere_core.corpus.edition import usual
from moliere_core.corpus.names import printable
from moliere_core.corpus.tables import SEPARATORS, decode_as_is, has_csv_header
from moliere_core.errors import N_, CorpusError, ModelError
from moliere_core.exchange.keras_alphabets import Source, carried, choose, reordered
from moliere_core.exchange.keras_file import MAX_BYTES, SUFFIXES
from moliere_core.exchange.run_import import check_allowed
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.models.references import SCORE_CHUNK, RecurrentModel
from moliere_core.models.samples import sample
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.runs.run import Run, epoch_name, request_id, run_path
from moliere_core.system.progress import Progress
from moliere_core.system.workers import NoAnswerError, answer, command
from moliere_core.text.normalise import normalise

TIMEOUT_SECONDS = 60
MEMORY_MB = 1_000
HELD_OUT_SHARE = 0.1


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
    plays: Mapping[str, str] | None = None,
) -> Run:
    """Make a model of the course a run of the store.

    It has one epoch, whatever the notebook trained, measured on the last tenth of its text, which
    the model has read: its record has no "loss", and 0 updates and seconds. Its settings say where
    it came from, and under "alphabet" how the notebook numbered its characters
    (`keras_alphabets.RULES`), "file" where the file says it, as those of `keras_export` do.

    Args:
        data: the file's content.
        name: the file's name.
        corpus: what it was trained on.
        text: the same as the notebook read it, which may give another alphabet than ours:
            `course_text` reads it from a CSV, without our normalisation.
        token: of who imports it, and then owns the run.
        on_step: called as it goes on.
        plays: the plays of `corpus` as the notebook read them, by slug: a model of a single play
            has its alphabet.

    Raises:
        ConfigError: this server is public.
        ModelError: another kind of file or of model, too large, or of another text.
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
    weights, facts = open_apart(data, Path(name).suffix.lower())
    known = carried(weights, facts["alphabet"] or (), corpus.text())
    alphabet = known or choose(weights, _sources(corpus, text, plays or {}))
    weights = alphabet.reordered(weights)
    corpus = corpus.select([alphabet.source.play]) if alphabet.source.play else corpus
    config = RunConfig(
        ModelConfig(**{key: facts[key] for key in _ARCHITECTURE}),
        TrainingConfig(
            epochs=1, seq_length=facts["seq_length"] or 60, shift=1, schedule="constant"
        ),
        validation=(),
    )
    run_id = request_id(config, corpus.digest, hashlib.sha256(save(weights)).hexdigest())
    provenance = {
        "source": corpus.source,
        "digest": corpus.digest,
        "chars": len(alphabet.source.text),
        "imported_from": printable(name),
        "alphabet": alphabet.rule.key if alphabet.rule else "file",
        "play": alphabet.source.play,
    }
    vocabulary = alphabet.vocabulary
    run = Run.create(run_path(run_id), run_id, config, vocabulary, provenance, "last-tenth")
    if not run.complete:
        model = RecurrentModel(name, RecurrentNetwork(weights), vocabulary)
        record = _measure(model, alphabet.source.text, lambda share: on_step("measure", share))
        run.save_snapshot(epoch_name(1), weights)
        run.save_history([record])
        if token:
            run.set_owner(token)
        run.rename(printable(Path(name).stem), token)
    return run


_ARCHITECTURE = ("cell", "embedding_dim", "units", "layers", "dropout")


def course_text(data: bytes | str, plays: Collection[str] = ()) -> str:
    """The notebook's text from its CSV's content: the cues joined by line breaks, as they are.

    Args:
        data: the file's content, in UTF-8 as the notebook has it, or decoded.
        plays: slugs of those that were read; none means all.
    """
    try:
        frame = _frame(data.decode("utf-8") if isinstance(data, bytes) else data)
    except UnicodeDecodeError as error:
        raise _not_the_csv() from error
    chosen = frame[frame["play_name"].isin([_slug(play) for play in plays])] if plays else frame
    return "\n".join(chosen["cue"])


def _frame(text: str) -> pd.DataFrame:
    """The cues of the course's CSV with their plays, those that are empty left out."""
    try:
        separator = max(SEPARATORS, key=re.split("[\r\n]", text, maxsplit=1)[0].count)
        frame = pd.read_csv(io.StringIO(text), sep=separator).dropna(subset=["cue"])
        names = frame.get("play_name", pd.Series("", frame.index)).astype(str)
        return pd.DataFrame({"play_name": names.map(_slug), "cue": frame["cue"].astype(str)})
    except (ValueError, KeyError) as error:  # of parsing, too
        raise _not_the_csv() from error


def _slug(play: str) -> str:
    """The name that a corpus gives a play."""
    return usual(normalise(play))


def _not_the_csv() -> CorpusError:
    return CorpusError("this is not the course's CSV: give one with a column 'cue'")


def raw_text(data: bytes, plays: Collection[str] = ()) -> str:
    """A text without our normalisation: `course_text` of a CSV, any other file as it is."""
    text = decode_as_is(data, N_("this text"), [])
    return course_text(text, plays) if has_csv_header(text) else text


def notebook_texts(
    corpus: Corpus, data: bytes | None, plays: Collection[str] = ()
) -> tuple[str | None, dict[str, str]]:
    """What the notebook reads of a corpus: the arguments `text` and `plays` of `import_keras`.

    Args:
        corpus: the corpus, of these plays alone.
        data: its very file; None where it has none.
        plays: slugs of those that were chosen; none means all.

    Returns:
        The text, None where the notebook could not read the file (TEI, a zip, a damaged CSV); and
        the text of each play, where there are several.
    """
    if data is None or data.startswith(b"PK") or data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return None, {}
    text = decode_as_is(data, N_("this text"), [])
    if not has_csv_header(text):
        return text, {}
    try:
        whole = course_text(text, plays)
        if len(corpus.plays) < 2:
            return whole, {}
        cues = _frame(text).groupby("play_name")["cue"]
    except CorpusError:  # a mark that nothing closes: `corpus` has its rows all the same
        return None, {}
    own = {str(play): "\n".join(lines) for play, lines in cues if play in corpus.plays}
    return whole, own


def with_unknown(weights: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """The weights with a symbol 0, unknown, before those of the file; it is never predicted."""
    return reordered(weights, [-1, *range(len(weights["embedding"]))])


def _sources(corpus: Corpus, text: str | None, plays: Mapping[str, str]) -> list[Source]:
    """The texts that may have given the alphabet: the whole first, as the notebook reads it."""
    whole = [Source(t) for t in dict.fromkeys([text or "", corpus.text()]) if t]
    if len(corpus.plays) < 2:
        return whole
    own = [Source(text, play) for play, text in plays.items()]
    return [*whole, *own, *(Source(corpus.select([p]).text(), p) for p in corpus.plays)]


def open_apart(data: bytes, suffix: str) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
    """Weights under our names, and what `keras_import_worker` knows of them, from its process.

    Raises:
        ModelError: the file is refused, or takes too much time or memory.
    """
    with tempfile.TemporaryDirectory(prefix="moliere-") as folder:
        source, target = Path(folder, f"model{suffix}"), Path(folder, "weights.safetensors")
        source.write_bytes(data)
        asked = command("moliere_core.exchange.keras_import_worker", str(source), str(target))
        limits = {"MOLIERE_WORKER_MEMORY_MB": str(MEMORY_MB)}
        try:
            facts = answer(asked, TIMEOUT_SECONDS, environment=limits)
        except TimeoutError as error:
            raise ModelError(
                "this model was not open after {seconds} s: import a smaller one",
                seconds=TIMEOUT_SECONDS,
            ) from error
        except NoAnswerError as error:
            raise ModelError(
                "this model could not be opened within {megabytes} MB of memory: "
                "import a smaller one",
                megabytes=MEMORY_MB,
            ) from error
        if "error" in facts:
            raise ModelError.from_json(facts["error"])
        return load_file(target), facts


def _measure(model: RecurrentModel, learned: str, progress: Progress) -> dict[str, Any]:
    """The record of the one epoch: what can be measured of a model trained elsewhere."""
    held_out = learned[int(len(learned) * (1 - HELD_OUT_SHARE)) :]
    if not held_out:
        raise CorpusError("this text is empty: give the one that the model was trained on")
    return {
        "epoch": 1,
        "updates": 0,
        "seconds": 0.0,
        "chars_per_second": 0,
        "loss": None,
        "train_loss": None,
        "validation_bits_per_char": float(model.surprisal(held_out, progress).mean()),
        "accuracy": accuracy(model, held_out),
        "sample": sample(model),
    }


def accuracy(model: RecurrentModel, text: str) -> float:
    """Share of the characters of `text` that were the most probable, after a line break."""
    ids = model.vocabulary.encode(CONTEXT_START + text)
    state, hits = model.network.zero_state(1), 0
    for start in range(0, len(text), SCORE_CHUNK):
        read = ids[start : min(start + SCORE_CHUNK, len(text))]
        logits, state = model.network.run(read[None], state)
        hits += int((logits[0, :, 1:].argmax(-1) + 1 == ids[start + 1 :][: len(read)]).sum())
    return hits / len(text)
