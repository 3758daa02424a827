"""What this page draws in the browser; the .js and .css of a component stand beside this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.shared.components import Component

_architecture = Component(__file__, "architecture")


def architecture(data: Mapping[str, Any], key: str) -> None:
    """A network layer by layer, with shapes, examples and parameters; see architecture.js."""
    _architecture(data, key)
