"""A series and a text side by side: the course's table, with the figures of the corpus at hand."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from dashboard.shared import i18n, tables
from dashboard.shared.i18n import _
from dashboard.windows.controls import Settings
from moliere_core.config import PRESETS
from moliere_core.models.sampling import entropy_bits
from moliere_core.text.signs import visible


def show(settings: Settings) -> None:
    """The table, and what both have in common."""
    tables.show([_("question"), _("série temporelle"), _("texte")], rows(settings), numeric=False)
    st.caption(
        _(
            "La série : la longueur de chaque réplique du corpus. Un prédicteur qui dit toujours "
            "la même chose sert de repère des deux côtés : la moyenne ici, les fréquences là."
        )
    )


def rows(settings: Settings) -> list[list[str]]:
    """Question, answer for numbers, answer for characters."""
    material = settings.material
    cues = np.array(material.cues, np.float64)
    symbols = len(material.vocabulary)
    example = material.text[settings.length]
    index = int(material.ids[settings.length])
    counts = np.bincount(material.ids, minlength=symbols).astype(np.float32)
    frequencies = entropy_bits(counts / counts.sum())
    return [
        [
            _("un « token »"),
            _("une valeur : {first}, {second}, {third}…").format(
                first=i18n.number(cues[0]), second=i18n.number(cues[1]), third=i18n.number(cues[2])
            ),
            _("un caractère : {chars}…").format(
                chars=", ".join(visible(c) for c in material.text[:3])
            ),
        ],
        [
            _("combien il y en a"),
            _("{count} valeurs").format(count=i18n.number(len(cues))),
            _("{count} caractères").format(count=i18n.number(len(material.text))),
        ],
        [
            _("vocabulaire"),
            _("sans limite ; ici {distinct} valeurs différentes, de {low} à {high}").format(
                distinct=i18n.number(len(np.unique(cues))),
                low=i18n.number(cues.min()),
                high=i18n.number(cues.max()),
            ),
            _("fini : {count} caractères et un symbole « inconnu »").format(count=symbols - 1),
        ],
        [
            _("encodage"),
            _("aucun : c’est déjà un nombre"),
            _("{char} → {index} → un vecteur de {size} nombres, appris").format(
                char=visible(example), index=index, size=PRESETS["cours"].model.embedding_dim
            ),
        ],
        [
            _("prédiction"),
            _("régression : un nombre, par exemple {value}").format(
                value=i18n.number(cues[min(settings.length, len(cues) - 1)])
            ),
            _("classification : {symbols} probabilités, dont celle de {char}").format(
                symbols=symbols, char=visible(example)
            ),
        ],
        [
            _("perte"),
            _("erreur quadratique (MSE)"),
            _("entropie croisée, en nats"),
        ],
        [
            _("repère : dire toujours pareil"),
            _("la moyenne, {mean} : MSE {error}").format(
                mean=i18n.number(cues.mean(), 1), error=i18n.number(cues.var())
            ),
            _("les fréquences : {nats} ({bits})").format(
                nats=i18n.nats(frequencies * math.log(2)), bits=i18n.bits(frequencies)
            ),
        ],
        [
            _("repère : ne rien savoir"),
            _("aucun : tous les nombres sont possibles"),
            _("ln {symbols} = {nats} ({bits})").format(
                symbols=symbols,
                nats=i18n.nats(math.log(symbols)),
                bits=i18n.bits(math.log2(symbols)),
            ),
        ],
        [
            _("la règle"),
            _("x(1) … x(t) → x(t+1)"),
            _("x(1) … x(t) → x(t+1) : la même"),
        ],
    ]
