"""What a job is asked to do, who asked, and how much a public server allows."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from moliere_core.config import RunConfig
from moliere_core.corpus import Corpus, split
from moliere_core.errors import N_, ConfigError, CorpusError, ModelError, RunError, writable
from moliere_core.models.references import SHIPPED, open_run
from moliere_core.runs.ownership import Owner, may_change
from moliere_core.runs.run import MAX_NAME, checked_label, request_id
from moliere_core.system.machine import is_public
from moliere_core.system.records import DamagedError, count, text
from moliere_core.system.records import parse as parse_json
from moliere_core.training.jobs import corpora
from moliere_core.training.memory import OldText, old_text


@dataclass(frozen=True)
class JobSpec:
    """A training, fully described: the same request is the same job, whoever asks.

    Attributes:
        config: all the settings.
        source: where the corpus was read, for people ("embedded", a path, an address).
        corpus_digest: which corpus it is, see `corpora`.
        chars: length of the training text.
        validation_chars: length of the text held out.
        initial_digest: of the weights that a fine-tuning starts from, "" where it does not.
        owner: who asked; None where nobody in particular did.
        label: what people call it.
        asked_by: what who asked calls themselves, "" where they do not say.
        old: the text that tells what is forgotten of the model it starts from, where there is one.
    """

    config: RunConfig
    source: str
    corpus_digest: str
    chars: int
    validation_chars: int = 0
    initial_digest: str = ""
    owner: Owner | None = None
    label: str = ""
    asked_by: str = ""
    old: OldText | None = None

    @cached_property
    def run_id(self) -> str:
        """Identifier of the run to make, and of the job that makes it."""
        return request_id(self.config, self.corpus_digest, self.initial_digest)

    @property
    def predictions(self) -> int:
        """Characters predicted in training, all epochs together: what it costs."""
        training = self.config.training
        overlap = training.seq_length / training.shift if training.shift else 1
        return round(training.epochs * self.chars * overlap)

    def allows(self, token: str) -> bool:
        """Whether the holder of `token` may stop or delete the job, see `ownership.may_change`."""
        return may_change(self.owner, token)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> JobSpec:
        """The inverse of `to_json`; ConfigError if it was written by something else."""
        try:
            owner = None if data["owner"] is None else Owner.from_json(data["owner"])
            for name in ("source", "corpus_digest", "initial_digest", "label", "asked_by"):
                text(data, name, "")
            for name in ("chars", "validation_chars"):
                count({name: 0, **data}, name)
            old = OldText.from_json(data.get("old"))
            config = RunConfig.from_json(data["config"])
            return cls(**{**data, "config": config, "owner": owner, "old": old})
        except (KeyError, TypeError, DamagedError) as error:
            raise ConfigError(
                "this job was not written by this version: {error}", error=error
            ) from error


def prepare(
    config: RunConfig, corpus: Corpus, label: str = "", known: Iterable[Corpus] = ()
) -> JobSpec:
    """Describe a training, see `describe`, and store the corpus for the worker.

    Where it starts from a model, `known` are the corpora among which that model's own may be: what
    is forgotten of it is measured on that one (`memory.old_text`).
    """
    spec = describe(config, corpus, label)
    corpora.keep(corpus)
    if not config.initial:
        return spec
    texts = split(corpus, config.plays, config.validation, config.training.speakers)
    return replace(spec, old=old_text(config.initial, texts, _with_kept(config.initial, known)))


def _with_kept(initial: str, known: Iterable[Corpus]) -> Iterator[Corpus]:
    """These corpora, then the one kept since the model `initial` was trained on it."""
    yield from known
    with contextlib.suppress(CorpusError):
        yield corpora.load(str(open_run(initial)[0].corpus["digest"]))


def describe(
    config: RunConfig, corpus: Corpus, label: str = "", sizes: tuple[int, int] | None = None
) -> JobSpec:
    """Describe a training of `config` on `corpus`; nothing is stored yet.

    Args:
        config: all the settings.
        corpus: what it reads.
        label: what people will call it.
        sizes: characters of its training text and of the text held out, where they are known.

    Raises:
        CorpusError: an unknown play, or too little text.
        ModelError: the initial model is not there.
        ConfigError: the initial model is a folder, or the label is too long.
    """
    label = checked_label(label)
    if sizes is None:
        texts = split(corpus, config.plays, config.validation, config.training.speakers)
        sizes = len(texts.train_text), len(texts.validation_text)
    return JobSpec(
        config=config,
        source=corpus.source,
        corpus_digest=corpus.digest,
        chars=sizes[0],
        validation_chars=sizes[1],
        initial_digest=initial_digest(config.initial),
        label=label,
    )


def initial_digest(reference: str | None) -> str:
    """SHA-256 of the weights that a fine-tuning starts from, "" for none; see `request_id`."""
    if reference is None:
        return ""
    name = reference.partition("@")[0]
    if name not in SHIPPED and not name.startswith("run:"):
        raise ConfigError(
            "a job cannot start from {reference!r}: choose petit, grand or run:ID",
            reference=reference,
        )
    run, snapshot = open_run(reference)
    path = run.snapshot(snapshot).path
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ModelError(
            "{reference} cannot be read: {reason}", reference=reference, reason=error.strerror
        ) from error


@lru_cache(maxsize=16)  # a page describes what its controls say, at each click
def _digest(path: Path, _written: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def parse(document: str) -> JobSpec:
    """The spec in a file's text; ConfigError if it is not one."""
    try:
        data = parse_json(document)
    except DamagedError as error:
        raise ConfigError("this job's description is damaged: {error}", error=error) from error
    if not isinstance(data, dict):
        raise ConfigError("this job's description is damaged: it is not an object")
    return JobSpec.from_json(data)


_TOO_MANY_EPOCHS = N_(
    "this training asks for {value:,} epochs, and at most {limit:,} on this public server: "
    "choose fewer"
)
_TOO_MANY_UNITS = N_(
    "this training asks for {value:,} units, and at most {limit:,} on this public server: "
    "choose fewer"
)
_TOO_MANY_LAYERS = N_(
    "this training asks for {value:,} layers, and at most {limit:,} on this public server: "
    "choose fewer"
)
_TOO_WIDE_AN_EMBEDDING = N_(
    "this training asks for an embedding of {value:,}, and at most {limit:,} on this public "
    "server: choose a smaller one"
)
_TOO_LONG_A_TEXT = N_(
    "this training asks for {value:,} characters of text, and at most {limit:,} on this public "
    "server: choose fewer plays"
)
_TOO_MANY_PREDICTIONS = N_(
    "this training asks for {value:,} characters predicted in all, and at most {limit:,} on this "
    "public server: choose fewer epochs, fewer plays or a larger shift"
)
_TOO_LARGE_AN_UPDATE = N_(
    "this training reads {value:,} characters an update, and at most {limit:,} on this public "
    "server: choose a smaller batch or shorter windows"
)


@dataclass(frozen=True)
class Limits:
    """How much one may ask for; None is no limit.

    Attributes:
        epochs: passes over the text.
        units: width of a recurrent layer.
        layers: recurrent layers.
        blocks: of a transformer.
        embedding: width of the embedding.
        chars: length of the training text.
        update_chars: characters of one update, batch by window: the memory that it takes.
        predictions: characters predicted in all (`JobSpec.predictions`): windows that overlap
            read the text many times an epoch.
        session_jobs: unfinished jobs of one owner, or of one browser.
        address_jobs: unfinished jobs from one address, which may be that of a whole school.
        queue_jobs: unfinished jobs of everybody together.
    """

    epochs: int | None = None
    units: int | None = None
    layers: int | None = None
    blocks: int | None = None
    embedding: int | None = None
    chars: int | None = None
    update_chars: int | None = None
    predictions: int | None = None
    session_jobs: int | None = None
    address_jobs: int | None = None
    queue_jobs: int | None = None

    def check(self, spec: JobSpec, own: int = 0, queued: int = 0, near: int = 0) -> None:
        """Raise ConfigError, in one sentence, unless `spec` may be added.

        Args:
            spec: what is asked for.
            own: unfinished jobs that the same person has.
            queued: unfinished jobs of everybody.
            near: unfinished jobs from the same address.
        """
        config = spec.config
        for value, limit, template in (
            (config.training.epochs, self.epochs, _TOO_MANY_EPOCHS),
            (config.model.units, self.units, _TOO_MANY_UNITS),
            (
                config.model.layers,
                self.blocks if config.model.is_transformer else self.layers,
                _TOO_MANY_LAYERS,
            ),
            (config.model.embedding_dim, self.embedding, _TOO_WIDE_AN_EMBEDDING),
            (spec.chars, self.chars, _TOO_LONG_A_TEXT),
            (
                config.training.batch_size * config.training.seq_length,
                self.update_chars,
                _TOO_LARGE_AN_UPDATE,
            ),
            (spec.predictions, self.predictions, _TOO_MANY_PREDICTIONS),
        ):
            if limit is not None and value > limit:
                raise ConfigError(template, value=value, limit=limit)
        if self.session_jobs is not None and own >= self.session_jobs:
            raise ConfigError(
                "you have {own} unfinished trainings, and at most {limit} on this "
                "public server: wait for the end of one, or stop it",
                own=own,
                limit=self.session_jobs,
            )
        if self.address_jobs is not None and near >= self.address_jobs:
            raise ConfigError(
                "{near} trainings asked for from your network are unfinished, and at most {limit} "
                "on this public server: wait for the end of one, or open a stored run",
                near=near,
                limit=self.address_jobs,
            )
        if self.queue_jobs is not None and queued >= self.queue_jobs:
            raise ConfigError(
                "{queued} trainings are waiting, and at most {limit} on this public "
                "server: come back in a few minutes, or open a stored run",
                queued=queued,
                limit=self.queue_jobs,
            )


PUBLIC = Limits(
    epochs=10,
    units=256,
    layers=2,
    blocks=4,
    embedding=128,
    chars=2_000_000,  # all of Molière
    update_chars=20_000,
    predictions=20_000_000,
    session_jobs=1,
    address_jobs=3,
    queue_jobs=6,
)


def limits() -> Limits:
    """The limits of this server."""
    return PUBLIC if is_public() else Limits()


def require_allowed(spec: JobSpec, token: str) -> None:
    """RunError unless the holder of `token` may stop or delete the job."""
    if not spec.allows(token):
        raise RunError(
            "the training {name} belongs to someone else: "
            "ask the person who started it, or give the teacher's code",
            name=spec.label or spec.run_id,
        )


def owned_by(spec: JobSpec, token: str, name: str = "") -> JobSpec:
    """The spec as asked for by the holder of `token`; by nobody in particular if it is empty."""
    name = " ".join(writable(name).split())[:MAX_NAME]
    return replace(spec, owner=Owner.of(token) if token else None, asked_by=name)
