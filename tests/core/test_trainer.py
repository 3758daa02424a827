"""Passes with torch: what a checkpoint keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.schedule import Schedule, plateau_then_decay

pytestmark = pytest.mark.slow

torch = pytest.importorskip("torch")


def trainer(folder: Path, passes: int, stop_after: int | None = None) -> Any:
    """A line fitted to noise, whose every pass depends on the draws and on the place."""
    from tools.trainer import Trainer

    class Line(Trainer):
        unit = "points"
        batch_predictions = 4

        def batches(self, done: int) -> list[Any]:
            if stop_after is not None and done >= stop_after:
                raise KeyboardInterrupt
            return [torch.tensor(self.rng.normal(size=4), dtype=torch.float32) for _ in range(5)]

        def loss(self, batch: Any) -> Any:
            noise = torch.rand(4)
            return ((self.weights["slope"] * batch + noise - 3 * batch) ** 2).mean()

        def validation_bits(self) -> float:
            return float(self.averages["slope"])

    slope = torch.nn.Parameter(torch.zeros(()))
    schedule = Schedule(plateau_then_decay(passes, 2), 0.1, 0.01, 3, 0.9)
    return Line(folder, {"slope": slope}, [torch.optim.Adam([slope])], schedule, seed=1)


def figures(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    timed = ("seconds", "points_per_second")
    return [{k: v for k, v in record.items() if k not in timed} for record in history]


def test_an_interrupted_training_ends_as_one_that_ran_on(tmp_path: Path) -> None:
    whole = trainer(tmp_path / "whole", 4)
    whole.train()
    assert [record["updates"] for record in whole.history] == [5, 10, 15, 20]
    with pytest.raises(KeyboardInterrupt):
        trainer(tmp_path / "parts", 4, stop_after=2).train()
    again = trainer(tmp_path / "parts", 4)
    again.train()
    assert figures(again.history) == figures(whole.history)
    assert again.averages["slope"] == whole.averages["slope"]
    assert again.weights["slope"] != again.averages["slope"]  # the averages are kept apart
    once_more = trainer(tmp_path / "parts", 4)
    once_more.train()  # nothing is left to do
    assert once_more.history == again.history


def test_fewer_passes_end_sooner(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        trainer(tmp_path, 9, stop_after=3).train()
    shorter = trainer(tmp_path, 4)
    shorter.train()
    assert len(shorter.history) == 4
    assert shorter.history[-1]["learning_rate"] == pytest.approx(0.1 * 0.5 * (1 - 4 / 5))
