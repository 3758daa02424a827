"""“Devine la lettre”: the class guesses a passage letter by letter, and is measured as a model is.

See `moliere_core.games.guessing` for the estimate and where it comes from.
"""

from __future__ import annotations

import html
from collections import Counter

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.games import figures, results, wording
from dashboard.games.controls import OPENING, Settings
from dashboard.games.figures import Guesser
from dashboard.shared import charts, fields, guessed, hour, i18n, state, votes, widgets
from dashboard.shared.guessed import Series
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.games import guessing
from moliere_core.games.guessing import Guess
from moliere_core.text.normalise import normalise
from moliere_core.text.signs import all_visible

TYPED = "games.typed"  # the letters of raised hands
SHOWN = 160  # characters before the one that is asked for, on a telephone
FEW = 100  # letters below which the figure of a class says little


def show(now: Settings) -> None:
    """The passage, the vote on its next letter, and the axis so far."""
    text = results.passage(now.source, now.play, OPENING + now.letters, now.seed)
    series = guessed.series(now.play, text[:OPENING], text[OPENING:], results.frequencies())
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        _passage(series)
        if series.done:
            st.success(_("Le passage est fini : la classe a deviné toutes ses lettres."))
        else:
            _ballot(series)
        _controls(series)
    with right:
        _axis(series, now)


def played() -> int:
    """How many letters have been guessed in this session."""
    return len(guessed.letters())


def _passage(series: Series) -> None:
    """What was given, lighter, and what was guessed; then the place of the next letter."""
    read = series.rest[: len(series.guesses)]
    end = "" if series.done else '<b class="next">?</b>'
    st.html(
        f'<div class="preference game"><p><span>{html.escape(series.given)}</span>'
        f"{html.escape(read)}{end}</p></div>"
    )


def _ballot(series: Series) -> None:
    live = votes.ask(_question(series))
    if live is not None:
        live.show("games.cast", hushed=True)
    with st.container(horizontal=True, vertical_alignment="bottom", key="games-ballot"):
        if live is None:
            st.text_input(
                _("Une lettre par voix (espace : _ ; à la ligne : /)"),
                key=TYPED,
                max_chars=200,
                placeholder="eeeaai_",
                width=330,
            )
        widgets.reveal("games.letter", _reveal, (series, live))


def _question(series: Series) -> classroom.Question:
    """What telephones are asked: the end of what is on screen, and nothing of what follows."""
    read = series.read
    told = _("« …{end} » Quel caractère vient ensuite ?").format(end=read[-SHOWN:])
    return classroom.letter(f"games.letter {series.play} {read}", told)


def _reveal(series: Series, live: Live | None) -> None:
    if live is None:
        cast = Counter(normalise(st.session_state.get(TYPED) or ""))
    else:
        cast = Counter({str(answer): count for answer, count in live.tally.counts.items()})
    cast = guessing.cased(cast, series.read)
    if not cast.total():
        st.toast(_("Personne n’a encore voté."), icon=":material/how_to_vote:")
        return
    letter = series.rest[len(series.guesses)]
    if live is None:
        asked = _question(series)
        hour.wrote(asked.key, asked.text, cast, letter)
    else:
        live.reveal(letter)
    series.guesses.append(Guess(letter, cast))
    st.session_state[TYPED] = ""


def _controls(series: Series) -> None:
    if not series.guesses:
        st.caption(
            _(
                "Chaque vote est un pari. Les voix se partagent la mise ; la classe paie −log₂ de "
                "ce qu’elle a mis sur la bonne lettre, comme un modèle."
            )
        )
        return
    last = series.guesses[-1]
    st.markdown(
        i18n.ngettext(
            "C’était **{letter}** : {right} voix sur {votes}, {bits} pour la classe.",
            "C’était **{letter}** : {right} voix sur {votes}, {bits} pour la classe.",
            last.total,
        ).format(
            letter=f"`{all_visible(last.letter)}`",
            right=last.right,
            votes=last.total,
            bits=i18n.bits(float(series.bits[-1])),
        )
    )
    with st.container(horizontal=True):
        st.button(
            _("Recommencer"),
            key="games.again",
            icon=":material/restart_alt:",
            on_click=guessed.forget,
            args=(series,),
        )
        st.button(
            _("Un autre passage"),
            key="games.elsewhere",
            icon=":material/refresh:",
            on_click=_elsewhere,
        )


def _elsewhere() -> None:
    state.change(fields.SEED, state.value(fields.SEED) + 1)


def _axis(series: Series, now: Settings) -> None:
    """The class and the models, on the letters that the class has guessed."""
    if not series.guesses:
        st.info(_("L’axe commence avec la première lettre."))
        return
    count = len(series.guesses)
    found = [Guesser(_("la classe"), *_mean(series.bits), place=0)]
    begin, end = len(series.given), len(series.read)
    for model in dict.fromkeys((now.model, "kn-8", "kn-3")):
        bits = results.bits(model, series.given + series.rest)[begin:end]
        found.append(Guesser(wording.guesser(model), *_mean(bits)))
    figure = figures.axis(found, charts.dark())
    charts.show(
        figure,
        "games.axis",
        pd.DataFrame(
            {
                _("qui"): [g.name for g in found],
                _("bits par caractère"): [g.bits for g in found],
                _("± (95 %)"): [g.margin for g in found],
                _("lettres"): count,
            }
        ),
        _("Sur {count} lettres, la classe : {bits} par caractère.").format(
            count=count, bits=i18n.bits(found[0].bits)
        ),
    )
    told = i18n.ngettext("**{count} lettre** devinée.", "**{count} lettres** devinées.", count)
    said = [told.format(count=count)]
    if count < FEW:
        said.append(_("C’est peu : les traits disent de combien chaque note peut bouger."))
    if results.known_text(series.play):
        said.append(
            _(
                "Le point « la classe » est aussi sur l’axe de *Du LSTM aux LLM*, à partir de "
                "10 lettres."
            )
        )
    st.caption(" ".join(said))


def _mean(bits: NDArray[np.float64]) -> tuple[float, float]:
    return float(bits.mean()), guessing.margin(bits)
