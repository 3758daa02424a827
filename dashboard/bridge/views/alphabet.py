"""“Même alphabet”: the next character of every model, in the same rows, step by step."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dashboard.bridge import components as bridge_components
from dashboard.bridge import controls, fetching, recordings, results
from dashboard.bridge.controls import Settings
from dashboard.bridge.wording import models as wording
from dashboard.shared import components, following, i18n, naming, state, widgets
from dashboard.shared.chain import Chain
from dashboard.shared.i18n import _
from moliere_core import pretrained
from moliere_core.errors import MoliereError
from moliere_core.pretrained import NextChars

ROWS = 6  # characters shown
PATIENCE = 0.8  # seconds that a page waits for the models before it shows what is there
PERIOD = 0.4  # seconds between two looks at what models expect
LINKS = 12  # characters of the chain that fit beside the prompt
COMPONENT = "bridge.alphabet"
_ASKED = "bridge.asked"
_CHAIN = Chain("bridge", controls.CHOSEN)


def chosen(prompt: str) -> str:
    """The characters chosen so far; another prompt starts again."""
    return _CHAIN.chosen(prompt, results.alphabet())


def show(settings: Settings) -> None:
    """Who draws and what, then the bars."""
    with st.container(
        key="bridge-tools", horizontal=True, vertical_alignment="center", gap="xsmall"
    ):
        _tools(settings)
    _bars(settings)
    st.caption(
        _(
            "T = 1, tels qu’appris ; les tokens sont convertis en caractères. Cliquez sur une "
            "ligne : tous la lisent."
        )
    )
    fetching.buttons(settings.references)


def _tools(settings: Settings) -> None:
    """Who draws, step, undo, and typing; keys S and U."""
    references, chosen = settings.references, settings.chosen
    st.session_state[_ASKED] = settings
    if state.restore(controls.DRAWS) not in references:
        state.change(controls.DRAWS, references[0])
    names = naming.told_apart((reference, naming.model(reference)) for reference in references)
    st.markdown(_("Qui tire ?"), width="content")
    who = st.segmented_control(
        _("Qui tire ?"),
        references,
        format_func=names.__getitem__,
        required=True,
        key=controls.DRAWS.key,
        label_visibility="collapsed",
    )
    state.keep(controls.DRAWS, str(who))
    told = _("Tirer le caractère suivant selon les barres du modèle choisi")
    _CHAIN.step_button(chosen, _step, told)
    _CHAIN.undo_button(chosen)
    _CHAIN.typed(results.alphabet())


def _bars(settings: Settings) -> None:
    """The bars; those of pretrained models appear when they are there."""
    if refused := _CHAIN.refused():
        st.warning(
            _("Hors de l’alphabet du LSTM : « {char} ». Choisissez un autre caractère.").format(
                char=widgets.plain(refused)
            )
        )
    deadline = time.monotonic() + PATIENCE
    works = results.running(results.expected, settings.references, settings.text)
    for work in works.values():
        work.wait(max(deadline - time.monotonic(), 0.0))
    following.follow(works.values(), partial(_board, settings), PERIOD)


def _board(settings: Settings) -> None:
    recordings.follow()
    if st.session_state[controls.CHOSEN.key] != settings.chosen:
        st.rerun()  # as a whole: a click on a bar runs this fragment alone, with what it knew
    answers = [_answer(reference, settings.text) for reference in settings.references]
    data = payload(settings, answers)
    bridge_components.alphabet(data, COMPONENT, pick=_pick, listen=recordings.listen(COMPONENT))


def _answer(reference: str, text: str) -> tuple[NextChars | None, str]:
    """The distribution of a model if it is there, and what to say meanwhile."""
    try:
        if not pretrained.is_pretrained(reference):
            return results.expected_by_characters(reference, text), ""
        if (voice := results.voice(reference)) is not None:
            return voice.following(text, results.alphabet()), ""
        request = results.expected(reference, text)
        status = request.status
        if status.error is not None:
            return None, i18n.sentence(status.error)
        done = not status.active and status.share == 1
        return request.value if done else None, wording.standing(status)
    except MoliereError as error:
        return None, i18n.sentence(error)


def payload(settings: Settings, answers: list[tuple[NextChars | None, str]]) -> dict[str, Any]:
    """What alphabet.js needs: one row a character, one column a model."""
    chars = results.alphabet()
    found = [answer for answer, _said in answers]
    known = [answer.probs for answer in found if answer is not None]
    order: list[int] = []
    if known:
        order = np.argsort(-np.mean(known, axis=0), kind="stable")[:ROWS].tolist()
    rows = [
        {"char": chars[i], "probs": [None if a is None else float(a.probs[i]) for a in found]}
        for i in order
    ]
    return {
        "step": len(settings.chosen),
        "prompt": settings.prompt + settings.chosen[:-LINKS],
        "chain": list(settings.chosen[-LINKS:]),
        "models": [
            {
                "name": naming.model(reference),
                "said": said,
                "note": _note(answer),
                "draws": reference == st.session_state.get(controls.DRAWS.key),
                **recordings.beside(reference, heard=answer is not None),
            }
            for reference, (answer, said) in zip(settings.references, answers, strict=True)
        ],
        "rows": rows,
        "extra": _extra(found, order),
        "locale": state.language(),
        "labels": {"choose": _("Choisir")},
    }


def _extra(found: Sequence[NextChars | None], rows: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of what is no character of the alphabet, and before them of all that has no row.

    Args:
        found: of each model what it expects, if it is there.
        rows: places in the alphabet of the characters that have theirs.
    """
    labels = {"unknown": _("hors alphabet"), "end": _("fin"), "unresolved": _("non résolu")}
    shown = [
        name
        for name in labels
        if max((a.extra[name] for a in found if a is not None), default=0.0) >= i18n.LEAST_CHANCE
    ]
    others = [
        None
        if a is None
        else max(
            float(a.probs.sum() - a.probs[list(rows)].sum())
            + sum(a.extra[name] for name in labels if name not in shown),
            0.0,
        )
        for a in found
    ]
    beyond = (
        {"label": labels[name], "probs": [None if a is None else a.extra[name] for a in found]}
        for name in shown
    )
    return [{"label": _("les autres"), "probs": others}, *beyond]


def _note(found: NextChars | None) -> str:
    """Which characters outside the alphabet are likely."""
    if found is None or not found.outside or found.unknown < 0.005:
        return ""
    listed = " ".join(char for char, _prob in found.outside[:3])
    return _("hors alphabet : {chars}").format(chars=listed)


def _step() -> None:
    """Take what the chosen model draws; nothing while it has not answered."""
    asked: Settings = st.session_state[_ASKED]
    answer, _said = _answer(st.session_state[controls.DRAWS.key], asked.text)
    if answer is not None and answer.probs.sum() > 0:
        _CHAIN.append(answer.draw(asked.seed, len(asked.chosen)))


def _pick() -> None:
    if char := components.picked(COMPONENT):
        _CHAIN.append(char)
