"""What is set on the Experiments page."""

from __future__ import annotations

from dashboard.experiments import wording
from dashboard.shared import fields, snippets
from dashboard.shared.controls import Choice, Text, Whole
from dashboard.shared.snippets import Code
from moliere_core.errors import N_
from moliere_core.training.experiments import Plan

MOST_VOTES = 999
CONTEXT = """
    context = result.measures.context
    print([(k, round(context.at(k), 3)) for k in (1, 5, 10, 40, 150)])"""  # for the cell

PLAN = Choice(
    "experiments.plan",
    "plan",
    "length",
    N_("Expérience"),
    {
        "length": N_("Longueur"),
        "architecture": N_("Architecture"),
        "embedding": N_("Plongement"),
        "plays": N_("Une pièce ou l’autre"),
        "overfitting": N_("Surapprentissage"),
        "epochs": N_("Époques"),
        "last_only": N_("Dernière position"),
        "transformer": N_("LSTM contre Transformer"),
    },
)
REVEALED: fields.Field[tuple[str, ...]] = fields.Field(
    "experiments.revealed", "revealed", (), fields.words, ",".join
)  # the plans whose results are on screen


def votes(plan: Plan, variant: str) -> Whole:
    """How many hands were raised for a run, before its results were shown."""
    label = wording.variant_name(plan, plan.variant(variant))
    key = f"experiments.votes.{plan.name}.{variant}"
    return Whole(key, f"votes_{variant}", 0, label, 0, MOST_VOTES)


def reason(plan: Plan) -> Text:
    """Why, as the class puts it."""
    return Text(
        f"experiments.reason.{plan.name}",
        "reason",
        "",
        N_("Parce que…"),
        placeholder=N_("la raison, en une phrase"),
    )


def variant(plan: Plan) -> Choice:
    """Which of its runs to train live."""
    names = {variant.name: wording.variant_name(plan, variant) for variant in plan}
    return Choice(
        f"experiments.variant.{plan.name}",
        "variant",
        next(iter(names)),
        N_("Laquelle entraîner ici, maintenant ?"),
        names,
    )


def code(plan: Plan, variant: str) -> str:
    """Read the shipped runs of a plan, and how to train one of them again."""
    context = Code(CONTEXT if plan.visible else "")
    return snippets.filled("experiments", plan=plan.name, variant=variant, context=context)
