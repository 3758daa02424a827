"""The corrected cell of the Bridge page."""

from __future__ import annotations

from dashboard.bridge import results
from dashboard.bridge.controls import Settings
from dashboard.shared import snippets
from dashboard.shared.snippets import Code


def code(view: str, settings: Settings) -> str:
    """What the page shows, asked of the command line's own functions."""
    models = list(settings.references)
    if view == "alphabet":
        alphabet = Code(results.ALPHABET)
        return snippets.filled(
            "bridge-alphabet", models=models, prompt=settings.text, alphabet=alphabet
        )
    if view in ("axis", "talk"):
        return snippets.filled("bridge-axis")
    heard = any(results.voice(reference) is not None for reference in models)
    return snippets.filled(
        "bridge-recorded" if heard else "bridge-same",
        models=models,
        prompt=settings.prompt,
        config=snippets.config(settings.config),
        seed=settings.seed,
        chars=settings.chars,
    )
