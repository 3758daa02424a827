"""What the Preferences page shows: two texts, their ballot, and what the votes have changed."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from dashboard.preferences import controls, results
from dashboard.preferences.controls import Settings
from dashboard.preferences.figures import cost
from dashboard.preferences.results import Story
from dashboard.shared import charts, i18n, rights, widgets
from dashboard.shared.i18n import _
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_, MoliereError
from moliere_core.system.machine import is_public
from moliere_core.training import preferences

_KEPT = "preferences.kept"  # the name of the run that was stored last


def vote(story: Story, now: Settings) -> None:
    """Two continuations, the ballot, and in a sentence what all votes have cost so far."""
    seed = now.seed + 2 * story.round
    pair = results.pair(story, now.prompt, now.sampling, seed, now.chars)
    for column, letter, text in zip(st.columns(2, gap="medium"), "AB", pair, strict=True):
        with column:
            _card(letter, now.prompt, text)
    controls.ballot(story, now, pair)
    if story.votes:
        st.markdown(_sentence(story))
    else:
        st.caption(
            _(
                "Lisez les deux à voix haute, faites voter, comptez : après chaque vote, le modèle "
                "est poussé vers le texte préféré, et l’original le retient."
            )
        )


def _card(letter: str, prompt: str, text: str) -> None:
    """One of the texts, large; its prompt lighter than what was written."""
    st.html(
        f'<div class="preference"><b>{letter}</b><p><span>{html.escape(prompt)}</span>'
        f"{html.escape(text)}</p></div>"
    )


def changed(story: Story, now: Settings) -> None:
    """The curve of the costs, and the same draws before and after."""
    if not story.votes:
        st.info(_("Personne n’a encore voté : la courbe commence avec le premier vote."))
        return
    stages = story.stages
    first, last = stages[0], stages[-1]
    left, right = st.columns([1.1, 1], gap="medium")
    with left:
        st.markdown(_sentence(story))
        more = [stage.bits - first.bits for stage in stages]
        charts.show(
            cost([stage.distance for stage in stages], more, charts.dark()),
            "preferences.cost",
            pd.DataFrame(
                {
                    _("votes"): range(len(stages)),
                    _("bits par caractère sur Molière"): [s.bits for s in stages],
                    _("distance à l’original (bits par caractère)"): [s.distance for s in stages],
                }
            ),
            i18n.ngettext(
                "Après {count} vote : {more} de plus sur Molière, distance {distance}.",
                "Après {count} votes : {more} de plus sur Molière, distance {distance}.",
                len(story.votes),
            ).format(
                count=len(story.votes),
                more=i18n.bits(more[-1], 3),
                distance=i18n.bits(last.distance, 3),
            ),
        )
    with right:
        before, after = (
            results.texts(stage.model, now.prompt, now.sampling, now.seed, now.chars)[0]
            for stage in (first, last)
        )
        st.markdown(
            _("**Les mêmes tirages, avant et après** (graine {seed})").format(seed=now.seed)
        )
        _card(_("avant"), now.prompt, before)
        _card(_("après"), now.prompt, after)
        if not is_public():
            _keep(story)


def _sentence(story: Story) -> str:
    """What the votes have cost, in words."""
    first, last, votes = story.stages[0], story.stages[-1], len(story.votes)
    return i18n.ngettext(
        "Après **{count} vote**, Molière lui coûte **{after}** par caractère au lieu de {before}.",
        "Après **{count} votes**, Molière lui coûte **{after}** par caractère au lieu de {before}.",
        votes,
    ).format(count=votes, before=i18n.bits(first.bits, 3), after=i18n.bits(last.bits, 3))


def _keep(story: Story) -> None:
    """A button that stores the network as a run, and what became of it."""
    st.button(
        _("Garder ce modèle"),
        key="preferences.keep",
        icon=":material/save:",
        on_click=_store,
        args=(story,),
    )
    if kept := st.session_state.pop(_KEPT, ""):
        st.success(
            _("Gardé : **{name}**, à choisir comme modèle sur toutes les pages.").format(
                name=widgets.plain(kept)
            )
        )


def _store(story: Story) -> None:
    told = i18n.ngettext("{model}, {count} vote", "{model}, {count} votes", len(story.votes))
    label = told.format(model=story.reference, count=len(story.votes))
    try:
        run = preferences.keep(story.stages[-1].model, story.votes, label, rights.token())
    except MoliereError as error:
        widgets.problem(error)
    else:
        st.session_state[_KEPT] = f"{label} (run:{run.id})"


VIEWS = {"vote": View(N_("Voter"), vote), "cost": View(N_("Ce que plaire coûte"), changed)}
VIEW = chosen("preferences.view", "view", N_("Vue"), VIEWS)


def tried(view: str, story: Story, now: Settings) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    voted = bool(story.votes)
    return {
        "vote": voted and view == "cost",
        "five": len(story.votes) >= 5,
        "loose": voted and now.pull <= 0.05,
        "lost": story.stages[-1].bits - story.stages[0].bits > 0.1,
    }
