"""Importing a model that the course's notebook saved, and handing a run back as such a file."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import cached, i18n, naming, widgets
from dashboard.i18n import _
from dashboard.training import cached as training_cache
from dashboard.training import rights
from moliere_core.corpus import EMBEDDED, Corpus, library, load_corpus
from moliere_core.corpus.sources import EMBEDDED_PATH
from moliere_core.errors import MoliereError
from moliere_core.keras_import import (
    SUFFIXES,
    Step,
    check_allowed,
    import_keras,
    raw_text,
)
from moliere_core.keras_import_worker import MAX_BYTES
from moliere_core.runs import Run

OPEN = "training.imported"  # the run to open at the next look at the stored ones
_PREPARED = "training.keras.prepared"  # the run whose .keras file is ready
_OWN = "own"  # a corpus that is given with the model
_SHARES = {"open": (0.0, 0.5), "measure": (0.5, 1.0)}  # of the bar


def drawer() -> None:
    """A model's file, the text it was trained on, and the button."""
    with st.expander(_("Importer un modèle du cours (.keras)"), icon=":material/upload_file:"):
        try:
            check_allowed()
        except MoliereError as error:
            st.info(widgets.plain(i18n.sentence(error)))
            return
        left, right = st.columns(2, gap="medium")
        with left:
            model = st.file_uploader(
                _("Le modèle (.keras ou .h5)"),
                [suffix.removeprefix(".") for suffix in SUFFIXES],
                key="training.import.model",
                max_upload_size=MAX_BYTES // 1_000_000,
                help=_(
                    "Ce que model.save a écrit. Un Embedding, une à trois couches LSTM ou GRU, un "
                    "Dense : le réseau du cours. Il est ouvert dans un processus à part, sous une "
                    "limite de mémoire."
                ),
            )
        with right:
            found = _corpus()
        if st.button(
            _("Importer"),
            key="training.import.start",
            type="primary",
            icon=":material/upload:",
            disabled=model is None or found is None,
        ):
            assert model is not None  # or the button would be disabled
            assert found is not None
            _import(model, *found)


def keras_button(run: Run) -> None:
    """The run as a file that `keras.models.load_model` opens: made on demand, then downloaded."""
    try:
        check_allowed()
    except MoliereError:
        return
    if st.session_state.get(_PREPARED) != run.id:
        if not st.button(
            _("Préparer le .keras"),
            key="training.keras",
            icon=":material/deployed_code:",
            help=_(
                "Le même réseau, que keras.models.load_model ouvre dans le notebook du cours : "
                "l’entrée i est le i-ème caractère de l’alphabet trié."
            ),
        ):
            return
        try:
            with st.spinner(_("Keras écrit le fichier, dans un processus à part : 10 s environ…")):
                training_cache.keras_file(run.id, run.snapshot().name)
        except MoliereError as error:
            widgets.problem(error)
            return
        st.session_state[_PREPARED] = run.id
        st.rerun()
    st.download_button(
        _("Télécharger (.keras)"),
        training_cache.keras_file(run.id, run.snapshot().name),
        f"moliere-{run.id}.keras",
        "application/octet-stream",
        key="training.keras.download",
        icon=":material/download:",
        on_click="ignore",
    )


def _corpus() -> tuple[Corpus, str | None] | None:
    """The text that gives the alphabet: a corpus, and the same as the notebook read it."""
    names = {name: naming.source(name) for name in reversed(naming.sources())}
    chosen = st.selectbox(
        _("Le texte sur lequel il a appris"),
        [*names, _OWN],
        format_func=lambda name: names.get(name, _("un fichier à moi (CSV ou texte)")),
        key="training.import.corpus",
        help=_("Son alphabet n’est pas dans le fichier : ce sont les caractères de ce texte."),
    )
    try:
        if chosen == _OWN:
            file = st.file_uploader(
                _("Ce texte"),
                ["csv", "txt"],
                key="training.import.text",
                label_visibility="collapsed",
            )
            if file is None:
                return None
            data: bytes | None = file.getvalue()
            corpus = _uploaded(file.name, file.getvalue())
        else:
            corpus = cached.corpus(chosen)
            data = _content(chosen)
        plays: list[str] = []
        if len(corpus.plays) > 1:
            plays = st.multiselect(
                _("Pièces"),
                corpus.plays,
                format_func=corpus.titles.__getitem__,
                key="training.import.plays",
                placeholder=_("toutes ; ou celles qu’il a lues"),
            )
        text = raw_text(data, plays) if data else None
        return (corpus.select(plays) if plays else corpus), text
    except MoliereError as error:
        widgets.problem(error)
        return None


def _content(source: str) -> bytes | None:
    """The very file of a corpus; None where it is not at hand."""
    if source == naming.SERVER:
        path = Path(os.environ.get("MOLIERE_CORPUS", ""))
        return path.read_bytes() if path.is_file() else None
    return EMBEDDED_PATH.read_bytes() if source == EMBEDDED else library.content(source)


def _uploaded(name: str, data: bytes) -> Corpus:
    """A corpus from a file of the user's own."""
    with tempfile.TemporaryDirectory(prefix="moliere-") as folder:
        path = Path(folder, Path(name).name)
        path.write_bytes(data)
        return replace(load_corpus(path), source=Path(name).name)


def _import(file: Any, corpus: Corpus, text: str | None) -> None:
    """Import it, saying how far it is; then open it."""
    told = {
        "open": _("Keras ouvre le modèle dans un processus à part : 10 s environ"),
        "measure": _("il lit le dernier dixième du texte, pour la mesure"),
    }
    bar = st.progress(0.0, told["open"])

    def show(step: Step, share: float) -> None:
        low, high = _SHARES[step]
        bar.progress(low + (high - low) * share, told[step])

    try:
        run = import_keras(file.getvalue(), file.name, corpus, text, rights.token(), show)
    except MoliereError as error:
        bar.empty()
        widgets.problem(error)
        return
    training_cache.stored_runs.clear()
    cached.models.clear()
    st.session_state[OPEN] = f"run:{run.id}"
    st.toast(_("Modèle importé : il est ouvert."), icon=":material/check_circle:")
    st.rerun()
