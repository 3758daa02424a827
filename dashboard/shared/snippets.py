"""The corrected cells of the course: templates beside the lessons, filled with a page's settings.

A teacher edits them as he edits a lesson: `lessons/fr/code/film.txt` is Python with names such as
`$prompt` in it, which `filled` replaces (`$$` is a dollar). Values go in through `repr`, so that no
prompt can end a string. A test runs every one of them in both languages.
"""

from __future__ import annotations

from string import Template
from typing import Any

from dashboard.shared import i18n
from moliere_core.config import SamplingConfig
from moliere_core.corpus import EMBEDDED, library


class Code(str):
    """Python that goes into a cell as it is, rather than through `repr`."""

    __slots__ = ()


def filled(name: str, **values: Any) -> str:
    """The cell of this name, in the reader's language.

    Args:
        name: of the template.
        values: of its names: what `repr` writes as Python reads it, and `Code`, as it is.

    Raises:
        KeyError: the template has a name that no value is given for.
    """
    written = {k: v if isinstance(v, Code) else repr(v) for k, v in values.items()}
    return Template(i18n.cell(name)).substitute(written)


def config(config: SamplingConfig) -> Code:
    """The settings that differ from the defaults; the temperature always."""
    text = f"temperature={config.temperature:g}"
    if config.top_k:
        text += f", top_k={config.top_k}"
    if config.top_p < 1:
        text += f", top_p={config.top_p:g}"
    return Code(f"SamplingConfig({text})")


def corpus(source: str) -> Code:
    """A corpus as `load_corpus` takes it: nothing where it is the server's own file."""
    known = source == EMBEDDED or source in library.ADDRESSES
    return Code(repr(source) if known or "://" in source else "")
