"""The views of the Characters page, and what the class has done in them."""

from __future__ import annotations

from dashboard.characters import controls, results
from dashboard.characters.views import alphabet, bytes, dice, tokens, trip
from dashboard.shared import fields, state
from dashboard.shared.tokens import pieces
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_

VIEWS = {
    "trip": View(N_("Aller et retour"), trip.show),
    "alphabet": View(N_("L’alphabet"), alphabet.show),
    "tokens": View(N_("Les tokens"), tokens.show),
    "bytes": View(N_("Les octets"), bytes.show),
    "dice": View(N_("Les dés"), dice.show),
}
VIEW = chosen("characters.view", "view", N_("Vue"), VIEWS)


def tried(view: str, sentence: str, source: str) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    least = state.value(controls.MIN_CHAR_FREQ)
    vocabulary = results.pruning(source, least).vocabulary
    found = pieces(sentence)
    back = view == "trip" and state.value(controls.STEP) == "back"
    return {
        "back": back and sentence != fields.DEFAULT_PROMPT,
        "lost": back and not trip.round_trip(sentence, vocabulary),
        "prune": view == "alphabet" and least >= 100,
        "merges": view == "tokens" and state.value(controls.MERGES) <= 50,
        "efficient": view == "tokens" and len(found) > 0 and len(sentence) >= 4 * len(found),
        "split": view == "bytes" and len(pieces(state.value(controls.CHAR)[:1])) > 1,
    }
