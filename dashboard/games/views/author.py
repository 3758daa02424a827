"""“Molière ou Corneille ?”: an anonymous scene, a vote, and two networks that read it."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.games import figures, results, wording
from dashboard.games.controls import Settings
from dashboard.games.figures import Guesser
from dashboard.games.results import Extract
from dashboard.shared import charts, fields, hands, i18n, naming, state, tables, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.classroom import Question
from moliere_core.errors import MoliereError
from moliere_core.games import authorship
from moliere_core.games.authorship import AUTHORS, CORNEILLE, MOLIERE, Reading

_VERDICTS = "games.authors"  # key of a passage -> its verdict
HANDS = tuple(f"games.authors.hands.{author}" for author in (0, 1))  # widgets of the votes
FIELD = 115  # pixels of a field of hands: two stand side by side, enlarged too
LOUD = 0.8  # bits per character between the networks, at which a line has its full colour
COLOURS = (0, 1)  # of the authors, among a theme's series


@dataclass(frozen=True)
class Verdict:
    """What a class and the networks have said of a passage.

    Attributes:
        author: one of `AUTHORS`; "" for anybody else.
        hands: for Molière, and for Corneille.
        networks: whom they name.
    """

    author: str
    hands: tuple[int, int]
    networks: str

    @property
    def right(self) -> bool:
        """Whether more than half of the class named the author."""
        return bool(self.author) and 2 * self.hands[AUTHORS.index(self.author)] > sum(self.hands)


def show(now: Settings) -> None:
    """The passage and its vote; once revealed, both readings; then what was measured."""
    others = tuple(naming.sources())
    extract = (
        Extract(now.pasted)
        if now.pasted
        else results.extract(now.source, others, now.lines, now.seed)
    )
    if extract is None:
        st.info(_("Ce corpus n’a pas de passage en vers aussi long : choisissez-en un autre."))
        return
    _one(extract, now)
    if not now.pasted and not results.both_authors(now.source, others):
        st.caption(wording.one_author_lacks(extract.pastiche))
    _measured()


def played() -> int:
    """How many passages have been revealed in this session."""
    return len(_verdicts())


def _one(extract: Extract, now: Settings) -> None:
    verdict = _verdicts().get(extract.key)
    question = _question(extract)
    live = votes.ask(question, new=verdict is None)
    try:
        found = results.reading(extract.text)
    except MoliereError as error:
        widgets.problem(error)
        return
    if verdict is None and live is not None and not live.open:  # another window has ended it
        _reveal(extract, found, live)
        verdict = _verdicts().get(extract.key)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        if verdict is None:
            _plain(found)
        else:
            _coloured(found)
    with right:
        if verdict is not None:
            _outcome(extract, found, verdict)
        elif live is not None:
            live.show("games.author.live", question.options, hushed=True)
        else:
            st.markdown(_("**Qui a écrit ces vers ?** Levez la main."))
            with st.container(horizontal=True):
                for name, key in zip(question.options, HANDS, strict=True):
                    hands.field(name, key, FIELD)
        with st.container(horizontal=True, key="games-ballot"):
            revealed = verdict is not None
            widgets.reveal("games.author.reveal", _reveal, (extract, found, live), revealed)
            if not now.pasted:
                st.button(
                    _("Un autre passage"),
                    key="games.author.other",
                    icon=":material/refresh:",
                    shortcut="N",
                    on_click=_another,
                )


def _question(extract: Extract) -> Question:
    """What telephones are asked: the text, and nothing that names its author."""
    told = f"{extract.text}\n\n" + _("Molière ou Corneille ?")
    return classroom.choice(f"games.author {extract.key}", told, wording.authors())


def _reveal(extract: Extract, found: Reading, live: Live | None) -> None:
    right = AUTHORS.index(extract.author) if extract.author else None
    first, second = hands.taken(HANDS)
    if live is None:
        hands.voted(_question(extract), (first, second), right)
    else:
        first, second = live.tally.by_option
        live.reveal(right, widgets.plain(wording.source(extract)))
    _verdicts()[extract.key] = Verdict(extract.author, (first, second), found.likelier)


def _another() -> None:
    state.change(fields.SEED, state.value(fields.SEED) + 1)


def _plain(found: Reading) -> None:
    """The lines as they will stand, without a colour."""
    rows = "".join(
        f"<li><span>{html.escape(i18n.tied(line.text))}</span></li>" for line in found.lines
    )
    st.html(f'<ol class="authors plain">{rows}</ol>')


def _coloured(found: Reading) -> None:
    """Each line in the colour of the network that pays less for it, with by how much."""
    rows = []
    for line in found.lines:
        lead = line.gap - found.zero
        author = MOLIERE if lead > 0 else CORNEILLE
        told = f"{wording.initial(author)} {i18n.number(abs(lead), 2)}"
        share = min(abs(lead) / LOUD, 1.0)
        rows.append(
            f'<li class="{author}" style="--share:{share:.2f}">'
            f"<span>{html.escape(i18n.tied(line.text))}</span><b>{html.escape(told)}</b></li>"
        )
    st.html(f'<ol class="authors">{"".join(rows)}</ol>')
    st.caption(
        _(
            "À droite de chaque vers : vers qui il fait pencher la balance, et de combien de bits "
            "par caractère."
        )
    )


def _outcome(extract: Extract, found: Reading, verdict: Verdict) -> None:
    """Who it was, what the networks say, and the score so far."""
    st.header(wording.source(extract), anchor=False)
    if sum(verdict.hands):
        st.markdown(wording.hands(verdict.hands))
    names = wording.networks()
    guessers = [
        Guesser(name, bits, math.nan, place)
        for name, bits, place in zip(wording.authors(), found.bits, COLOURS, strict=True)
    ]
    charts.show(
        figures.axis(guessers, charts.dark(), _("bits par caractère")),
        "games.authors",
        pd.DataFrame(
            {
                _("vers"): [line.text for line in found.lines],
                _("caractères"): [line.chars for line in found.lines],
                names[0]: [line.bits[0] for line in found.lines],
                names[1]: [line.bits[1] for line in found.lines],
            }
        ),
        wording.gap(found),
        lower=True,
        said=wording.gap(found),
    )
    if told := wording.score(
        [(v.right, v.networks == v.author) for v in _verdicts().values() if v.author]
    ):
        st.caption(told)


def _measured() -> None:
    """The cross-table: whose passages cost which network how much, and to whom they go."""
    found = authorship.measures()
    st.header(_("Mesuré sur des pièces qu’aucun des deux n’a lues"), anchor=False)
    heads = [
        _("Passages de {lines} vers").format(lines=authorship.LINES),
        _("nombre"),
        *wording.networks(),
        _("écart ± (95 %)"),
        _("donnés à Molière (95 %)"),
    ]
    rows = [[wording.group(group.name), *wording.cells(group)] for group in found.groups]
    tables.show(heads, rows)
    tables.download(pd.DataFrame(rows, columns=heads), "games.authors.measured")
    st.caption(wording.lengths(found))


def _verdicts() -> dict[str, Verdict]:
    found: dict[str, Verdict] = st.session_state.setdefault(_VERDICTS, {})
    return found
