"""The Training page's stored runs: listed, opened, renamed, deleted, downloaded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.shared import (
    cached,
    i18n,
    naming,
    paper,
    rights,
    state,
    stored_runs,
    tables,
    take_home,
    widgets,
)
from dashboard.shared.i18n import _
from dashboard.training import controls, report, results, wording
from dashboard.training.views import comparison, follow, forgetting, importing, specialise
from moliere_core.errors import MoliereError, RunError
from moliere_core.exchange.run_import import check_allowed
from moliere_core.models.references import SHIPPED
from moliere_core.runs.run import MAX_LABEL, Run, is_identifier, run_path
from moliere_core.training import jobs

_REFUSED, _NAME = "training.refused.stored", "training.name"
_PREPARED = "training.keras.prepared"  # the run whose .keras file is ready
MOST_DAMAGED = 20  # shown at once


def show() -> None:
    """The models that are chosen: one to open it, several to compare them; then all."""
    chosen = _choose()
    if len(chosen) == 1:
        _tools(chosen[0])
    if len(chosen) > 1:
        comparison.show(chosen)
    else:
        _table()


def _choose() -> tuple[str, ...]:
    rows = {row.reference: row for row in stored_runs.stored_runs()}
    if (imported := st.session_state.pop(importing.OPEN, None)) is not None:
        state.change(controls.RUNS, (imported,))
    asked = state.restore(controls.RUNS)
    known = [*rows, *(name for name in cached.models() if name in SHIPPED)]
    known += [name for name in asked if name in stored_runs.experiments()]
    return controls.RUNS.ask(
        known,
        lambda name: rows[name].name if name in rows else name,
        placeholder=_("un seul pour l’ouvrir, plusieurs pour les comparer"),
        visible=False,
    )


def _table() -> None:
    """All stored runs, the newest first."""
    importing.drawer()
    _damaged()
    rows = stored_runs.stored_runs()
    if not specialise.made() and not rows:
        st.info(_("Aucun entraînement enregistré : le premier que vous lancerez restera ici."))
    if not rows:
        return
    columns = {
        _("Nom"): [row.name for row in rows],
        _("Réseau"): [row.architecture for row in rows],
        _("Paramètres"): [row.parameters for row in rows],
        _("Époques"): [f"{row.epochs} / {row.asked}" for row in rows],
        _("Bits par caractère"): [_rounded(row.bits_per_char) for row in rows],
        _("Durée"): [i18n.duration(row.seconds) if row.seconds else "" for row in rows],
    }
    if any(row.imported_from for row in rows):
        columns[_("Importé de")] = [row.imported_from for row in rows]
    tables.scrolled(
        pd.DataFrame(columns),
        hide_index=True,
        width="stretch",
        row_height=44,
        placeholder="–",
        column_config={
            _("Bits par caractère"): st.column_config.NumberColumn(format="localized"),
            _("Paramètres"): st.column_config.NumberColumn(format="localized"),
        },
    )
    st.caption(
        _(
            "Bits par caractère : sur le texte que chacun a mis de côté, "
            "qui diffère de l’un à l’autre. Pour comparer, choisissez-en plusieurs plus haut."
        )
    )


def _rounded(bits: float | None) -> float | None:
    """To what two runs are told apart by."""
    return None if bits is None else round(bits, 3)


def _damaged() -> None:
    """The runs that can no longer be read, each with what to do; the others are unharmed."""
    damaged = stored_runs.damaged_runs()
    if not damaged:
        return
    told = i18n.ngettext(
        "{count} entraînement ne peut pas être lu ; les autres n’en souffrent pas",
        "{count} entraînements ne peuvent pas être lus ; les autres n’en souffrent pas",
        len(damaged),
    )
    with st.expander(told.format(count=len(damaged)), icon=":material/warning:"):
        for run in damaged[:MOST_DAMAGED]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(widgets.plain(i18n.sentence(run.error)))
                if is_identifier(run.name):
                    st.button(
                        _("Supprimer"),
                        key=f"training.damaged.{run.name}",
                        icon=":material/delete:",
                        on_click=_delete,
                        args=(run.name,),
                    )
        _complain()


def _tools(reference: str) -> None:
    """What can be done with one run."""
    if not reference.startswith("run:"):
        widgets.card(reference)
        follow.links(reference)
        take_home.button(reference, "training")
        return
    run = Run.open(run_path(reference.removeprefix("run:")))
    if run.imported_from:
        st.caption(origin(run))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Ses courbes"),
            key="training.open",
            icon=":material/show_chart:",
            on_click=controls.follow,
            args=(run.id,),
        )
        if run.snapshots:
            follow.links(reference)
        with st.popover(_("Emporter"), icon=":material/download:", key="training.take"):
            _downloads(run)
        with st.popover(_("Renommer"), icon=":material/edit:"):
            st.text_input(
                _("Nouveau nom"), value=run.label, max_chars=MAX_LABEL, key=f"{_NAME}.{run.id}"
            )
            st.button(_("Renommer"), key="training.rename", on_click=_rename, args=(run.id,))
        with st.popover(_("Supprimer"), icon=":material/delete:"):
            st.markdown(
                _("Supprimer « {name} » ? Rien ne le fera revenir.").format(
                    name=widgets.plain(naming.training(run.config, run.label, run.asked_by))
                )
            )
            st.button(
                _("Oui, supprimer"),
                key="training.delete",
                type="primary",
                on_click=_delete,
                args=(run.id,),
            )
    _complain()
    forgetting.show(run.history)


def _downloads(run: Run) -> None:
    """The files that can be made of a run, one under the other."""
    if run.snapshots:
        take_home.button(f"run:{run.id}", "training")
    if run.history:
        paper.download(
            _("Rapport (.html)"),
            partial(report.document, run),
            f"moliere-{run.id}-rapport",
            "training.report",
        )
    st.download_button(
        _("Télécharger (.zip)"),
        run.zip_bytes,
        f"moliere-{run.id}.zip",
        "application/zip",
        key="training.download",
        icon=":material/download:",
        on_click="ignore",
    )
    _keras_button(run)


def _keras_button(run: Run) -> None:
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
                results.keras_file(run.id, run.snapshot().name)
        except MoliereError as error:
            widgets.problem(error)
            return
        st.session_state[_PREPARED] = run.id
        st.rerun()
    st.download_button(
        _("Télécharger (.keras)"),
        results.keras_file(run.id, run.snapshot().name),
        f"moliere-{run.id}.keras",
        "application/octet-stream",
        key="training.keras.download",
        icon=":material/download:",
        on_click="ignore",
    )


def origin(run: Run) -> str:
    """Where an imported run comes from, and how a notebook's model numbers its characters."""
    told = _("Importé du fichier {name}, non entraîné ici").format(
        name=widgets.plain(run.imported_from)
    )
    if (key := str(run.corpus.get("alphabet", ""))) and key != "file":
        told += " · " + widgets.plain(wording.alphabet(key, str(run.corpus.get("play", ""))))
    return told


def _complain() -> None:
    """Why the last change was refused, once."""
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        widgets.problem(refused)


def _rename(run_id: str) -> None:
    label = str(st.session_state.get(f"{_NAME}.{run_id}") or "")
    _try(lambda token: Run.open(run_path(run_id)).rename(label, token))


def _delete(run_id: str) -> None:
    if _try(lambda token: _remove(run_id, token)):
        state.change(controls.RUNS, ())
        if st.session_state.get(controls.JOB.key) == run_id:
            state.change(controls.JOB, "")


def _remove(run_id: str, token: str) -> None:
    """Delete a job and its run, whose owners are the same; the run alone where it has no job."""
    run = Run(run_path(run_id))  # not opened: it may be damaged
    if not run.check_owner(token):
        run.delete(token)  # which says whose it is
    with contextlib.suppress(RunError):
        jobs.delete(run_id, token)
    if run.path.is_dir():
        run.delete(token)


def _try(action: Callable[[str], None]) -> bool:
    """Change a run with the keys of this session; note why none of them opens."""
    refusal = rights.attempt(action)
    if refusal is not None:
        st.session_state[_REFUSED] = refusal
        return False
    stored_runs.forget()
    return True
