"""The words that set a play or a character apart."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.corpus import controls, results, wording
from dashboard.corpus.figures import bars
from dashboard.shared import charts, i18n, tables, widgets
from dashboard.shared.i18n import _
from moliere_core.exploration import Selection

EACH_SIDE, TOLD, PER_PLAY = 9, 100, 6
_FIGURE = "corpus.keywords"


def show(source: str, selection: Selection) -> None:
    """Keywords of what is selected against the rest; with no selection, of every play."""
    index = results.index(source)
    with st.container(horizontal=True, vertical_alignment="center"):
        stops = controls.KEY_STOPS.ask()
        against = Selection()
        inside = selection.play and (selection.speaker or selection.form)
        if inside and controls.AGAINST.ask() == "play":
            against = Selection(play=selection.play)
    if not index.has("speaker") and selection.everything and len(index.corpus.plays) == 1:
        st.info(
            _(
                "Rien à comparer : ce corpus n’a qu’une pièce, et ne dit pas qui parle. "
                "Choisissez-en un autre, ou ajoutez-en un de plusieurs pièces."
            )
        )
        return
    if selection.everything:
        _every_play(source, stops)
    else:
        _one(source, selection, against, stops)
    if not index.has("speaker"):
        st.caption(
            _(
                "Ce corpus ne dit pas qui parle : les noms des personnages n’ont pas pu être "
                "retirés."
            )
        )


def _one(source: str, selection: Selection, against: Selection, stops: bool) -> None:
    table = results.keywords(source, selection, against, stops, TOLD)
    if table.empty:
        st.info(
            _(
                "Rien à comparer : il faut des mots de chaque côté. Choisissez une pièce ou un "
                "personnage, dans un corpus de plusieurs pièces."
            )
        )
        return
    more = table["log_ratio"] > 0
    shown = pd.concat([table[more].head(EACH_SIDE), table[~more].head(EACH_SIDE)])
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        charts.show(
            bars.keywords_figure(shown, charts.dark()),
            _FIGURE,
            table.rename(
                columns={
                    "word": _("mot"),
                    "count": _("ici"),
                    "rest_count": _("ailleurs"),
                    "rate": _("ici, pour 10 000 mots"),
                    "rest_rate": _("ailleurs, pour 10 000 mots"),
                    "g2": "G²",
                    "log_ratio": _("log-rapport"),
                }
            ),
            _("Mots plus fréquents ici qu’ailleurs : {more}. Moins fréquents : {less}.").format(
                more=", ".join(table[more]["word"].head(EACH_SIDE)),
                less=", ".join(table[~more]["word"].head(EACH_SIDE)),
            ),
            on_select=lambda: controls.open_word(charts.clicked(_FIGURE)),
        )
    with right:
        _sentence(table, wording.part(results.index(source).corpus, selection))
        controls.pick(list(table[more]["word"].head(EACH_SIDE)), "corpus.open.key")
        st.caption(
            _(
                "G² (Dunning) : à quel point l’écart étonne si les deux textes parlaient pareil ; "
                "au-dessus de 15,1, moins d’une chance sur 10 000. ×3 : trois fois plus souvent "
                "ici, pour un même nombre de mots. Noms des personnages et lettres épelées "
                "retirés ; mots vus au moins 5 fois."
            )
        )


def _sentence(table: pd.DataFrame, part: str) -> None:
    first = table.iloc[0]
    if first["log_ratio"] > 0:
        st.markdown(
            _(
                "**{word}** distingue le plus ce texte ({part}) : {here} fois ici, {rest} ailleurs."
            ).format(
                word=widgets.plain(str(first["word"])),
                part=widgets.plain(part),
                here=i18n.number(first["count"]),
                rest=i18n.number(first["rest_count"]),
            )
        )


def _every_play(source: str, stops: bool) -> None:
    table = results.play_keywords(source, stops, PER_PLAY)
    if not table["words"].str.len().any():
        st.info(_("Rien à comparer : ce corpus n’a qu’une pièce. Choisissez un personnage."))
        return
    st.markdown(
        _(
            "Ce que chaque pièce dit plus souvent que les autres. Choisissez une pièce ou un "
            "personnage pour le détail."
        )
    )
    tables.scrolled(
        pd.DataFrame(
            {
                _("Pièce"): table["title"],
                _("Mots caractéristiques"): [" · ".join(found) for found in table["words"]],
            }
        ),
        "corpus.play-keywords",
        hide_index=True,
    )
