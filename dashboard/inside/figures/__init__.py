"""The figures of the Inside page, a module a view."""

from __future__ import annotations

ABOVE = {"orientation": "h", "y": 1.17, "x": 1, "xanchor": "right"}  # a legend beside the title
