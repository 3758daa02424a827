"""What an address hides: `?masquer=reglages,tiroirs,seed` leaves on screen what an exercise needs.

A name is one of `PARTS`, or that of a setting in addresses (`seed`, `temperature`, `view`…), whose
widget keeps the value that the address gives it. It belongs to all pages, and is kept while moving.
What is hidden is not locked: who edits the address has it back.
"""

from __future__ import annotations

import re

from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import fields, state

PARTS: dict[str, tuple[str, ...]] = {
    "menu": ("[data-testid=stSidebar]", "[data-testid=stExpandSidebarButton]"),
    "titre": (".st-key-heading h1",),
    "tiroirs": ('.st-key-heading [class*="-drawer"]',),
    "reglages": (".st-key-settings",),
    "langue": (".st-key-lang",),
    "rejoindre": (".st-key-join",),
}


def fill(place: DeltaGenerator) -> None:
    """Hide what the address names, by a style of its own; called before a page and after it.

    A page that is opened for the first time makes some of its settings only when it runs.
    """
    if found := selectors(state.value(fields.HIDDEN)):
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
