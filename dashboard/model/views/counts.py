"""How the number of parameters comes about, and what it is compared with."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.model import figures
from dashboard.model.controls import Settings
from dashboard.shared import cached, charts, i18n, naming, tables
from dashboard.shared.i18n import _
from moliere_core.config import PRESETS
from moliere_core.models.references import SHIPPED
from moliere_core.networks.architecture import layer_plans, units_for

COURSE_SAYS = 300_000  # "about 300,000 parameters", in the notebook's last table


def show(settings: Settings) -> None:
    """The sums with their numbers, then the comparison."""
    model, symbols = settings.model, settings.symbols
    total = model.parameter_count(symbols)
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        tables.show(*sums(settings))
        st.caption(explanation(settings))
        st.caption(course_sentence(settings))
    with right:
        compared = comparison(settings)
        figure = figures.sizes_figure(compared, COURSE_SAYS, charts.dark())
        data = pd.DataFrame(compared, columns=[_("modèle"), _("paramètres")])
        alt = _("Ces réglages font {total} paramètres ; le cours annonce environ {said}.").format(
            total=i18n.number(total), said=i18n.number(COURSE_SAYS)
        )
        charts.show(figure, "model.sizes", data, alt)


def sums(settings: Settings) -> tuple[list[str], list[list[str]]]:
    """Heads, then layer, sum, result and share."""
    model, symbols = settings.model, settings.symbols
    total = model.parameter_count(symbols)
    rows = [
        [
            naming.layer(plan, model.layers),
            naming.product(plan),
            i18n.number(plan.parameters),
            i18n.percent(plan.parameters / total),
        ]
        for plan in layer_plans(model, symbols)
    ]
    rows.append([_("total"), "", i18n.number(total), i18n.percent(1)])
    return [_("couche"), _("calcul"), _("paramètres"), _("part")], rows


def explanation(settings: Settings) -> str:
    """Where each factor of the largest sum comes from."""
    model = settings.model
    names = {"inputs": model.embedding_dim, "units": model.units, "heads": model.heads}
    if model.is_transformer:
        return _(
            "**12 × {units}²** par bloc : question, clé, valeur et projection, quatre carrés de "
            "{units} × {units}, que les {heads} têtes se partagent ; puis un calcul quatre fois "
            "plus large, aller et retour, huit. Le reste : biais et normalisations. La sortie ne "
            "coûte rien : elle relit la table du plongement."
        ).format(**names)
    if model.cell == "rnn":
        return _(
            "**1** seul calcul, sans porte. Chacun des {units} neurones lit les **{inputs}** "
            "nombres du caractère, les **{units}** du pas d’avant, et a **1** biais."
        ).format(**names)
    if model.cell == "lstm":
        return _(
            "**4** : trois portes (oubli, entrée, sortie) et un candidat. Chacun a {units} "
            "neurones, et chaque neurone lit les **{inputs}** nombres du caractère, les "
            "**{units}** du pas d’avant, et a **1** biais."
        ).format(**names)
    return _(
        "**3** : deux portes (mise à jour, remise à zéro) et un candidat. Chacun a {units} "
        "neurones, et chaque neurone lit les **{inputs}** nombres du caractère, les **{units}** "
        "du pas d’avant, et a **2** biais, un pour chaque source (la forme de Keras)."
    ).format(**names)


def comparison(settings: Settings) -> list[tuple[str, int]]:
    """Names and sizes: these settings, the presets with the same alphabet, the shipped models."""
    symbols = settings.symbols
    found = [(_("ces réglages"), settings.model.parameter_count(symbols))]
    names = {
        "cours": _("préréglage cours"),
        "cours-rapide": _("préréglage cours rapide"),
        "meilleur": _("préréglage meilleur"),
    }
    found += [(name, PRESETS[key].model.parameter_count(symbols)) for key, name in names.items()]
    return found + [(name, cached.model(name).parameters) for name in SHIPPED]


def course_sentence(settings: Settings) -> str:
    """Why the course's figure and its own cells do not agree."""
    course, symbols = PRESETS["cours"].model, settings.symbols
    return _(
        "Le cours annonce « environ 300 000 » ; ses propres cellules, avec {symbols} symboles, en "
        "font {count}. Pour rester à 300 000, il faudrait {units} unités."
    ).format(
        symbols=symbols,
        count=i18n.number(course.parameter_count(symbols)),
        units=units_for(COURSE_SAYS, course, symbols),
    )
