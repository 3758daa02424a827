"""Settings and sentences that pages share; each setting labels itself and has an address."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import cached, controls, fields, i18n, missing, naming, state
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_, MoliereError
from moliere_core.text.normalise import normalise

COURSE_START = "Quand l'Amour"  # the prompt of the course's notebook
COURSE_SAMPLING, COURSE_CHARS, COURSE_SEED = SamplingConfig(0.8, top_k=50), 150, 42  # and the rest
_PROMPT = controls.Text(
    fields.PROMPT.key,
    fields.PROMPT.name,
    fields.PROMPT.default,
    N_("Texte de départ"),
    placeholder=N_("Vide : le modèle commence seul"),
)
_SEED = controls.Whole(
    fields.SEED.key, fields.SEED.name, fields.SEED.default, N_("Graine du hasard"), 0, 2**32 - 1
)


def settings() -> DeltaGenerator:
    """What a class seldom changes: a drawer that opens over the page."""
    return st.popover(_("Réglages"), icon=":material/tune:", key="settings")


def prompt(labelled: bool = True) -> str:
    """The text that starts the writing; an empty one is fine."""
    return _PROMPT.ask(visible=labelled)


def model() -> str:
    """The model that writes, by its reference."""
    chosen = model_asked()
    known = cached.models()
    options = known if chosen in known else [*known, chosen]
    return state.keep(fields.MODEL, st.selectbox(_("Modèle"), options, key=fields.MODEL.key))


def model_asked() -> str:
    """The same where the page has no menu for it: the default instead of one that is not there."""
    asked = state.restore(fields.MODEL)
    if asked not in cached.models() and not cached.opens(asked):
        state.change(fields.MODEL, fields.MODEL.default)
        missing.note(fields.MODEL, _("Modèle"), asked, fields.MODEL.default)
        asked = fields.MODEL.default
    return state.keep(fields.MODEL, asked)


def seed() -> int:
    """The random generator's integer: same seed, same text."""
    return _SEED.ask()


def temperature(page: str, default: float = 0.8, high: float = 2.0) -> controls.Slider:
    """A page's temperature; what is all but 0 is 0, which is greedy."""
    return controls.Slider(
        f"{page}.temperature",
        "temperature",
        default,
        N_("Température"),
        0.0,
        high,
        parse=fields.temperature(high),
    )


def top_k(page: str) -> controls.Whole:
    """How many characters a page keeps; 0 keeps all."""
    help = N_("Garder les k caractères les plus probables.")
    return controls.Whole(f"{page}.top_k", "top_k", 0, "top_k", 0, 200, help=help)


def top_p(page: str) -> controls.Slider:
    """What share of the probability a page keeps."""
    help = N_("Garder les plus probables, jusqu’à la part p.")
    return controls.Slider(f"{page}.top_p", "top_p", 1.0, "top_p", 0.05, 1.0, help=help)


def as_in_notebook(page: str, settings: Mapping[fields.Field[Any], Any]) -> None:
    """A click that sets a page as the course's notebook is set.

    Args:
        page: whose button it is.
        settings: of the page, beside the prompt and the seed, which all pages share.
    """
    st.button(
        _("Comme dans le notebook"),
        key=f"{page}.notebook",
        icon=":material/menu_book:",
        type="tertiary",
        help=_(
            "Le réglage du cours : « {prompt} », température {temperature}, top_k {top_k}, "
            "{chars} caractères, graine {seed}."
        ).format(
            prompt=COURSE_START,
            temperature=i18n.number(COURSE_SAMPLING.temperature, 1),
            top_k=COURSE_SAMPLING.top_k,
            chars=COURSE_CHARS,
            seed=COURSE_SEED,
        ),
        on_click=_set,
        args=({fields.PROMPT: COURSE_START, fields.SEED: COURSE_SEED, **settings},),
    )


def _set(settings: Mapping[fields.Field[Any], Any]) -> None:
    for field, value in settings.items():
        state.change(field, value)


def back(
    group: str, field: fields.Field[int], number: int, label: str, first: bool = False
) -> None:
    """A button, and the key B, to the one before: a step, a question; dead on the `first`."""
    _step(f"{group}.B", field, number - 1, label, ":material/arrow_back:", first)


def forward(
    group: str, field: fields.Field[int], number: int, label: str, last: bool = False
) -> None:
    """A button, and the key N, to the one after; dead on the `last`."""
    _step(f"{group}.N", field, number + 1, label, ":material/arrow_forward:", last)


def reveal(
    key: str,
    on_click: Callable[..., None],
    args: tuple[object, ...],
    done: bool = False,
    shortcut: str | None = "V",
) -> None:
    """A button, and the key V, that shows the answer; dead once it is `done`."""
    st.button(
        _("Révéler"),
        key=key,
        type="primary",
        icon=":material/visibility:",
        shortcut=shortcut,
        disabled=done,
        on_click=on_click,
        args=args,
    )


def _step(
    key: str, field: fields.Field[int], number: int, label: str, icon: str, disabled: bool
) -> None:
    st.button(
        label,
        key=key,
        icon=icon,
        shortcut=key[-1],
        disabled=disabled,
        on_click=state.change,
        args=(field, number),
    )


def start(page: str) -> controls.Text:
    """The first characters of a text, which a network reads."""
    return controls.Text(
        f"{page}.start",
        "start",
        COURSE_START,
        N_("Début"),
        placeholder=N_("Début : quelques caractères"),
    )


def filters(page: str, temperature: float) -> SamplingConfig:
    """top_k and top_p, joined to a temperature chosen elsewhere."""
    return SamplingConfig(temperature, top_k(page).ask(), top_p(page).ask())


def unknown(reference: str, prompt: str, underlined: bool = False) -> list[tuple[str, bool]]:
    """Say which characters of the prompt the model has never read; returns the prompt in runs.

    `underlined` shows the prompt with them, where the page itself does not.
    """
    runs = cached.model(reference).vocabulary.runs(normalise(prompt))
    missing = list(dict.fromkeys("".join(text for text, known in runs if not known)))
    if missing:
        sentence = i18n.ngettext(
            "Ce modèle n’a jamais lu ce caractère : {chars}. Il le lit comme « inconnu ».",
            "Ce modèle n’a jamais lu ces caractères : {chars}. Il les lit comme « inconnus ».",
            len(missing),
        ).format(chars=html.escape(" ".join(missing)))
        shown = f" <em>{_underlined(runs)}</em>" if underlined else ""
        st.html(f'<p class="unread">⚠ {sentence}{shown}</p>')
    return runs


def card(reference: str) -> None:
    """The model in one line: what it is, and how well it predicts what it has not read."""
    found = cached.card(reference)
    parts = [
        f"**{plain(reference)}**",
        naming.described(found.cell, found.layers, found.units),
        _("{count} paramètres").format(count=i18n.number(found.parameters)),
    ]
    if found.bits_per_char is not None:
        measure = (
            _("{bits} par caractère sur des pièces jamais lues")
            if found.held_out == "plays"
            else _("{bits} par caractère sur la fin du texte, jamais lue")
        )
        parts.append(measure.format(bits=i18n.bits(found.bits_per_char)))
    st.caption(" · ".join(parts))


class EndedError(Exception):
    """A page has said all that it can; `frame.run` goes on from there.

    After Streamlit's own `st.stop` nothing goes on: it is a run that is stopped for the next one.
    """


def ask_first(told: str) -> NoReturn:
    """Say what a page needs before it can show anything, and end it there; not in a fragment."""
    st.info(told)
    raise EndedError


def problem(error: MoliereError) -> None:
    """What went wrong, in one sentence."""
    st.error(_("Impossible de continuer : {reason}").format(reason=plain(i18n.sentence(error))))


def _underlined(runs: list[tuple[str, bool]]) -> str:
    wavy = '<u style="text-decoration:underline wavy;text-underline-offset:4px">{}</u>'
    return "".join(
        html.escape(text) if known else wavy.format(html.escape(text)) for text, known in runs
    )


def plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)
