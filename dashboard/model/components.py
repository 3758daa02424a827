"""What the Model page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from dashboard.shared.components import Component

# A network layer by layer, with shapes, examples and parameters.
architecture = Component(__file__, "architecture")
