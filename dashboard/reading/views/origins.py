"""Where a text comes from: what of it was read word for word, how much is new, what is no word."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.reading import results, texts
from dashboard.reading.controls import Settings
from dashboard.shared import i18n, tables, widgets
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.judging import judgement
from moliere_core.judging.judgement import Judgement
from moliere_core.judging.novelty import SIZES
from moliere_core.judging.passages import Passage, Place

PASSAGE_CHARS = 2_000  # as long as the pieces of real plays that stand beside
LEAST = 8  # characters that a longer passage leaves of another, for it to be shown
LISTED = 8  # of the passages and of the invented words
SHADES = (
    20,
    40,
)  # characters from which a passage is no turn of phrase, and from which it is rare in real plays
_TEXT = Component(__file__, "origins")


def show(settings: Settings) -> str:
    """The text with what was read of it, its figures beside real Molière's; returns the text."""
    found = texts.choose(settings.reference, settings.seed, PASSAGE_CHARS)
    texts.require(found)
    try:
        judged = results.judged(settings.reference, found.text)
    except MoliereError as error:  # nobody knows what was read
        widgets.problem(error)
        return found.text
    st.markdown(_sentence(judged))
    _TEXT(_payload(judged), "reading.origins")
    st.caption(found.caption)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        _new(judged)
    with right:
        _invented(judged)
    _passages(judged)
    st.caption(
        _(
            "On compare à ce que ce modèle a lu, et à rien d’autre. De GPT-2 ou d’un assistant, "
            "personne ici ne sait ce qu’il a lu : on ne peut pas dire ce qu’il recopie."
        )
    )
    return found.text


def _sentence(judged: Judgement) -> str:
    """The longest passage, beside that of real plays that were never read."""
    real = judgement.yardstick().of("all", judged.exact)["longest"]
    beside = _("Molière jamais lu, sur {chars} caractères : {longest} en moyenne.").format(
        chars=i18n.number(judgement.PIECE), longest=i18n.number(real.mean)
    )
    if not judged.passages:
        return _("Aucun passage lu mot pour mot.") + " " + beside
    longest = judged.passages[0]
    told = _("Le plus long passage lu mot pour mot : **{chars}**, {place}.").format(
        chars=_chars(longest), place=widgets.plain(_place(longest.place))
    )
    return f"{told} {beside}"


def _payload(judged: Judgement) -> dict[str, Any]:
    """What origins.js needs: the text in runs that are read, invented or neither."""
    runs: list[dict[str, Any]] = []
    at = 0
    for start, stop, passage in sorted(disjoint(judged.passages), key=lambda shown: shown[0]):
        if start > at:
            runs.append({"text": judged.text[at:start]})
        runs.append(
            {
                "text": judged.text[start:stop],
                "shade": sum(passage.chars >= least for least in SHADES) + 1,
                "told": f"{_chars(passage)} · {_place(passage.place)}",
            }
        )
        at = stop
    if at < len(judged.text):
        runs.append({"text": judged.text[at:]})
    return {
        "runs": runs,
        "labels": {
            "hint": _("Pointez ou touchez un passage : où il est, et qui le dit."),
            "shades": [
                _("tournure (moins de {least})").format(least=SHADES[0]),
                _("{least} caractères et plus").format(least=SHADES[0]),
                _("{least} et plus").format(least=SHADES[1]),
            ],
        },
    }


def disjoint(passages: tuple[Passage, ...]) -> list[tuple[int, int, Passage]]:
    """Where passages are shown: the longest wholly, of others what it leaves, if that is enough."""
    shown: list[tuple[int, int, Passage]] = []
    for passage in passages:
        start, stop = passage.start, passage.stop
        for begin, end, _longer in shown:
            if begin <= start < end:
                start = end
            if begin < stop <= end:
                stop = begin
        inside = any(start < end and begin < stop for begin, end, _longer in shown)
        if stop - start >= LEAST and not inside:
            shown.append((start, stop, passage))
    return shown


def _new(judged: Judgement) -> None:
    """Shares of runs that were never read, beside real plays'."""
    real = judgement.yardstick().of("all", judged.exact)
    rows = []
    for size in SIZES:
        share, spread = getattr(judged.figures, f"new_{size}"), real[f"new_{size}"]
        rows.append(
            (
                _("de {size} caractères").format(size=size),
                i18n.share(share),
                f"{i18n.percent(spread.mean)} ± {i18n.percent(spread.deviation)}",
            )
        )
    tables.show((_("Suites jamais lues"), _("ce texte"), _("Molière jamais lu")), rows)


def _invented(judged: Judgement) -> None:
    """Words that are nowhere, each with the nearest that is."""
    words = judged.words
    real = judgement.yardstick().of("all", judged.exact)["long_words"].mean
    if words.long_real is not None:
        st.markdown(
            _("Longs mots qui existent : **{share}** (Molière jamais lu : {real}).").format(
                share=i18n.percent(words.long_real), real=i18n.percent(real)
            )
        )
    _today(judged)
    if not words.invented:
        st.markdown(_("Aucun mot inventé."))
        return
    st.markdown(
        i18n.ngettext(
            "{count} mot inventé :", "{count} mots inventés :", len(words.invented)
        ).format(count=i18n.number(len(words.invented)))
        + " "
        + ", ".join(
            f"**{widgets.plain(word.word)}**"
            + (f" ({widgets.plain(word.near)} ?)" if word.near else "")
            for word in words.invented[:LISTED]
        )
        + (" …" if len(words.invented) > LISTED else "")
    )


def _today(judged: Judgement) -> None:
    """How many of the long words are of the French of today; what to do where nobody can say."""
    if not judged.words.long_words:
        return
    if judged.words.long_french is None:
        st.caption(
            _(
                "Le lexique du français d’aujourd’hui n’est pas installé : "
                "`pip install pyspellchecker` l’ajoute."
            )
        )
        return
    st.markdown(
        _("Dans un lexique du français d’aujourd’hui : **{share}** (Molière : {real}).").format(
            share=i18n.percent(judged.words.long_french),
            real=i18n.percent(judgement.yardstick().long_french),
        )
    )


def _passages(judged: Judgement) -> None:
    """The longest passages, and where each is."""
    rows = [
        {
            _("Passage"): " / ".join(judged.text[start:stop].strip().split("\n")),
            _("Longueur"): _chars(passage),
            _("Où"): _place(passage.place),
        }
        for start, stop, passage in disjoint(judged.passages)[:LISTED]
    ]
    if rows:
        tables.scrolled(pd.DataFrame(rows), "reading.passages", hide_index=True)


def _chars(passage: Passage) -> str:
    if passage.exact:
        told = i18n.ngettext("{n} caractère", "{n} caractères", passage.chars)
    else:
        told = i18n.ngettext("{n} caractère au moins", "{n} caractères au moins", passage.chars)
    return told.format(n=i18n.number(passage.chars))


def _place(place: Place) -> str:
    """A place as one says it: *Le Tartuffe*, acte III, scène 2, TARTUFFE."""
    parts = [place.play]
    if place.act:
        parts.append(_("acte {act}").format(act=place.act))
    if place.scene:
        parts.append(_("scène {scene}").format(scene=place.scene))
    if place.speaker:
        parts.append(place.speaker)
    return ", ".join(parts)
