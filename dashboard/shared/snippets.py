"""What the corrected cells of the course share.

Each page has its own, in the module `snippet` beside its views: Python source with the page's
current settings in it, a few lines that run when pasted. Values go in through `repr`, so that no
prompt can end a string. A test runs every one of them.
"""

from __future__ import annotations

from moliere_core.config import SamplingConfig
from moliere_core.corpus import EMBEDDED, library


def config(config: SamplingConfig) -> str:
    """The settings that differ from the defaults; the temperature always."""
    text = f"temperature={config.temperature:g}"
    if config.top_k:
        text += f", top_k={config.top_k}"
    if config.top_p < 1:
        text += f", top_p={config.top_p:g}"
    return f"SamplingConfig({text})"


def corpus(source: str) -> str:
    """A corpus as `load_corpus` takes it: nothing where it is the server's own file."""
    known = source == EMBEDDED or source in library.ADDRESSES
    return repr(source) if known or "://" in source else ""
