"""Every setting of the product as frozen, validated dataclasses; the presets of the lesson."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from moliere_core.errors import ConfigError

Cell = Literal["rnn", "lstm", "gru", "transformer"]
CELLS: tuple[Cell, ...] = get_args(Cell)
RECURRENT_CELLS: tuple[Cell, ...] = ("rnn", "lstm", "gru")
GATED_CELLS: tuple[Cell, ...] = ("lstm", "gru")
MOST_LAYERS, MOST_BLOCKS = 3, 12
USUAL_HEADS, USUAL_CONTEXT = 4, 128  # of a transformer, where nobody says
MIN_TEMPERATURE = 0.001  # above 0: float32 keeps the scaled logits apart well below it
MAX_TEMPERATURE = 10.0
MOST_WORD, MOST_TEXT, MOST_NUMBER = 40, 4_096, 1e15  # of a stored setting


class MistypedError(ConfigError):
    """A setting whose value is of another type: no version has written it."""


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError unless `low <= value <= high` (NaN is outside every range)."""
    if not low <= value <= high:
        raise ConfigError(
            "{name} is {value:,}: choose a value from {low:,} to {high:,}",
            name=name,
            value=_figure(value),
            low=_figure(low),
            high=_figure(high),
        )


def _figure(value: float) -> float:
    """11.0 as 11, all digits of a million; others as they are."""
    return int(value) if float(value).is_integer() else value


@dataclass(frozen=True)
class SamplingConfig:
    """How a character is drawn from the logits: temperature first, then top_k, then top_p.

    Attributes:
        temperature: divides the logits; 0 is greedy (the most probable character, always).
        top_k: keep the k most probable characters; 0 keeps all.
        top_p: keep the smallest set of characters whose probabilities reach p; 1 keeps all.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        check_range("temperature", self.temperature, 0, MAX_TEMPERATURE)
        if 0 < self.temperature < MIN_TEMPERATURE:
            raise ConfigError(
                "temperature is {value:g}: choose 0, which is greedy, or at least {low:g}",
                value=self.temperature,
                low=MIN_TEMPERATURE,
            )
        check_range("top_k", self.top_k, 0, 100_000)
        if not 0 < self.top_p <= 1:
            raise ConfigError(
                "top_p is {value:g}: choose a value above 0, and at most 1", value=self.top_p
            )


@dataclass(frozen=True)
class ModelConfig:
    """The architecture: embedding, a stack of layers, softmax.

    The layers of an RNN, LSTM or GRU are recurrent, and a dense layer ends them. Those of a
    transformer are blocks of attention, as GPT-2's (`networks.transformer`); it has learned
    positions, and its scores come from the embedding itself. A vector has the same width all the
    way through it, `units`: `embedding_dim` follows. What the other kind has is 0.
    """

    cell: Cell = "lstm"
    embedding_dim: int = 128
    units: int = 256
    layers: int = 1
    dropout: float = 0.2  # on the output of every recurrent layer, one mask a window (variational)
    recurrent_dropout: float = 0.0  # on the recurrent weights (DropConnect, Merity et al. 2018)
    heads: int = 0  # of each block of a transformer; the width is divided among them
    context: int = 0  # characters that a transformer can look back on, the last one included

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise ConfigError(
                "cell is {cell!r}: choose one of {cells}", cell=self.cell, cells=", ".join(CELLS)
            )
        if self.is_transformer:
            self._set(
                embedding_dim=self.units,
                recurrent_dropout=0.0,
                heads=self.heads or USUAL_HEADS,
                context=self.context or USUAL_CONTEXT,
            )
            check_range("heads", self.heads, 1, 64)
            check_range("context", self.context, 8, 1_024)
            if self.units % self.heads:
                raise ConfigError(
                    "units is {units}, which {heads} heads do not share out: choose {below} or "
                    "{above}, or another number of heads",
                    units=self.units,
                    heads=self.heads,
                    below=max(self.units // self.heads, 1) * self.heads,
                    above=(self.units // self.heads + 1) * self.heads,
                )
        else:
            self._set(heads=0, context=0)
        check_range("embedding", self.embedding_dim, 1, 4096 if self.is_transformer else 2048)
        check_range("units", self.units, 1, 4096)
        check_range("layers", self.layers, 1, MOST_BLOCKS if self.is_transformer else MOST_LAYERS)
        check_range("dropout", self.dropout, 0, 0.9)
        check_range("recurrent_dropout", self.recurrent_dropout, 0, 0.9)

    def _set(self, **values: object) -> None:
        """What follows from the kind of cell, so that one network has one description."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def is_transformer(self) -> bool:
        """Whether it looks back on a window of characters; else it carries a state."""
        return self.cell == "transformer"

    def parameter_count(self, vocab_size: int) -> int:
        """Number of trained parameters; `vocab_size` counts the unknown symbol."""
        if self.is_transformer:
            # 4 matrices of attention, 8 of the network on each character; their biases and norms.
            block = 12 * self.units**2 + 13 * self.units
            return (vocab_size + self.context + 2) * self.units + self.layers * block
        gates = {"rnn": 1, "lstm": 4, "gru": 3}[self.cell]
        biases = 2 if self.cell == "gru" else 1  # Keras' GRU has reset_after=True: two bias rows
        count, inputs = vocab_size * self.embedding_dim, self.embedding_dim
        for _ in range(self.layers):
            count += gates * self.units * (inputs + self.units + biases)
            inputs = self.units
        return count + vocab_size * (self.units + 1)


@dataclass(frozen=True)
class TrainingConfig:
    """How the model is trained.

    With `shift` None the text is cut into `batch_size` contiguous streams read side by side, the
    state carried from one window to the next; with a number, windows start every `shift`
    characters, each from a zero state, shuffled, as in the course. A transformer has no state to
    carry: with `shift` None its windows lie end to end, shuffled, from another place of the text in
    each epoch; all positions of a window are predicted.
    """

    epochs: int = 2
    seq_length: int = 50
    shift: int | None = None
    batch_size: int = 32
    learning_rate: float = 5e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    warm_up: int = 0  # updates over which the learning rate rises from zero, before the schedule
    clip_norm: float = 1.0
    weight_averaging: float = 0.0  # decay of the exponential moving average per update; 0 is none
    # Share of the streams that begin again from a zero state after each window. Generation always
    # does: a network that met a zero state only once an epoch fell, from 7% of the starts of cues,
    # into a state it had never seen, and stayed there (15 bits a character after 300 updates).
    fresh_starts: float = 0.02
    # Begin with what counting tells before the first update, see `keras_model.quick_start`.
    quick_start: bool = False
    # The loss is that of the last position of each window alone, as in the course: the others are
    # read and teach nothing. No state is carried then; without a shift windows lie end to end.
    last_only: bool = False
    min_char_freq: int = 1
    speakers: bool = False  # "PERSONNAGE : réplique" instead of the cues alone
    seed: int = 0

    def __post_init__(self) -> None:
        check_range("epochs", self.epochs, 0, 10_000)
        check_range("seq_length", self.seq_length, 1, 2_000)
        if self.shift is not None:
            check_range("shift", self.shift, 1, 10_000)
        check_range("batch_size", self.batch_size, 1, 8_192)
        check_range("learning_rate", self.learning_rate, 1e-7, 1)
        if self.schedule not in ("cosine", "constant"):
            raise ConfigError(
                "schedule is {schedule!r}: choose cosine or constant", schedule=self.schedule
            )
        check_range("warm_up", self.warm_up, 0, 100_000)
        check_range("clip_norm", self.clip_norm, 1e-6, 1e6)
        check_range("weight_averaging", self.weight_averaging, 0, 0.99999)
        check_range("fresh_starts", self.fresh_starts, 0, 1)
        check_range("min_char_freq", self.min_char_freq, 1, 1_000_000)
        check_range("seed", self.seed, 0, 2**32 - 1)


@dataclass(frozen=True)
class RunConfig:
    """What makes a run: the model, the training, and the plays it read.

    Attributes:
        plays: slugs of the training plays; empty means all but `validation`.
        validation: slugs of the held-out plays; where none of them is in the corpus the last
            tenth of the text is held out instead.
        initial: reference of the model whose weights the training starts from, or None.
    """

    model: ModelConfig = ModelConfig()
    training: TrainingConfig = TrainingConfig()
    plays: tuple[str, ...] = ()
    validation: tuple[str, ...] = ("ecole-des-maris", "medecin-malgre-lui")
    initial: str | None = None

    def __post_init__(self) -> None:
        if self.model.is_transformer:  # it is trained on windows of all that it can look back on
            training = replace(self.training, seq_length=self.model.context)
            object.__setattr__(self, "training", training)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary, with the same keys as the dataclasses."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RunConfig:
        """The inverse of `to_json`.

        Raises:
            MistypedError: a value is of another type than its setting's.
            ConfigError: an unknown key, or a value out of range.
        """
        try:
            return cls(
                model=ModelConfig(**_typed(ModelConfig, data["model"])),
                training=TrainingConfig(**_typed(TrainingConfig, data["training"])),
                **_typed(cls, {name: data[name] for name in ("plays", "validation", "initial")}),
            )
        except (KeyError, TypeError) as error:
            raise ConfigError(
                "this configuration was not written by this version: {error}",
                error=str(error)[:200],
            ) from error


def _typed(kind: type, data: Any) -> dict[str, Any]:
    """The settings of a dataclass, as JSON has them: MistypedError where one is of another type."""
    if not isinstance(data, dict):
        raise MistypedError("{name} is {value}", name=kind.__name__, value=ascii(data)[:40])
    hints = get_type_hints(kind)
    found = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    for name, value in found.items():
        if name in hints and not _is(value, hints[name]):
            raise MistypedError("{name} is {value}", name=name, value=ascii(value)[:40])
    return found


def _is(value: object, hint: Any) -> bool:
    """Whether a value is of a setting's type: ranges alone let 1.5 layers by."""
    origin = get_origin(hint)
    if origin is Literal:
        # Which of them is a matter of the version.
        return isinstance(value, str) and len(value) <= MOST_WORD
    if origin is UnionType:
        return any(_is(value, part) for part in get_args(hint))
    if origin is tuple:
        return isinstance(value, tuple) and all(_is(item, str) for item in value)
    if hint is str:
        halves = isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value)
        return isinstance(value, str) and len(value) <= MOST_TEXT and not halves
    if hint is float or hint is int:
        number = isinstance(value, int) or (hint is float and isinstance(value, float))
        # Which size is a matter of ranges, but one of hundreds of digits fits in no sentence.
        small = isinstance(value, int | float) and abs(value) <= MOST_NUMBER
        return number and small and not isinstance(value, bool)
    return isinstance(value, hint)


_COURSE = RunConfig(
    ModelConfig(embedding_dim=128, units=256, dropout=0.2),
    TrainingConfig(
        epochs=15, seq_length=60, shift=1, batch_size=64, learning_rate=1e-3, schedule="constant"
    ),
)
PRESETS: dict[str, RunConfig] = {
    "cours": _COURSE,
    "cours-rapide": RunConfig(
        ModelConfig(embedding_dim=64, units=128, dropout=0.2),
        replace(_COURSE.training, seq_length=40, shift=5),
    ),
    "demo": RunConfig(
        ModelConfig(dropout=0.0),
        TrainingConfig(learning_rate=8e-3, weight_averaging=0.98, quick_start=True),
    ),
    "meilleur": RunConfig(
        ModelConfig(units=512, layers=2, dropout=0.3, recurrent_dropout=0.35),
        TrainingConfig(
            epochs=40,
            seq_length=80,
            batch_size=64,
            learning_rate=2.5e-3,
            weight_averaging=0.998,
            min_char_freq=3,
        ),
    ),
    # As many parameters as `demo`'s 430,815, in windows twice as long as its own.
    "transformer": RunConfig(
        ModelConfig("transformer", units=92, layers=4, dropout=0.0, heads=4, context=128),
        TrainingConfig(
            epochs=4, batch_size=16, learning_rate=4e-3, warm_up=100, weight_averaging=0.98
        ),
    ),
}


def suited(preset: RunConfig, kind: Cell) -> RunConfig:
    """A preset's settings for a kind of network; another's where it is of a preset for the other.

    A transformer learns with other settings than a network that carries a state.
    """
    if (kind == "transformer") != preset.model.is_transformer:
        preset = PRESETS["transformer" if kind == "transformer" else "demo"]
    return replace(preset, model=replace(preset.model, cell=kind))
