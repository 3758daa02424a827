"""What the Next character page draws in the browser; the .js and .css stand beside this."""

from __future__ import annotations

from dashboard.shared.components import Component

choices = Component(__file__, "choices")  # bars before and after the settings, each a button
stages = Component(__file__, "stages")  # the same characters through the four stages of a draw
