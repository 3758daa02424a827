"""The corrected cells of the course: templates beside the lessons, filled with a page's settings.

A teacher edits them as he edits a lesson: `lessons/fr/code/film.txt` is Python with names such as
`$prompt` in it, which `filled` replaces (`$$` is a dollar). Values go in through `repr`, so that no
prompt can end a string. A test runs every one of them in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from string import Template
from typing import Any

from dashboard.shared import i18n
from moliere_core.config import ModelConfig, RunConfig, SamplingConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED, MESSAGES, library


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
    return fill(i18n.cell(name), **values)


def fill(template: str, **values: Any) -> str:
    """The same of a template that is at hand."""
    written = {k: v if isinstance(v, Code) else repr(v) for k, v in values.items()}
    return Template(template).substitute(written)


def config(config: SamplingConfig) -> Code:
    """The settings that differ from the defaults; the temperature always."""
    text = f"temperature={config.temperature:g}"
    if config.top_k:
        text += f", top_k={config.top_k}"
    if config.top_p < 1:
        text += f", top_p={config.top_p:g}"
    return Code(f"SamplingConfig({text})")


def columns(texts: Iterable[tuple[str, SamplingConfig]]) -> Code:
    """Prompts and their settings, a line each."""
    return Code("".join(f"    ({prompt!r}, {config(one)}),\n" for prompt, one in texts))


def corpus(source: str) -> Code:
    """A corpus as `load_corpus` takes it: nothing where it is the server's own file."""
    known = source in (EMBEDDED, MESSAGES) or source in library.ADDRESSES
    return Code(repr(source) if known or "://" in source else "")


def training(config: RunConfig, source: str) -> str:
    """The cell that trains a network and reads its history.

    Args:
        config: what is trained; settings of the course stand there, and others where they differ
            from the defaults.
        source: the corpus.
    """
    chosen = f"    plays={config.plays!r},\n" if config.plays else ""
    if config.initial:
        chosen += f"    initial={config.initial!r},\n"
    return filled(
        "training",
        model=_changed(config.model),
        training=_changed(config.training),
        chosen=Code(chosen),
        corpus=corpus(source),
    )


def _changed(config: ModelConfig | TrainingConfig) -> Code:
    """The settings of the course, and those that differ from the defaults."""
    names = {"cell", "embedding_dim", "units", "layers", "dropout"}
    names |= {"epochs", "seq_length", "shift", "batch_size", "learning_rate", "seed"}
    shown = [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)
        if field.name in names or getattr(config, field.name) != field.default
    ]
    inner = "".join(f"\n        {text}," for text in shown)
    return Code(f"{type(config).__name__}({inner}\n    )")
