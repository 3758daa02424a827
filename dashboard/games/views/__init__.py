"""The games, a module a game."""

from __future__ import annotations

from dashboard.games.views import author, letter, machine, scene
from dashboard.shared.views import View, chosen
from moliere_core.errors import N_

VIEWS = {
    "machine": View(N_("Molière ou la machine ?"), machine.show),
    "letter": View(N_("Devine la lettre"), letter.show),
    "scene": View(N_("Cadavre exquis"), scene.show),
    "author": View(N_("Molière ou Corneille ?"), author.show),
}
VIEW = chosen("games.view", "view", N_("Jeu"), VIEWS)


def tried() -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    return {
        "machine": machine.played() >= 10,
        "letter": letter.played() >= 10,
        "scene": scene.played(),
        "author": author.played() >= 3,
    }
