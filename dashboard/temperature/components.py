"""What the Temperature page draws in the browser; the .js and .css stand beside this."""

from __future__ import annotations

from dashboard.shared.components import Component

texts = Component(__file__, "texts")  # in columns, their first differences and loops marked
