"""Train the shipped model `petit-gpt`, a transformer over characters, with torch on a CPU.

    MOLIERE_CORPUS=moliere.csv python -m tools.train_petit_gpt FOLDER
    MOLIERE_CORPUS=moliere.csv python -m tools.train_petit_gpt FOLDER --passes 12
    MOLIERE_CORPUS=moliere.csv python -m tools.train_petit_gpt FOLDER --ship

FOLDER keeps a checkpoint a pass: the same command goes on from it, and with fewer passes it ends
sooner (a plateau, then a straight decay over the last third). At the end FOLDER/run is an ordinary
run, with its snapshots and the measures of each; `--ship` copies it to the application's assets.

As large as `petit`, on the same plays, the same alphabet and the same held-out plays. Why not
`moliere train --preset transformer`, which trains the same network: torch takes two thirds of the
time, and its optimiser Muon (Jordan et al., 2024) on the blocks' matrices fewer passes. A text of
1.7 million characters is small for a transformer, whose attention has to be found before it is of
use: it learns more slowly than an LSTM of its size at first.
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
from tools.trainer import Trainer

NAME = "petit-gpt"
MODEL = ModelConfig("transformer", units=90, layers=4, dropout=0.05, heads=5, context=256)
TRAINING = TrainingConfig(
    epochs=24,
    batch_size=8,
    learning_rate=1.2e-2,
    schedule="constant",
    warm_up=100,
    weight_averaging=0.998,
    min_char_freq=3,
    seed=1,
)
WEIGHT_DECAY = 0.1  # of the blocks' matrices
LAST_SHARE = 0.01  # of the learning rate
STEPS = (30, 100, 300, 600)  # updates of the first pass whose weights are kept
HALF = torch.bfloat16
RUN = RunConfig(
    MODEL, TRAINING
)  # what is asked for; the passes that were made are in the run's own


def forward(w: dict[str, torch.Tensor], ids: torch.Tensor, dropout: float) -> torch.Tensor:
    """Logits (batch * time, symbols) of ids (batch, time), as `networks.transformer` has them."""
    batch, time = ids.shape
    width = MODEL.units

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
    for block in range(MODEL.layers):
        name = f"h.{block}"
        read = linear(norm(x, f"{name}.ln_1"), f"{name}.attn.c_attn")
        read = read.view(batch, time, 3, MODEL.heads, width // MODEL.heads)
        query, key, value = read.permute(2, 0, 3, 1, 4)  # each (batch, heads, time, size)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + added(linear(mixed.transpose(1, 2), f"{name}.attn.c_proj"))
        wide = linear(norm(x, f"{name}.ln_2"), f"{name}.mlp.c_fc")
        wide = functional.gelu(wide, approximate="tanh")
        x = x + added(linear(wide, f"{name}.mlp.c_proj"))
    last = norm(x, "ln_f").view(batch * time, width)
    return (last @ w["wte.weight"].to(HALF).t()).float()


class PetitTrainer(Trainer):
    """The network's weights, its alphabet and the plays.

    Args:
        folder: where the checkpoint, the snapshots and the run are.
        corpus: with the plays held out.
        passes: to make in all.
    """

    unit = "chars"

    def __init__(self, folder: Path, corpus: Corpus, passes: int) -> None:
        self.corpus = corpus
        self.texts = split(corpus, RUN.plays, RUN.validation)
        self.vocabulary = Vocabulary.from_text(self.texts.train_text, TRAINING.min_char_freq)
        self.ids = self.vocabulary.encode("\n" + self.texts.train_text).astype(np.int64)
        first = initial_weights(MODEL, len(self.vocabulary), TRAINING.seed)
        weights = {name: torch.nn.Parameter(torch.from_numpy(w)) for name, w in first.items()}
        matrices = [w for name, w in weights.items() if name.startswith("h.") and w.ndim == 2]
        others = [w for name, w in weights.items() if not (name.startswith("h.") and w.ndim == 2)]
        rate = TRAINING.learning_rate
        optimizers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(
                matrices, lr=rate, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        shares = plateau_then_decay(passes, max(passes // 3, 1))
        averaging = TRAINING.weight_averaging
        schedule = Schedule(shares, rate, LAST_SHARE, TRAINING.warm_up, averaging)
        super().__init__(folder, weights, optimizers, schedule, TRAINING.seed)

    @property
    def batch_predictions(self) -> int:
        return TRAINING.batch_size * MODEL.context

    def batches(self, done: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """One pass: windows end to end from a new place, in a new order."""
        if not done:
            self.keep(epoch_name(0))
        length, batch = MODEL.context, TRAINING.batch_size
        ids = np.roll(self.ids, -int(self.rng.integers(len(self.ids))))
        starts = self.rng.permutation(np.arange(0, len(ids) - length, length))
        starts = starts[: len(starts) // batch * batch].reshape(-1, batch)
        windows = torch.from_numpy(ids)
        return [
            (
                torch.stack([windows[at : at + length] for at in some]),
                torch.stack([windows[at + 1 : at + length + 1] for at in some]),
            )
            for some in starts.tolist()
        ]

    def loss(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        inputs, targets = batch
        return functional.cross_entropy(
            forward(self.weights, inputs, MODEL.dropout), targets.reshape(-1)
        )

    def average(self) -> None:
        """Move the averages, and keep the first of them."""
        super().average()
        if self.update in STEPS:
            self.keep(step_name(self.update))

    def train_pass(self, done: int) -> dict[str, Any]:
        record = super().train_pass(done)
        self.keep(epoch_name(done + 1))
        return record

    def keep(self, name: str) -> None:
        """Store the averaged weights, in half precision."""
        averages = {n: w.numpy().astype(np.float16) for n, w in self.averages.items()}
        save_file(averages, self.folder / f"{name}.safetensors")

    def model(self, weights: dict[str, Array]) -> NetworkModel:
        return NetworkModel.of(NAME, network_of(weights, MODEL), self.vocabulary)

    def validation_bits(self) -> float:
        """In single precision; the run has those of the stored weights."""
        weights = {name: w.numpy() for name, w in self.averages.items()}
        return float(self.model(weights).surprisal(self.texts.validation_text).mean())

    def write_run(self) -> Run:
        """The run's folder: settings, alphabet, every snapshot, measured as a session does."""
        passes = len(self.history)
        config = RunConfig(MODEL, replace(TRAINING, epochs=passes))
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
            weights = load_file(self.folder / f"{epoch_name(record['epoch'])}.safetensors")
            model = self.model(weights)
            records.append(
                {
                    **{name: v for name, v in record.items() if name != "learning_rate"},
                    **judged(model, self.texts),
                    "sample": sample(model),
                }
            )
        run.save_history(records)
        others = [snapshot for snapshot in run.snapshots if not snapshot.epoch]
        save_measures(run, measure(run, self.texts, others))
        return run


def ship(run: Run) -> Path:
    """Copy a run to the assets, where its card stays as it is."""
    folder = ASSETS / NAME
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    for path in run.path.iterdir():
        shutil.copyfile(path, folder / path.name)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passes", type=int, default=TRAINING.epochs)
    parser.add_argument("--ship", action="store_true", help="copy the run to the assets")
    args = parser.parse_args()
    trainer = PetitTrainer(args.folder, load_corpus(), args.passes)
    trainer.train()
    run = trainer.write_run()
    last = run.history[-1]
    bits = last["validation_bits_per_char"] or math.nan
    print(json.dumps({"run": str(run.path), "bits_per_char": bits, "seconds": last["seconds"]}))
    if args.ship:
        print(ship(run))


if __name__ == "__main__":
    main()
