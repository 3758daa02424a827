"""Predicting is not understanding: two ends of a sentence, a vote, and what the models prefer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import cast

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.bridge import controls, measuring
from dashboard.bridge.controls import Settings
from dashboard.bridge.figures.pairs import all_margins_figure, keys, margins_figure
from dashboard.bridge.wording import pairs as wording
from dashboard.shared import charts, following, hands, i18n, naming, state, tables, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom, pretrained
from moliere_core.errors import MoliereError
from moliere_core.measures import pairs
from moliere_core.measures.pairs import PAIRS, TESTS, Pair, Test
from moliere_core.models.protocol import CONTEXT_START
from moliere_core.system.work import Work

_REVEALED = "discussion.revealed"
_COUNTED = "discussion.counted"  # the raised hands of a pair that was revealed, by its name
HANDS = tuple(f"discussion.hands.{place}" for place in (0, 1))  # widgets of the votes
Margins = Mapping[str, Work[dict[str, float]]]


def show(settings: Settings) -> None:
    """One sentence and a vote, or all the sentences of a test."""
    bar = st.container(horizontal=True, vertical_alignment="center")
    with bar:
        shown = _all if controls.PAIRS_OF.ask() == "all" else _one
    shown(settings.model, bar)


def voted() -> bool:
    """Whether the class has seen what the models prefer, of one pair at least."""
    return bool(st.session_state.get(_REVEALED))


def _one(reference: str, bar: DeltaGenerator) -> None:
    """A pair, a vote by hands, then the margins."""
    by_name = {pair.name: pair for pair in PAIRS}
    with bar:
        name = controls.PAIR.ask(list(by_name), lambda name: _called(by_name[name]), visible=False)
        pair = by_name[name]
        ends = sorted((pair.good, pair.bad))  # so that the place does not tell
        revealed = name in st.session_state.setdefault(_REVEALED, set())
        live = votes.ask(_question(pair, ends), new=not revealed)
        revealed = revealed or (live is not None and not live.open)
        widgets.reveal("discussion.reveal", _reveal, (pair, ends, live), revealed, shortcut=None)
    st.container(key="bridge-pair").markdown(
        _("« {context} » … **{first}** ou **{second}** Votez à main levée, puis révélez.").format(
            context=widgets.plain(_line(pair.context)),
            first=widgets.plain(ends[0]),
            second=widgets.plain(ends[1]),
        )
    )
    if live is not None and not revealed:
        live.show("discussion.votes", ends)
    elif not revealed:
        _count_hands(ends)
    if revealed:
        asked = _asked(reference, (pair.name,))
        counts = _counted().get(name, []) if live is None else live.tally.by_option
        margin = _margin(counts, ends.index(pair.good))
        verdict = partial(_verdict, pair, asked, margin)
        following.follow(asked.values(), verdict, following.OFTEN)
        state.link(
            "../pages/inside.py",
            _("Pourquoi cette fin ? Ce que chaque caractère dit pour l’une et contre l’autre"),
            ":material/neurology:",
            _why(reference, pair),
        )
    st.caption(
        _(
            "La marge est ce que la mauvaise fin coûte de plus que la bonne, en bits : à 1 bit, le "
            "modèle croit la bonne deux fois plus probable ; à 10 bits, mille fois. Bien "
            "accorder, ce n’est pas savoir ; et bien prédire, ce n’est pas comprendre."
        )
    )


def _question(pair: Pair, ends: list[str]) -> classroom.Question:
    """What the telephones are asked."""
    told = _("« {context} » … Quelle fin ?").format(context=_line(pair.context))
    return classroom.choice(f"pairs.{pair.name}", told, ends)


def _count_hands(ends: list[str]) -> None:
    """How many hands each end has, where there is no room."""
    with st.container(horizontal=True):
        for end, key in zip(ends, HANDS, strict=True):
            hands.field(widgets.plain(end), key)


def _counted() -> dict[str, list[int]]:
    found: dict[str, list[int]] = st.session_state.setdefault(_COUNTED, {})
    return found


def _reveal(pair: Pair, ends: list[str], live: Live | None) -> None:
    st.session_state[_REVEALED].add(pair.name)
    good = ends.index(pair.good)
    if live is not None:
        live.reveal(good)
        return
    counted = _counted()[pair.name] = hands.taken(HANDS)
    hands.voted(_question(pair, ends), counted, good)


def _margin(counts: Sequence[int], good: int) -> float | None:
    """How far the class prefers the right end, in bits; None where nobody has voted.

    The base-2 logarithm of the votes' odds, one more on either side: nobody is infinitely sure.
    """
    if not any(counts):
        return None
    right = counts[good]
    return math.log2((right + 1) / (sum(counts) - right + 1))


def _why(reference: str, pair: Pair) -> dict[str, str]:
    """The address where the Inside page explains the margin of a model."""
    before, good, bad = pairs.ends(pair)
    start = len(CONTEXT_START + before)
    return {
        "view": "why",
        "model": reference,
        "text": before + good,
        "from": str(start),
        "to": str(start + len(good)),
        "rather": bad,
    }


def _verdict(pair: Pair, asked: Margins, margin: float | None) -> None:
    _progress(asked)
    found = {model: margins[pair.name] for model, margins in _done(asked).items()}
    right = wording.end(pair.good)
    st.markdown(f"**{widgets.plain(right)}** {pair.why[state.language()]}")
    if found:
        shown = _names(found)
        bars = {shown[model]: of for model, of in found.items()}
        if margin is not None:
            bars = {_("la classe"): margin} | bars
        charts.show(
            margins_figure(bars, charts.dark()),
            "discussion.pairs",
            pd.DataFrame({_("modèle"): list(bars), _("marge (bits)"): list(bars.values())}),
            _("Marges de {count} modèles ; {right} préfèrent la bonne fin.").format(
                count=len(found), right=sum(of > 0 for of in found.values())
            ),
        )
        if margin is not None:
            st.caption(
                _(
                    "Marge de la classe : le logarithme, en bits, du rapport entre les votes pour "
                    "la bonne fin et pour l’autre, une voix ajoutée de chaque côté."
                )
            )
        _say_recorded(found)


def _all(reference: str, bar: DeltaGenerator) -> None:
    """The margins of every model on a test, pair by pair, and what they prove."""
    with bar:
        chosen = controls.TEST.ask(TESTS, _about, visible=False)
    test = cast(Test, chosen)
    asked = _asked(reference, tuple(pair.name for pair in pairs.of(test)))
    following.follow(asked.values(), partial(_result, test, asked), following.OFTEN)


def _result(test: Test, asked: Margins) -> None:
    _progress(asked)
    if found := _done(asked):
        shown = _names(found)
        by_couple = {model: pairs.couple_margins(margins, test) for model, margins in found.items()}
        labels = wording.couples(test)
        left, right = st.columns([5, 4], gap="medium")
        with left:
            charts.show(
                all_margins_figure(
                    list(labels.values()),
                    {shown[m]: [of[couple] for couple in labels] for m, of in by_couple.items()},
                    charts.dark(),
                    _("Marge de chaque modèle, par paire"),
                ),
                "discussion.all_pairs",
                pd.DataFrame(
                    {_("paire"): list(labels.values())}
                    | {m: [of[couple] for couple in labels] for m, of in by_couple.items()}
                ),
                wording.alternative(test, found, shown),
            )
        with right:
            heads = (_("modèle"), _("justes"), _("marge"), _("de … à …"))
            signs = keys(len(found), charts.dark())
            tables.show(heads, wording.tallies(test, found, shown), keys=signs)
        st.caption(wording.proof(test, found, shown))
        _say_recorded(found)


def _asked(reference: str, names: tuple[str, ...]) -> Margins:
    """The margins of each model: recorded, or measured here where the model is."""
    measured = _here()
    found: dict[str, Work[dict[str, float]]] = {}
    for model in dict.fromkeys([*pairs.recorded(), reference, *measured]):
        recording = pairs.recorded().get(model)
        if recording is None or model in measured:
            found[model] = measuring.margins(model, names)
        else:
            found[model] = Work.of({name: recording.margins[name] for name in names})
    return found


def _done(asked: Margins) -> dict[str, dict[str, float]]:
    return {m: w.result() for m, w in asked.items() if w.done() and w.exception() is None}


def _names(found: Iterable[str]) -> dict[str, str]:
    """The names of models on a chart, with the mark of those that are not here."""
    alone = ((model, naming.model(model)) for model in found)
    return {
        model: f"{name} {naming.RECORDED}" if _only_recorded(model) else name
        for model, name in naming.told_apart(alone).items()
    }


def _only_recorded(model: str) -> bool:
    """Whether what is shown of a model was measured elsewhere, since it is not here."""
    recording = pairs.recorded().get(model)
    return bool(recording and recording.date) and model not in _here()


def _here() -> list[str]:
    """The models of the hub that can be measured on this machine."""
    return [e.name for e in pretrained.entries() if e.available and e.name != pretrained.MINI]


def _say_recorded(found: Iterable[str]) -> None:
    """When, and with which weights, the figures of models that are not here were measured."""
    told = []
    for model in filter(_only_recorded, found):
        recording = pairs.recorded()[model]
        told.append(
            _("{model} : enregistré le {date}, poids : {weights}.").format(
                model=widgets.plain(naming.model(model)),
                date=i18n.date(recording.date),
                weights=widgets.plain(recording.weights) or _("ceux du hub"),
            )
        )
    if told:
        st.caption(f"{naming.RECORDED} {' '.join(told)}")


def _progress(asked: Margins) -> None:
    """How many models are done, and why some cannot be."""
    done = [work for work in asked.values() if work.done()]
    if len(done) < len(asked):
        told = _("Les modèles lisent les phrases : {done} sur {all}")
        st.progress(len(done) / len(asked), told.format(done=len(done), all=len(asked)))
    for model, work in asked.items():
        if work.done() and isinstance(error := work.exception(), MoliereError):
            st.caption(_told(widgets.plain(model), widgets.plain(i18n.sentence(error))))


def _called(pair: Pair) -> str:
    return _told(_(wording.TESTS[pair.test].name), _line(pair.context) + "…")


def _about(test: str) -> str:
    about = wording.TESTS[test]
    return _told(_(about.name), _(about.asks))


def _line(text: str) -> str:
    """Verses on one line."""
    return text.strip().replace("\n", " / ")


def _told(name: str, said: str) -> str:
    """What is said of something, after its name."""
    return _("{name} : {said}").format(name=name, said=said)
