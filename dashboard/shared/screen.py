"""The screen that a page is on: how large its type is there, and whether it is projected."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from dashboard.shared import components, controls, state
from moliere_core.errors import N_

HERE = Path(__file__).parent
PROJECTED = controls.Flag(
    "projected",
    "projecteur",
    False,
    N_("Projecteur"),
    help=N_("Pour le fond de la salle : le texte grandit, le menu et les réglages se retirent."),
)
CLOSER = 1.13  # what is drawn is enlarged by this where it is projected: 17 pixels to 24
LARGER = 1.25  # what its type is larger by there; see projector.css
SMALLEST, LARGEST = 0.5, 4.0  # of what a browser may say of its type

# What Streamlit says in English by itself; * stands for what it says of ours: see translation.js.
_WORDS: dict[str, dict[str, str]] = {
    "en": {},
    "fr": {
        "Skip to main content": "Aller au contenu",
        "Page not found": "Page introuvable",
        "The page that you have requested does not seem to exist. "
        "Running the app's main page.": "Aucune page n’a cette adresse : voici l’accueil.",
        "App pages": "Pages de l’application",
        "Link to heading": "Lien vers ce titre",
        "Help for *": "Aide : *",
        "Running...": "Calcul en cours",
        "Shortcut *": "Raccourci : *",
        "Selected values": "Valeurs choisies",
        "Remove *": "Retirer : *",
        "Choose an option": "Choisir",
        "Choose options": "Choisir",
        "Open": "Ouvrir",
        "Increment": "Plus",
        "Decrement": "Moins",
        "Search": "Chercher",
        "Show/hide columns": "Montrer ou cacher des colonnes",
        "Download as CSV": "Télécharger (CSV)",
        "file upload": "Fichier à importer",
        "Select all": "Tout choisir",
        "Clear all": "Tout effacer",
        "No results": "Aucun résultat",
        "Close": "Fermer",
        "Clear value": "Effacer",
        "Open sidebar": "Ouvrir le menu",
        "Expand sidebar": "Ouvrir le menu",
        "Collapse sidebar": "Fermer le menu",
        "Sidebar": "Menu",
        "Main menu": "Menu principal",
        "Copy to clipboard": "Copier",
        "Fullscreen": "Plein écran",
        "Close fullscreen": "Quitter le plein écran",
        "Download plot as a PNG": "Télécharger l’image",
    },
}
_KEPT = "screen.type"
_screen = components.Component(str(HERE / "components" / "screen.py"), "screen")


def show() -> None:
    """The switch, and what listens to the browser; the router calls it once a page is entered."""
    with st.sidebar:
        PROJECTED.ask(visible=True)
    if projected():
        st.html(HERE / "projector.css")
    with st.container(key="screen"):
        # In no fragment: what a browser says in one breath with a key of the page is one message,
        # and would be that fragment's. screen.js waits until what somebody has done is answered.
        words = _WORDS[state.language()]
        _screen({"type": size(), "words": words}, "screen.browser", type=_heard)


def menu() -> Literal["auto", "collapsed"]:
    """Whether the menu is open, for the beginning of a run."""
    return "collapsed" if state.foretold(PROJECTED) else "auto"


def projected() -> bool:
    """Whether the page is before a class."""
    return bool(st.session_state.get(PROJECTED.key, False))


def size() -> float:
    """How large the browser's type is, 1 on a screen of 1280 by 720, and before it has said."""
    return float(st.session_state.get(_KEPT, 1.0))


def letters() -> float:
    """How much larger the letters of a figure are."""
    return size() * (CLOSER if projected() else 1)


def _heard() -> None:
    said = components.number(components.told("screen.browser", "type"), SMALLEST, LARGEST)
    if said is not None:
        st.session_state[_KEPT] = said
