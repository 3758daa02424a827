"""What a plan has shown, in a sentence: made of its figures, whichever way they point."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.experiments import verdict
from moliere_core.training.experiments import COMMON_TEXT, PLANS, Plan, results


def made(plan: str, *bits: float, seconds: float = 60.0, middle: float = 2.5) -> list[Any]:
    """Runs of a plan with these bits, on the common text and at the end of their history."""
    found = []
    for variant, value in zip(PLANS[plan], bits, strict=True):  # type: ignore[index]
        epochs = variant.config.training.epochs
        history = [{"validation_bits_per_char": middle}] * (epochs - 1)
        found.append(
            SimpleNamespace(
                variant=variant,
                parameters=100_000,
                updates=1_000,
                run=SimpleNamespace(
                    config=variant.config,
                    history=[*history, {"validation_bits_per_char": value}],
                ),
                measures=SimpleNamespace(
                    scores={COMMON_TEXT: SimpleNamespace(bits=value)},
                    seconds=(seconds,),
                    context=None,
                ),
            )
        )
    return found


def told(plan: str, *bits: float, **more: float) -> str:
    sentence = verdict.sentence(PLANS[plan], made(plan, *bits, **more))  # type: ignore[index]
    assert sentence is not None
    return sentence.replace("\u00a0", " ").replace("\u202f", " ")


def test_a_gap_that_a_seed_could_make_is_none() -> None:
    assert "avec une seule graine" in told("embedding", 2.301, 2.305, 2.3)
    wide = told("embedding", 2.4, 2.35, 2.3)
    assert "**Plongement 256** devant plongement 64 : 0,100 bit de moins" in wide
    assert "graine" not in wide


@pytest.mark.parametrize(
    ("short", "said"),
    [(2.4, "fait gagner 0,100 bit"), (2.6, "a coûté 0,100 bit"), (2.49, "rien de sûr")],
)
def test_slowing_down_early_gains_or_costs(short: float, said: str) -> None:
    sentence = told("epochs", short, 2.2, 2.1, middle=2.5)
    assert "**30 passages**, 2,100 bits" in sentence
    assert said in sentence


def test_the_last_position_has_sixty_times_fewer_letters_to_guess() -> None:
    sentence = told("last_only", 2.7, 2.2)
    assert "60 fois moins" in sentence
    assert "0,50 bit de plus" in sentence
    last, every = made("last_only", 2.7, 2.2)
    assert verdict.targets(every) == 60 * verdict.targets(last) == 1_000 * 20 * 60


def test_a_transformer_that_loses_is_told_as_one_that_wins() -> None:
    sentence = told("transformer", 2.1, 2.2, 2.05)
    assert "est derrière le LSTM, à 0,100 bit" in sentence
    assert "devance le LSTM de 0,050 bit" in sentence


def test_a_copy_that_lacks_a_run_has_none() -> None:
    assert verdict.sentence(PLANS["epochs"], made("epochs", 2.4, 2.2, 2.1)[:2]) is None
    assert verdict.sentence(PLANS["plays"], results(PLANS["plays"])) is None


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_shipped_runs_make_a_whole_sentence(plan: Plan) -> None:
    found = results(plan)
    sentence = verdict.sentence(plan, found)
    assert sentence is None or ("{" not in sentence and sentence.endswith("."))
    if plan.name in ("embedding", "epochs", "last_only"):
        assert sentence
