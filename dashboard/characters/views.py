"""The four views of the Characters page, and what the class has done in them."""

from __future__ import annotations

from dashboard.characters import alphabet, cached, fields, octets, tokens, trip
from dashboard.shared import state
from dashboard.shared.tokens import pieces

SHOW = {
    "trip": trip.show,
    "alphabet": alphabet.show,
    "tokens": tokens.show,
    "bytes": octets.show,
}


def show(view: str, sentence: str, source: str) -> None:
    """The chosen view of a sentence, with the alphabet of a corpus."""
    SHOW[view](sentence, source)


def tried(view: str, sentence: str, source: str) -> dict[str, bool]:
    """What of the lesson's list the class has just done."""
    least = state.value(fields.MIN_CHAR_FREQ)
    vocabulary = cached.pruning(source, least).vocabulary
    found = pieces(sentence)
    back = view == "trip" and state.value(fields.STEP) == "back"
    return {
        "back": back and sentence != state.DEFAULT_PROMPT,
        "lost": back and not trip.round_trip(sentence, vocabulary),
        "prune": view == "alphabet" and least >= 100,
        "merges": view == "tokens" and state.value(fields.MERGES) <= 50,
        "efficient": view == "tokens" and len(found) > 0 and len(sentence) >= 4 * len(found),
        "split": view == "bytes" and _split(state.value(fields.CHAR)[:1]),
    }


def _split(char: str) -> bool:
    """Whether a character needs several tokens."""
    return len(pieces(char)) > 1
