"""Train transformers over characters with torch: `petit-gpt`, which is shipped, and `grand-gpt`.

    MOLIERE_CORPUS=moliere.csv python -m tools.train_char_gpt FOLDER
    MOLIERE_CORPUS=moliere.csv python -m tools.train_char_gpt FOLDER --passes 12
    MOLIERE_CORPUS=moliere.csv python -m tools.train_char_gpt FOLDER --ship
    MOLIERE_CORPUS=moliere.csv python -m tools.train_char_gpt FOLDER --name grand-gpt

FOLDER keeps a checkpoint a pass: the same command goes on from it, and with fewer passes it ends
sooner (a plateau, then a straight decay over the last third). At the end FOLDER/run is an ordinary
run, with its snapshots and the measures of each; `--ship` copies it to the application's assets.

`petit-gpt` is as large as `petit`, `grand-gpt` as `grand`, on the same plays, the same alphabet and
the same held-out plays; and `grand-gpt` is the student of `grand`, of what it says of the plays and
of what it writes, as `grand` is of its teachers: a class sees what the architecture makes of the
same knowledge. Why not `moliere train --preset transformer`, which trains the same
network: torch takes two thirds of the time, and its optimiser Muon (Jordan et al., 2024) on the
blocks' matrices fewer passes. A text of 1.7 million characters is small for a transformer, whose
attention has to be found before it is of use: it learns more slowly than an LSTM of its size.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # leave the cores to whoever else works

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch.nn import functional

from moliere_core.assets import ASSETS
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import Corpus, load_corpus, split
from moliere_core.models.networks import NetworkModel
from moliere_core.models.samples import sample
from moliere_core.networks.arrays import Array
from moliere_core.networks.initial import initial_weights
from moliere_core.networks.loading import network_of
from moliere_core.runs.run import Run, epoch_name, request_id, step_name
from moliere_core.text.vocabulary import Vocabulary
from moliere_core.training.learning import measure, save_measures
from moliere_core.training.session import judged
from tools.schedule import Schedule, plateau_then_decay
from tools.train_grand import TRUTH, WRITTEN, Material, Teacher, imitation, material
from tools.trainer import Trainer, ship

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
WEIGHT_DECAY = 0.1  # of the blocks' matrices
LAST_SHARE = 0.01  # of the learning rate
STEPS = (30, 100, 300, 600)  # updates of petit-gpt's first pass whose weights are kept
HALF = torch.bfloat16
SCORED_AT_ONCE = 64  # windows
PETIT = RunConfig(
    ModelConfig("transformer", units=90, layers=4, dropout=0.05, heads=5, context=256),
    TrainingConfig(
        epochs=24,
        batch_size=8,
        learning_rate=1.2e-2,
        schedule="constant",
        warm_up=100,
        weight_averaging=0.998,
        min_char_freq=3,
        seed=1,
    ),
)
GRAND = RunConfig(
    ModelConfig("transformer", units=320, layers=6, dropout=0.1, heads=8, context=256),
    replace(PETIT.training, epochs=6, learning_rate=4e-3),
)
TEACHER = "grand"  # of grand-gpt
SHIPPED = {"petit-gpt": PETIT, "grand-gpt": GRAND}  # what is asked for; a run says what was made


def forward(
    w: dict[str, torch.Tensor], ids: torch.Tensor, shape: ModelConfig, dropout: float = 0.0
) -> torch.Tensor:
    """Logits (batch * time, symbols) of ids (batch, time), as `networks.transformer` has them."""
    batch, time = ids.shape
    width = shape.units

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = w[f"{name}.weight"].to(HALF), w[f"{name}.bias"].to(HALF)
        return functional.layer_norm(x, (width,), weight, bias)

    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        rows = x.reshape(batch * time, -1)
        return torch.addmm(w[f"{name}.bias"].to(HALF), rows, w[f"{name}.weight"].to(HALF))

    def added(rows: torch.Tensor) -> torch.Tensor:
        return functional.dropout(rows, dropout).view(batch, time, width)

    x = functional.embedding(ids, w["wte.weight"]) + w["wpe.weight"][:time]
    x = functional.dropout(x.to(HALF), dropout)
    for block in range(shape.layers):
        name = f"h.{block}"
        read = linear(norm(x, f"{name}.ln_1"), f"{name}.attn.c_attn")
        read = read.view(batch, time, 3, shape.heads, width // shape.heads)
        query, key, value = read.permute(2, 0, 3, 1, 4)  # each (batch, heads, time, size)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + added(linear(mixed.transpose(1, 2), f"{name}.attn.c_proj"))
        wide = linear(norm(x, f"{name}.ln_2"), f"{name}.mlp.c_fc")
        wide = functional.gelu(wide, approximate="tanh")
        x = x + added(linear(wide, f"{name}.mlp.c_proj"))
    last = norm(x, "ln_f").view(batch * time, width)
    return (last @ w["wte.weight"].to(HALF).t()).float()


class CharGPTTrainer(Trainer):
    """The network's weights, its alphabet and the plays.

    Args:
        folder: where the checkpoint, the snapshots and the run are.
        corpus: with the plays held out.
        name: of the shipped model.
        passes: to make in all.
        teacher: to learn from what it says of the plays and from what it writes.

    Raises:
        ValueError: the teacher's alphabet is not that of the plays.
    """

    unit = "chars"

    def __init__(
        self,
        folder: Path,
        corpus: Corpus,
        name: str,
        passes: int,
        teacher: Teacher | None = None,
    ) -> None:
        self.corpus, self.name, self.config = corpus, name, SHIPPED[name]
        self.shape, training = self.config.model, self.config.training
        self.texts = split(corpus, self.config.plays, self.config.validation)
        self.vocabulary = Vocabulary.from_text(self.texts.train_text, training.min_char_freq)
        self.ids = self.encoded(self.texts.train_text)
        self.taught: tuple[Material, ...] = ()
        if teacher:
            if teacher.vocabulary != self.vocabulary:
                raise ValueError("the teacher has another alphabet: its corpus was another")
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / "material.pt"
            self.taught = material(path, [teacher], self.ids, WRITTEN)
        self.texts_read = [some.ids for some in self.taught] or [self.ids]
        first = initial_weights(self.shape, len(self.vocabulary), training.seed)
        weights = {n: torch.nn.Parameter(torch.from_numpy(w).to(DEVICE)) for n, w in first.items()}
        matrices = [w for name, w in weights.items() if name.startswith("h.") and w.ndim == 2]
        others = [w for name, w in weights.items() if not (name.startswith("h.") and w.ndim == 2)]
        rate = training.learning_rate
        optimizers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(
                matrices, lr=rate, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        shares = plateau_then_decay(passes, max(passes // 3, 1))
        schedule = Schedule(shares, rate, LAST_SHARE, training.warm_up, training.weight_averaging)
        super().__init__(folder, weights, optimizers, schedule, training.seed)

    def encoded(self, text: str) -> torch.Tensor:
        """Characters after the line break that begins every text."""
        return torch.from_numpy(self.vocabulary.encode("\n" + text).astype(np.int64)).to(DEVICE)

    @property
    def keeps_all(self) -> bool:
        """Whether every pass has its snapshot: the film shows how petit-gpt learns."""
        return self.name == "petit-gpt"

    @property
    def batch_predictions(self) -> int:
        return self.config.training.batch_size * self.shape.context * len(self.texts_read)

    def batches(self, done: int) -> list[tuple[torch.Tensor, ...]]:
        """One pass: windows end to end from a new place, in a new order: (batch, time + 1) places.

        With a teacher, as many windows again of what it wrote.
        """
        if not done and self.keeps_all:
            self.keep(epoch_name(0))
        length, batch = self.shape.context, self.config.training.batch_size
        parts = []
        chars = len(self.ids)
        for ids in self.texts_read:
            first = int(self.rng.integers(max(len(ids) - chars, 1)))
            places = np.roll(np.arange(first, first + chars), -int(self.rng.integers(chars)))
            places = places[: (chars - 1) // length * length + 1] % len(ids)
            windows = np.lib.stride_tricks.sliding_window_view(places, length + 1)[::length]
            windows = windows[self.rng.permutation(len(windows) // batch * batch)]
            rows = torch.from_numpy(windows).to(DEVICE)
            parts.append(list(rows.split(batch)))
        return list(zip(*parts, strict=True))

    def loss(self, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
        inputs = [ids[rows[:, :-1]] for ids, rows in zip(self.texts_read, batch, strict=True)]
        logits = forward(self.weights, torch.cat(inputs), self.shape, self.shape.dropout)
        log_probs = functional.log_softmax(logits, 1).chunk(len(inputs))
        truth = functional.nll_loss(log_probs[0], self.ids[batch[0][:, 1:]].flatten())
        if not self.taught:
            return truth
        taught, imitated = (
            imitation(some.means[rows[:, :-1].flatten()], said)
            for some, rows, said in zip(self.taught, batch, log_probs, strict=True)
        )
        return (TRUTH * truth + (1 - TRUTH) * taught + imitated) / 2

    def average(self) -> None:
        """Move the averages, and keep the first of them."""
        super().average()
        if self.keeps_all and self.update in STEPS:
            self.keep(step_name(self.update))

    def train_pass(self, done: int) -> dict[str, Any]:
        record = super().train_pass(done)
        if self.keeps_all or done + 1 == len(self.schedule.shares):
            self.keep(epoch_name(done + 1))
        return record

    def keep(self, name: str) -> None:
        """Store the averaged weights, in half precision."""
        averages = {n: w.cpu().numpy().astype(np.float16) for n, w in self.averages.items()}
        save_file(averages, self.folder / f"{name}.safetensors")

    def model(self, weights: dict[str, Array]) -> NetworkModel:
        return NetworkModel.of(self.name, network_of(weights, self.shape), self.vocabulary)

    @torch.no_grad()
    def validation_bits(self) -> float:
        """Bits per character of the plays held out, in half precision; the run has more exact ones.

        Windows advance by half their length, and each character is scored where it has the most
        before it.
        """
        length = self.shape.context
        ids = self.encoded(self.texts.validation_text)
        windows = ids.unfold(0, length + 1, length // 2)
        nats, chars = 0.0, 0
        for at in range(0, len(windows), SCORED_AT_ONCE):
            rows = windows[at : at + SCORED_AT_ONCE]
            logits = forward(self.averages, rows[:, :-1], self.shape).view(*rows[:, 1:].shape, -1)
            losses = functional.cross_entropy(
                logits.transpose(1, 2), rows[:, 1:], reduction="none"
            )[:, length // 2 :]
            nats += float(losses.double().sum())
            chars += losses.numel()
        return nats / chars / math.log(2)

    def write_run(self) -> Run:
        """The run's folder: settings, alphabet, every snapshot, measured as a session does."""
        passes = len(self.history)
        config = RunConfig(self.shape, replace(self.config.training, epochs=passes))
        chars, digest = len(self.texts.train_text), self.corpus.digest
        provenance = {"source": "moliere.csv", "digest": digest, "chars": chars}
        shutil.rmtree(self.folder / "run", ignore_errors=True)
        run = Run.create(
            self.folder / "run",
            request_id(config, digest),
            config,
            self.vocabulary,
            provenance,
            "plays",
        )
        for path in sorted(self.folder.glob("*-*.safetensors")):
            if path.stem <= epoch_name(passes) or path.stem.startswith("step"):
                shutil.copyfile(path, run.path / path.name)
        records = []
        for record in self.history:
            kept = {name: v for name, v in record.items() if name != "learning_rate"}
            path = run.path / f"{epoch_name(record['epoch'])}.safetensors"
            if path.exists():
                model = self.model(load_file(path))
                kept |= {**judged(model, self.texts), "sample": sample(model)}
            records.append(kept)
        run.save_history(records)
        others = [snapshot for snapshot in run.snapshots if not snapshot.epoch]
        if others:
            save_measures(run, measure(run, self.texts, others))
        return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", choices=SHIPPED, default="petit-gpt")
    parser.add_argument("--passes", type=int)
    parser.add_argument("--ship", action="store_true", help="copy the run to the assets")
    args = parser.parse_args()
    passes = args.passes or SHIPPED[args.name].training.epochs
    teacher = Teacher.stored(Run(ASSETS / TEACHER)) if args.name == "grand-gpt" else None
    trainer = CharGPTTrainer(args.folder, load_corpus(), args.name, passes, teacher)
    trainer.train()
    run = trainer.write_run()
    last = run.history[-1]
    bits = last["validation_bits_per_char"] or math.nan
    print(json.dumps({"run": str(run.path), "bits_per_char": bits, "seconds": last["seconds"]}))
    if args.ship:
        print(ship(run, args.name))


if __name__ == "__main__":
    main()
