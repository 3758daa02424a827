"""What a unit might track: properties of a place in a text, one number a character.

Each is stated for the place just after a character was read, which is when the unit's memory is
looked at. They come from the text alone, except for verse, which the corpus knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from moliere_core.corpus import Corpus

Feature = NDArray[np.float32]

VOWELS = frozenset("aeiouyàâäéèêëîïôöùûüœæ")
LONGEST_LINE = 60  # an alexandrine has about 45 characters
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]*")
_PLURAL = re.compile(r"\b(?:les|des|ces|mes|tes|ses|nos|vos|leurs|aux|deux)\s+([^\W\d_]+)", re.I)
_NEGATION = re.compile(
    r"\bn(?:e\s|')(?P<scope>[^.!?\n]{0,40}?)\b(?:pas|point|jamais|rien|plus|guère)\b", re.I
)
_PARENTHESES = re.compile(r"\(([^()\n]{0,300})\)")


def in_word(text: str) -> Feature:
    """1 after a letter, 0 elsewhere."""
    return _spans(text, (match.span() for match in _WORD.finditer(text)))


def word_length(text: str) -> Feature:
    """Letters of the current word already read; 0 outside words."""
    values = np.zeros(len(text), np.float32)
    for match in _WORD.finditer(text):
        values[match.start() : match.end()] = np.arange(1, match.end() - match.start() + 1)
    return values


def line_position(text: str) -> Feature:
    """Characters read since the line break, 0 right after it; at most `LONGEST_LINE`.

    A line of prose has hundreds, which no cell counts, and which would drown the verses'.
    """
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    breaks = np.where(points == ord("\n"), np.arange(len(text)), -1)
    since = np.arange(len(text)) - np.maximum.accumulate(breaks)
    return np.minimum(since, LONGEST_LINE).astype(np.float32)


def after_apostrophe(text: str) -> Feature:
    """1 right after an apostrophe."""
    return _chars(text, lambda char: char == "'")


def after_capital(text: str) -> Feature:
    """1 right after a capital letter."""
    return _chars(text, str.isupper)


def capital_expected(text: str) -> Feature:
    """1 from a line break or the end of a sentence to the next letter: it should be a capital."""
    values = np.zeros(len(text), np.float32)
    waiting = True
    for i, char in enumerate(text):
        if char in ".!?\n":
            waiting = True
        elif char.isalpha():
            waiting = False
        values[i] = waiting
    return values


def vowel_expected(text: str) -> Feature:
    """1 where the next character of the text is a vowel: what the network has to guess."""
    vowels = _chars(text.lower() if len(text.lower()) == len(text) else text, VOWELS.__contains__)
    return np.concatenate([vowels[1:], np.zeros(min(1, len(text)), np.float32)])


def in_parentheses(text: str) -> Feature:
    """1 from an opening parenthesis to the character before its closing one."""
    spans = ((m.start(), m.end() - 1) for m in _PARENTHESES.finditer(text))
    return _spans(text, spans)


def in_question(text: str) -> Feature:
    """1 inside a sentence whose mark, still to come, is a question mark."""
    spans = (m.span() for m in _SENTENCE.finditer(text) if "?" in m.group())
    return _spans(text, spans)


def sentence_position(text: str) -> Feature:
    """Characters read since the last mark that ends a sentence, or line break."""
    values = np.zeros(len(text), np.float32)
    for match in _SENTENCE.finditer(text):
        values[match.start() : match.end()] = np.arange(match.end() - match.start())
    return values


def in_negation(text: str) -> Feature:
    """1 between "ne" and its "pas", "point", "jamais", "rien", "plus" or "guère"."""
    return _spans(text, (match.span("scope") for match in _NEGATION.finditer(text)))


def in_plural(text: str) -> Feature:
    """1 inside the word that follows "les", "des", "mes" and the like: an s may be due."""
    return _spans(text, (match.span(1) for match in _PLURAL.finditer(text)))


FEATURES: Mapping[str, Callable[[str], Feature]] = {
    "line_position": line_position,
    "in_word": in_word,
    "word_length": word_length,
    "after_apostrophe": after_apostrophe,
    "capital_expected": capital_expected,
    "after_capital": after_capital,
    "vowel_expected": vowel_expected,
    "sentence_position": sentence_position,
    "in_question": in_question,
    "in_parentheses": in_parentheses,
    "in_negation": in_negation,
    "in_plural": in_plural,
}
VERSE = "verse"
NAMES = (*FEATURES, VERSE)


def measure_features(text: str, verse: Feature | None = None) -> dict[str, Feature]:
    """Every feature of `text`, each of shape (len(text),); verse only where it is known."""
    found = {name: measure(text) for name, measure in FEATURES.items()}
    if verse is not None:
        found[VERSE] = verse
    return found


def verse_of(corpus: Corpus) -> Feature | None:
    """1 in the cues that the corpus calls verse, 0 in the others, over `corpus.text()`.

    None where the corpus does not tell verse from prose.
    """
    forms = corpus.frame["form"]
    if not {"verse", "prose"} <= set(forms):
        return None
    lengths = corpus.frame["cue"].str.len().to_numpy() + 1  # with the line break that ends it
    return np.repeat(np.array(forms == "verse", np.float32), lengths)[:-1]


def _spans(text: str, spans: Any) -> Feature:
    values = np.zeros(len(text), np.float32)
    for start, stop in spans:
        values[start:stop] = 1
    return values


def _chars(text: str, test: Callable[[str], bool]) -> Feature:
    """1 where the character passes the test, asked once for each distinct character."""
    distinct, place = np.unique(
        np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32), return_inverse=True
    )
    return np.array([test(chr(point)) for point in distinct], np.float32)[place]
