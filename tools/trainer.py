"""What all that train with torch have in common: passes over the plays with torch.

A trainer keeps a checkpoint a pass in its folder: the same command goes on from it. Each pass has
draws of its own, so that a training that was interrupted ends as one that ran on. The length of a
schedule is the command's: asked for again with fewer passes, it ends sooner.
"""

from __future__ import annotations

import json
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from moliere_core.assets import ASSETS
from moliere_core.runs.run import Run
from tools.schedule import Schedule

CLIP_NORM = 1.0


class Trainer(ABC):
    """Weights, their averages, the optimisers and the place in the schedule; kept in a file.

    Args:
        folder: where the checkpoint is.
        weights: what is trained, by name.
        optimizers: of these weights.
        schedule: of the learning rate, and of the average.
        seed: of the draws of each pass.
    """

    unit: ClassVar[str]  # what is predicted, in the plural
    loss_scale: ClassVar[float] = 1.0  # keeps small gradients above half precision's least
    checkpoint_every: ClassVar[int] = 1  # passes
    rng: np.random.Generator  # of the pass

    def __init__(
        self,
        folder: Path,
        weights: Mapping[str, torch.Tensor],
        optimizers: Sequence[torch.optim.Optimizer],
        schedule: Schedule,
        seed: int,
    ) -> None:
        self.folder, self.weights, self.optimizers = folder, dict(weights), list(optimizers)
        self.schedule, self.seed = schedule, seed
        self.averages = {name: w.detach().clone() for name, w in self.weights.items()}
        self.update, self.seconds = 0, 0.0
        self.history: list[dict[str, Any]] = []
        # Where the schedule begins: later than 0 where a stored run is taken up again.
        self.first_pass = self.first_update = 0

    @abstractmethod
    def batches(self, done: int) -> list[Any]:
        """What the pass after `done` others reads, drawn with `rng`; called as it begins."""

    @abstractmethod
    def loss(self, batch: Any) -> torch.Tensor:
        """Mean nats of the batch's predictions."""

    @property
    @abstractmethod
    def batch_predictions(self) -> int:
        """Predictions a batch."""

    @abstractmethod
    def validation_bits(self) -> float:
        """Bits per character of the plays held out, with the averaged weights."""

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        state = {
            "weights": {name: w.detach() for name, w in self.weights.items()},
            "averages": self.averages,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "update": self.update,
            "seconds": self.seconds,
            "history": self.history,
        }
        torch.save(state, self.checkpoint.with_suffix(".tmp"))
        self.checkpoint.with_suffix(".tmp").replace(self.checkpoint)

    def restore(self) -> None:
        """Go on from the checkpoint, where there is one."""
        if not self.checkpoint.exists():
            return
        device = next(iter(self.weights.values())).device
        state = torch.load(self.checkpoint, weights_only=True, map_location=device)
        self.set_weights(state["weights"])
        self.averages = state["averages"]
        for optimizer, kept in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        self.update, self.seconds = state["update"], state["seconds"]
        self.history = state["history"]

    @torch.no_grad()
    def set_weights(self, weights: Mapping[str, torch.Tensor]) -> None:
        for name, w in self.weights.items():
            w.copy_(weights[name])

    @property
    def is_done(self) -> bool:
        return len(self.history) >= self.first_pass + len(self.schedule.shares)

    def train(self) -> None:
        """All passes that are still to do, with a checkpoint and a line after each."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.restore()
        while not self.is_done:
            record = self.train_pass(len(self.history))
            self.history.append(record)
            if self.is_done or not len(self.history) % self.checkpoint_every:
                self.save()
            print(json.dumps(record), flush=True)

    def train_pass(self, done: int) -> dict[str, Any]:
        began = time.perf_counter()
        self.rng = np.random.default_rng([self.seed, done])
        torch.manual_seed(1000 * self.seed + done)
        batches = self.batches(done)
        losses = []
        for number, batch in enumerate(batches):
            rate = self.schedule.rate(
                done - self.first_pass, number / len(batches), self.update - self.first_update
            )
            for optimizer in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = rate
                optimizer.zero_grad()
            loss = self.loss(batch)
            (loss * self.loss_scale).backward()
            gradients = [w.grad for w in self.weights.values() if w.grad is not None]
            torch._foreach_div_(gradients, self.loss_scale)
            norm = torch.nn.utils.clip_grad_norm_(self.weights.values(), CLIP_NORM)
            if norm.isfinite():  # half precision overflows now and then
                for optimizer in self.optimizers:
                    optimizer.step()
            self.update += 1
            self.average()
            losses.append(loss.detach())
        seconds = time.perf_counter() - began
        self.seconds += seconds
        return {
            "epoch": done + 1,
            "updates": self.update,
            "seconds": round(self.seconds, 3),
            f"{self.unit}_per_second": round(len(batches) * self.batch_predictions / seconds),
            "learning_rate": rate,
            "loss": float(torch.stack(losses).mean()),  # nats a prediction, with dropout
            "validation_bits_per_char": self.validation_bits(),
        }

    @torch.no_grad()
    def average(self) -> None:
        """Move the averages towards the weights."""
        weights = [w.data for w in self.weights.values()]
        share = 1 - self.schedule.average_decay(self.update)
        torch._foreach_lerp_(list(self.averages.values()), weights, share)


def ship(run: Run, name: str) -> Path:
    """Copy a run to the assets, where its card stays as it is."""
    folder = ASSETS / name
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    for path in run.path.iterdir():
        shutil.copyfile(path, folder / path.name)
    return folder
