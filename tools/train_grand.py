"""Train the shipped model `grand` with torch: teachers, then one network that learns from them.

    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER
    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER --ship

The teachers take minutes on a GPU and days on a CPU; what follows, two hours of a CPU's core. Three
steps, each kept in FOLDER, so that the same command goes on from where it stopped:

1. **teachers**: networks of grand's own shape, each with a seed of its own, strongly held back
   (dropout on the recurrent weights as well: Merity et al., 2018, "An Analysis of Neural Language
   Modeling at Multiple Scales", AWD-LSTM);
2. **writing**: the teachers write together, each character drawn from the mean of their
   distributions, and keep these distributions; they also read the plays;
3. **grand**: the last of the teachers goes on as their student. It reads the plays and what they
   wrote, and learns the means rather than the one character that came (distillation: Hinton,
   Vinyals and Dean, 2015). The plays held out are read by nobody.

The weights are Keras' in names, shapes and gate order, and the result is an ordinary run, which
`--ship` copies to the application's assets.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus, load_corpus, split
from moliere_core.runs.run import Run, epoch_name, request_id
from moliere_core.text.vocabulary import UNKNOWN, Vocabulary
from tools.lstm import DEVICE, HALF, LayerState, layer
from tools.schedule import Schedule, plateau_then_decay
from tools.trainer import Trainer, ship

MODEL = ModelConfig(units=768, layers=2, dropout=0.25, recurrent_dropout=0.5)
TRAINING = TrainingConfig(
    seq_length=150,
    batch_size=64,
    learning_rate=2e-3,
    weight_averaging=0.999,
    min_char_freq=3,
)
EDGE_DROPOUT = 0.1  # of the embedding, and of what the last layer says
WEIGHT_DECAY = 1e-6
LAST_SHARE = 0.005  # of the learning rate
PIECES = 32  # of the validation text, scored side by side after each pass
WARMING = 500  # characters read before a piece
TRUTH = 0.2  # weight of the character that came, beside the teachers' distribution, on the plays
STREAMS = 2048  # texts that the teachers write side by side
MANTISSA = 4  # binary digits kept of a stored weight, after the first

Parameters = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Recipe:
    """How long a network is trained, and on how much.

    Attributes:
        passes: over the plays.
        decay: the last of them, in which the learning rate falls in a straight line.
        seed: of the weights, the order and the dropout.
        model: its shape and its dropout.
        muon: whether the matrices of the layers are updated by Muon (Jordan et al., 2024).
        learning_rate: the highest.
        dropout: share of the model's dropout while the learning rate is at its highest.
        least_dropout: share of that, where the learning rate ends.
        warm_up: updates over which the learning rate rises.
        averaging: decay of the weights' average, an update.
    """

    passes: int
    decay: int
    seed: int
    model: ModelConfig = MODEL
    muon: bool = False
    learning_rate: float = TRAINING.learning_rate
    dropout: float = 1.0
    least_dropout: float = 1.0
    warm_up: int = 200
    averaging: float = TRAINING.weight_averaging

    @property
    def schedule(self) -> Schedule:
        shares = plateau_then_decay(self.passes, self.decay)
        return Schedule(shares, self.learning_rate, LAST_SHARE, self.warm_up, self.averaging)


# As they were trained: `grand` is the student, and as many passes as the day had time for.
TEACHERS = tuple(
    Recipe(72, decay=28, seed=seed, learning_rate=rate, least_dropout=0.6)
    for seed, rate in ((1, 2e-3), (2, 2e-3), (3, 2.5e-3))
)
STUDENT = Recipe(6, decay=6, seed=4, learning_rate=8e-4, dropout=0.5, warm_up=50, averaging=0.995)
WRITTEN = 3_000_000  # characters that the teachers write


def initial_parameters(model: ModelConfig, vocab_size: int) -> Parameters:
    """Keras' initialisation: uniform, Glorot, orthogonal, forget biases of one."""
    units = model.units

    def glorot(rows: int, columns: int) -> torch.Tensor:
        return torch.empty(rows, columns).uniform_(-1, 1) * math.sqrt(6 / (rows + columns))

    parameters = {"embedding": torch.empty(vocab_size, model.embedding_dim).uniform_(-0.05, 0.05)}
    inputs = model.embedding_dim
    for number in range(model.layers):
        blocks = [torch.nn.init.orthogonal_(torch.empty(units, units)) for _ in range(4)]
        bias = torch.zeros(4 * units)
        bias[units : 2 * units] = 1
        parameters[f"lstm_{number}.kernel"] = glorot(inputs, 4 * units)
        parameters[f"lstm_{number}.recurrent_kernel"] = torch.cat(blocks, 1)
        parameters[f"lstm_{number}.bias"] = bias
        inputs = units
    parameters["dense.kernel"] = glorot(units, vocab_size)
    parameters["dense.bias"] = torch.zeros(vocab_size)
    return {name: torch.nn.Parameter(tensor.to(DEVICE)) for name, tensor in parameters.items()}


def locked_dropout(x: torch.Tensor, share: float) -> torch.Tensor:
    """One mask for the whole window (variational dropout), x of shape (time, batch, units)."""
    kept = torch.rand(1, x.shape[1], x.shape[2], device=x.device) >= share
    return x * kept.to(x.dtype) / (1 - share)


def zero_states(model: ModelConfig, batch: int, dtype: torch.dtype) -> list[LayerState]:
    zeros = torch.zeros(batch, model.units, dtype=dtype, device=DEVICE)
    return [(zeros, zeros)] * model.layers


def forward(
    w: Parameters,
    ids: torch.Tensor,
    states: Sequence[LayerState],
    dropout: ModelConfig | None = None,
    scale: float = 1.0,
) -> tuple[torch.Tensor, list[LayerState]]:
    """Logits (time, batch, symbols) of ids (time, batch), and the states after.

    Args:
        w: the weights, in single precision; the layers multiply in the precision of the states.
        ids: characters.
        states: of each layer, (batch, units), both in the precision of the products.
        dropout: while training, the settings with its shares.
        scale: share of this dropout.
    """
    dtype = states[0][0].dtype
    y = functional.embedding(ids, w["embedding"]).to(dtype)
    if dropout:
        y = locked_dropout(y, EDGE_DROPOUT * scale)
    after = []
    for number, state in enumerate(states):
        name = f"lstm_{number}"
        recurrent = w[f"{name}.recurrent_kernel"]
        if dropout:
            recurrent = functional.dropout(recurrent, dropout.recurrent_dropout * scale)
        y, state = layer(y, w[f"{name}.kernel"], recurrent, w[f"{name}.bias"], state)
        after.append(state)
        if dropout:
            is_last = number == len(states) - 1
            y = locked_dropout(y, (EDGE_DROPOUT if is_last else dropout.dropout) * scale)
    logits = y @ w["dense.kernel"].to(dtype)
    return logits.float() + w["dense.bias"], after


class Plays:
    """The plays, split and encoded: what every step reads.

    Attributes:
        corpus: where they come from.
        vocabulary: the alphabet.
        encoded: each training play's characters.
        validation: the plays held out, after the line break that begins every text.
    """

    def __init__(self, corpus: Corpus) -> None:
        config = RunConfig()
        texts = split(corpus, (), config.validation)
        self.corpus = corpus
        self.vocabulary = Vocabulary.from_text(texts.train_text, TRAINING.min_char_freq)
        self.encoded = [
            self.vocabulary.encode(corpus.select([play]).text() + "\n").astype(np.int64)
            for play in corpus.without(config.validation).plays
        ]
        self.chars = sum(map(len, self.encoded)) - 1
        validation = self.vocabulary.encode("\n" + texts.validation_text)
        self.validation = torch.from_numpy(validation.astype(np.int64)).to(DEVICE)

    @cached_property
    def ids(self) -> torch.Tensor:
        """All of the training plays, end to end."""
        return torch.from_numpy(np.concatenate(self.encoded)).to(DEVICE)


@torch.no_grad()
def nats(w: Parameters, model: ModelConfig, ids: torch.Tensor, pieces: int) -> float:
    """Mean nats of ids[1:], in single precision; pieces are read side by side, each warmed up."""
    length = math.ceil((len(ids) - 1) / pieces)
    warming = WARMING if pieces > 1 else 0
    first = functional.pad(ids, (warming, pieces * length - len(ids) + 1), value=int(ids[0]))
    windows = first.unfold(0, warming + length + 1, length).t()
    logits, _ = forward(w, windows[:-1], zero_states(model, windows.shape[1], torch.float32))
    losses = functional.cross_entropy(logits.transpose(1, 2), windows[1:], reduction="none")[
        warming:
    ]
    return float(losses.t().reshape(-1)[: len(ids) - 1].double().mean())


@dataclass(frozen=True)
class Material:
    """What a student reads, with what its teachers say of it; one row a character.

    Attributes:
        ids: characters, (characters,).
        means: the teachers' mean distribution of the character that follows, (characters, symbols).
    """

    ids: torch.Tensor
    means: torch.Tensor


@dataclass(frozen=True)
class Teacher:
    """A network of grand's kind that others learn from.

    Attributes:
        model: its shape.
        weights: in single precision, on the device.
        vocabulary: its alphabet.
    """

    model: ModelConfig
    weights: Parameters
    vocabulary: Vocabulary

    @classmethod
    def stored(cls, run: Run) -> Teacher:
        """The last weights of a stored run of this kind: the shipped `grand` is one."""
        weights = load_file(run.snapshot().path, device=str(DEVICE))
        weights = {name: w.float() for name, w in weights.items()}
        return cls(run.config.model, weights, run.vocabulary)


class GrandTrainer(Trainer):
    """A network's weights, and what it reads.

    Args:
        folder: where the checkpoint and the run are.
        plays: what is read, and what is held out.
        recipe: how long, and with which shape.
        read: what the teachers said of the plays; None for a teacher.
        written: what they wrote.
        start: the weights it begins with; initial ones by default.
    """

    unit = "chars"
    loss_scale = 2.0**12 if HALF is torch.float16 else 1.0
    checkpoint_every = 10 if DEVICE.type == "cuda" else 1

    def __init__(
        self,
        folder: Path,
        plays: Plays,
        recipe: Recipe,
        read: Material | None = None,
        written: Material | None = None,
        start: Parameters | None = None,
    ) -> None:
        self.plays, self.recipe, self.model = plays, recipe, recipe.model
        self.read, self.written = read, written
        torch.manual_seed(recipe.seed)
        weights = initial_parameters(self.model, len(plays.vocabulary))
        for name, w in (start or {}).items():
            weights[name].data.copy_(w)
        is_matrix = {name: recipe.muon and name.endswith("kernel") for name in weights}
        is_matrix["dense.kernel"] = False
        rest = [w for name, w in weights.items() if not is_matrix[name]]
        optimizers: list[torch.optim.Optimizer] = [
            torch.optim.Adam(rest, recipe.learning_rate, weight_decay=WEIGHT_DECAY, fused=True)
        ]
        matrices = [w for name, w in weights.items() if is_matrix[name]]
        if matrices:
            optimizers.append(
                torch.optim.Muon(
                    matrices,
                    lr=recipe.learning_rate,
                    weight_decay=WEIGHT_DECAY,
                    adjust_lr_fn="match_rms_adamw",
                )
            )
        super().__init__(folder, weights, optimizers, recipe.schedule, recipe.seed)

    @property
    def teacher(self) -> Teacher:
        """What others learn from: the averages."""
        return Teacher(self.model, self.averages, self.plays.vocabulary)

    @property
    def batch_predictions(self) -> int:
        return TRAINING.batch_size * TRAINING.seq_length

    def batches(self, done: int) -> list[tuple[torch.Tensor, ...]]:
        """One pass: plays in a new order, from a new place; (time + 1, batch) positions at a time.

        A student has as many streams again, of what its teachers wrote.
        """
        least = self.recipe.least_dropout
        self.scale = self.recipe.dropout * (least + (1 - least) * self.schedule.share(done))
        starts = np.cumsum([0, *map(len, self.plays.encoded)])
        order = self.rng.permutation(len(self.plays.encoded))
        places = np.concatenate([np.arange(starts[i], starts[i + 1]) for i in order])
        places = np.roll(places, -int(self.rng.integers(len(places))))
        parts = [self._streams(torch.from_numpy(places).to(DEVICE))]
        if self.written:
            count = len(self.written.ids) - len(places)
            first = int(self.rng.integers(count))
            parts.append(self._streams(torch.arange(first, first + len(places), device=DEVICE)))
        batch = TRAINING.batch_size * len(parts)
        self.states = zero_states(self.model, batch, HALF)
        return list(zip(*parts, strict=True))

    def _streams(self, places: torch.Tensor) -> list[torch.Tensor]:
        """Positions cut into streams, (time + 1, batch) at a time: the last row begins the next."""
        length = (len(places) - 1) // TRAINING.batch_size
        streams = torch.stack(
            [places[i * length : (i + 1) * length + 1] for i in range(TRAINING.batch_size)], 1
        )
        step = TRAINING.seq_length
        return [streams[at : at + step + 1] for at in range(0, length - step + 1, step)]

    def loss(self, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
        plays, *written = batch
        ids = self.plays.ids[plays]
        targets = ids[1:]
        inputs = [ids[:-1]]
        if self.written:
            inputs.append(self.written.ids[written[0][:-1]])
        logits, states = forward(
            self.weights, torch.cat(inputs, 1), self.states, self.model, self.scale
        )
        kept = torch.rand(logits.shape[1], 1, device=DEVICE) >= TRAINING.fresh_starts
        self.states = [(h * kept, c * kept) for h, c in states]
        log_probs = functional.log_softmax(logits, 2)
        of_plays = log_probs[:, : TRAINING.batch_size]
        truth = functional.nll_loss(of_plays.flatten(0, 1), targets.flatten())
        if not (self.read and self.written):
            return truth
        taught = imitation(self.read.means[plays[:-1]], of_plays)
        of_written = log_probs[:, TRAINING.batch_size :]
        imitated = imitation(self.written.means[written[0][:-1]], of_written)
        return (TRUTH * truth + (1 - TRUTH) * taught + imitated) / 2

    def validation_bits(self) -> float:
        return nats(self.averages, self.model, self.plays.validation, PIECES) / math.log(2)

    def write_run(self) -> Run:
        """The run's folder: settings, alphabet, history, the last weights, rounded."""
        recipe, model = self.recipe, self.model
        config = RunConfig(
            replace(
                model,
                dropout=model.dropout * recipe.dropout,
                recurrent_dropout=model.recurrent_dropout * recipe.dropout,
            ),
            replace(
                TRAINING,
                epochs=len(self.history),
                schedule="constant",
                seed=self.seed,
                learning_rate=recipe.learning_rate,
                warm_up=recipe.warm_up,
                weight_averaging=recipe.averaging,
            ),
        )
        digest = self.plays.corpus.digest
        provenance = {"source": "moliere.csv", "digest": digest, "chars": self.plays.chars}
        run = Run.create(
            self.folder / "run",
            request_id(config, digest),
            config,
            self.plays.vocabulary,
            provenance,
            "plays",
        )
        stored = {name: rounded(w) for name, w in self.averages.items()}
        weights = {name: w.cpu().numpy() for name, w in stored.items()}
        run.save_snapshot(epoch_name(len(self.history)), weights, "float16")
        bits = nats(stored, self.model, self.plays.validation, 1) / math.log(2)
        run.save_history(
            [*self.history[:-1], {**self.history[-1], "validation_bits_per_char": bits}]
        )
        return run


def rounded(weights: torch.Tensor) -> torch.Tensor:
    """Weights of `MANTISSA` binary digits after the first, within half precision's range.

    They predict as well and pack into two thirds of the bytes: most of half precision's digits are
    noise.
    """
    mantissa, exponent = torch.frexp(weights.half().float())
    scale = 2.0 ** (MANTISSA + 1)
    return torch.ldexp((mantissa * scale).round() / scale, exponent).half().float()


def halved(weights: Parameters) -> Parameters:
    """Weights in half precision, as the layers multiply them."""
    return {name: w.to(HALF) for name, w in weights.items()}


def imitation(means: torch.Tensor, log_probs: torch.Tensor) -> torch.Tensor:
    """Mean nats of the teachers' distributions under a student's, (..., symbols) each."""
    return -(means.float() * log_probs).sum(-1).mean()


@torch.no_grad()
def means_of(teachers: Sequence[Teacher], ids: torch.Tensor) -> torch.Tensor:
    """The teachers' mean distribution after each character of a text, (characters, symbols)."""
    streams = 64
    length = math.ceil(len(ids) / streams)
    rows = functional.pad(ids, (0, streams * length - len(ids))).view(streams, length).t()
    parts = []
    states = [zero_states(teacher.model, streams, HALF) for teacher in teachers]
    weights = [halved(teacher.weights) for teacher in teachers]
    for window in rows.split(500):
        total = torch.zeros((), device=DEVICE)
        for i, w in enumerate(weights):
            logits, states[i] = forward(w, window, states[i])
            total = total + logits.softmax(2) / len(teachers)
        parts.append(total.to(HALF))
    return torch.cat(parts).transpose(0, 1).flatten(0, 1)[: len(ids)]


@torch.no_grad()
def write(teachers: Sequence[Teacher], chars: int, seed: int) -> Material:
    """What the teachers write together, each character drawn from the mean of their distributions.

    Every text begins after a line break, from a zero state, and the symbol of unknown characters is
    never drawn.
    """
    generator = torch.Generator(DEVICE).manual_seed(seed)
    states = [zero_states(teacher.model, STREAMS, HALF) for teacher in teachers]
    line_break = teachers[0].vocabulary.index["\n"]
    last = torch.full((1, STREAMS), line_break, device=DEVICE)
    weights = [halved(teacher.weights) for teacher in teachers]
    ids, means = [], []
    for _ in range(chars // STREAMS):
        total = torch.zeros((), device=DEVICE)
        for i, w in enumerate(weights):
            logits, states[i] = forward(w, last, states[i])
            total = total + logits[0].softmax(1) / len(teachers)
        ids.append(last[0].to(torch.uint8))
        means.append(total.to(HALF))
        total[:, UNKNOWN] = 0
        last = torch.multinomial(total, 1, generator=generator).t()
    return Material(torch.stack(ids, 1).flatten().long(), torch.stack(means, 1).flatten(0, 1))


def save_material(path: Path, materials: tuple[Material, Material]) -> None:
    """Keep what the teachers said of the plays and what they wrote, in half precision."""
    torch.save([(some.ids, some.means) for some in materials], path)


def load_material(path: Path) -> tuple[Material, Material]:
    read, written = torch.load(path, weights_only=True, map_location=DEVICE)
    return Material(*read), Material(*written)


def teach(folder: Path, plays: Plays, recipes: Sequence[Recipe]) -> list[Teacher]:
    """Train the teachers, one after the other."""
    teachers = []
    for recipe in recipes:
        trainer = GrandTrainer(folder / f"teacher-{recipe.seed}", plays, recipe)
        trainer.train()
        teachers.append(trainer.teacher)
    return teachers


def together(teachers: Sequence[Teacher], validation: torch.Tensor) -> float:
    """Bits per character of the plays held out, under the mean of the teachers' distributions."""
    means = means_of(teachers, validation[:-1]).float()
    picked = means.gather(1, validation[1:, None]).clamp(min=1e-7)
    return float(-picked.log2().double().mean())


def material(
    path: Path, teachers: Sequence[Teacher], ids: torch.Tensor, chars: int
) -> tuple[Material, Material]:
    """What the teachers say of the plays, and what they write; made once, whoever asks again.

    Args:
        path: of the file that keeps it.
        teachers: of one alphabet.
        ids: the plays in it, (characters,).
        chars: how many are written.
    """
    if not path.exists():
        read = Material(ids, means_of(teachers, ids))
        save_material(path, (read, write(teachers, chars, seed=0)))
    return load_material(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ship", action="store_true", help="copy the run to the assets")
    args = parser.parse_args()
    plays = Plays(load_corpus())
    teachers = teach(args.folder, plays, TEACHERS)
    print(json.dumps({"teachers_together": together(teachers, plays.validation)}), flush=True)
    path = args.folder / "material.pt"
    read, written = material(path, teachers, plays.ids, WRITTEN)
    start = teachers[-1].weights
    student = GrandTrainer(args.folder / "grand", plays, STUDENT, read, written, start)
    student.train()
    run = student.write_run()
    print(run.path)
    if args.ship:
        print(ship(run, "grand"))


if __name__ == "__main__":
    main()
