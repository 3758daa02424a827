"""The schedules that repeat the shipped models are those of their histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moliere_core.assets import ASSETS
from tools.schedule import MINI_GPT, MINI_GPT_CONTINUED, Schedule, plateau_then_decay

TOOLS = Path(__file__).parents[2] / "tools"


def history(name: str) -> list[dict[str, Any]]:
    lines = (ASSETS / name / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def last_rates(schedule: Schedule, updates: int) -> list[float]:
    """The rate of the last update of each pass, of so many."""
    passes = range(len(schedule.shares))
    return [schedule.rate(d, (updates - 1) / updates, (d + 1) * updates - 1) for d in passes]


def test_a_shipped_model_is_trained_again_at_its_own_rates() -> None:
    records = history("mini-gpt")
    updates = records[0]["updates"]
    schedules = (MINI_GPT, MINI_GPT_CONTINUED)
    found = [rate for schedule in schedules for rate in last_rates(schedule, updates)]
    assert found == pytest.approx([record["learning_rate"] for record in records])


def test_settings_of_the_card_are_the_schedule_s() -> None:
    settings = json.loads((ASSETS / "mini-gpt" / "card.json").read_text("utf-8"))["settings"]
    for field in ("learning_rate", "warm_up", "weight_averaging"):
        assert settings[field] == getattr(MINI_GPT, field)


def test_a_plateau_and_a_straight_line() -> None:
    assert plateau_then_decay(4, 2) == ((1, 1), (1, 1), (1, 0.5), (0.5, 0))
    assert plateau_then_decay(1, 5) == ((1, 0),)  # as many passes as were asked for
    assert plateau_then_decay(2, 0) == ((1, 1), (1, 1))


def test_a_rate_warms_up_and_stays_above_its_last_share() -> None:
    schedule = Schedule(plateau_then_decay(2, 1), 2.0, 0.1, 4, 0.9)
    assert [schedule.rate(0, 0, update) for update in (0, 1, 3, 9)] == [0.5, 1, 2, 2]
    assert [schedule.rate(1, fraction, 9) for fraction in (0, 0.5, 0.99)] == [2, 1, 0.2]
    # A young average forgets the weights it began with; an old one decays as was asked for.
    assert [schedule.average_decay(update) for update in (0, 8, 1000)] == [0.1, 0.5, 0.9]


def test_the_scripts_of_the_cards_are_there() -> None:
    for name in ("petit", "grand", "mini-gpt", "ngrams"):
        said = (ASSETS / name / "card.md").read_text(encoding="utf-8")
        scripts = [part.split()[0] for part in said.split("python -m tools.")[1:]]
        assert scripts or "moliere train" in said
        for script in scripts:
            assert (TOOLS / f"{script.strip('`,.)')}.py").is_file()
