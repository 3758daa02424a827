"""What surrounds every page: styles and scripts, the language, what is hidden, the badge.

`?masquer=reglages,tiroirs,seed` leaves on screen what an exercise needs. A name is one of `PARTS`,
or that of a setting in addresses (`seed`, `temperature`, `view`…), whose widget keeps the value
that the address gives it. It belongs to all pages, and is kept while moving. What is hidden is not
locked: who edits the address has it back.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from dashboard.server import headers
from dashboard.shared import (
    fields,
    following,
    i18n,
    missing,
    naming,
    state,
    trainings,
    votes,
    widgets,
)
from moliere_core.errors import MoliereError
from moliere_core.training import jobs

HIDDEN: fields.Field[tuple[str, ...]] = fields.Field(
    "hidden", "masquer", (), fields.words, ",".join
)
PARTS: dict[str, tuple[str, ...]] = {
    "menu": ("[data-testid=stSidebar]", "[data-testid=stExpandSidebarButton]"),
    "titre": (".st-key-heading h1",),
    "tiroirs": ('.st-key-heading [class*="-drawer"]',),
    "reglages": (".st-key-settings",),
    "langue": (".st-key-lang",),
    "rejoindre": (".st-key-join",),
}
_SCRIPTS = [path.read_text(encoding="utf-8") for path in headers.SCRIPTS]


def style() -> None:
    """Margins for a projector, over Streamlit's own."""
    st.html(Path(__file__).parent / "style.css")


def language_switch() -> None:
    """French or English, in the sidebar."""
    state.change(fields.LANGUAGE, state.language())
    with st.sidebar:
        st.segmented_control(
            "Langue / Language",
            list(fields.LANGUAGES),
            format_func=fields.LANGUAGES.__getitem__,
            required=True,
            key=fields.LANGUAGE.key,
            label_visibility="collapsed",
        )
        # Screen readers pronounce by it, and style.css speaks by it; Streamlit's page says "en".
        scripts = (i18n.language_script(state.language()), *_SCRIPTS)
        written = "".join(f"<script>{script}</script>" for script in scripts)
        st.html(written, unsafe_allow_javascript=True)
    state.keep_language()


def run(page: StreamlitPage) -> None:
    """Run a page: what it cannot do is said in a sentence, and its address is written.

    A run that is stopped for the next one does nothing more.
    """
    style, above = st.sidebar.empty(), st.container()
    _hide(style)
    votes.begin()
    whole = False
    try:
        page.run()
        whole = True
    except MoliereError as error:
        widgets.problem(error)
    except widgets.EndedError:
        pass
    votes.finish()
    _hide(style)
    missing.tell(above, page.url_path)
    state.publish(whole)


def _hide(place: DeltaGenerator) -> None:
    """Hide what the address names, by a style of its own: before a page, and after it once more.

    A page that is opened for the first time makes some of its settings only when it runs.
    """
    if found := selectors(state.value(HIDDEN)):
        place.html(f"<style>{', '.join(found)} {{ display: none !important; }}</style>")


def selectors(names: tuple[str, ...]) -> list[str]:
    """The selectors of what these names stand for; unknown ones stand for nothing."""
    found: list[str] = []
    for name in names:
        found += PARTS.get(name, ())
        for key in fields.keys(name):
            widget = ".st-key-" + re.sub(r"[^\w-]", "-", key, flags=re.ASCII)
            found += [widget, f"{widget}-line"]  # see `Choice.ask_inline`
    return sorted(set(found))


def badge() -> None:
    """The training in progress, in the sidebar of every page, and a link to its curves."""
    if not jobs.active():
        return
    with st.sidebar:
        following.follow(trainings.in_progress, _badge, following.SELDOM)


def _badge() -> None:
    active = trainings.in_progress()
    if not active:
        return
    job, status = active[0], active[0].status
    name = naming.training(job.spec.config, job.spec.label, job.spec.asked_by)
    with st.container(key="badge", gap=None):
        state.link(
            "../pages/training.py",
            widgets.plain(name),
            ":material/model_training:",
            {"job": job.id},
        )
        told = f"{i18n.percent(status.share)} · {trainings.epoch(status)}"
        if others := len(active) - 1:
            told += " · " + i18n.ngettext("{count} autre", "{count} autres", others).format(
                count=others
            )
        st.caption(told)
        st.progress(status.share)
