"""A GPT continued on another text: what it learns of it, and what it forgets."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.shared import cached, following, i18n, naming, rights, trainings, widgets
from dashboard.shared.i18n import _
from dashboard.training import controls, results
from dashboard.training.curves import forgetting_of
from dashboard.training.views import beginning, forgetting
from moliere_core import pretrained
from moliere_core.config import RunConfig
from moliere_core.corpus import split
from moliere_core.errors import MoliereError
from moliere_core.runs.ownership import Owner, may_change
from moliere_core.training.specialise import client, estimate, stored
from moliere_core.training.specialise.client import Request, Specialising
from moliere_core.training.specialise.loop import MOST_CHARS, Settings
from moliere_core.training.specialise.methods import suited
from moliere_core.training.specialise.stored import Specialised

MOST_SHOWN = 5  # of those that were specialised here
_REFUSED = "training.specialise.refused"


def show() -> None:
    """The text and the method on the left; the button, then the curves, on the right."""
    with st.container(key="training-specialising"):
        left, right = st.columns([1.15, 1], gap="medium")
    with left:
        source, base = beginning.ask()
        size = pretrained.card(base).parameters
        with st.container(horizontal=True, vertical_alignment="bottom"):
            method, passes = controls.METHOD.ask(visible=True), controls.PASSES.ask()
        found = suited(size) if method == "auto" else method
        beginning.told(source, results.sizes(source, (), 1))
        st.caption(_about(size, found))
    with right:
        request = _request(base, source, Settings(found, passes))
        if request is not None:
            _button(request)
        current = client.current()
        if current is not None and not current.done():
            following.follow([current], partial(_live, current), pending=True, then=_forget)
        elif current is not None and isinstance(error := current.exception(), MoliereError):
            widgets.problem(error)
        elif current is not None:
            _live(current)
        if not made(current) and current is None:
            _explain()


def made(current: Specialising | None = None) -> bool:
    """Those that were specialised here, each with its curves, but the one that stands above them.

    Returns:
        Whether there are any.
    """
    found = [m for m in stored.models() if current is None or not _is_of(current, m)]
    for model in found[:MOST_SHOWN]:
        with st.expander(widgets.plain(model.reference), icon=":material/history:"):
            _stored(model)
    return bool(found)


def _explain() -> None:
    st.info(
        _(
            "Un grand modèle se spécialise : on continue son entraînement sur un petit texte. Ici "
            "viendront deux courbes, ce qu’il apprend du texte nouveau et ce qu’il oublie de "
            "l’ancien."
        )
    )


def _about(size: int, method: str) -> str:
    """What is trained, in a sentence."""
    return _("{size} millions de paramètres ; apprend : {method}.").format(
        size=i18n.number(size / 1e6, 1 if size < 1e7 else 0),
        method=_(controls.METHOD.options[method]),
    )


def _request(base: str, source: str, settings: Settings) -> Request | None:
    """What would be asked for; the reason where it cannot be."""
    corpus = cached.corpus(source)
    texts, owner = split(corpus, (), RunConfig().validation), Owner.of(rights.token())
    try:
        request = client.prepare(
            base, naming.source(source), texts, settings, cached.known_corpora(), owner
        )
    except MoliereError as error:
        widgets.problem(error)
        return None
    if len(texts.train_text) > MOST_CHARS:
        told = _("Il en lira les {most} premiers caractères.")
        st.caption(told.format(most=i18n.number(MOST_CHARS)))
    return request


def _button(request: Request) -> None:
    if stored.is_there(request.name):
        if (current := client.current()) is not None and current.request.name == request.name:
            return  # it stands below, with its curves
        st.caption(_("Déjà fait : {name}").format(name=widgets.plain(request.name)))
        return
    try:
        about = i18n.duration(estimate.seconds(request))
    except MoliereError as error:
        widgets.problem(error)
        return
    if (refused := st.session_state.pop(_REFUSED, None)) is not None:
        widgets.problem(refused)
    st.button(
        _("Spécialiser ({duration} environ)").format(duration=about),
        key="training.specialise",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        help=_("Estimé d’après un bloc de cette largeur, chronométré sur cette machine."),
        on_click=_start,
        args=(request,),
    )


def _start(request: Request) -> None:
    try:
        client.begin(request)
    except MoliereError as error:
        st.session_state[_REFUSED] = error


def _live(current: Specialising) -> None:
    """How far it is, its two curves, and a button that stops it."""
    st.markdown(f"**{widgets.plain(current.request.name)}**")
    if not current.done():
        bar, stop = st.columns([4, 1], vertical_alignment="center")
        bar.progress(current.share, _stage(current))
        if may_change(current.request.owner, rights.token()):
            stop.button(
                _("Arrêter"),
                key="training.specialise.stop",
                help=_("Ce qu’il a appris jusque-là est gardé."),
                disabled=current.stopping,
                on_click=current.stop,
            )
    elif current.exception() is None:
        _done(current.result())
    old = current.request.old
    found = forgetting_of(old.kind if old else "own", current.points)
    if found is not None and found.points:
        forgetting.draw(found, "training.specialise.live")


def _stage(current: Specialising) -> str:
    if current.left is not None and current.stage == "training":
        return trainings.time_left(current.left)
    return {
        "loading": _("Le modèle est ouvert…"),
        "writing": _("Il écrit d’abord ce qu’il sait, pour mesurer ce qu’il en oubliera…"),
        "training": _("Les deux textes sont mesurés avant la première leçon…"),
        "saving": _("Le modèle est enregistré…"),
    }.get(current.stage, "")


def _done(reference: str) -> None:
    st.success(
        _("Enregistré : **{name}**, à choisir sur toutes les pages qui ouvrent un GPT.").format(
            name=widgets.plain(reference)
        )
    )


def _stored(model: Specialised) -> None:
    """What a model learned and forgot, and a button that deletes it."""
    record = model.record
    st.caption(
        _("{base}, spécialisé sur {text} : {chars} caractères, {method}.").format(
            base=widgets.plain(record.base),
            text=widgets.plain(record.text),
            chars=i18n.number(record.chars),
            method=_(controls.METHOD.options[record.settings.method]),
        )
    )
    found = forgetting_of(record.old_kind, record.points)
    if found is not None and found.points:
        forgetting.draw(found, f"training.specialise.{model.reference}")
    st.button(
        _("Supprimer"),
        key=f"training.specialise.delete.{model.reference}",
        icon=":material/delete:",
        on_click=_delete,
        args=(model,),
    )


def _delete(model: Specialised) -> None:
    error = rights.attempt(partial(stored.delete, stored.name_in(model.reference)))
    if error is not None:
        st.session_state[_REFUSED] = error
    _forget()


def _forget() -> None:
    """Look again for what can be chosen."""
    results.gpts.clear()


def _is_of(current: Specialising, model: Specialised) -> bool:
    return stored.name_in(model.reference) == current.request.name
