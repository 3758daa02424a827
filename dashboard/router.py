"""The router: which pages there are, and what surrounds each of them."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import badge, state, widgets
from dashboard.shared.i18n import _


def route() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="Molière, caractère par caractère",
        page_icon="🎭",
        layout="wide",
        initial_sidebar_state=250,
    )
    state.begin()
    widgets.style()
    sections = {
        _("Commencer"): [
            st.Page(
                "../pages/home.py", title=_("Accueil"), icon=":material/edit_note:", default=True
            ),
            st.Page("../pages/course.py", title=_("Cours"), icon=":material/school:"),
        ],
        _("Les données"): [
            st.Page("../pages/corpus.py", title=_("Corpus"), icon=":material/library_books:"),
            st.Page("../pages/characters.py", title=_("Caractères"), icon=":material/abc:"),
            st.Page("../pages/windows.py", title=_("Fenêtres"), icon=":material/view_column:"),
        ],
        _("Le modèle"): [
            st.Page("../pages/model.py", title=_("Modèle"), icon=":material/account_tree:"),
            st.Page(
                "../pages/training.py", title=_("Entraînement"), icon=":material/model_training:"
            ),
            st.Page("../pages/film.py", title=_("Film"), icon=":material/movie:"),
            st.Page("../pages/experiments.py", title=_("Expériences"), icon=":material/science:"),
        ],
        _("La génération"): [
            st.Page(
                "../pages/temperature.py", title=_("Température"), icon=":material/thermostat:"
            ),
            st.Page(
                "../pages/probabilities.py", title=_("Probabilités"), icon=":material/bar_chart:"
            ),
            st.Page("../pages/reading.py", title=_("Lecture"), icon=":material/ink_highlighter:"),
            st.Page("../pages/inside.py", title=_("Dans le réseau"), icon=":material/neurology:"),
        ],
        _("Vers les LLM"): [
            st.Page(
                "../pages/bridge.py", title=_("Du LSTM aux LLM"), icon=":material/compare_arrows:"
            ),
        ],
    }
    page = st.navigation(sections, expanded=True)
    widgets.language_switch()
    state.enter(page.url_path)
    widgets.run(page)
    badge.show()
