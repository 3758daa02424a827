"""Predicting is not understanding: two ends of a sentence, a vote, and what the models prefer."""

from __future__ import annotations

from concurrent.futures import Future

import pandas as pd
import streamlit as st

from dashboard import figures, state, widgets
from dashboard.charts.discussion import pairs_figure
from dashboard.discussion import cached as discussion_cache
from dashboard.discussion import fields
from dashboard.i18n import _
from moliere_core import pretrained
from moliere_core.pairs import PAIRS, Pair

PERIOD = 0.5
STEPS = ("kn-8", "petit", "grand")
_REVEALED = "discussion.revealed"


def show(reference: str) -> None:
    """A pair, a vote by hands, then the bars."""
    kinds = {"agreement": _("accord"), "meaning": _("sens"), "fact": _("fait")}
    by_name = {pair.name: pair for pair in PAIRS}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state.restore(fields.PAIR)
        name = st.selectbox(
            _("Une phrase, deux fins"),
            list(by_name),
            format_func=lambda n: f"{by_name[n].context}… ({kinds[by_name[n].kind]})",
            key=fields.PAIR.key,
        )
        pair = by_name[state.keep(fields.PAIR, name)]
        revealed = name in st.session_state.setdefault(_REVEALED, set())
        st.button(
            _("Révéler"),
            key="discussion.reveal",
            type="primary",
            icon=":material/visibility:",
            disabled=revealed,
            on_click=st.session_state[_REVEALED].add,
            args=(name,),
        )
    ends = sorted((pair.good, pair.bad))  # so that the place does not tell
    st.markdown(
        _("« {context} » … **{first}** ou **{second}** Votez à main levée, puis révélez.").format(
            context=widgets.plain(pair.context.strip()),
            first=widgets.plain(ends[0]),
            second=widgets.plain(ends[1]),
        )
    )
    if revealed:
        models = _models(reference)
        asked = {model: discussion_cache.bits(model, pair) for model in models}
        waiting = not all(future.done() for future in asked.values())
        st.fragment(_verdict, run_every=PERIOD if waiting else None)(pair, asked, waiting)
    st.caption(
        _(
            "Un modèle « préfère » la fin à laquelle il donne le moins de bits. Bien accorder, ce "
            "n’est pas savoir ; et savoir que « Paris » suit souvent « Versailles », ce n’est pas "
            "y être allé."
        )
    )


def voted() -> bool:
    """Whether the class has seen what the models prefer, of one pair at least."""
    return bool(st.session_state.get(_REVEALED))


def _models(reference: str) -> list[str]:
    here = [e.name for e in pretrained.entries() if e.available]
    return list(dict.fromkeys([*STEPS, reference, *here]))


def _verdict(pair: Pair, asked: dict[str, Future[tuple[float, float]]], ticking: bool) -> None:
    done = {m: f for m, f in asked.items() if f.done()}
    if len(done) < len(asked):
        st.progress(
            len(done) / len(asked),
            _("Les modèles lisent les deux fins : {done} sur {all}").format(
                done=len(done), all=len(asked)
            ),
        )
    bits = {m: f.result() for m, f in done.items() if f.exception() is None}
    if bits:
        figures.show(
            pairs_figure(pair, bits, figures.dark()),
            "discussion.pairs",
            pd.DataFrame(
                {
                    _("modèle"): list(bits),
                    pair.good: [good for good, _bad in bits.values()],
                    pair.bad: [bad for _good, bad in bits.values()],
                }
            ),
            _("Bits donnés aux deux fins par {count} modèles ; {right} préfèrent la bonne.").format(
                count=len(bits), right=sum(good < bad for good, bad in bits.values())
            ),
        )
    if ticking and len(done) == len(asked):
        st.rerun()  # so that nothing ticks any longer
