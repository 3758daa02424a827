"""What the address of the Experiments page holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice, clip, integer, words
from moliere_core.training.experiments import PLANS, Plan

MOST_VOTES = 999

PLAN: Field[str] = Field("experiments.plan", "plan", "length", choice(*PLANS))
REVEALED: Field[tuple[str, ...]] = Field(
    "experiments.revealed", "revealed", (), words, ",".join
)  # the plans whose results are on screen
CHARTS = {  # of each plan, the first unless another is chosen
    "length": ("past", "seconds"),
    "architecture": ("parameters", "seconds"),
    "plays": ("matrix", "seconds"),
    "overfitting": ("learning", "seconds"),
}


def votes(plan: Plan, variant: str) -> Field[int]:
    """How many hands were raised for a run, before its results were shown."""
    return Field(
        f"experiments.votes.{plan.name}.{variant}", f"votes_{variant}", 0, integer(0, MOST_VOTES)
    )


def reason(plan: Plan) -> Field[str]:
    """Why, as the class puts it."""
    return Field(f"experiments.reason.{plan.name}", "reason", "", clip)


def view(plan: Plan) -> Field[str]:
    """Which chart of a plan is on screen, or what its runs write, or one trained live."""
    charts = CHARTS[plan.name]
    return Field(
        f"experiments.view.{plan.name}", "view", charts[0], choice(*charts, "texts", "live")
    )


def variant(plan: Plan) -> Field[str]:
    """Which of its runs to train live."""
    names = tuple(variant.name for variant in plan)
    return Field(f"experiments.variant.{plan.name}", "variant", names[0], choice(*names))
