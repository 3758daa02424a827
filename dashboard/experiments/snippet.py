"""The corrected cell of the Experiments page."""

from __future__ import annotations

from dashboard.shared import snippets
from dashboard.shared.snippets import Code
from moliere_core.training.experiments import Plan

CONTEXT = """
    context = result.measures.context
    print([(k, round(context.at(k), 3)) for k in (1, 5, 10, 40, 150)])"""


def code(plan: Plan, variant: str) -> str:
    """Read the shipped runs of a plan, and how to train one of them again."""
    context = Code(CONTEXT if plan.name == "length" else "")
    return snippets.filled("experiments", plan=plan.name, variant=variant, context=context)
