"""A text that a model has read, coloured by surprise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.reading import results, texts
from dashboard.reading.controls import Settings
from dashboard.shared import cached, i18n, state, tables, widgets
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from moliere_core.measures.reading import Reading, confident_mistakes, lines
from moliere_core.models.protocol import UNKNOWN_BITS
from moliere_core.text import verse
from moliere_core.text.signs import visible

_TEXT = Component(__file__, "reading")  # coloured by what a model made of each character
BAR, STRONG = "0 – 8", 8  # the bar beside the bits of a line: its heading, and where it is full


def show(settings: Settings) -> str:
    """A text coloured by surprise, its figures, and its lines in a table; returns the text."""
    found = texts.choose(settings.reference, settings.seed)
    texts.require(found)
    reading = results.reading(settings.reference, found.text)
    _bits(reading)
    _TEXT(_payload(reading, settings), "reading.text")
    st.caption(found.caption + _unknown(reading))
    _mistake(reading, settings.reference)
    _table(reading, settings.reference)
    return found.text


def _payload(reading: Reading, settings: Settings) -> dict[str, Any]:
    """What reading.js needs."""
    vocabulary = cached.model(settings.reference).vocabulary
    return {
        "text": reading.text,
        "bits": np.round(reading.bits, 2).tolist(),
        "ranks": reading.ranks.tolist(),
        "entropy": np.round(reading.entropy, 2).tolist(),
        "top": [vocabulary.decode(row) for row in reading.top],
        "probs": np.rint(reading.top_probs * 1000).astype(int).tolist(),
        "colour": settings.colour,
        "locale": state.language(),
        "labels": {
            "unknown": _("jamais lu par ce modèle"),
            "rank": _("rang {rank}"),
            "bit": i18n.ngettext("{value} bit", "{value} bits", 1),
            "bits": i18n.ngettext("{value} bit", "{value} bits", 2),
            "expected": _("Il attendait"),
            "entropy": _("Hésitation avant chaque caractère (entropie, bits)"),
            "hint": _("Pointez ou touchez un caractère : ce qu’il attendait. Un clic le garde."),
            "scale": [_("attendu"), _("surprenant")],
            "classes": [_("1er choix"), _("2e ou 3e"), _("4e à 10e"), _("au-delà")],
        },
    }


def _bits(reading: Reading) -> None:
    """Bits per character of the whole, of verse and of prose by their look; the first choices."""
    told = [_("Bits par caractère : **{bits}**").format(bits=i18n.number(reading.bits_per_char, 2))]
    labels = {
        "verse": _("en vers (à l’allure) : **{bits}**"),
        "prose": _("en prose : **{bits}**"),
    }
    forms = verse.bits_by_form(reading.text, reading.bits)
    if len(forms) > 1:
        told += [labels[form].format(bits=i18n.number(bits, 2)) for form, bits in forms.items()]
    first = i18n.percent(float((reading.ranks == 1).mean()))
    told.append(_("premier choix : **{share}**").format(share=first))
    st.markdown(" · ".join(told))


def _unknown(reading: Reading) -> str:
    """How many characters the model does not know, for the end of a caption; "" for none."""
    unknown = int((reading.ranks == 0).sum())
    if not unknown:
        return ""
    told = i18n.ngettext(
        "{count} caractère inconnu, compté {bits}.",
        "{count} caractères inconnus, comptés {bits} chacun.",
        unknown,
    )
    return " " + told.format(count=unknown, bits=i18n.bits(UNKNOWN_BITS, 1))


def _mistake(reading: Reading, reference: str) -> None:
    """The error that the model was surest of."""
    found = confident_mistakes(cached.model(reference), reading)
    if not found:
        st.markdown(_("Aucune erreur commise avec assurance dans ce texte."))
        return
    worst = found[0]
    share = math.floor(1000 * worst.prob) / 1000  # rounded up, it might say 100 %, and be wrong
    st.markdown(
        _(
            "**Sûr de lui, et dans l’erreur.** Après « {before} », il attendait « {expected} » à "
            "{share} ; c’est « {came} » qui est venu. Une forte probabilité n’est pas une vérité."
        ).format(
            before=widgets.plain(visible(reading.text[max(0, worst.at - 24) : worst.at])),
            expected=widgets.plain(visible(worst.expected)),
            came=widgets.plain(visible(worst.came)),
            share=i18n.percent(share, 1),
        )
    )


def _table(reading: Reading, reference: str) -> None:
    """The lines of the text, each with its own bits per character; all its characters as CSV."""
    found = lines(reading)
    vocabulary = cached.model(reference).vocabulary
    data = pd.DataFrame(
        {
            _("caractère"): list(reading.text),
            _("surprise (bits)"): reading.bits,
            _("rang"): reading.ranks,
            _("entropie (bits)"): reading.entropy,
            _("attendus"): [vocabulary.decode(row) for row in reading.top],
        }
    )
    tables.download(data, "reading.text")
    tables.scrolled(
        pd.DataFrame(
            {
                _("Ligne"): [reading.text[line.start : line.stop].strip() for line in found],
                _("Bits par caractère"): [i18n.number(line.bits_per_char, 2) for line in found],
                BAR: [line.bits_per_char for line in found],
                _("Allure"): [_("vers") if line.verse else _("prose") for line in found],
            }
        ),
        "reading.lines",
        hide_index=True,
        column_config={
            _("Bits par caractère"): st.column_config.TextColumn(alignment="right", width=180),
            # Its own figures would be English ones.
            BAR: st.column_config.ProgressColumn(format=" ", min_value=0, max_value=STRONG),
        },
    )
