"""The gates behind the colours: heat maps of one unit, then of all layers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import wording
from dashboard.inside.controls import GATE
from dashboard.inside.figures.gates import layers_figure, unit_figure
from dashboard.inside.text import Looked
from dashboard.shared import charts, i18n
from dashboard.shared.i18n import _
from moliere_core.text.signs import visible

WINDOW = 56  # characters that can be read under a map, from the back row
MOST_UNITS = 48  # of each layer: those that move most


def show(looked: Looked) -> None:
    """Both figures over a window of the text that begins at the chosen part."""
    first = min(looked.start, max(0, len(looked.context) - WINDOW))
    window = slice(first, first + WINDOW)
    chars = [visible(char) for char in looked.context[window]]
    names, roles = wording.series(), wording.roles()
    series = looked.seen.layers[looked.layer].series
    rows = {names[name]: values[window, looked.unit] for name, values in series.items()}
    title = _("Unité {unit}, couche {layer} : ce que font ses portes").format(
        unit=looked.unit, layer=looked.layer + 1
    )
    charts.show(
        unit_figure(chars, rows, tuple(series), title, charts.dark()),
        "inside.gates.unit",
        pd.DataFrame({_("caractère"): chars} | rows),
        _(
            "Six cartes d’une ligne au plus : portes de 0 à 1, candidat et état caché de −1 à 1, "
            "mémoire de {low} à {high}, sur {count} caractères."
        ).format(
            low=i18n.number(min(float(v.min()) for v in rows.values()), 2),
            high=i18n.number(max(float(v.max()) for v in rows.values()), 2),
            count=len(chars),
        ),
    )
    if tuple(series) == ("hidden",):
        st.caption(
            _("Un RNN simple n’a pas de porte : son état caché est récrit en entier à chaque pas.")
        )
    _all_layers(looked, window, chars, tuple(series))
    st.markdown("\n".join(f"- {roles[name]}" for name in series))


def _all_layers(
    looked: Looked, window: slice, chars: list[str], available: tuple[str, ...]
) -> None:
    names = wording.series()
    chosen = GATE.ask({name: names[name] for name in available})
    maps, units = [], []
    for layer in looked.seen.layers:
        values = layer.series[chosen][window]
        moving = np.sort(np.argsort(-values.std(axis=0))[:MOST_UNITS])
        maps.append(values[:, moving].T)
        units.append(moving.tolist())
    title = _("{what}, toutes les couches : les {count} unités qui bougent le plus").format(
        what=names[chosen].capitalize(), count=len(units[0])
    )
    charts.show(
        layers_figure(chars, maps, units, chosen, title, charts.dark()),
        "inside.gates.layers",
        pd.concat(
            pd.DataFrame(values, columns=[f"{i} {char}" for i, char in enumerate(chars)]).assign(
                layer=depth + 1, unit=numbers
            )
            for depth, (values, numbers) in enumerate(zip(maps, units, strict=True))
        ),
        _("{what} de {units} unités dans {layers} couche(s), de {low} à {high}.").format(
            what=names[chosen].capitalize(),
            units=len(units[0]),
            layers=len(maps),
            low=i18n.number(min(float(m.min()) for m in maps), 2),
            high=i18n.number(max(float(m.max()) for m in maps), 2),
        ),
    )
