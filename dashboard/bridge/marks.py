"""The models on the one axis: their families, their marks, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.bridge.wording import models as wording
from dashboard.shared import guessed
from dashboard.shared.i18n import _
from dashboard.shared.naming import RECORDED
from moliere_core import pretrained
from moliere_core.errors import N_
from moliere_core.measures import axis
from moliere_core.measures.axis import Point

FAMILIES = {
    "chance": N_("le hasard"),
    "compressor": N_("compresseurs"),
    "ngram": N_("n-grammes"),
    "recurrent": N_("réseaux de caractères de Molière"),
    "small": N_("petit GPT de Molière"),
    "large": N_("modèles du hub"),
    "class": N_("la classe"),
}
FORMS = {"verse": N_("vers, à l’allure"), "prose": N_("prose, à l’allure")}  # by the look of lines
NGRAMS = ("kn-1", "kn-3", "kn-5", "kn-8")  # those that are drawn: the others say nothing more
MAY_HAVE_READ = "†"  # set beside the figures of a model that may have read the text


@dataclass(frozen=True)
class Mark:
    """A model on the axis.

    Attributes:
        name: as it is shown.
        family: one of `FAMILIES`.
        bits: per character.
        other: the same on a second text, None without one.
        parameters: 0 for none, or where nobody knows.
        read: characters that it learned from; None or 0 where nobody knows.
        bound: whether the true figure may be lower.
        seen: whether it may have read the text.
        recorded: whether it was measured elsewhere: the model is not here.
    """

    name: str
    family: str
    bits: float
    other: float | None
    parameters: int
    read: int | None
    bound: bool
    seen: bool = False
    recorded: bool = False

    @property
    def label(self) -> str:
        """Its name, with the marks of those that may have read the text and of recorded ones."""
        marks = (MAY_HAVE_READ if self.seen else "", RECORDED if self.recorded else "")
        return " ".join(filter(None, (self.name, *marks)))


def family(reference: str) -> str:
    """Which of `FAMILIES` a model is of."""
    if reference == axis.UNIFORM:
        return "chance"
    if reference.startswith(guessed.CLASS):
        return "class"
    if reference in axis.COMPRESSORS:
        return "compressor"
    if reference in axis.NGRAMS:
        return "ngram"
    if reference == pretrained.MINI:
        return "small"
    return "large" if pretrained.is_pretrained(reference) else "recurrent"


def drawn(points: Mapping[str, Point]) -> dict[str, Point]:
    """The points for which a drawing has room."""
    left_out = set(axis.NGRAMS) - set(NGRAMS)
    return {model: point for model, point in points.items() if model not in left_out}


def of_form(points: Mapping[str, Point], form: str) -> dict[str, Point]:
    """The points of one form of a text; what gives none to a part of it is left out."""
    return {
        model: replace(point, bits_per_char=point.parts[form])
        for model, point in points.items()
        if form in point.parts
    }


def marks(points: Mapping[str, Point], other: Mapping[str, Point]) -> list[Mark]:
    """Points on a text, and on another, as figures draw them."""
    called = wording.names(points)
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
        _("modèle"): [wording.full_name(point.model) for point in found],
        _("famille"): [_(FAMILIES[family(point.model)]) for point in found],
        _("bits par caractère"): [point.bits_per_char for point in found],
    }
    if parted:
        columns |= {_(name): [p.parts.get(form) for p in found] for form, name in FORMS.items()}
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
