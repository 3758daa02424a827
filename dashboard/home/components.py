"""What Home draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from dashboard.shared.components import Component

player = Component(__file__, "player")  # a text that writes itself, and the bars of each choice
gallery = Component(__file__, "gallery")  # the texts that were kept
