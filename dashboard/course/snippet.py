"""The cell of the Lesson plan page: the whole course in ten lines."""

from __future__ import annotations

from dashboard.shared.i18n import _


def code(reference: str) -> str:
    """From a corpus to text on screen, with a model that is already trained."""
    plays, model, text = _("le corpus"), _("le modèle"), _("le texte")
    return f"""\
from moliere_core.config import SamplingConfig
from moliere_core.corpus import load_corpus
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate

corpus = load_corpus("embedded")
print("{plays}:", corpus.summary())
model = load_model({reference!r})
print("{model}:", model.reference, model.parameters)
[written] = generate(model, ["Ah ! "], [SamplingConfig(0.8)], [1], 200)
print("{text}:", written)
"""
