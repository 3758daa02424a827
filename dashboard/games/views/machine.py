"""“Molière ou la machine ?”: ten passages, a vote on each, and who was taken for whom."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from dashboard.games import results, wording
from dashboard.games.controls import NUMBER, Settings
from dashboard.shared import cached, fields, hands, hour, state, tables, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.classroom import Question
from moliere_core.corpus import EMBEDDED
from moliere_core.errors import MoliereError
from moliere_core.games import imitation
from moliere_core.games.imitation import PASSAGES, Passage, Score, Verdict

_VERDICTS = "games.verdicts"  # key of a passage -> its verdict
HANDS = tuple(f"games.hands.{answer}" for answer in (0, 1))  # widgets of the votes


def show(now: Settings) -> None:
    """The passage of the moment and its vote; after the last one, the scores."""
    corpus = cached.corpus(now.source)
    real = wording.real(now.source, now.play, corpus.titles[now.play])
    try:
        with st.spinner(_("Les machines écrivent…"), show_time=True):
            found = results.passages(now.source, now.play, now.authors, now.chars, now.seed)
    except MoliereError as error:
        widgets.problem(error)
        return
    number = state.restore(NUMBER)
    if number > PASSAGES:
        _scores(found, real)
    else:
        _one(found[number - 1], number, real)
    if now.source == EMBEDDED:
        st.caption(
            _(
                "Sans corpus, les passages « originaux » sont ceux des pastiches fournis, pas de "
                "Molière : *Corpus*, *Ajouter* va chercher les vraies pièces."
            )
        )


def played() -> int:
    """How many passages have been revealed in this session."""
    return len(_verdicts())


def _one(passage: Passage, number: int, real: str) -> None:
    verdict = _verdicts().get(passage.key)
    question = _question(passage, real)
    live = votes.ask(question, new=verdict is None)
    if verdict is None and live is not None and not live.open:  # another window has ended it
        _reveal(passage, real, live)
        verdict = _verdicts().get(passage.key)
    st.html(f'<div class="preference game"><p>{html.escape(passage.text)}…</p></div>')
    if verdict is not None:
        st.header(wording.outcome(verdict, real), anchor=False)
    elif live is not None:
        live.show("games.live", question.options, hushed=True)
    with st.container(horizontal=True, vertical_alignment="bottom", key="games-ballot"):
        if verdict is None and live is None:
            for name, key in zip(question.options, HANDS, strict=True):
                hands.field(name, key)
        widgets.back("games.go", NUMBER, number, _("Précédent"), number == 1)
        widgets.reveal("games.reveal", _reveal, (passage, real, live), verdict is not None)
        last = number == PASSAGES
        further = _("Les scores") if last else _("Suivant")
        widgets.forward("games.go", NUMBER, number, further)
        st.markdown(
            _("**{number}** sur {count}").format(number=number, count=PASSAGES),
            width="content",
        )


def _question(passage: Passage, real: str) -> Question:
    """What telephones are asked: the text and nothing that tells one author from another."""
    machine = _("la machine")
    told = f"{passage.text}…\n\n" + _("{real} ou {machine} ?").format(
        real=real[:1].upper() + real[1:], machine=machine
    )
    return classroom.choice(f"games.machine {passage.key}", told, (real, machine))


def _reveal(passage: Passage, real: str, live: Live | None) -> None:
    raised = hands.taken(HANDS)
    counted = raised if live is None else live.tally.by_option
    _verdicts()[passage.key] = Verdict(passage.author, *counted)
    said = wording.author(passage.author, real)
    hour.vote_on(said, passage.text)
    right = 0 if passage.author.real else 1
    if live is None:
        hands.voted(_question(passage, real), counted, right)
    else:
        live.reveal(right, said)


def _scores(passages: list[Passage], real: str) -> None:
    """What the class has recognised, by author and by temperature."""
    found = [v for p in passages if (v := _verdicts().get(p.key)) is not None and v.votes]
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.back("games.go", NUMBER, PASSAGES + 1, _("Précédent"))
        st.button(
            _("Dix autres passages"),
            key="games.other",
            icon=":material/refresh:",
            on_click=_begin_again,
        )
    if not found:
        st.info(_("Personne n’a encore voté : les scores viennent avec les votes."))
        return
    st.markdown(wording.result(imitation.score(found), imitation.majority(found)))
    rows = [
        (real, [v for v in found if v.author.real]),
        *(
            (
                wording.heat(heat),
                [v for v in found if v.author.temperature == heat and not v.author.real],
            )
            for heat in sorted({v.author.temperature for v in found if not v.author.real})
        ),
        *(
            (wording.machine(model), [v for v in found if v.author.model == model])
            for model in sorted({v.author.model for v in found if not v.author.real})
        ),
    ]
    scores = [(name, imitation.score(verdicts)) for name, verdicts in rows if verdicts]
    heads = [
        _("Écrit par"),
        _("passages"),
        _("voix « {name} »").format(name=real),
        _("voix « la machine »"),
        _("pris pour {name}").format(name=real),
    ]
    tables.show(heads, [[name, *_cells(score)] for name, score in scores])
    rows_to_keep = [
        (name, s.passages, s.real, s.votes - s.real, s.taken_for_real) for name, s in scores
    ]
    tables.download(pd.DataFrame(rows_to_keep, columns=heads), "games.machine")
    st.caption(
        _(
            "Dix passages sont peu : ces parts changeraient avec dix autres. Machines et "
            "températures se relaient."
        )
    )


def _cells(score: Score) -> list[str]:
    return [
        str(score.passages),
        str(score.real),
        str(score.votes - score.real),
        wording.share(score.taken_for_real),
    ]


def _begin_again() -> None:
    state.change(fields.SEED, state.value(fields.SEED) + 1)
    state.change(NUMBER, 1)


def _verdicts() -> dict[str, Verdict]:
    found: dict[str, Verdict] = st.session_state.setdefault(_VERDICTS, {})
    return found
