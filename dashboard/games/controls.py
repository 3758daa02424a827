"""What is set on the Games page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.shared import cached, snippets, sources, widgets
from dashboard.shared.controls import Several, Whole
from dashboard.shared.i18n import _
from moliere_core.errors import N_, writable
from moliere_core.games import authorship, imitation
from moliere_core.games.imitation import Author

WRITERS = ("petit", "grand", "petit-gpt")  # shipped, and none has read the play
HEATS = ("0.3", "0.5", "0.8", "1", "1.3")
LONGEST = 1_800  # characters of a passage that the class gives
PASTED = "games.pasted"
OPENING = 60  # characters that a class is given before it guesses

MODELS = Several("games.models", "models", WRITERS[:2], N_("Les machines"), most=4)
TEMPERATURES = Several("games.heats", "heats", ("0.5", "0.8", "1"), N_("Températures"))
CHARS = Whole("games.chars", "chars", 160, N_("Caractères de chaque passage"), 80, 300)
NUMBER = Whole("games.number", "number", 1, N_("Passage"), 1, imitation.PASSAGES + 1)
LETTERS = Whole("games.letters", "letters", 40, N_("Lettres à deviner"), 10, 200)
LINES = Whole("games.lines", "lines", authorship.LINES, N_("Vers du passage"), 4, 30)
TURNS = Whole("games.turns", "turns", 8, N_("Répliques de la scène"), 2, 30)


@dataclass(frozen=True)
class Settings:
    """What the games are played with.

    Attributes:
        source: identifier of the corpus.
        play: of it, which the shipped models have not read where there is such a one.
        model: of the address: it guesses beside the class.
        seed: of all draws.
        models: that write.
        temperatures: at which they do.
        chars: of a passage.
        letters: to guess.
        turns: of a scene.
        lines: of a passage whose author is looked for.
        pasted: a passage that the class has given; "" where one is drawn.
    """

    source: str
    play: str
    model: str
    seed: int
    models: tuple[str, ...]
    temperatures: tuple[float, ...]
    chars: int
    letters: int
    turns: int
    lines: int = authorship.LINES
    pasted: str = ""

    @property
    def authors(self) -> tuple[Author, ...]:
        """Each model at each temperature."""
        return tuple(Author(m, t) for m in self.models for t in self.temperatures)


def ask(view: str) -> Settings:
    """The drawer of a game's settings."""
    models, heats = MODELS.default, TEMPERATURES.default
    chars, letters, turns = CHARS.default, LETTERS.default, TURNS.default
    lines, pasted = LINES.default, ""
    with widgets.settings():
        source = sources.select()
        model = WRITERS[0] if view == "author" else widgets.model()
        seed = widgets.seed()
        if view in ("machine", "scene"):
            models = MODELS.ask(cached.models())
            heats = TEMPERATURES.ask(HEATS)
        if view == "machine":
            chars = CHARS.ask()
        elif view == "letter":
            letters = LETTERS.ask()
        elif view == "author":
            lines = LINES.ask()
            pasted = _paste()
        else:
            turns = TURNS.ask()
    return Settings(
        source,
        sources.unread_play(cached.corpus(source)),
        model,
        seed,
        models or WRITERS[:1],
        tuple(map(float, heats or TEMPERATURES.default)),
        chars,
        letters,
        turns,
        lines,
        pasted,
    )


def _paste() -> str:
    """A passage of the class's own; it is in no address."""
    text = st.text_area(
        _("Ou un passage à vous, un vers par ligne"), key=PASTED, max_chars=LONGEST, height=120
    )
    return writable(text or "").strip()


def code(view: str, now: Settings) -> str:
    """The cell of a game."""
    values: dict[str, object] = {"model": now.model, "seed": now.seed}
    if view == "author":
        return snippets.filled("games-author", lines=now.lines)
    if view == "letter":
        return snippets.filled("games-letter", **values)
    return snippets.filled(
        "games", models=now.models, temperatures=now.temperatures, chars=now.chars, **values
    )
