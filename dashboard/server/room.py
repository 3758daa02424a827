"""How many sessions there may be, of which browsers, and what a newcomer reads when it is full."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field

from dashboard.shared import i18n
from moliere_core.errors import N_

COOKIE = "_streamlit_xsrf"  # what Streamlit tells one browser from another by
_MASKED = re.compile(r"2\|([0-9a-f]{8})\|((?:[0-9a-f]{2})+)\|\d+")
ENTERING = 20.0  # seconds that a browser may take from its first request to its session
RETURNING = 1.25  # the room for those who come back after a cut, compared with the room
FULL = N_("La salle est pleine")
SENTENCE = N_(
    "{count} personnes y sont déjà, autant que cette machine peut en servir. Cette page essaie à "
    "nouveau toutes les {seconds} secondes : vous entrerez dès qu’une place se libère."
)
RETRY = 20  # seconds after which a newcomer's page tries again


@dataclass
class Room:
    """How many sessions there may be, and how many there are.

    Attributes:
        places: sessions, at most.
        inside: sessions connected now.
        entering: when browsers were let in that have no session yet, and which they are.
        browsers: sessions of each browser that says which one it is.
    """

    places: int
    inside: int = 0
    entering: list[tuple[float, str]] = field(default_factory=list)
    browsers: Counter[str] = field(default_factory=Counter)

    def admit(self, now: float, browser: str = "") -> bool:
        """Whether a browser may load the page; it keeps its place for a while.

        Args:
            now: seconds.
            browser: which one, "" if it does not say. One that loads the page again and again
                enters once, and one that is inside is not put out by loading it again.
        """
        self.entering = [
            (then, who)
            for then, who in self.entering
            if now - then < ENTERING and (not who or who != browser)
        ]
        if self.inside + len(self.entering) >= self._places(browser in self.browsers):
            return False
        self.entering.append((now, browser))
        return True

    def enter(self, returning: bool, browser: str = "") -> bool:
        """Whether a session may begin; who was inside before has some places more.

        A websocket that is admitted calls `leave` at its end, for the same browser.
        """
        if self.entering:
            own = [place for place, (_then, who) in enumerate(self.entering) if who == browser]
            self.entering.pop(own[0] if own else 0)
        if self.inside >= self._places(returning or browser in self.browsers):
            return False
        self.inside += 1
        if browser:
            self.browsers[browser] += 1
        return True

    def leave(self, browser: str = "") -> None:
        """A session has ended."""
        self.inside -= 1
        self.browsers -= Counter([browser])  # what is left is above zero

    def _places(self, known: bool) -> float:
        return RETURNING * self.places if known else self.places


def secret(cookie: str) -> str:
    """What stays the same in a browser's cookie, whose value is written anew at each page load.

    `2|MASK|MASKED|TIME`, as Tornado masks a token against compression attacks: MASKED is the token
    XORed with the four bytes of MASK, again and again. Any other cookie is its own secret.
    """
    found = _MASKED.fullmatch(cookie)
    if found is None:
        return cookie
    mask, masked = bytes.fromhex(found[1]), bytes.fromhex(found[2])
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(masked)).hex()


def full_page(accepted: str, inside: int) -> str:
    """What a newcomer reads when the room is full; it tries again by itself."""
    language = "en" if accepted.lower().startswith("en") else "fr"
    title = html.escape(i18n.translated(FULL, language))
    sentence = i18n.translated(SENTENCE, language).format(count=inside, seconds=RETRY)
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="{RETRY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ color-scheme: light dark }} body {{ font: 1.4rem/1.5 Georgia, serif;
margin: 15vh auto; max-width: 32em; padding: 0 1em }}</style></head>
<body><h1>{title}</h1><p>{html.escape(sentence)}</p></body></html>
"""
