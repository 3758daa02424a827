"""The corrected cell of the Reading page."""

from __future__ import annotations

from dashboard.shared.i18n import _


def code(reference: str, text: str) -> str:
    """How surprised a model is by each character of a text."""
    told = _("surprise en bits, rang, et ce qu’il attendait")
    whole = _("bits par caractère")
    return f"""\
from moliere_core.models.references import load_model
from moliere_core.measures.reading import read

model = load_model({reference!r})
reading = read(model, {text[:400]!r})

# {told}
for char, bits, rank, top in zip(reading.text, reading.bits, reading.ranks, reading.top):
    print(f"{{char!r:6}} {{bits:6.2f}} {{rank:3}}  {{model.vocabulary.decode(top)!r}}")
print(f"{whole}: {{reading.bits_per_char:.3f}}")
"""
