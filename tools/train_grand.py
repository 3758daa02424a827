"""Train the shipped model `grand` with torch, on a CPU that multiplies in bfloat16.

    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER [--passes 50]
    MOLIERE_CORPUS=moliere.csv python -m tools.train_grand FOLDER --from RUN --passes 10

Why not `moliere train --preset meilleur`, which has the same recipe: products of bfloat16 matrices
run here three to four times as fast as float32's (AVX512-BF16), and a pass took 125 s instead of
280 s on the same two cores. The weights are Keras' in names, shapes and gate order, and the result
is an ordinary run. FOLDER keeps a checkpoint a pass: the same command goes on from it. A file named
DECAY in FOLDER begins the final decay at the next pass. The second form goes on from the last
weights of a stored run of the same architecture: its moments are gone, so it warms up again, to
`CONTINUED`, and the learning rate falls in a straight line over all the passes asked for.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Iterator
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
from moliere_core.evaluation import score
from moliere_core.models import RecurrentModel
from moliere_core.recurrent import RecurrentNetwork
from moliere_core.runs import Run, epoch_name, request_id
from moliere_core.vocabulary import Vocabulary
from moliere_core.windows import contiguous_streams

MODEL = ModelConfig(units=512, layers=2, dropout=0.3, recurrent_dropout=0.35)
TRAINING = TrainingConfig(
    seq_length=80, batch_size=64, learning_rate=2.5e-3, weight_averaging=0.9985, min_char_freq=3
)
# A run that is taken up again: a second, lower and longer descent, with a longer average.
CONTINUED = replace(TRAINING, learning_rate=1.5e-3, weight_averaging=0.999)
EMBEDDING_DROPOUT = 0.1
WEIGHT_DECAY = 1e-6
WARM_UP = 200  # updates
DECAY_PASSES = 12  # the last passes, in which the learning rate falls in a straight line
LAST_RATE = 0.002  # of the decay, as a share of the learning rate
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


class Trainer:
    """Weights, their averages, the optimiser and the place in the schedule; kept in a file."""

    def __init__(
        self, folder: Path, corpus: Corpus, passes: int, continued: Run | None = None
    ) -> None:
        self.folder, self.training = folder, CONTINUED if continued else TRAINING
        self.decay_passes = passes if continued else DECAY_PASSES
        config = RunConfig()
        self.plays = corpus.without(config.validation).plays
        texts = split(corpus, (), config.validation)
        self.validation_text = texts.validation_text
        self.vocabulary = Vocabulary.from_text(texts.train_text, TRAINING.min_char_freq)
        self.encoded = [
            self.vocabulary.encode(corpus.select([play]).text() + "\n") for play in self.plays
        ]
        torch.manual_seed(1)
        self.rng = np.random.default_rng(1)
        self.weights = initial_parameters(len(self.vocabulary))
        self.averages = {name: w.detach().clone() for name, w in self.weights.items()}
        self.optimizer = torch.optim.Adam(
            list(self.weights.values()),
            self.training.learning_rate,
            weight_decay=WEIGHT_DECAY,
            fused=True,
        )
        self.update, self.seconds = 0, 0.0
        self.decay_from: int | None = None
        self.history: list[dict[str, Any]] = []
        if continued:
            self.take_up(continued)
        self.passes = len(self.history) + passes
        self.warm_from = self.update

    def take_up(self, run: Run) -> None:
        """Begin with a run's last weights, its history and a learning rate that falls at once."""
        if run.vocabulary.chars != self.vocabulary.chars:
            raise SystemExit("error: this run read another text: name its corpus")
        stored = load_file(run.snapshot().path)
        for name, w in self.weights.items():
            w.data.copy_(torch.from_numpy(stored[name].astype(np.float32)))
            self.averages[name].copy_(w.data)
        self.history = run.history
        self.update, self.seconds = self.history[-1]["updates"], self.history[-1]["seconds"]
        self.decay_from = len(self.history)
        torch.manual_seed(1000 + len(self.history))
        self.rng = np.random.default_rng([1, len(self.history)])

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        state = {
            "weights": {name: w.detach() for name, w in self.weights.items()},
            "averages": self.averages,
            "optimizer": self.optimizer.state_dict(),
            "update": self.update,
            "seconds": self.seconds,
            "decay_from": self.decay_from,
            "history": self.history,
        }
        torch.save(state, self.checkpoint.with_suffix(".tmp"))
        self.checkpoint.with_suffix(".tmp").replace(self.checkpoint)

    def restore(self) -> None:
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True)
        for name, w in self.weights.items():
            w.data.copy_(state["weights"][name])
        self.averages = state["averages"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.update, self.seconds = state["update"], state["seconds"]
        self.decay_from, self.history = state["decay_from"], state["history"]
        self.rng = np.random.default_rng([1, len(self.history)])
        torch.manual_seed(1000 + len(self.history))

    def train(self) -> None:
        """All passes that are still to do, with a checkpoint and a line after each."""
        while True:
            done = len(self.history)
            asked = (self.folder / "DECAY").exists() or done >= self.passes - DECAY_PASSES
            if self.decay_from is None and asked:
                self.decay_from = done
            if self.decay_from is not None and done >= self.decay_from + self.decay_passes:
                return
            record = self.train_pass(done)
            self.history.append(record)
            self.save()
            print(json.dumps(record), flush=True)

    def train_pass(self, done: int) -> dict[str, Any]:
        began = time.perf_counter()
        batches = list(self.batches())
        states = [
            (
                torch.zeros(TRAINING.batch_size, MODEL.units, dtype=HALF),
                torch.zeros(TRAINING.batch_size, MODEL.units),
            )
            for _ in range(MODEL.layers)
        ]
        losses = []
        for number, (inputs, targets) in enumerate(batches):
            rate = self.learning_rate(done + number / len(batches))
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            logits, states = forward(self.weights, inputs, states)
            loss = functional.cross_entropy(logits, targets.reshape(-1))
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.weights.values(), TRAINING.clip_norm)
            self.optimizer.step()
            self.update += 1
            self.average()
            losses.append(loss.item())
            kept = torch.rand(TRAINING.batch_size, 1) >= TRAINING.fresh_starts
            states = [(h * kept, c * kept) for h, c in states]
        seconds = time.perf_counter() - began
        self.seconds += seconds
        return {
            "epoch": done + 1,
            "updates": self.update,
            "seconds": round(self.seconds, 3),
            "chars_per_second": round(len(batches) * batches[0][0].numel() / seconds),
            "learning_rate": rate,
            "loss": float(np.mean(losses)),
            "validation_bits_per_char": self.validation_bits(),
        }

    def batches(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """One pass: the plays in a new order, read from a new place, (time, batch) at a time."""
        ids = np.concatenate([self.encoded[i] for i in self.rng.permutation(len(self.encoded))])
        ids = np.roll(ids, -int(self.rng.integers(len(ids)))).astype(np.int64)
        for inputs, targets in contiguous_streams(ids, TRAINING.batch_size, TRAINING.seq_length):
            yield (
                torch.from_numpy(np.ascontiguousarray(inputs.T)),
                torch.from_numpy(np.ascontiguousarray(targets.T)),
            )

    def learning_rate(self, passes_done: float) -> float:
        """Warm-up, plateau, straight decay over the last passes."""
        warm = min(1.0, (self.update - self.warm_from + 1) / WARM_UP)
        rate = self.training.learning_rate * warm
        if self.decay_from is None:
            return rate
        return rate * max(LAST_RATE, 1 - (passes_done - self.decay_from) / self.decay_passes)

    @torch.no_grad()
    def average(self) -> None:
        """Exponential moving average; young averages forget the untrained weights faster."""
        decay = min(self.training.weight_averaging, (1 + self.update) / (10 + self.update))
        torch._foreach_lerp_(
            list(self.averages.values()), [w.data for w in self.weights.values()], 1 - decay
        )

    def validation_bits(self) -> float:
        model = RecurrentModel("grand", self.network(np.float32), self.vocabulary)
        return float(model.surprisal(self.validation_text, streams=PIECES, warm_up=500).mean())

    def network(self, dtype: type) -> RecurrentNetwork:
        """The averaged weights, as they are after storage in `dtype`."""
        return RecurrentNetwork({n: w.numpy().astype(dtype) for n, w in self.averages.items()})

    def write_run(self, corpus: Corpus) -> Run:
        """The run's folder: settings, alphabet, history, the last weights in half precision."""
        training = replace(TRAINING, epochs=len(self.history), schedule="constant")
        config = RunConfig(MODEL, training)
        chars = sum(map(len, self.encoded)) - 1
        provenance = {"source": "moliere.csv", "digest": corpus.digest, "chars": chars}
        run_id = request_id(config, corpus.digest)
        run = Run.create(self.folder / "run", run_id, config, self.vocabulary, provenance, "plays")
        weights = {name: w.numpy() for name, w in self.averages.items()}
        run.save_snapshot(epoch_name(len(self.history)), weights, "float16")
        model = RecurrentModel("grand", self.network(np.float16), self.vocabulary)
        bits = score(model, self.validation_text).bits_per_char  # one pass, nothing approximated
        last = {**self.history[-1], "validation_bits_per_char": bits}
        run.save_history([*self.history[:-1], last])
        return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passes", type=int, default=50)
    parser.add_argument("--from", dest="run", type=Path, help="folder of a run to go on from")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    corpus = load_corpus()
    continued = Run.open(args.run) if args.run else None
    trainer = Trainer(args.folder, corpus, args.passes, continued)
    trainer.restore()
    trainer.train()
    print(trainer.write_run(corpus).path)


if __name__ == "__main__":
    main()
