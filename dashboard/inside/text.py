"""The text that is looked into: typed, coloured by the network, a part of it chosen by a click."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from dashboard.inside.controls import DEFAULT_WORD, FROM, RATHER, TEXT, TO
from dashboard.shared import components, state, widgets
from dashboard.shared.components import Component
from moliere_core.inspection.trace import Trace
from moliere_core.networks.arrays import Array
from moliere_core.text.signs import all_visible, visible

PICKED = "inside.picked"  # whether the class has chosen a part of the text
_KEY = "inside.cells"
_CELLS = Component(__file__, "cells")  # coloured by one number each; a part can be chosen
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Looked:
    """A text, what the model computed over it, and what is chosen in it.

    Attributes:
        reference: of the model.
        context: the line break and the text.
        seen: what was computed.
        layer: of the unit, from 0.
        unit: from 0.
        start: first position of the chosen part of the context.
        stop: the one after its last.
    """

    reference: str
    context: str
    seen: Trace
    layer: int
    unit: int
    start: int
    stop: int

    @property
    def chosen(self) -> str:
        """The chosen part, as Markdown that shows it as it is."""
        return widgets.plain(visible(self.context[self.start : self.stop]))


@dataclass(frozen=True)
class Cut:
    """A text in the symbols that a transformer reads, one of which is chosen.

    Attributes:
        reference: of the model.
        typed: the text.
        pieces: what each symbol writes, the line break before the text included.
        heads: where each of them looks, shape (layers, heads, time, time).
        at: number of the chosen symbol.
    """

    reference: str
    typed: str
    pieces: tuple[str, ...]
    heads: Array
    at: int

    def shown(self, at: int) -> str:
        """A symbol, as Markdown that shows it as it is."""
        return widgets.plain(all_visible(self.pieces[at]))


@dataclass(frozen=True)
class Colours:
    """What the characters of a text are coloured by.

    Attributes:
        values: one a character, None where there is none.
        bound: the value of the full colour, on both sides of zero.
        labels: what "value", "low" and "high" are called.
        tried: places of those that are underlined.
    """

    values: list[float | None]
    bound: float
    labels: Mapping[str, str]
    tried: Sequence[int] = ()


def ask() -> str:
    """The text that is looked into."""
    return TEXT.ask(on_change=_unpick)


def span(context: str, view: str, seen: Trace, unit: tuple[int, int]) -> tuple[int, int]:
    """The chosen part of the context; where none is chosen, one that has something to show."""
    start, stop = state.value(FROM), state.value(TO)
    if 0 <= start < stop <= len(context):
        return start, stop
    if view == "forgets" and "(" in context:
        start = context.index("(")
        return start, start + 1
    if view in ("unit", "forgets"):
        return _middle_word(context)
    if view == "gates":
        return 0, 1
    if view == "step":  # where the unit shows most of itself
        at = int(np.abs(seen.layers[unit[0]].series["hidden"][:, unit[1]]).argmax())
        return at, at + 1
    return _last_letter(context)


def questioned(context: str) -> tuple[int, int]:
    """The part of which the class asks why it stands there; where none is chosen, a letter."""
    start, stop = state.value(FROM), state.value(TO)
    return (start, stop) if 0 <= start < stop <= len(context) else _last_letter(context)


def symbol(pieces: Sequence[str]) -> int:
    """The symbol in which the chosen part of a text ends.

    Places are those of characters: what is chosen stays so from an LSTM to a transformer.
    """
    whole = "".join(pieces)
    start, stop = state.value(FROM), state.value(TO)
    if not 0 <= start < stop <= len(whole):
        word = whole.find(DEFAULT_WORD)
        stop = word + len(DEFAULT_WORD) if word >= 0 else len(whole.rstrip())
    ends = np.cumsum([len(piece) for piece in pieces])
    return min(int(ends.searchsorted(max(stop, 1))), len(pieces) - 1)


def choose_symbol(pieces: Sequence[str], at: int) -> None:
    """Inside a click: this symbol of a text."""
    start = sum(map(len, pieces[:at]))
    st.session_state[PICKED] = True
    state.change(FROM, start)
    state.change(TO, start + max(len(pieces[at]), 1))
    state.change(RATHER, RATHER.default)


def show(looked: Looked, colours: Colours, hint: str, one: bool) -> None:
    """The text in its colours.

    Args:
        looked: the text, and what is chosen in it.
        colours: of its characters.
        hint: what a click does.
        one: whether a single character is chosen, and set apart.
    """
    draw(_KEY, looked.context, colours, hint, (looked.start, looked.stop), one)


def draw(
    key: str, context: str, colours: Colours, hint: str, part: tuple[int, int], one: bool
) -> None:
    """A text in some colours, under a key of its own: see `show`.

    Args:
        key: of the widget.
        context: the text.
        colours: of its characters.
        hint: what a click does.
        part: the chosen one: its first place, and the one after its last.
        one: whether a single character is chosen, and set apart.
    """
    _CELLS(
        {
            "text": context,
            "values": colours.values,
            "bound": colours.bound,
            "tried": colours.tried,
            "span": None if one else part,
            "target": part[0] if one else None,
            "locale": state.language(),
            "labels": {"hint": hint} | dict(colours.labels),
        },
        key,
        span=partial(pick, key),
    )


def _middle_word(context: str) -> tuple[int, int]:
    """A word to look for elsewhere, not the first: a network that has just begun is not itself."""
    words = [match.span() for match in _WORD.finditer(context)]
    shown = context.find(DEFAULT_WORD)
    if shown >= 0:
        return shown, shown + len(DEFAULT_WORD)
    return words[len(words) // 2] if words else (0, 1)


def _last_letter(context: str) -> tuple[int, int]:
    """Of the word that shows most in the default text, or of a text of one's own."""
    end = context.find(DEFAULT_WORD) + len(DEFAULT_WORD)
    last = end if DEFAULT_WORD in context else len(context.rstrip())
    return max(last - 1, 0), max(last, 1)


def pick(key: str) -> None:
    """Inside a click: another part of the text, with another rival."""
    found = spanned(key)
    if found is not None:
        st.session_state[PICKED] = True
        state.change(FROM, found[0])
        state.change(TO, found[1])
        state.change(RATHER, RATHER.default)


def spanned(key: str) -> tuple[int, int] | None:
    """Where it hears `span`: the first character, and the one after the last; None for none."""
    span = components.told(key, "span")
    if not isinstance(span, Mapping):
        return None
    first = components.whole(span.get("from"), 0, components.LONGEST)
    after = components.whole(span.get("to"), 0, components.LONGEST)
    return None if first is None or after is None or first >= after else (first, after)


def _unpick() -> None:
    """In another text, the same places are those of other letters, with other rivals."""
    state.change(FROM, FROM.default)
    state.change(TO, TO.default)
    state.change(RATHER, RATHER.default)
