"""The router: which pages there are, and what surrounds each of them."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.shared import frame, screen, script, state
from dashboard.shared.i18n import _


def route() -> None:
    """Run the page that the address names."""
    state.begin()
    st.set_page_config(
        page_title="Molière, caractère par caractère",
        page_icon="🎭",
        layout="wide",
        initial_sidebar_state=screen.menu(),
    )
    frame.style()
    sections = {
        _("Commencer"): [
            _page("home", _("Accueil"), "edit_note"),
            _page("course", _("Cours"), "school"),
            _page("about", _("Établissement"), "account_balance"),
        ],
        _("Les données"): [
            _page("corpus", _("Corpus"), "library_books"),
            _page("characters", _("Caractères"), "abc"),
            _page("windows", _("Fenêtres"), "view_column"),
        ],
        _("Le modèle"): [
            _page("model", _("Modèle"), "account_tree"),
            _page("training", _("Entraînement"), "model_training"),
            _page("film", _("Film"), "movie"),
            _page("experiments", _("Expériences"), "science"),
        ],
        _("La génération"): [
            _page("temperature", _("Température"), "thermostat"),
            _page("probabilities", _("Probabilités"), "bar_chart"),
            _page("reading", _("Lecture"), "ink_highlighter"),
            _page("inside", _("Dans le réseau"), "neurology"),
        ],
        _("Vers les LLM"): [
            _page("recurrence", _("Mémoire"), "history"),
            _page("bridge", _("Du LSTM aux LLM"), "compare_arrows"),
            _page("preferences", _("L’avis de la classe"), "how_to_vote"),
            _page("games", _("Jeux"), "casino"),
        ],
    }
    page = st.navigation(sections, expanded=True)
    frame.language_switch()
    state.enter(page.url_path)
    script.enter(page.url_path)
    screen.show()
    frame.run(page)
    frame.badge()


def _page(name: str, title: str, icon: str) -> StreamlitPage:
    return st.Page(
        f"../pages/{name}.py", title=title, icon=f":material/{icon}:", default=name == "home"
    )
