"""What the one axis shows, and what it says of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import figures, i18n, widgets
from dashboard.axis import cached as axis_cache
from dashboard.axis import fields
from dashboard.axis.measuring import Measuring
from dashboard.charts import axis as charts
from dashboard.charts.axis import Mark
from dashboard.i18n import _
from moliere_core import axis, pretrained
from moliere_core.axis import Point
from moliere_core.models import SHIPPED

PERIOD = 1.0  # seconds between two looks at a measure in progress
MOST_CHARS = 5_000
_OWN = "axis.own"


def show(reference: str) -> None:
    """The whole view; a run of the class joins the shipped models."""
    with st.container(horizontal=True, vertical_alignment="center"):
        name = widgets.segmented(fields.TEXT, _("Texte"), texts(), visible=False)
        against = widgets.segmented(
            fields.AGAINST,
            _("Dessin"),
            {
                "bars": _("barres"),
                "parameters": _("taille"),
                "read": _("texte lu"),
                "two": _("les deux"),
            },
            visible=False,
        )
    text = _own() if name == "own" else _shipped_text(name)
    if name == "own" and not text:
        st.info(_("Collez un texte : chaque modèle lui donnera sa note."))
        return
    wanted = tuple(_to_measure(name, reference))
    if not (text and wanted):
        _draw(name, against, _known(name, text), wanted=() if text else wanted)
        return
    found = axis_cache.measuring(text, wanted, name in axis.VALIDATION)
    st.fragment(_watch, run_every=None if found.done else PERIOD)(name, against, text, found)


def texts() -> dict[str, str]:
    """The names of the texts."""
    return {
        "verse": _("Molière, vers"),
        "prose": _("Molière, prose"),
        "modern": _("d’aujourd’hui"),
        "own": _("à vous"),
    }


def _own() -> str:
    text = st.text_area(_("Votre texte"), key=_OWN, max_chars=MOST_CHARS, height=110)
    return (text or "").strip()


def _shipped_text(name: str) -> str | None:
    """The text itself, where it is at hand: the figures of the shipped models are, always."""
    if name == "modern":
        return axis.MODERN.read_text(encoding="utf-8").strip()
    return axis_cache.play_text(axis.VALIDATION[name])


def _to_measure(name: str, reference: str) -> list[str]:
    """The models that have no shipped figure for this text, and are on this machine."""
    known = axis.shipped().points.get(name, {})
    ours = [*axis.NGRAMS, *SHIPPED, pretrained.MINI, reference.partition("@")[0]]
    hub = [
        entry.name
        for entry in pretrained.entries()
        if entry.available and entry.name != pretrained.MINI and pretrained.available()
    ]
    if not pretrained.available():
        ours.remove(pretrained.MINI)
    return [model for model in dict.fromkeys([*ours, *hub]) if model not in known]


def _known(name: str, text: str | None) -> dict[str, Point]:
    return axis.shipped().points.get(name, {}) | (axis.stored(text) if text else {})


def _watch(name: str, against: str, text: str, found: Measuring) -> None:
    if not found.done:
        st.progress(
            found.share,
            _("Mesure en cours : {model} ({done} sur {all})").format(
                model=widgets.plain(found.now or "…"),
                done=len(found.points) + len(found.errors),
                all=len(found.references) + (len(axis.COMPRESSORS) if found.train else 0),
            ),
        )
    points = _known(name, text) | found.points
    if points:
        _draw(name, against, points)
    for model, error in found.errors.items():
        st.caption(f"{widgets.plain(model)} : {widgets.plain(i18n.sentence(error))}")
    if found.done and st.session_state.get("axis.watched") != id(found):
        st.session_state["axis.watched"] = id(found)
        st.rerun()  # so that nothing ticks any longer


def _draw(name: str, against: str, points: dict[str, Point], wanted: tuple[str, ...] = ()) -> None:
    other = _known("verse" if name == "modern" else "modern", None)
    marks = [_mark(point, other.get(model)) for model, point in points.items()]
    dark, title = figures.dark(), texts()[name]
    heading = _("Note de chaque modèle sur : {text}").format(text=title)
    if against == "two":
        names = (title, texts()["verse" if name == "modern" else "modern"])
        figure = charts.two_texts(marks, dark, _("Le même modèle sur deux textes"), names)
    elif against == "bars":
        figure = charts.bars(
            marks, dark, _("Note de chaque modèle sur : {text}").format(text=title)
        )
    else:
        figure = charts.against(marks, dark, heading, against)
    st.markdown(caption(points, other, name))
    best = min(marks, key=lambda mark: mark.bits)
    figures.show(
        figure,
        f"axis.{against}",
        _table(marks),
        _("{count} modèles ; le meilleur est {best}, à {bits} par caractère.").format(
            count=len(marks), best=best.name, bits=i18n.bits(best.bits)
        ),
    )
    st.caption(_notes(marks, wanted))


def caption(points: dict[str, Point], other: dict[str, Point], name: str) -> str:
    """What the figures say, computed from them: nobody leaves with "the LSTM beats GPT"."""
    best = min(points.values(), key=lambda point: point.bits_per_char)
    said = [
        _("Ici, le meilleur est **{model}** ({bits} par caractère).").format(
            model=shown(best.model), bits=i18n.bits(best.bits_per_char)
        )
    ]
    both = [m for m in points if m in other and _family(m) in ("recurrent", "small", "large")]
    if both and name in ("verse", "prose", "modern"):
        moliere, modern = (other, points) if name == "modern" else (points, other)
        gaps = {m: modern[m].bits_per_char - moliere[m].bits_per_char for m in both}
        widest = max(gaps, key=gaps.__getitem__)
        said.append(
            _(
                "Mais de Molière au texte d’aujourd’hui, **{model}** passe de {low} à {high} : "
                "il est spécialisé, et non plus intelligent."
            ).format(
                model=shown(widest),
                low=i18n.number(moliere[widest].bits_per_char, 2),
                high=i18n.number(modern[widest].bits_per_char, 2),
            )
        )
        large = [m for m in both if _family(m) == "large"]
        if large:
            steady = min(large, key=lambda m: abs(gaps[m]))
            said.append(
                _("**{model}**, qui a lu de tout, passe de {low} à {high}.").format(
                    model=shown(steady),
                    low=i18n.number(moliere[steady].bits_per_char, 2),
                    high=i18n.number(modern[steady].bits_per_char, 2),
                )
            )
    return " ".join(said)


def _notes(marks: list[Mark], wanted: tuple[str, ...]) -> str:
    said = [
        _(
            "Même texte, même début (un retour à la ligne), même unité. Les perplexités par token, "
            "elles, ne se comparent pas."
        )
    ]
    if any(mark.bound for mark in marks):
        said.append(
            _(
                "≤ : majorant, une seule façon de découper le texte en tokens est comptée. Un "
                "grand modèle a pu lire ces pièces sur le Web : personne ne le sait."
            )
        )
    if not any(mark.family == "large" for mark in marks):
        said.append(
            _(
                "gpt2 et gpt-fr ne sont pas sur cette machine : téléchargez-les dans « Même "
                "début », ils seront mesurés ici."
            )
        )
    if wanted:
        said.append(
            _(
                "Le texte de cette pièce n’est pas sur cette machine : seuls les modèles livrés "
                "ont leur note. Récupérez le corpus dans la page Corpus pour mesurer les autres."
            )
        )
    return " ".join(said)


def _table(marks: list[Mark]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("modèle"): [mark.name for mark in marks],
            _("famille"): [charts.families()[mark.family] for mark in marks],
            _("bits par caractère"): [mark.bits for mark in marks],
            _("sur l’autre texte"): [mark.other for mark in marks],
            _("paramètres"): [mark.parameters for mark in marks],
            _("caractères lus"): [mark.read for mark in marks],
            _("majorant"): [mark.bound for mark in marks],
        }
    )


def _mark(point: Point, other: Point | None) -> Mark:
    return Mark(
        shown(point.model),
        _family(point.model),
        point.bits_per_char,
        other.bits_per_char if other else None,
        point.parameters,
        point.train_chars,
        point.upper_bound,
    )


def shown(reference: str) -> str:
    """The name of a model on the axis."""
    if reference == axis.UNIFORM:
        return _("hasard")
    if reference in axis.NGRAMS:
        return _("{order}-gramme").format(order=reference.removeprefix("kn-"))
    return reference.removeprefix("hf:")


def _family(reference: str) -> str:
    if reference == axis.UNIFORM:
        return "chance"
    if reference in axis.COMPRESSORS:
        return "compressor"
    if reference in axis.NGRAMS:
        return "ngram"
    if reference == pretrained.MINI:
        return "small"
    return "large" if pretrained.is_pretrained(reference) else "recurrent"
