"""Which models stand side by side: their choice, what each is, and fetching those of the hub."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.bridge import cached, fields, recordings
from dashboard.shared import following, i18n, state, tables, widgets
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.errors import ModelError, MoliereError
from moliere_core.pretrained import Presence, fetching
from moliere_core.pretrained.fetching import Fetch

PERIOD = 0.5  # seconds between two looks at a download
MEGABYTE = 1e6


def models() -> tuple[str, ...]:
    """Up to `fields.MAX_COLUMNS` references."""
    chosen = state.restore(fields.MODELS)
    st.session_state[fields.MODELS.key] = list(chosen)[: fields.MAX_COLUMNS]
    typed = st.multiselect(
        _("Modèles (quatre au plus)"),
        list(dict.fromkeys([*cached.offered(), *chosen])),
        key=fields.MODELS.key,
        max_selections=fields.MAX_COLUMNS,
        accept_new_options=True,
        placeholder=_("Choisir, ou taper hf:NOM"),
        format_func=recordings.named,
        help=_("Un modèle de langue du hub s’écrit hf: suivi de son nom, par exemple hf:gpt2"),
    )
    found = state.keep(fields.MODELS, tuple(dict.fromkeys(t.strip() for t in typed)))
    if not found:
        raise ModelError(_("aucun modèle n’est choisi, prenez-en un dans les réglages"))
    return found


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
    if (voice := cached.voice(reference)) is not None:
        counted = _("{count} paramètres").format(count=i18n.number(voice.parameters))
        context = _("contexte : {count} tokens").format(count=i18n.number(voice.context_length))
        tokens = _("{count} tokens connus").format(count=i18n.number(voice.vocab_size))
        return [counted, context, tokens, recordings.may_have_read()]
    card = cached.card(reference)
    if not card.parameters:
        return [_("taille inconnue avant d’être ici")]
    context = _("contexte : {count} tokens").format(count=i18n.number(card.context_length))
    if card.context_used < card.context_length:
        context += " " + _("({count} lus ici)").format(count=card.context_used)
    tokens = _("{count} tokens connus").format(count=i18n.number(card.vocab_size))
    found = _facts(card.parameters, card.megabytes, context, tokens)
    return found if reference == pretrained.MINI else [*found, recordings.may_have_read()]


def _facts(parameters: int, megabytes: float, context: str, tokens: str) -> list[str]:
    counted = _("{count} paramètres").format(count=i18n.number(parameters))
    size = i18n.number(megabytes, 0 if megabytes >= 10 else 1)
    return [f"{counted} · " + _("{size} Mo").format(size=size), context, tokens]


def worth_fetching(references: tuple[str, ...]) -> None:
    """What is worth fetching for this course, with a button for what is offered everywhere.

    Args:
        references: what is chosen, which has its button on the page.
    """
    rows = []
    for found in pretrained.suggestions():
        languages = ", ".join(_languages().get(code, code) for code in found.languages)
        size = i18n.number(found.parameters / 1e6)
        licence = found.licence + (" " + _("(à accepter sur le hub)") if found.gated else "")
        told = _("{shows} En {languages} ; {size} millions de paramètres ; licence {licence}.")
        shows = found.shows[state.language()]
        rows.append(
            (
                found.reference,
                told.format(shows=shows, languages=languages, size=size, licence=licence),
            )
        )
    tables.show((_("modèle"), _("ce qu’il montre")), rows, numeric=False)
    others = tuple(name for name in pretrained.OFFERED if name not in references)
    downloads(others, "bridge.list")
    st.markdown(
        _(
            "Ajoutez un nom au-dessus, et son bouton vient sous les vues ; un serveur public n’en "
            "télécharge que les deux premiers."
        )
    )
    if not pretrained.has_frameworks():
        st.markdown(
            _(
                "Ici ne tournent que les GPT-2 et leurs semblables, gpt-fr compris. Le README dit "
                "comment ajouter les autres."
            )
        )


def _languages() -> dict[str, str]:
    return {"fr": _("français"), "en": _("anglais"), "mul": _("beaucoup de langues")}


def downloads(references: tuple[str, ...], place: str = "bridge") -> None:
    """A button for each model of the hub that is not here, and its progress.

    Args:
        references: of the models.
        place: where on the page, for the keys of the buttons.
    """
    side_by_side = st.container(horizontal=True)
    for reference in references:
        if not reference.startswith("hf:"):
            continue
        current = fetching.current(reference)
        if current is not None and not current.done():
            show = partial(_progress, current, place)
            following.follow([current], show, PERIOD, pending=True, then=cached.forget)
        elif _lacking(reference):
            with side_by_side:
                _button(reference, place)
            if current is not None and isinstance(error := current.exception(), MoliereError):
                widgets.problem(error)


def _lacking(reference: str) -> bool:
    """Whether it could be fetched; its column says what is wrong with another name."""
    try:
        return cached.card(reference).presence in (Presence.ABSENT, Presence.PARTIAL)
    except ModelError:
        return False


def _progress(current: Fetch, place: str) -> None:
    reference = current.reference
    if current.total:
        told = _("{model} : {done} Mo sur {total}").format(
            model=widgets.plain(reference),
            done=i18n.number(current.here),
            total=i18n.number(current.total),
        )
    else:
        told = _("{model} : le hub est interrogé…").format(model=widgets.plain(reference))
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(current.share, told)
    right.button(_("Arrêter"), key=f"{place}.stop.{reference}", on_click=current.stop)


def _button(reference: str, place: str) -> None:
    card = cached.card(reference)
    label = _("Télécharger {model}").format(model=widgets.plain(reference))
    if card.stored_megabytes:
        size = i18n.number(card.stored_megabytes)
        label += " " + _("({size} Mo)").format(size=size)
    st.button(
        label,
        key=f"{place}.fetch.{reference}",
        icon=":material/download:",
        on_click=_fetch,
        args=(reference,),
    )


def _fetch(reference: str) -> None:
    fetching.fetch(reference)
