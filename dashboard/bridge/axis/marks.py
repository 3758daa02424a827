"""The models on the axis: their names, their families, and the figures behind the drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from dashboard.bridge.axis import figures as charts
from dashboard.bridge.axis.figures import Mark
from dashboard.shared import naming
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.measures import axis
from moliere_core.measures.axis import Point


def shown(reference: str) -> str:
    """The name of a model on the axis."""
    if reference == axis.UNIFORM:
        return _("hasard")
    if reference in axis.NGRAMS:
        return _("{order}-gramme").format(order=reference.removeprefix("kn-"))
    return naming.model(reference)


def whole(reference: str) -> str:
    """The name of a model where there is room for all of it."""
    return reference.removeprefix("hf:") if reference.startswith("hf:") else shown(reference)


def names(references: Iterable[str]) -> dict[str, str]:
    """The names of several models on one drawing, all different."""
    return naming.told_apart((reference, shown(reference)) for reference in references)


def family(reference: str) -> str:
    """Which of `charts.FAMILIES` a model is of."""
    if reference == axis.UNIFORM:
        return "chance"
    if reference in axis.COMPRESSORS:
        return "compressor"
    if reference in axis.NGRAMS:
        return "ngram"
    if reference == pretrained.MINI:
        return "small"
    return "large" if pretrained.is_pretrained(reference) else "recurrent"


def forms() -> dict[str, str]:
    """The names of verse and prose where only the look of the lines tells them apart."""
    return {"verse": _("vers, à l’allure"), "prose": _("prose, à l’allure")}


def of_form(points: Mapping[str, Point], form: str) -> dict[str, Point]:
    """The points of one form of a text; what gives none to a part of it is left out."""
    return {
        model: replace(point, bits_per_char=point.parts[form])
        for model, point in points.items()
        if form in point.parts
    }


def marks(points: Mapping[str, Point], other: Mapping[str, Point]) -> list[Mark]:
    """Points on a text, and on another, as charts draw them."""
    called = names(points)
    return [
        Mark(
            called[model],
            family(model),
            point.bits_per_char,
            other[model].bits_per_char if model in other else None,
            point.parameters,
            point.train_chars,
            point.upper_bound,
            point.may_have_read,
            point.recorded,
        )
        for model, point in points.items()
    ]


def table(points: Mapping[str, Point], other: Mapping[str, Point], parted: bool) -> pd.DataFrame:
    """What there is to take away; the two forms in columns of their own where a text has both."""
    found = list(points.values())
    columns = {
        # The whole name: who takes the numbers away has room for it.
        _("modèle"): [whole(point.model) for point in found],
        _("famille"): [charts.families()[family(point.model)] for point in found],
        _("bits par caractère"): [point.bits_per_char for point in found],
    }
    if parted:
        columns |= {name: [p.parts.get(form) for p in found] for form, name in forms().items()}
    beside = [other.get(point.model) for point in found]
    columns |= {
        _("sur l’autre texte"): [point.bits_per_char if point else None for point in beside],
        _("paramètres"): [point.parameters for point in found],
        _("caractères lus"): [point.train_chars for point in found],
        _("majorant"): [point.upper_bound for point in found],
        _("a pu lire ce texte"): [point.may_have_read for point in found],
        _("enregistré"): [point.recorded for point in found],
    }
    return pd.DataFrame(columns)
