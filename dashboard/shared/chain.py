"""Characters that a class chooses one after the other behind a prompt: step, undo, type."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import streamlit as st

from dashboard.shared import components, fields, state
from dashboard.shared.i18n import _
from moliere_core.text.normalise import normalise


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Chain:
    """The chain of one page, and the controls that lengthen and shorten it.

    Attributes:
        page: its name, which begins the keys of the controls.
        field: where the characters are kept.
        interrupt: called before anything but a step changes them: what plays stops.
    """

    page: str
    field: fields.Field[str]
    interrupt: Callable[[], None] = _nothing

    def chosen(self, start: object, alphabet: Collection[str]) -> str:
        """The characters chosen so far, those that can be; another start begins again."""
        before = st.session_state.get(self._key("start"))
        if before is not None and before != start:
            self.interrupt()
            state.change(self.field, "")
        st.session_state[self._key("start")] = start
        found = normalise(state.value(self.field))
        return state.keep(self.field, "".join(char for char in found if char in alphabet))

    def append(self, text: str) -> None:
        """Go on with these characters, as far as there is room; not with what is no text."""
        if components.text(text, fields.MAX_PROMPT) is None:
            return
        state.change(self.field, fields.clip(st.session_state[self.field.key] + text))

    def step_button(self, chosen: str, on_click: Callable[[], None], told: str) -> None:
        """One character drawn; key S."""
        st.button(
            _("Un pas"),
            key=self._key("step"),
            icon=":material/skip_next:",
            shortcut="S",
            type="primary",
            on_click=on_click,
            disabled=self.full(chosen),
            help=told,
        )

    def undo_button(self, chosen: str) -> None:
        """Take back the last character; key U."""
        st.button(
            _("Annuler"),
            key=self._key("undo"),
            icon=":material/undo:",
            shortcut="U",
            on_click=self._undo,
            disabled=not chosen,
        )

    def typed(self, alphabet: Collection[str]) -> None:
        """Characters chosen on the keyboard."""
        st.text_input(
            _("Ou tapez un caractère"),
            key=self._key("typed"),
            max_chars=20,
            placeholder=_("ou tapez un caractère"),
            label_visibility="collapsed",
            on_change=self._take,
            args=(alphabet,),
        )

    def refused(self) -> str:
        """What was typed and cannot be taken, said once; "" where all could be."""
        return str(st.session_state.pop(self._key("refused"), ""))

    def full(self, chosen: str) -> bool:
        """Whether there is no room for more."""
        return len(chosen) >= fields.MAX_PROMPT

    def _undo(self) -> None:
        self.interrupt()
        state.change(self.field, st.session_state[self.field.key][:-1])

    def _take(self, alphabet: Collection[str]) -> None:
        text = normalise(st.session_state[self._key("typed")])
        st.session_state[self._key("typed")] = ""
        self.interrupt()
        if missing := [char for char in dict.fromkeys(text) if char not in alphabet]:
            st.session_state[self._key("refused")] = " ".join(missing)
        else:
            self.append(text)

    def _key(self, name: str) -> str:
        return f"{self.page}.{name}"
