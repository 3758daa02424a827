"""Train the shipped model `grand` with torch, on a CPU that multiplies in bfloat16.

    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER
    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER --passes 50
    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER --passes 10 --from RUN

The first form repeats what the card says, two descents; its first thirteen passes were run by an
earlier form of this script. The second makes one descent, with a plateau and a straight decay over
the last passes. The third goes on from the last weights of a stored run of the same architecture:
its moments are gone, so it warms up again, to a lower rate, which falls in a straight line over all
the passes asked for. FOLDER keeps a checkpoint a pass: the same command goes on from it.

Why not `moliere train --preset meilleur`, which has the same recipe: products of bfloat16 matrices
run here three to four times as fast as float32's (AVX512-BF16), and a pass took 125 s instead of
280 s on the same two cores. The weights are Keras' in names, shapes and gate order, and the result
is an ordinary run.
"""

from __future__ import annotations

import argparse
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # leave the cores to whoever else works

import numpy as np
import torch
from safetensors.numpy import load_file
from torch.nn import functional

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus, load_corpus, split
from moliere_core.models.evaluation import score
from moliere_core.models.references import RecurrentModel
from moliere_core.networks.recurrent import RecurrentNetwork
from moliere_core.runs.run import Run, epoch_name, request_id
from moliere_core.text.vocabulary import Vocabulary
from moliere_core.text.windows import contiguous_streams
from tools.schedule import GRAND, GRAND_CONTINUED, Schedule, plateau_then_decay
from tools.trainer import Trainer

MODEL = ModelConfig(units=512, layers=2, dropout=0.3, recurrent_dropout=0.35)
TRAINING = TrainingConfig(
    seq_length=80,
    batch_size=64,
    learning_rate=GRAND.learning_rate,
    weight_averaging=GRAND.weight_averaging,
    min_char_freq=3,
)
FRESH_FROM = 19  # passes that the shipped model had made when its streams first began afresh
EMBEDDING_DROPOUT = 0.1
WEIGHT_DECAY = 1e-6
DECAY_PASSES = 12  # of another training: the last, in which the rate falls in a straight line
SEED = 1
PIECES = 32  # of the validation text, scored side by side after each pass
HALF = torch.bfloat16
Parameters = dict[str, torch.Tensor]
LayerState = tuple[torch.Tensor, torch.Tensor]


@torch.compile(dynamic=False)
def cell_forward(z: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """h, c and the activated gates from the gate inputs (batch, 4 * units)."""
    i, f, g, o = z.float().chunk(4, 1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * c + i * g
    return (o * torch.tanh(c)).to(HALF), c, torch.cat((i, f, g, o), 1).to(HALF)


@torch.compile(dynamic=False)
def cell_backward(
    dh_out: torch.Tensor,
    dh_next: torch.Tensor,
    dc: torch.Tensor,
    gates: torch.Tensor,
    c_before: torch.Tensor,
    c: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradients of the gate inputs and of the cell state before."""
    i, f, g, o = gates.float().chunk(4, 1)
    dh, tanh_c = dh_out.float() + dh_next.float(), torch.tanh(c)
    dc = dc + dh * o * (1 - tanh_c * tanh_c)
    parts = (
        dc * g * i * (1 - i),
        dc * c_before * f * (1 - f),
        dc * i * (1 - g * g),
        dh * tanh_c * o * (1 - o),
    )
    return torch.cat(parts, 1).to(HALF), dc * f


class LSTMSequence(torch.autograd.Function):
    """A layer over a whole window: per step only the recurrent product, the rest at once."""

    @staticmethod
    def forward(  # type: ignore[override]
        ctx: Any,
        x: torch.Tensor,  # (time, batch, inputs)
        kernel: torch.Tensor,  # (inputs, 4 * units)
        recurrent: torch.Tensor,  # (units, 4 * units)
        bias: torch.Tensor,  # (4 * units,)
        h: torch.Tensor,  # (batch, units)
        c: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        time_, batch, _ = x.shape
        units = recurrent.shape[0]
        projected = torch.addmm(bias, x.reshape(time_ * batch, -1), kernel)
        projected = projected.view(time_, batch, 4 * units)
        hs = torch.empty(time_ + 1, batch, units, dtype=HALF)
        cs = torch.empty(time_ + 1, batch, units)
        gates = torch.empty(time_, batch, 4 * units, dtype=HALF)
        hs[0], cs[0] = h, c
        for t in range(time_):
            z = torch.addmm(projected[t], hs[t], recurrent)
            hs[t + 1], cs[t + 1], gates[t] = cell_forward(z, cs[t])
        ctx.save_for_backward(x, kernel, recurrent, hs, cs, gates)
        return hs[1:].clone(), hs[time_].clone(), cs[time_].clone()

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor, _h: Any, _c: Any) -> tuple[torch.Tensor | None, ...]:  # type: ignore[override]
        x, kernel, recurrent, hs, cs, gates = ctx.saved_tensors
        time_, batch, inputs = x.shape
        units = recurrent.shape[0]
        dz = torch.empty(time_, batch, 4 * units, dtype=HALF)
        dh, dc = torch.zeros(batch, units, dtype=HALF), torch.zeros(batch, units)
        transposed = recurrent.t().contiguous()
        for t in range(time_ - 1, -1, -1):
            dz[t], dc = cell_backward(dy[t], dh, dc, gates[t], cs[t], cs[t + 1])
            dh = dz[t] @ transposed
        flat = dz.view(time_ * batch, -1)
        return (
            (flat @ kernel.t()).view(time_, batch, inputs),
            x.reshape(time_ * batch, inputs).t() @ flat,
            hs[:-1].reshape(time_ * batch, units).t() @ flat,
            flat.sum(0),
            None,
            None,
        )


def initial_parameters(vocab_size: int) -> Parameters:
    """Keras' initialisation: uniform, Glorot, orthogonal, forget biases of one."""
    units = MODEL.units

    def glorot(rows: int, columns: int) -> torch.Tensor:
        return torch.empty(rows, columns).uniform_(-1, 1) * math.sqrt(6 / (rows + columns))

    parameters = {"embedding": torch.empty(vocab_size, MODEL.embedding_dim).uniform_(-0.05, 0.05)}
    inputs = MODEL.embedding_dim
    for layer in range(MODEL.layers):
        blocks = [torch.nn.init.orthogonal_(torch.empty(units, units)) for _ in range(4)]
        bias = torch.zeros(4 * units)
        bias[units : 2 * units] = 1
        parameters[f"lstm_{layer}.kernel"] = glorot(inputs, 4 * units)
        parameters[f"lstm_{layer}.recurrent_kernel"] = torch.cat(blocks, 1)
        parameters[f"lstm_{layer}.bias"] = bias
        inputs = units
    parameters["dense.kernel"] = glorot(units, vocab_size)
    parameters["dense.bias"] = torch.zeros(vocab_size)
    return {name: torch.nn.Parameter(tensor) for name, tensor in parameters.items()}


def locked_dropout(x: torch.Tensor, share: float) -> torch.Tensor:
    """One mask for the whole window (variational dropout), x of shape (time, batch, units)."""
    kept = torch.rand(1, x.shape[1], x.shape[2]) >= share
    return x * kept.to(x.dtype) / (1 - share)


def forward(
    w: Parameters, ids: torch.Tensor, states: list[LayerState]
) -> tuple[torch.Tensor, list[LayerState]]:
    """Training logits (time * batch, vocab_size) of ids (time, batch), and the states after."""
    y = locked_dropout(functional.embedding(ids, w["embedding"]).to(HALF), EMBEDDING_DROPOUT)
    after = []
    for layer, state in enumerate(states):
        recurrent = functional.dropout(w[f"lstm_{layer}.recurrent_kernel"], MODEL.recurrent_dropout)
        kernel, bias = w[f"lstm_{layer}.kernel"], w[f"lstm_{layer}.bias"]
        y, h, c = LSTMSequence.apply(y, kernel.to(HALF), recurrent.to(HALF), bias.to(HALF), *state)
        after.append((h.detach(), c.detach()))
        y = locked_dropout(y, MODEL.dropout)
    flat = y.reshape(ids.numel(), -1)
    logits = torch.addmm(w["dense.bias"].to(HALF), flat, w["dense.kernel"].to(HALF))
    return logits.float(), after


class GrandTrainer(Trainer):
    """The network's weights, its alphabet and the plays.

    Args:
        folder: where the checkpoint and the run are.
        corpus: with the plays held out.
        schedule: of the learning rate.
        continued: a run to go on from.
        fresh_from: passes that are made before streams begin afresh (`TrainingConfig`).
    """

    unit = "chars"

    def __init__(
        self,
        folder: Path,
        corpus: Corpus,
        schedule: Schedule,
        continued: Run | None = None,
        fresh_from: int = 0,
    ) -> None:
        self.corpus, self.fresh_from = corpus, fresh_from
        config = RunConfig()
        self.plays = corpus.without(config.validation).plays
        texts = split(corpus, (), config.validation)
        self.validation_text = texts.validation_text
        self.vocabulary = Vocabulary.from_text(texts.train_text, TRAINING.min_char_freq)
        self.encoded = [
            self.vocabulary.encode(corpus.select([play]).text() + "\n") for play in self.plays
        ]
        torch.manual_seed(SEED)
        weights = initial_parameters(len(self.vocabulary))
        optimizer = torch.optim.Adam(
            list(weights.values()), schedule.learning_rate, weight_decay=WEIGHT_DECAY, fused=True
        )
        super().__init__(folder, weights, [optimizer], schedule, SEED)
        if continued:
            self.take_up(continued)

    def take_up(self, run: Run) -> None:
        """Begin with a run's last weights and its history."""
        if run.vocabulary.chars != self.vocabulary.chars:
            raise SystemExit("error: this run read another text: name its corpus")
        stored = load_file(run.snapshot().path)
        self.set_weights({n: torch.from_numpy(w.astype(np.float32)) for n, w in stored.items()})
        self.averages = {name: w.detach().clone() for name, w in self.weights.items()}
        self.history = run.history
        self.update, self.seconds = self.history[-1]["updates"], self.history[-1]["seconds"]
        self.first_pass, self.first_update = len(self.history), self.update

    @property
    def batch_predictions(self) -> int:
        return TRAINING.batch_size * TRAINING.seq_length

    def batches(self, done: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """One pass: the plays in a new order, read from a new place, (time, batch) at a time."""
        zeros = torch.zeros(TRAINING.batch_size, MODEL.units)
        self.states: list[LayerState] = [(zeros.to(HALF), zeros)] * MODEL.layers
        self.fresh_starts = TRAINING.fresh_starts if done >= self.fresh_from else 0.0
        ids = np.concatenate([self.encoded[i] for i in self.rng.permutation(len(self.encoded))])
        ids = np.roll(ids, -int(self.rng.integers(len(ids)))).astype(np.int64)
        return [
            (
                torch.from_numpy(np.ascontiguousarray(inputs.T)),
                torch.from_numpy(np.ascontiguousarray(targets.T)),
            )
            for inputs, targets in contiguous_streams(ids, TRAINING.batch_size, TRAINING.seq_length)
        ]

    def loss(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        inputs, targets = batch
        logits, states = forward(self.weights, inputs, self.states)
        kept = torch.rand(TRAINING.batch_size, 1) >= self.fresh_starts
        self.states = [(h * kept, c * kept) for h, c in states]
        return functional.cross_entropy(logits, targets.reshape(-1))

    def validation_bits(self) -> float:
        model = RecurrentModel("grand", self.network(np.float32), self.vocabulary)
        return float(model.surprisal(self.validation_text, streams=PIECES, warm_up=500).mean())

    def network(self, dtype: type) -> RecurrentNetwork:
        """The averaged weights, as they are after storage in `dtype`."""
        return RecurrentNetwork({n: w.numpy().astype(dtype) for n, w in self.averages.items()})

    def write_run(self) -> Run:
        """The run's folder: settings, alphabet, history, the last weights in half precision."""
        training = replace(TRAINING, epochs=len(self.history), schedule="constant")
        config = RunConfig(MODEL, training)
        chars = sum(map(len, self.encoded)) - 1
        provenance = {"source": "moliere.csv", "digest": self.corpus.digest, "chars": chars}
        run_id = request_id(config, self.corpus.digest)
        run = Run.create(self.folder / "run", run_id, config, self.vocabulary, provenance, "plays")
        weights = {name: w.numpy() for name, w in self.averages.items()}
        run.save_snapshot(epoch_name(len(self.history)), weights, "float16")
        model = RecurrentModel("grand", self.network(np.float16), self.vocabulary)
        bits = score(model, self.validation_text).bits_per_char  # one pass, nothing approximated
        last = {**self.history[-1], "validation_bits_per_char": bits}
        run.save_history([*self.history[:-1], last])
        return run


def shipped(folder: Path, corpus: Corpus) -> Run:
    """The two descents of the shipped model."""
    first = GrandTrainer(folder / "first", corpus, GRAND, fresh_from=FRESH_FROM)
    first.train()
    second = GrandTrainer(folder / "second", corpus, GRAND_CONTINUED, first.write_run())
    second.train()
    return second.write_run()


def another(folder: Path, corpus: Corpus, passes: int, continued: Run | None) -> Run:
    """One descent, from the beginning or from a run."""
    if continued:
        schedule = replace(GRAND_CONTINUED, shares=plateau_then_decay(passes, passes))
    else:
        schedule = replace(GRAND, shares=plateau_then_decay(passes, DECAY_PASSES))
    trainer = GrandTrainer(folder, corpus, schedule, continued)
    trainer.train()
    return trainer.write_run()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passes", type=int, help="by default as the card says")
    parser.add_argument("--from", dest="run", type=Path, help="folder of a run to go on from")
    args = parser.parse_args()
    if args.run and args.passes is None:
        parser.error("--from needs --passes")
    corpus = load_corpus()
    if args.passes is None:
        print(shipped(args.folder, corpus).path)
    else:
        continued = Run.open(args.run) if args.run else None
        print(another(args.folder, corpus, args.passes, continued).path)


if __name__ == "__main__":
    main()
