"""What the models' texts are worth: are they quoted, are their words words, are they verse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.bridge import results
from dashboard.bridge.wording import models as wording
from dashboard.shared import cached, i18n, tables
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.judging import alexandrines, compromise, judgement
from moliere_core.judging.judgement import Spread
from moliere_core.judging.wordhood import long_words
from moliere_core.pretrained.recorded import Voice
from moliere_core.text.normalise import normalise

NOT_FRENCH = ("The king is",)  # of the recorded prompts: what follows is to be English
LEAST_LINES = 10  # whole ones, of which a share says something


@dataclass(frozen=True)
class Worth:
    """What is known of a model's texts; None where it was not measured.

    Attributes:
        long_words: share of the long words that are words.
        new_12: share of runs of twelve characters that the model has never read.
        longest: characters of the longest passage that it has read, on average.
        alexandrines: share of whole lines that can be read as twelve syllables.
        chance: the same with the words in random order.
        unknown: whether nobody here knows what it has read.
    """

    long_words: float | None = None
    new_12: float | None = None
    longest: float | None = None
    alexandrines: float | None = None
    chance: float | None = None
    unknown: bool = False


def show(references: Iterable[str], config: SamplingConfig) -> None:
    """A row for each model, under one for real plays; what cannot be measured stays out."""
    found = {
        reference: worth
        for reference in references
        if (worth := of(reference, config.temperature, config.top_p)) is not None
    }
    if not found:
        return
    names = wording.names(found)
    real = _of_spread(judgement.yardstick().of("all"))
    verse = judgement.yardstick().of("verse")["alexandrines"].mean
    rows = [_row(_("vrai Molière, jamais lu"), real)]
    rows += [_row(names[name], worth) for name, worth in found.items()]
    heads = [
        _("Ce que valent leurs textes"),
        _("longs mots qui existent"),
        _("suites de 12 jamais lues"),
        _("plus long passage lu"),
        _("lignes de 12 syllabes (mots mélangés)"),
    ]
    tables.show(heads, rows, marked=0)
    st.caption(_said(found.values(), verse))


def _said(found: Iterable[Worth], verse: float) -> str:
    worths = list(found)
    said = [
        _(
            "{texts} textes de {chars} caractères par modèle, écrits à partir de rien, au réglage "
            "mesuré le plus proche du vôtre. Molière : vers et prose ensemble ; en vers seul, "
            "{verse} de lignes de 12 syllabes."
        ).format(
            texts=len(compromise.SEEDS),
            chars=i18n.number(judgement.PIECE),
            verse=i18n.percent(verse),
        )
    ]
    if any(worth.unknown for worth in worths):
        said.append(
            _(
                "« Inconnu » : ce que ces modèles du Web ont lu n’est pas su ici, et l’on ne peut "
                "pas dire ce qu’ils recopient ; leurs autres chiffres viennent de leurs textes "
                "enregistrés, plus courts, où il y en a."
            )
        )
    if any(worth == Worth() for worth in worths):
        said.append(_("Un modèle sans chiffres se mesure au bas de la page Température."))
    return " ".join(said)


def _row(name: str, worth: Worth) -> list[str]:
    unread = _("inconnu") if worth.unknown else i18n.UNKNOWN
    return [
        name,
        i18n.share(worth.long_words),
        unread if worth.new_12 is None else i18n.percent(worth.new_12),
        unread if worth.longest is None else i18n.number(worth.longest),
        i18n.UNKNOWN
        if worth.alexandrines is None
        else f"{i18n.percent(worth.alexandrines)} ({i18n.share(worth.chance)})",
    ]


@st.cache_data(show_spinner=False, ttl=5, max_entries=128)
def of(reference: str, temperature: float, top_p: float = 1.0) -> Worth | None:
    """What the texts of a model are worth, drawn about so; None of what cannot be measured."""
    if (known := compromise.find(reference)) is not None:
        return _of_spread(known.nearest(temperature, top_p).spread)
    if not pretrained.is_pretrained(reference):
        return Worth() if reference in cached.models() else None
    voice = results.voice(reference)
    return Worth(unknown=True) if voice is None else recorded(voice, temperature)


def _of_spread(spread: Mapping[str, Spread]) -> Worth:
    means = {name: found.mean for name, found in spread.items()}
    return Worth(
        means.get("long_words"),
        means.get("new_12"),
        means.get("longest"),
        means.get("alexandrines"),
        means.get("chance"),
    )


def recorded(voice: Voice, temperature: float) -> Worth:
    """What the recorded texts of a model are worth, those at the nearest temperature."""
    french = [text for text in voice.texts if text.after not in NOT_FRENCH]
    if not french:
        return Worth(unknown=True)
    gap = min(abs(text.config.temperature - temperature) for text in french)
    texts = [
        normalise(text.generation.text)
        for text in french
        if abs(text.config.temperature - temperature) == gap
    ]
    return of_texts(texts)


def of_texts(texts: Sequence[str]) -> Worth:
    """The words and the verse of texts whose model has read nobody knows what."""
    counts = [long_words(text, lambda word: False) for text in texts]
    words, real = (sum(part) for part in zip(*counts, strict=True))
    # The first line goes on from the prompt, the last one is cut.
    lines = [line for text in texts for line in text.split("\n")[1:-1] if line.strip()]
    found = alexandrines.verse(lines) if len(lines) >= LEAST_LINES else None
    return Worth(
        long_words=real / words if words else None,
        alexandrines=None if found is None else found.alexandrines,
        chance=None if found is None else found.chance,
        unknown=True,
    )
