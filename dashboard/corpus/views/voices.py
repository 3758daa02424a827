"""Who says how much, and who meets whom."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.corpus import results, wording
from dashboard.corpus.figures import bars, network
from dashboard.shared import charts, i18n
from dashboard.shared.i18n import _, ngettext
from moliere_core.exploration import Selection
from moliere_core.exploration.network import Network

SHOWN = 15  # characters in the figure


def show(source: str, selection: Selection) -> None:
    """Shares of speech, and the network of the play that is selected."""
    index = results.index(source)
    if not index.has("speaker"):
        st.info(
            _(
                "Ce corpus ne dit pas qui parle : sa colonne « speaker » est vide. Choisissez-en "
                "un autre pour voir la parole de chaque personnage."
            )
        )
        return
    # Shares of all who speak, even where one of them is chosen: he is then shown among the others.
    table = results.shares(source, replace(selection, speaker=""))
    play = selection.play or (index.corpus.plays[0] if len(index.corpus.plays) == 1 else "")
    left, right = st.columns([1, 1] if play else [1.7, 1], gap="medium")
    with left:
        _shares(table, play, selection.speaker)
    with right:
        if not play:
            st.info(_("Choisissez une pièce pour voir qui s’y rencontre."))
        else:
            _network(source, play, selection.speaker)


def _shares(table: pd.DataFrame, play: str, chosen: str) -> None:
    st.markdown("**" + _("Qui parle, et combien") + "**")
    shown = table.head(SHOWN)
    if chosen and chosen not in set(shown["speaker"]):
        shown = pd.concat([shown, table[table["speaker"] == chosen].head(1)])
    # Characters of one name in several plays are told apart by the play.
    twice = table.loc[table["speaker"].duplicated(keep=False), "speaker"]
    names = [
        f"{speaker} ({wording.short(title)})" if not play and speaker in set(twice) else speaker
        for speaker, title in zip(shown["speaker"], shown["title"], strict=True)
    ]
    charts.show(
        bars.shares_figure(shown, names, chosen, bool(play), charts.dark()),
        "corpus.shares",
        table.rename(
            columns={
                "play": _("pièce"),
                "title": _("titre"),
                "speaker": _("personnage"),
                "words": _("mots"),
                "cues": _("répliques"),
                "words_per_cue": _("mots par réplique"),
                "share": _("part"),
            }
        ),
        _("Part des mots de chaque personnage dans sa pièce : {shares}.").format(
            shares=", ".join(
                f"{name} {i18n.percent(share, 1)}"
                for name, share in zip(names, shown["share"], strict=True)
            )
        ),
    )


def _network(source: str, play: str, chosen: str) -> None:
    if not results.index(source).has("scene"):
        st.info(
            _(
                "Ce corpus ne dit pas où commencent les scènes : sa colonne « scene » est vide, "
                "et l’on ne peut pas savoir qui s’y rencontre."
            )
        )
        return
    found = results.network(source, play)
    st.markdown("**" + _("Qui rencontre qui") + "**")
    charts.show(
        network.network_figure(found, chosen, charts.dark()),
        "corpus.network",
        _meetings(found),
        _(
            "Réseau de {nodes} personnages et {edges} liens. Le plus entouré : {name}, {others} "
            "autres."
        ).format(
            nodes=len(found.names),
            edges=len(found.edges),
            name=found.names[int(found.degrees.argmax())],
            others=int(found.degrees.max()),
        ),
    )
    if unnamed := len(found.names) - len(network.named(found, chosen)):
        st.caption(
            ngettext(
                "Faute de place, {n} n’est pas nommé : survolez-le.",
                "Faute de place, {n} ne sont pas nommés : survolez-les.",
                unnamed,
            ).format(n=unnamed)
        )
    st.caption(
        _(
            "{nodes} personnages, {edges} liens, densité {density} : {share} des paires "
            "parlent dans une même scène au moins. Disque : ce qu’il dit ; trait : scènes "
            "communes. Sur toute la pièce ; qui se tait en scène n’est pas compté."
        ).format(
            nodes=len(found.names),
            edges=len(found.edges),
            density=i18n.number(found.density, 2),
            share=i18n.percent(found.density),
        )
    )


def _meetings(found: Network) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("personnage"): [found.names[a] for a, _b in found.edges],
            _("rencontre"): [found.names[b] for _a, b in found.edges],
            _("scènes communes"): found.weights,
        }
    )
