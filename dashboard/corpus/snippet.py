"""The corrected cells of the Corpus page, one a view."""

from __future__ import annotations

from dataclasses import asdict

from dashboard.shared import snippets
from dashboard.shared.naming import SERVER
from dashboard.shared.snippets import Code
from moliere_core.exploration import Selection


def code(source: str, play: str, selection: Selection, view: str, word: str) -> str:
    """Read a corpus as the course does, then compute what the view on screen shows.

    Args:
        source: identifier of the corpus.
        play: one that the corpus has.
        selection: the part that is looked at.
        view: one of `views.VIEWS`.
        word: that is looked for.
    """
    chosen = (f"{name}={value!r}" for name, value in asdict(selection).items() if value)
    return snippets.filled(
        f"corpus-{view}",
        corpus=Code("" if source == SERVER else repr(source)),
        selection=Code(f"Selection({', '.join(chosen)})"),
        play=selection.play or play,
        word=word,
    )
