"""“Même alphabet”: the next character of every model, in the same rows, step by step."""

from __future__ import annotations

import time
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
PERIOD = 0.4
LINKS = 12  # characters of the chain that fit beside the prompt
COMPONENT = "bridge.alphabet"
_ASKED = "bridge.asked"
_CHAIN = Chain("bridge", controls.CHOSEN)


def chosen(prompt: str) -> str:
    """The characters chosen so far; another prompt starts again."""
    return _CHAIN.chosen(prompt, results.alphabet())


def show(settings: Settings) -> None:
    """Who draws and what, then the bars."""
    references, prompt, chosen = settings.references, settings.prompt, settings.chosen
    with st.container(
        key="bridge-tools", horizontal=True, vertical_alignment="center", gap="xsmall"
    ):
        tools(references, prompt, chosen, settings.seed)
    board(references, prompt, chosen)
    st.caption(
        _(
            "T = 1, tels qu’appris ; les tokens sont convertis en caractères. Cliquez sur une "
            "ligne : tous la lisent."
        )
    )
    fetching.buttons(references)


def tools(references: tuple[str, ...], prompt: str, chosen: str, seed: int) -> None:
    """Who draws, step, undo, and typing; keys S and U."""
    st.session_state[_ASKED] = (prompt + chosen, len(chosen), seed)
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


def board(references: tuple[str, ...], prompt: str, chosen: str) -> None:
    """The bars; those of pretrained models appear when they are there."""
    if refused := _CHAIN.refused():
        st.warning(
            _("Hors de l’alphabet du LSTM : « {char} ». Choisissez un autre caractère.").format(
                char=widgets.plain(refused)
            )
        )
    deadline = time.monotonic() + PATIENCE
    works = results.running(results.following, references, prompt + chosen)
    for work in works.values():
        work.wait(max(deadline - time.monotonic(), 0.0))
    following.follow(works.values(), partial(_board, references, prompt, chosen), PERIOD)


def _board(references: tuple[str, ...], prompt: str, chosen: str) -> None:
    recordings.follow()
    if st.session_state[controls.CHOSEN.key] != chosen:
        st.rerun()  # as a whole: a click on a bar runs this fragment alone, with what it knew
    answers = [_answer(reference, prompt + chosen) for reference in references]
    data = payload(references, answers, prompt, chosen)
    bridge_components.alphabet(data, COMPONENT, _pick, recordings.listen(COMPONENT))


def _answer(reference: str, text: str) -> tuple[NextChars | None, str]:
    """The distribution of a model if it is there, and what to say meanwhile."""
    try:
        if not pretrained.is_pretrained(reference):
            return results.next_by_characters(reference, text), ""
        if (voice := results.voice(reference)) is not None:
            return voice.following(text, results.alphabet()), ""
        request = results.following(reference, text)
        status = request.status
        if status.error is not None:
            return None, i18n.sentence(status.error)
        done = not status.active and status.share == 1
        return request.value if done else None, wording.standing(status)
    except MoliereError as error:
        return None, i18n.sentence(error)


def payload(
    references: tuple[str, ...],
    answers: list[tuple[NextChars | None, str]],
    prompt: str,
    chosen: str,
) -> dict[str, Any]:
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
    others = [
        None if a is None else max(float(a.probs.sum() - a.probs[order].sum()), 0.0) for a in found
    ]
    labels = {
        "unknown": _("hors alphabet"),
        "end": _("fin"),
        "unresolved": _("non résolu"),
    }
    extra = [
        {"label": label, "probs": [None if a is None else a.extra[name] for a in found]}
        for name, label in labels.items()
    ]
    return {
        "step": len(chosen),
        "prompt": (prompt + chosen[:-LINKS] if len(chosen) > LINKS else prompt),
        "chain": list(chosen[-LINKS:]),
        "models": [
            {
                "name": naming.model(reference),
                "said": said,
                "note": _note(answer),
                "draws": reference == st.session_state.get(controls.DRAWS.key),
                **recordings.beside(reference, heard=answer is not None),
            }
            for reference, (answer, said) in zip(references, answers, strict=True)
        ],
        "rows": rows,
        "extra": [{"label": _("les autres"), "probs": others}, *extra],
        "locale": state.language(),
        "labels": {"choose": _("Choisir")},
    }


def _note(found: NextChars | None) -> str:
    """Which characters outside the alphabet are likely."""
    if found is None or not found.outside or found.unknown < 0.005:
        return ""
    listed = " ".join(char for char, _prob in found.outside[:3])
    return _("hors alphabet : {chars}").format(chars=listed)


def _step() -> None:
    """Take what the chosen model draws; nothing while it has not answered."""
    text, step, seed = st.session_state[_ASKED]
    answer, _said = _answer(st.session_state[controls.DRAWS.key], text)
    if answer is not None and answer.probs.sum() > 0:
        _CHAIN.append(answer.draw(seed, step))


def _pick() -> None:
    if char := components.picked(COMPONENT):
        _CHAIN.append(char)
