"""The course's experiments as data: what is asked, what varies, and the runs that answer.

Each plan is a few requests that differ in one setting alone; everything else, the seed included,
is the same. `python -m tools.train_experiments` trained them on Molière and measured them; the
results ship under `assets/experiments/PLAN/RUN` and open as any run does, as `exp-PLAN-RUN`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus, split
from moliere_core.errors import CorpusError, RunError
from moliere_core.measures.context import LONGEST, VisibleContext, visible_context
from moliere_core.models.evaluation import score
from moliere_core.models.references import EXPERIMENTS, NetworkModel, open_run
from moliere_core.models.samples import sample
from moliere_core.runs.run import Run, Snapshot
from moliere_core.system.progress import Progress
from moliere_core.system.storage import write_atomically

MEASURES = "measures.json"
SAMPLE_SEED, SAMPLE_CHARS = 1, 300

REFERENCE = "petit"  # beside the windows' runs: the same measure on a network trained longer

# What every run is scored on besides the text that it holds out itself.
COMMON = RunConfig().validation  # one play in verse, one in prose
COMMON_TEXT = "common"  # both, as `petit` and `grand` are scored

PlanName = Literal[
    "length",
    "architecture",
    "embedding",
    "plays",
    "overfitting",
    "epochs",
    "last_only",
    "transformer",
]


@dataclass(frozen=True)
class Variant:
    """One run of a plan.

    Attributes:
        name: identifier within the plan, the same in every language.
        config: all its settings.
    """

    name: str
    config: RunConfig


@dataclass(frozen=True)
class Plan:
    """An experiment.

    Attributes:
        name: identifier, a single word.
        varied: the fields of `RunConfig` in which its runs differ, as dotted paths.
        equal: what all of them have in common: "updates" or "passes" over the training text,
            "parameters", to two hundredths, or the "text" alone.
        variants: its runs, in the order in which they are shown.
        visible: up to how many visible characters of the past its runs are scored; 0 for none.
        weights: whether they ship; else what was measured on them does, alone.
    """

    name: PlanName
    varied: tuple[str, ...]
    equal: Literal["updates", "passes", "parameters", "text"]
    variants: tuple[Variant, ...]
    visible: int = 0
    weights: bool = True

    def __iter__(self) -> Iterator[Variant]:
        return iter(self.variants)

    def variant(self, name: str) -> Variant:
        """The run of that name; KeyError if there is none."""
        return {variant.name: variant for variant in self.variants}[name]


SEED = 1

# The network of the course's quick settings. Windows start every 40 characters whatever their
# length: as many windows, hence as many updates, for each length, and even the shortest read every
# character of the text once a pass.
_WINDOWS = RunConfig(
    ModelConfig(embedding_dim=64, units=128, dropout=0.0),
    TrainingConfig(epochs=1, shift=40, batch_size=20, learning_rate=3e-3, seed=SEED),
)
LENGTHS = (40, 60, 100, 150)
# Seven plays rather than all: a class can train any of them again within minutes.
FAMOUS = (
    "avare",
    "bourgeois-gentilhomme",
    "dom-juan",
    "femmes-savantes",
    "fourberies-de-scapin",
    "malade-imaginaire",
    "tartuffe",
)
_STREAMS = RunConfig(
    ModelConfig(dropout=0.0),
    TrainingConfig(epochs=1, seq_length=50, batch_size=16, learning_rate=3e-3, seed=SEED),
    plays=FAMOUS,
)
_ONE_PLAY = RunConfig(
    ModelConfig(dropout=0.3),
    TrainingConfig(epochs=12, seq_length=50, batch_size=16, learning_rate=3e-3, seed=SEED),
    validation=(),  # the last tenth of the play
)
_BY_HEART = RunConfig(
    ModelConfig(dropout=0.0),
    TrainingConfig(
        epochs=30, seq_length=50, batch_size=16, learning_rate=2e-3, schedule="constant", seed=SEED
    ),
    plays=("tartuffe",),
    validation=(),
)
# The learning rate falls to zero at the end of each, wherever that is: at a constant rate these
# would be one training, looked at three times.
_PLANNED = RunConfig(
    ModelConfig(embedding_dim=64, units=128, dropout=0.0),
    TrainingConfig(epochs=5, seq_length=50, batch_size=16, learning_rate=3e-3, seed=SEED),
    plays=("tartuffe",),
    validation=(),
)
EPOCHS = (5, 15, 30)
EMBEDDINGS = (64, 128, 256)
# The course's windows of 60 characters.
_POSITIONS = replace(_WINDOWS, training=replace(_WINDOWS.training, epochs=2, seq_length=60))


# As many parameters, each with the settings that suit its kind. A transformer of this size takes
# about twice as long over a character: it is trained as many seconds, and as many passes.
_LSTM = replace(_STREAMS, training=replace(_STREAMS.training, epochs=4, weight_averaging=0.98))
VISIBLE = 256  # characters that this transformer looks back on
_TRANSFORMER = RunConfig(
    ModelConfig("transformer", units=90, layers=4, dropout=0.0, heads=3, context=VISIBLE),
    TrainingConfig(
        epochs=4, batch_size=8, learning_rate=4e-3, warm_up=100, weight_averaging=0.98, seed=SEED
    ),
    plays=FAMOUS,
)


def _length(seq_length: int) -> Variant:
    training = replace(_WINDOWS.training, seq_length=seq_length)
    return Variant(str(seq_length), replace(_WINDOWS, training=training))


def _embedding(width: int) -> Variant:
    model = ModelConfig(embedding_dim=width, units=128, dropout=0.0)
    training = replace(_STREAMS.training, epochs=4)
    return Variant(str(width), replace(_STREAMS, model=model, training=training))


def _epochs(count: int) -> Variant:
    training = replace(_PLANNED.training, epochs=count)
    return Variant(str(count), replace(_PLANNED, training=training))


def _positions(name: str, last_only: bool) -> Variant:
    training = replace(_POSITIONS.training, last_only=last_only)
    return Variant(name, replace(_POSITIONS, training=training))


def _architecture(name: str, model: ModelConfig) -> Variant:
    return Variant(name, replace(_STREAMS, model=model))


PLANS: dict[PlanName, Plan] = {
    plan.name: plan
    for plan in (
        Plan(
            "length",
            ("training.seq_length",),
            "updates",
            tuple(map(_length, LENGTHS)),
            visible=LONGEST,
        ),
        Plan(
            "architecture",
            ("model.units", "model.layers", "model.cell"),
            "passes",
            (
                _architecture("lstm-128", ModelConfig(units=128, dropout=0.0)),
                _architecture("lstm-256", ModelConfig(units=256, dropout=0.0)),
                _architecture("lstm-512", ModelConfig(units=512, dropout=0.0)),
                _architecture("lstm-2x256", ModelConfig(units=256, layers=2, dropout=0.0)),
                _architecture("gru-256", ModelConfig(cell="gru", units=256, dropout=0.0)),
            ),
        ),
        Plan(
            "embedding",
            ("model.embedding_dim",),
            "passes",
            tuple(map(_embedding, EMBEDDINGS)),
            weights=False,
        ),
        Plan(
            "plays",
            ("plays",),
            "passes",
            (
                Variant("tartuffe", replace(_ONE_PLAY, plays=("tartuffe",))),
                Variant("avare", replace(_ONE_PLAY, plays=("avare",))),
                Variant("fourberies", replace(_ONE_PLAY, plays=("fourberies-de-scapin",))),
            ),
        ),
        Plan(
            "overfitting",
            ("model.dropout",),
            "passes",
            (
                Variant("dropout-0", _BY_HEART),
                Variant("dropout-50", replace(_BY_HEART, model=ModelConfig(dropout=0.5))),
            ),
        ),
        Plan("epochs", ("training.epochs",), "text", tuple(map(_epochs, EPOCHS))),
        Plan(
            "last_only",
            ("training.last_only",),
            "updates",
            (_positions("last", True), _positions("all", False)),
            visible=LONGEST,
            weights=False,
        ),
        Plan(
            "transformer",
            (
                "model.cell",
                "model.embedding_dim",
                "model.units",
                "model.layers",
                "model.heads",
                "model.context",
                "training.epochs",
                "training.seq_length",
                "training.batch_size",
                "training.learning_rate",
                "training.warm_up",
            ),
            "parameters",
            (
                Variant("lstm", _LSTM),
                Variant(
                    "seconds",
                    replace(_TRANSFORMER, training=replace(_TRANSFORMER.training, epochs=2)),
                ),
                Variant("passes", _TRANSFORMER),
            ),
            visible=VISIBLE,
            weights=False,
        ),
    )
}


@dataclass(frozen=True)
class TextScore:
    """Bits per character on a text, with the state carried from its beginning to its end.

    Attributes:
        bits: per character.
        chars: how many were scored.
        unknown: how many of them are outside the run's alphabet, at `UNKNOWN_BITS` each.
    """

    bits: float
    chars: int
    unknown: int


@dataclass(frozen=True)
class Measures:
    """What was measured on a run's last weights.

    Attributes:
        weights: digest of those weights.
        scores: by text: "common", the name of one of `COMMON`, or "tenth:PLAY", the last tenth
            of a play.
        context: bits against visible characters, of the runs whose plan asks for it.
        sample: what it writes with `SAMPLE_SEED`, `SAMPLE_CHARS` long.
        seconds: of one processor core at the end of each epoch, the first epoch first; empty
            where nobody counted them.
    """

    weights: str
    scores: Mapping[str, TextScore]
    context: VisibleContext | None
    sample: str
    seconds: tuple[float, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        context = self.context
        return {
            "weights": self.weights,
            "scores": {name: asdict(found) for name, found in self.scores.items()},
            "context": None if context is None else context.to_json(),
            "sample": self.sample,
            "seconds": list(self.seconds),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Measures:
        """The inverse of `to_json`."""
        context = data["context"]
        return cls(
            weights=data["weights"],
            scores={name: TextScore(**found) for name, found in data["scores"].items()},
            context=None if context is None else VisibleContext.from_json(context),
            sample=data["sample"],
            seconds=tuple(data["seconds"]),
        )


class Result:
    """A shipped run of a plan: a `Run`, and what was measured on its weights.

    The weights themselves ship where they are small enough; the measures always do.
    """

    def __init__(self, plan: Plan, variant: Variant, folder: Path = EXPERIMENTS) -> None:
        self.plan, self.variant = plan, variant
        self.run = Run.open(folder / plan.name / variant.name)

    @property
    def reference(self) -> str:
        """Its name as a model."""
        return reference(self.plan, self.variant)

    @property
    def has_weights(self) -> bool:
        """Whether it can write and be scored here."""
        return bool(self.run.snapshots)

    @property
    def parameters(self) -> int:
        """How many weights its network has."""
        return self.run.config.model.parameter_count(len(self.run.vocabulary))

    @property
    def updates(self) -> int:
        """How many times its weights were corrected."""
        return int(self.run.history[-1]["updates"])

    @cached_property
    def measures(self) -> Measures:
        """What was measured on its weights; RunError if that file is not there."""
        path = self.run.path / MEASURES
        try:
            return Measures.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                "{path} is damaged ({error}): fetch the application again", path=path, error=error
            ) from error


def reference(plan: Plan, variant: Variant) -> str:
    """The model reference of a shipped run."""
    return f"exp-{plan.name}-{variant.name}"


def results(plan: Plan, folder: Path = EXPERIMENTS) -> list[Result]:
    """The shipped runs of a plan, in its order; those that a copy lacks are passed over."""
    found = []
    for variant in plan:
        try:
            found.append(Result(plan, variant, folder))
        except RunError:
            continue
    return found


def trained_longer(folder: Path = EXPERIMENTS) -> VisibleContext | None:
    """Bits against visible characters of `REFERENCE`, which has read far more than these runs.

    None where a copy lacks that file, or where it was measured on other weights.
    """
    try:
        data = json.loads((folder / f"{REFERENCE}.json").read_text(encoding="utf-8"))
        if data["weights"] != open_run(REFERENCE)[0].snapshot().digest:
            return None
        return VisibleContext.from_json(data["context"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def on_corpus(plan: Plan, variant: Variant, corpus: Corpus) -> RunConfig:
    """The request of a run on any corpus: where its plays are not there, others stand for them.

    Raises:
        CorpusError: the corpus has fewer plays than the plan has runs on different plays.
    """
    config = variant.config
    if set(config.plays) <= set(corpus.plays):
        return config
    if len(config.plays) > 1:
        return replace(config, plays=())
    place = plan.variants.index(variant) if "plays" in plan.varied else 0
    if place >= len(corpus.plays):
        raise CorpusError(
            "this corpus has {count} plays, and this experiment compares {needed}: "
            "choose another corpus",
            count=len(corpus.plays),
            needed=len(plan.variants),
        )
    return replace(config, plays=(corpus.plays[place],))


def texts(plan: Plan, corpus: Corpus) -> dict[str, str]:
    """The texts on which the runs of a plan are scored, by the names that `Measures` gives them."""
    held = [play for play in COMMON if play in corpus.plays]
    found = {COMMON_TEXT: split(corpus, (), held).validation_text}
    read = [on_corpus(plan, variant, corpus).plays for variant in plan]
    if all(len(plays) == 1 for plays in read):  # one play each: which of the two does it know?
        found |= {play: corpus.select([play]).text() for play in held}
        found |= {f"tenth:{play}": split(corpus, [play], ()).validation_text for (play,) in read}
    return found


def measure(
    model: NetworkModel,
    snapshot: Snapshot,
    texts: Mapping[str, str],
    context: str | None = None,
    seconds: Sequence[float] = (),
    progress: Progress | None = None,
    visible: int = LONGEST,
) -> Measures:
    """Score a trained network on some texts, and let it write.

    Args:
        model: the network with the weights of `snapshot`.
        snapshot: where they are stored.
        texts: by name.
        context: the text on which visible characters are counted, None to leave that out.
        seconds: of processor after each epoch.
        progress: told the share done of the count of visible characters.
        visible: the most of them.
    """
    scores = {}
    for name, text in texts.items():
        found = score(model, text)
        scores[name] = TextScore(found.bits_per_char, found.chars, found.unknown_chars)
    return Measures(
        weights=snapshot.digest,
        scores=scores,
        context=(
            None if context is None else visible_context(model, context, visible, progress=progress)
        ),
        sample=sample(model, seed=SAMPLE_SEED, chars=SAMPLE_CHARS),
        seconds=tuple(seconds),
    )


def ship(run: Run, plan: Plan, variant: Variant, measures: Measures, most_bytes: int) -> Path:
    """Copy a trained run into `EXPERIMENTS`: settings, history, measures, and its last weights.

    Args:
        run: complete, its snapshots in half precision.
        plan: whose run it is.
        variant: which.
        measures: of its last snapshot.
        most_bytes: weights that take more than this are left out.
    """
    folder = EXPERIMENTS / plan.name / variant.name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    source = Path(str(run.corpus["source"])).name  # where it was read is nobody's business
    shipped = Run.create(
        folder, run.id, run.config, run.vocabulary, run.corpus | {"source": source}, run.held_out
    )
    shipped.save_history(run.history)
    last = run.snapshot()
    if last.path.stat().st_size <= most_bytes:
        write_atomically(folder / last.path.name, last.path.read_bytes())
    document = json.dumps(measures.to_json(), ensure_ascii=False)
    write_atomically(folder / MEASURES, document.encode())
    return folder
