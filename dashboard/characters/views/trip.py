"""From text to integers and back, one step at a time."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.characters import controls, results
from dashboard.shared import components, i18n, state, widgets
from dashboard.shared.i18n import _
from moliere_core.text.vocabulary import UNKNOWN_GLYPH, Vocabulary

MOST_TILES = 66  # three rows on a projector


def show(sentence: str, source: str) -> None:
    """The sentence, and under each of its characters what becomes of it."""
    step = controls.STEP.ask()
    least = state.value(controls.MIN_CHAR_FREQ)
    vocabulary = results.pruning(source, least).vocabulary
    st.markdown(_explained(sentence, vocabulary, step))
    data = payload(sentence, vocabulary, step, least)
    components.characters(data, "characters.trip", pick=controls.pick_char)


def payload(sentence: str, vocabulary: Vocabulary, step: str, least: int) -> dict[str, Any]:
    """The tiles of the sentence and those of the alphabet: see characters.js."""
    ids = [int(i) for i in vocabulary.encode(sentence)]
    symbols = [(0, UNKNOWN_GLYPH), *enumerate(vocabulary.chars, start=1)]
    return {
        "view": "trip",
        "step": step,
        "text": sentence,
        "tiles": [
            {"char": char, "index": i, "back": vocabulary.decode([i]) if i else UNKNOWN_GLYPH}
            for char, i in zip(sentence[:MOST_TILES], ids, strict=False)
        ],
        "more": max(0, len(sentence) - MOST_TILES),
        "alphabet": [{"char": char, "index": i, "used": i in ids} for i, char in symbols],
        "labels": {
            "alphabet": _alphabet(len(vocabulary), least),
            "unknown": _("inconnu"),
            "char": _("caractère"),
            "index": _("indice"),
            "back": _("retour"),
            "more": _("et {count} de plus").format(count=max(0, len(sentence) - MOST_TILES)),
            "pick": _("voir ses octets"),
        },
    }


def _alphabet(symbols: int, least: int) -> str:
    said = _("L’alphabet, dans l’ordre : {count} symboles").format(count=symbols)
    if least > 1:
        said += " " + _("(caractères vus au moins {least} fois)").format(least=least)
    return said


def round_trip(sentence: str, vocabulary: Vocabulary) -> bool:
    """Whether the text comes back as it was."""
    return vocabulary.decode(vocabulary.encode(sentence)) == sentence


def _explained(sentence: str, vocabulary: Vocabulary, step: str) -> str:
    if not sentence:
        return _("Écrivez une phrase : elle sera découpée ici.")
    distinct = i18n.number(len(set(sentence)))
    if step == "text":
        return _(
            "Un réseau ne lit pas de lettres : il ne sait que multiplier et additionner des "
            "nombres. Comment passer de ces {chars} caractères à des nombres, sans rien perdre ?"
        ).format(chars=i18n.number(len(sentence)))
    if step == "chars":
        return _(
            "On découpe : {chars} caractères, dont {distinct} différents. L’espace (␣) et le saut "
            "de ligne (↵) en sont aussi ; « É » et « é » sont deux caractères, sans lien aux yeux "
            "du réseau."
        ).format(chars=i18n.number(len(sentence)), distinct=distinct)
    if step == "ints":
        return _(
            "Chacun devient son **indice** dans l’alphabet trié : voilà tout ce que lit le "
            "réseau, un tableau de {chars} entiers. L’indice est un numéro, pas une grandeur : 40 "
            "n’est pas « le double » de 20."
        ).format(chars=i18n.number(len(sentence)))
    if round_trip(sentence, vocabulary):
        return _("Chaque indice redonne son caractère : le texte revient **intact**.")
    lost = " ".join(vocabulary.unknown_in(sentence))
    return _(
        "Le texte ne revient **pas** intact. Hors de l’alphabet, donc d’indice 0 "
        "(« inconnu ») : {lost}."
    ).format(lost=widgets.plain(lost))
