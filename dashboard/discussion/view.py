"""The discussion: the course's table with real figures, minimal pairs, attention, two cards."""

from __future__ import annotations

from concurrent.futures import Future

import pandas as pd
import streamlit as st

from dashboard import cached, components, figures, i18n, state, widgets
from dashboard.bridge import cached as bridge_cache
from dashboard.charts.discussion import pairs_figure
from dashboard.discussion import cached as discussion_cache
from dashboard.discussion import fields, tongues
from dashboard.i18n import _
from dashboard.training.fields import START_FROM
from moliere_core import axis, pretrained
from moliere_core.pairs import PAIRS, Pair
from moliere_core.protocol import CONTEXT_START

PERIOD = 0.5
STEPS = ("kn-8", "petit", "grand")
MOST_TOKENS_TEXT = 160  # characters of the attention view
_REVEALED = "discussion.revealed"


def show(reference: str) -> None:
    """One topic at a time."""
    topic = widgets.segmented(
        fields.TOPIC,
        _("Sujet"),
        {
            "table": _("Ce qui change"),
            "pairs": _("Prédire ou comprendre ?"),
            "attention": _("L’attention"),
            "tongues": _("Deux langues"),
            "cards": _("Et après ?"),
        },
        visible=False,
    )
    if topic == "table":
        st.table(table(reference))
        st.caption(
            _(
                "Notre colonne vient du modèle des autres pages. Celle des grands modèles "
                "donne des ordres de grandeur publiés ; leurs auteurs ne disent plus tout."
            )
        )
    elif topic == "pairs":
        _pairs(reference)
    elif topic == "attention":
        _attention(widgets.prompt(labelled=False))
    elif topic == "tongues":
        tongues.show()
    else:
        _cards()


def table(reference: str) -> pd.DataFrame:
    """The table of the course, with the real figures of the models at hand."""
    ours, mini, gpt2 = (
        cached.card(reference),
        bridge_cache.card(pretrained.MINI),
        bridge_cache.card("hf:gpt2"),
    )
    read = axis.shipped().points["verse"]["petit"].train_chars or 0
    millions = _("{count} millions de caractères").format(count=i18n.number(read / 1e6, 1))
    rows = {
        _("Découpage"): (
            _("{count} symboles, dont l’inconnu").format(
                count=len(cached.model(reference).vocabulary)
            ),
            _("{count} bouts de mots (tokens)").format(count=i18n.number(mini.vocab_size)),
            _("{count} bouts de mots (tokens)").format(count=i18n.number(gpt2.vocab_size)),
            _("100 000 à 250 000 bouts de mots"),
        ),
        _("Architecture"): (
            f"{ours.cell} {ours.layers} × {ours.units}",
            _("Transformer, {layers} couches").format(layers=mini.layers),
            _("Transformer, {layers} couches").format(layers=gpt2.layers or 12),
            _("Transformer, une centaine de couches"),
        ),
        _("Contexte"): (
            _("mémoire de {count} nombres, sans limite").format(
                count=ours.layers * ours.units * (2 if ours.cell == "LSTM" else 1)
            ),
            _("{count} tokens").format(count=i18n.number(mini.context_length)),
            _("{count} tokens").format(count=i18n.number(gpt2.context_length)),
            _("100 000 à plus d’un million de tokens"),
        ),
        _("Paramètres"): (
            i18n.number(ours.parameters),
            i18n.number(mini.parameters),
            i18n.number(gpt2.parameters or 124_439_808),
            _("des dizaines à des centaines de milliards"),
        ),
        _("Entraînement"): (
            millions,
            millions,
            _("40 milliards de caractères du Web, surtout anglais"),
            _("des milliers de milliards de mots, puis des avis humains"),
        ),
        _("Principe"): (
            _("prédire le caractère suivant"),
            _("prédire le token suivant"),
            _("prédire le token suivant"),
            _("prédire le token suivant"),
        ),
    }
    columns = (reference, pretrained.MINI, "gpt2", "GPT, Claude, Gemini")
    return pd.DataFrame(rows.values(), columns=list(columns), index=list(rows))


def _pairs(reference: str) -> None:
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


def _models(reference: str) -> list[str]:
    here = [e.name for e in pretrained.entries() if e.available] if pretrained.available() else []
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


def _attention(prompt: str) -> None:
    text = prompt[-MOST_TOKENS_TEXT:]
    if not pretrained.available():
        st.info(
            _("torch n’est pas installé ici : l’attention de mini-gpt ne peut pas être montrée.")
        )
        return
    asked = discussion_cache.attention(pretrained.MINI, text)
    waiting = asked.status.active
    st.fragment(_heads, run_every=PERIOD if waiting else None)(text, waiting)
    st.page_link(
        "../pages/inside.py",
        label=_("La même question posée au LSTM : quelles lettres ont compté ?"),
        icon=":material/neurology:",
    )


def _heads(text: str, ticking: bool) -> None:
    asked = discussion_cache.attention(pretrained.MINI, text)
    status = asked.status
    if status.active:
        st.progress(status.share, _("mini-gpt relit le texte…"))
        return
    if status.error is not None:
        widgets.problem(status.error)
        return
    components.attention(
        {
            "pieces": [piece.text for piece in asked.value.pieces],
            "weights": asked.value.weights.tolist(),
            "start": CONTEXT_START,
            "locale": state.language(),
            "labels": {
                "layer": _("Couche"),
                "mean": _("toutes"),
                "hint": _(
                    "Cliquez sur un token : plus un token d’avant est coloré, plus il y regarde "
                    "pour prédire la suite. Le LSTM, lui, n’a que sa mémoire : il ne peut pas "
                    "revenir en arrière."
                ),
            },
        },
        "discussion.attention",
    )
    if ticking:
        st.rerun()


def _cards() -> None:
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        st.markdown(i18n.lesson("finetuning"))
        state.link_to(
            "../pages/training.py",
            _("Repartir de petit dans l’Entraînement"),
            ":material/model_training:",
            (START_FROM, "petit"),
        )
    with right, st.container(border=True):
        st.markdown(i18n.lesson("alignment"))
