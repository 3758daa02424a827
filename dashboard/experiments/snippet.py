"""The corrected cell of the Experiments page."""

from __future__ import annotations

from dashboard.shared.i18n import _
from moliere_core.training.experiments import Plan


def code(plan: Plan, variant: str) -> str:
    """Read the shipped runs of a plan, and how to train one of them again."""
    course = _("le cours : changer une ligne, tout relancer, et noter ce qu’on a vu")
    here = _("ici : une liste de demandes qui ne diffèrent que par un réglage")
    again = _("la même, refaite ici (MOLIERE_CORPUS nomme le corpus)")
    context = ""
    if plan.name == "length":
        context = """
    context = result.measures.context
    print([(k, round(context.at(k), 3)) for k in (1, 5, 10, 40, 150)])"""
    return f"""\
from moliere_core.corpus import load_corpus
from moliere_core.training.experiments import PLANS, results
from moliere_core.training.session import train

# {course}
# {here}
plan = PLANS[{plan.name!r}]
for result in results(plan):
    last = result.run.history[-1]
    bits = last["validation_bits_per_char"]
    print(result.reference, result.parameters, last["updates"], round(bits, 3)){context}

# {again}
config = plan.variant({variant!r}).config
# run = train(config, load_corpus(), on_event=print)
"""
