"""What the Reading page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from dashboard.shared.components import Component

reading = Component(__file__, "reading")  # coloured by what a model made of each character
