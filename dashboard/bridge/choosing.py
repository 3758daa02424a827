"""Which models stand side by side: their choice, what each is, and fetching those of the hub."""

from __future__ import annotations

import streamlit as st

from dashboard import i18n, state, widgets
from dashboard.bridge import cached, fields
from dashboard.i18n import _
from moliere_core import pretrained
from moliere_core.errors import ModelError
from moliere_core.pretrained import Presence, fetching

PERIOD = 0.5  # seconds between two looks at a download
MEGABYTE = 1e6


def models() -> tuple[str, ...]:
    """Up to three references."""
    chosen = state.restore(fields.MODELS)
    st.session_state[fields.MODELS.key] = list(chosen)[: fields.MAX_COLUMNS]
    typed = st.multiselect(
        _("Modèles (trois au plus)"),
        list(dict.fromkeys([*cached.offered(), *chosen])),
        key=fields.MODELS.key,
        max_selections=fields.MAX_COLUMNS,
        accept_new_options=True,
        placeholder=_("Choisir, ou taper hf:NOM"),
        help=_("Un modèle de langue du hub s’écrit hf: suivi de son nom, par exemple hf:gpt2"),
    )
    found = state.keep(fields.MODELS, tuple(dict.fromkeys(t.strip() for t in typed)))
    if not found:
        raise ModelError(_("aucun modèle n’est choisi, prenez-en un dans les réglages"))
    return found


def framework() -> None:
    """Say so where nothing pretrained can run."""
    if not pretrained.available():
        st.caption(
            _(
                "torch et transformers ne sont pas installés ici : les GPT attendent "
                '`pip install -e ".[bridge]"`. Les autres modèles s’en passent.'
            )
        )


def facts(reference: str) -> list[str]:
    """What a model is, in a few words: size, context, memory."""
    if not pretrained.is_pretrained(reference):
        model = cached.char_model(reference)
        order = getattr(model, "order", 0)
        context = (
            _("contexte : {count} caractères").format(count=order - 1)
            if order
            else _("contexte : un état, sans limite")
        )
        tokens = _("{count} caractères connus").format(count=len(model.vocabulary) - 1)
        size = model.parameters * 4 / MEGABYTE
        return _facts(model.parameters, size, context, tokens)
    card = cached.card(reference)
    if not card.parameters:
        return [_("taille inconnue avant d’être ici")]
    context = _("contexte : {count} tokens").format(count=i18n.number(card.context_length))
    if card.context_used < card.context_length:
        context += " " + _("({count} lus ici)").format(count=card.context_used)
    tokens = _("{count} tokens connus").format(count=i18n.number(card.vocab_size))
    return _facts(card.parameters, card.megabytes, context, tokens)


def _facts(parameters: int, megabytes: float, context: str, tokens: str) -> list[str]:
    counted = _("{count} paramètres").format(count=i18n.number(parameters))
    size = i18n.number(megabytes, 0 if megabytes >= 10 else 1)
    return [f"{counted} · " + _("{size} Mo").format(size=size), context, tokens]


def downloads(references: tuple[str, ...]) -> None:
    """A button for each model of the hub that is not here, and its progress."""
    for reference in references:
        if not reference.startswith("hf:") or not pretrained.available():
            continue
        current = fetching.current(reference)
        ticking = current is not None and not current.status.finished
        if ticking:
            st.fragment(_progress, run_every=PERIOD)(reference)
        elif _lacking(reference):
            _button(reference)
            if current is not None and current.status.error is not None:
                widgets.problem(current.status.error)


def _lacking(reference: str) -> bool:
    """Whether it could be fetched; its column says what is wrong with another name."""
    try:
        return cached.card(reference).presence is not Presence.READY
    except ModelError:
        return False


def _progress(reference: str) -> None:
    current = fetching.current(reference)
    if current is None or current.status.finished:
        cached.forget()
        st.rerun()
    status = current.status
    if status.total:
        told = _("{model} : {done} Mo sur {total}").format(
            model=widgets.plain(reference),
            done=i18n.number(status.done),
            total=i18n.number(status.total),
        )
    else:
        told = _("{model} : le hub est interrogé…").format(model=widgets.plain(reference))
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(status.share, told)
    right.button(_("Arrêter"), key=f"bridge.stop.{reference}", on_click=current.cancel)


def _button(reference: str) -> None:
    card = cached.card(reference)
    label = _("Télécharger {model}").format(model=widgets.plain(reference))
    if card.stored_megabytes:
        size = i18n.number(card.stored_megabytes)
        label += " " + _("({size} Mo)").format(size=size)
    st.button(
        label,
        key=f"bridge.fetch.{reference}",
        icon=":material/download:",
        on_click=_fetch,
        args=(reference,),
    )


def _fetch(reference: str) -> None:
    fetching.fetch(reference)
