"""Kinds of characters, by Unicode's categories."""

from __future__ import annotations

import unicodedata
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["space", "lower", "upper", "punctuation", "digit", "other"]


def kind(char: str) -> Kind:
    """What sort of character it is; a letter without case is "lower"."""
    if char.isspace():
        return "space"
    category = unicodedata.category(char)
    if category[0] == "L":
        return "upper" if char.isupper() else "lower"
    return "punctuation" if category[0] == "P" else "digit" if category[0] == "N" else "other"
