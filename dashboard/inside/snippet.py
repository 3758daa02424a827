"""The corrected cell of the Inside page."""

from __future__ import annotations

from dashboard.shared.i18n import _


def code(reference: str, text: str, layer: int, unit: int) -> str:
    """One unit over a text, and the letters that mattered for its last character."""
    memory = _("la mémoire de l’unité après chaque caractère")
    mattered = _("les lettres qui ont compté pour le dernier : gradient × entrée, en nats")
    return f"""\
from moliere_core.inspection.influence import influence
from moliere_core.inspection.trace import read, trace
from moliere_core.models.references import load_recurrent

model = load_recurrent({reference!r})
context, seen = read(model, {text!r})

# {memory}
for char, value in zip(context, seen.layers[{layer}].memory[:, {unit}]):
    print(f"{{char!r:6}} {{value:7.3f}}")

# {mattered}
if len(context) > 1 and seen.ids[-1]:
    before = trace(model.network, seen.ids[:-1])
    found = influence(model.network, before, int(seen.ids[-1]))
    for char, value in zip(context, found.gradient_input):
        print(f"{{char!r:6}} {{value:+.4f}}")
"""
