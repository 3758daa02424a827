"""Where a head looks: on the text, beside all others, and what it measurably does elsewhere."""

from __future__ import annotations

from collections import Counter
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.inside import heads, text, wording
from dashboard.inside.controls import BLOCK, HEAD
from dashboard.inside.text import Cut
from dashboard.inside.views import unnamed
from dashboard.shared import attention, following, i18n, naming, state, tables, widgets
from dashboard.shared.attention import Look, Thumbnails
from dashboard.shared.i18n import _
from moliere_core.inspection.heads import EVERYWHERE, Head, HeadTable

COMPONENT = "inside.attention"
FEW = 64  # heads whose names have room under their thumbnails
PICKED = "inside.picked.head"  # whether the class has chosen a head


def show(cut: Cut) -> None:
    """The text as one head sees it, all heads, and what this one does on other plays."""
    work = heads.named(cut.reference)
    table, measuring = work.found(), not work.done()
    layer, head = chosen(cut, table)
    named = [[_called(table, k, n) for n in range(cut.heads.shape[1])] for k in _layers(cut)]
    draw(cut, (layer, head), Thumbnails(cut.heads, *_captions(cut, named), (layer, head)))
    with st.container(key="inside-said"):
        _say(cut, table, layer, head, measuring)
    with st.container(horizontal=True, vertical_alignment="center"):
        if table is not None:
            with st.popover(_("Toutes les têtes mesurées"), icon=":material/table:"):
                _measures(table)
        tables.download(_numbers(cut, layer, head), "inside.gaze")
    if measuring:
        following.bar(work, _("On mesure ce que font ses têtes : {share}"))


def chosen(cut: Cut, table: HeadTable | None = None) -> tuple[int, int]:
    """The head that is looked at: of the address, else the one that does the most of something."""
    layers, of_each = cut.heads.shape[:2]
    layer, head = state.value(BLOCK), state.value(HEAD)
    if 0 < layer <= layers and 0 < head <= of_each:
        return layer - 1, head - 1
    if table is None:
        table = heads.named(cut.reference).found()
    told = [h for h in table.heads if h.name in h.checked] if table else []
    if not told:
        return layers - 1, 0
    best = max(told, key=lambda h: h.checked[h.name].skill)
    return best.layer, best.head


def draw(cut: Cut, head: tuple[int, int], thumbnails: Thumbnails | None = None) -> None:
    """The text, of which the chosen symbol is asked where a head looks."""
    attention.show(
        COMPONENT,
        cut.pieces,
        [Look("", cut.heads[head])],
        _("Cliquez sur le texte : où regarde-t-on depuis là ? Plus c’est coloré, plus on y prend.")
        if thumbnails is None
        else _(
            "Cliquez sur le texte : où cette tête regarde-t-elle depuis là ? Ou choisissez-en une "
            "autre."
        ),
        asked=cut.at,
        thumbnails=thumbnails,
        layer=_("couche {number}"),
        heard=partial(pick, cut.pieces, head),
    )


def pick(pieces: tuple[str, ...], shown: tuple[int, int]) -> None:
    """Inside a click: another symbol, or another head than the one that is shown."""
    found = attention.clicked(COMPONENT)
    if found is None or found[0] >= len(pieces):
        return
    at, *head = found
    text.choose_symbol(pieces, at)
    if tuple(head) != shown:
        st.session_state[PICKED] = True
        state.change(BLOCK, head[0] + 1)
        state.change(HEAD, head[1] + 1)


def _layers(cut: Cut) -> range:
    return range(len(cut.heads))


def _called(table: HeadTable | None, layer: int, head: int) -> str:
    return "" if table is None else wording.heads()[table.head(layer, head).name]


def _captions(cut: Cut, named: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """What stands under each thumbnail, and what is said of it."""
    titles = [
        [
            " : ".join(
                filter(None, (_("couche {layer}, tête {head}").format(layer=k + 1, head=n + 1), s))
            )
            for n, s in enumerate(row)
        ]
        for k, row in enumerate(named)
    ]
    few = cut.heads.shape[0] * cut.heads.shape[1] <= FEW
    return (named if few else [[""] * len(row) for row in named]), titles


def _say(cut: Cut, table: HeadTable | None, layer: int, head: int, measuring: bool) -> None:
    row = cut.heads[layer, head, cut.at]
    most = int(row.argmax())
    st.markdown(
        _(
            "**Couche {layer}, tête {head}** : depuis « {start} », le plus vers « {to} » ({share})."
        ).format(
            layer=layer + 1,
            head=head + 1,
            start=cut.shown(cut.at),
            to=cut.shown(most),
            share=widgets.plain(i18n.percent(float(row[most]))),
        )
        + " "
        + ("" if table is None else _does(table, table.head(layer, head)))
    )
    if table is not None:
        counts = Counter(h.name for h in table.heads)
        names = wording.heads()
        listed = ", ".join(f"{names[name]} {count}" for name, count in counts.most_common())
        st.caption(
            _(
                "Ses {count} têtes, nommées par ce qu’elles font : {names}. « Tout près » et "
                "« partout » ne sont pas des trouvailles : beaucoup de têtes ne font rien qui ait "
                "un nom."
            ).format(count=len(table.heads), names=listed)
        )
    elif not measuring:
        unnamed.show(cut)


def _does(table: HeadTable, head: Head) -> str:
    """What a head does on other plays, beside chance."""
    where = _("sur d’autres pièces") if table.plays else _("sur la fin du texte")
    if head.name == EVERYWHERE:
        return _(
            "Elle regarde **partout** : {where}, elle se partage entre {spread} des places qu’elle "
            "voit."
        ).format(where=where, spread=widgets.plain(i18n.percent(head.spread_checked)))
    found = head.checked[head.best]
    told = (
        _(
            "Elle regarde **{what}** : {where}, {share} de son regard y va, contre {chance} au "
            "hasard."
        )
        if head.name
        else _(
            "Elle n’a **pas de nom** : ce qu’elle fait le mieux {where}, regarder {what}, prend "
            "{share} de son regard, contre {chance} au hasard."
        )
    )
    return told.format(
        what=wording.gazes()[head.best],
        where=where,
        share=widgets.plain(i18n.percent(found.share)),
        chance=widgets.plain(i18n.percent(found.chance)),
    )


def in_order(table: HeadTable) -> list[Head]:
    """The heads layer after layer; where they are many, those first that have a name."""
    many = len(table.heads) > FEW
    return sorted(table.heads, key=lambda head: many and head.name not in head.checked)


def _measures(table: HeadTable) -> None:
    """What each head was named by, and how much of it there was on other plays."""
    names = wording.heads()
    rows = []
    for head in in_order(table):
        found, again = head.found[head.best], head.checked[head.best]
        rows.append(
            [
                f"{head.layer + 1}.{head.head + 1}",
                names[head.name],
                names[head.best],
                i18n.percent(found.share),
                i18n.percent(again.share),
                i18n.percent(again.chance),
                i18n.percent(head.spread_checked),
            ]
        )
    known = table.corpus in naming.sources()
    st.caption(
        _(
            "Mesurées sur {found} symboles ({corpus}), puis sur {checked} autres ({others}). Une "
            "tête a un nom si elle y regarde au moins trois fois plus que le hasard, dans les deux "
            "textes."
        ).format(
            found=i18n.number(table.found_on),
            checked=i18n.number(table.checked_on),
            corpus=widgets.plain(naming.source(table.corpus) if known else table.corpus),
            others=unnamed.others(table.plays),
        )
    )
    tables.show(
        [
            _("Tête"),
            _("Nom"),
            _("Ce qu’elle regarde le plus"),
            _("part (choix)"),
            _("part (contrôle)"),
            _("au hasard"),
            _("places regardées"),
        ],
        rows,
    )


def _numbers(cut: Cut, layer: int, head: int) -> pd.DataFrame:
    """What each symbol takes from each, a row a pair."""
    asks, looked = np.tril_indices(len(cut.pieces))
    return pd.DataFrame(
        {
            _("couche"): layer + 1,
            _("tête"): head + 1,
            _("position"): asks,
            _("symbole"): [cut.pieces[i] for i in asks],
            _("position regardée"): looked,
            _("symbole regardé"): [cut.pieces[i] for i in looked],
            _("part"): cut.heads[layer, head][asks, looked],
        }
    )
