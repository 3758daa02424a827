"""What the address of the one axis holds."""

from __future__ import annotations

from dashboard.shared.state import Field, choice

TEXT: Field[str] = Field("axis.text", "on", "verse", choice("verse", "prose", "modern", "own"))
AGAINST: Field[str] = Field(
    "axis.against", "against", "bars", choice("bars", "parameters", "read", "two")
)
PART: Field[str] = Field("axis.part", "part", "all", choice("all", "verse", "prose"))
