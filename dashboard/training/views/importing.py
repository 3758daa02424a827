"""Importing what was trained elsewhere: a run's .zip, or a model that the notebook saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.shared import cached, i18n, naming, provenance, rights, sources, stored_runs, widgets
from dashboard.shared.i18n import _
from dashboard.training import results
from moliere_core.corpus import Corpus
from moliere_core.corpus.sources import file_of
from moliere_core.errors import MoliereError
from moliere_core.exchange.keras_file import SUFFIXES
from moliere_core.exchange.keras_import import Step, import_keras, notebook_texts
from moliere_core.exchange.run_import import check_allowed, import_run, is_run
from moliere_core.runs.run import Run

UPLOAD_BYTES = 50_000_000  # an epoch of the course's network takes 1.6 MB; `server.maxUploadSize`
OPEN = "training.imported"  # the run to open at the next look at the stored ones
_OWN = "own"  # a corpus that is given with the model
_SHARES = {"open": (0.0, 0.5), "measure": (0.5, 1.0)}  # of the bar


def drawer() -> None:
    """A file; for a model of the course the text it was trained on; and the button."""
    title = _("Importer un entraînement (.zip) ou un modèle du cours (.keras)")
    with st.expander(title, icon=":material/upload_file:"):
        try:
            check_allowed()
        except MoliereError as error:
            st.info(widgets.plain(i18n.sentence(error)))
            return
        left, right = st.columns(2, gap="medium")
        with left:
            file = st.file_uploader(
                _("Le fichier (.zip, .keras ou .h5), de {size} Mo au plus").format(
                    size=UPLOAD_BYTES // provenance.MEGABYTE
                ),
                ["zip", *(suffix.removeprefix(".") for suffix in SUFFIXES)],
                key="training.import.model",
                max_upload_size=UPLOAD_BYTES // provenance.MEGABYTE,
                help=_(
                    "Le .zip d’un entraînement, téléchargé ici ou sur une autre machine. Ou ce que "
                    "model.save a écrit : un Embedding, une à trois couches LSTM, GRU ou "
                    "SimpleRNN, un Dense, le réseau du cours, ouvert dans un processus à part, "
                    "sous une limite de mémoire. Au-delà de cette taille : la commande moliere "
                    "models import."
                ),
            )
        whole = file is not None and _holds_run(file)
        with right:
            if whole:
                st.caption(
                    _("Le .zip d’un entraînement : son alphabet et ses réglages sont dedans.")
                )
            found = None if whole else _corpus()
        if st.button(
            _("Importer"),
            key="training.import.start",
            type="primary",
            icon=":material/upload:",
            disabled=file is None or not (whole or found),
        ):
            assert file is not None  # or the button would be disabled
            if found is None:
                _import_run(file)
            else:
                _import_keras(file, *found)


def _holds_run(file: Any) -> bool:
    """Whether it is a run, by its content; whatever else is called .zip is told so by the core."""
    return Path(file.name).suffix.lower() == ".zip" or is_run(file.getvalue())


def _corpus() -> tuple[Corpus, str | None, dict[str, str]] | None:
    """The text that gives the alphabet: a corpus; it and its plays as the notebook reads them."""
    names = {name: naming.source(name) for name in reversed(naming.sources())}
    chosen = st.selectbox(
        _("Le texte sur lequel il a appris"),
        [*names, _OWN],
        format_func=lambda name: names.get(name, _("un fichier à moi (CSV ou texte)")),
        key="training.import.corpus",
        help=_(
            "Son alphabet n’est pas dans le fichier : ce sont les caractères de ce texte, ou "
            "d’une de ses pièces. Ceux que le cours a eus sont tous essayés ; on garde celui "
            "avec lequel le modèle prédit le mieux."
        ),
    )
    try:
        if chosen == _OWN:
            file = st.file_uploader(
                _("Ce texte"),
                ["csv", "txt"],
                key="training.import.text",
                label_visibility="collapsed",
                max_upload_size=sources.UPLOAD_BYTES // provenance.MEGABYTE,
            )
            if file is None:
                return None
            data: bytes | None = file.getvalue()
            corpus = results.given(Path(file.name).name, file.getvalue())
        else:
            corpus = cached.corpus(chosen)
            data = file_of(None if chosen == naming.SERVER else chosen)
        plays: list[str] = []
        if len(corpus.plays) > 1:
            plays = st.multiselect(
                _("Pièces"),
                corpus.plays,
                format_func=corpus.titles.__getitem__,
                key="training.import.plays",
                placeholder=_("toutes ; ou celles qu’il a lues"),
            )
        chosen_plays = corpus.select(plays) if plays else corpus
        return chosen_plays, *notebook_texts(chosen_plays, data, plays)
    except MoliereError as error:
        widgets.problem(error)
        return None


def _import_run(file: Any) -> None:
    """Bring a run in, saying how far it is; then open it."""
    told = _("il est décompressé et vérifié")
    bar = st.progress(0.0, told)

    def show(share: float) -> None:
        bar.progress(share, told)

    try:
        run, new = import_run(file.getvalue(), file.name, rights.token(), show)
    except MoliereError as error:
        bar.empty()
        widgets.problem(error)
        return
    _open(
        run,
        _("Entraînement importé : il est ouvert.")
        if new
        else _("Cet entraînement était déjà ici : le voici."),
    )


def _import_keras(file: Any, corpus: Corpus, text: str | None, plays: dict[str, str]) -> None:
    """Import a model, saying how far it is; then open it."""
    told = {
        "open": _("le modèle est ouvert dans un processus à part, et ses alphabets essayés"),
        "measure": _("il lit le dernier dixième du texte, pour la mesure"),
    }
    bar = st.progress(0.0, told["open"])

    def show(step: Step, share: float) -> None:
        low, high = _SHARES[step]
        bar.progress(low + (high - low) * share, told[step])

    try:
        run = import_keras(file.getvalue(), file.name, corpus, text, rights.token(), show, plays)
    except MoliereError as error:
        bar.empty()
        widgets.problem(error)
        return
    _open(run, _("Modèle importé : il est ouvert."))


def _open(run: Run, said: str) -> None:
    """Show it among the stored runs, and alone."""
    stored_runs.forget()
    st.session_state[OPEN] = f"run:{run.id}"
    st.toast(said, icon=":material/check_circle:")
    st.rerun()
