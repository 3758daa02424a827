"""Settings that a page asks for: each one's address, its bounds and its widget in one object.

A page names its settings in its `controls.py`, and asks for them where they stand on screen:

    LENGTH = Whole("bridge.chars", "chars", 160, N_("Nombre de caractères"), 20, 600)
    ...
    chars = LENGTH.ask()

Labels are marked with `N_` and translated when they are shown. A setting without a widget of its
own is a `fields.Field`, read with `state.value`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard.shared import fields, missing, state
from dashboard.shared.i18n import _

T = TypeVar("T")
Given = dict[str, Any]  # what all widgets of Streamlit are given


class Control(fields.Field[T]):
    """A setting with a widget; each kind of them says in `_widget` which.

    Args:
        key: of its widget, which begins with the page's name.
        name: in the address.
        default: its value where the address does not say.
        label: what it is called, marked with `N_`.
        parse, show: from the address, and back; see `fields.Field`.
        free: typed freely.
        help: what it does, in a sentence marked with `N_`; "" for none.
    """

    labelled = True  # whether its label is visible, unless a page says otherwise

    def __init__(
        self,
        key: str,
        name: str,
        default: T,
        label: str,
        parse: Callable[[str], T],
        show: Callable[[T], str] = str,
        *,
        free: bool = False,
        help: str = "",
    ) -> None:
        super().__init__(key, name, default, parse, show, free)
        self.label = label
        self.help = help

    @property
    def told(self) -> str:
        """Its label in the reader's language."""
        return _(self.label)

    def ask(
        self, *args: Any, visible: bool | None = None, disabled: bool = False, **more: Any
    ) -> T:
        """Show it; its value.

        Args:
            visible: whether its label is; by default as its kind has it.
            disabled: whether it can be looked at only.
            *args: what its kind asks for besides, see its `_widget`.
            **more: the same, by name.
        """
        value = state.restore(self)
        visible = self.labelled if visible is None else visible
        given: Given = {
            "label": self.told,
            "key": self.key,
            "help": _(self.help) if self.help else None,
            "label_visibility": "visible" if visible else "collapsed",
            "disabled": disabled,
        }
        return state.keep(self, self._widget(value, given, *args, **more))

    def _widget(self, value: T, given: Given, *args: Any, **more: Any) -> T:
        """Show the widget of this kind; what it returns.

        Args:
            value: what it opens with.
            given: its label, its key, and what else all of Streamlit's widgets are given.
            *args: of `ask`, as the kind has them.
            **more: the same, by name.
        """
        raise NotImplementedError


class Choice(Control[str]):
    """One of a few words, side by side.

    Args:
        options: identifiers, which addresses hold, and their labels marked with `N_`.
    """

    labelled = False

    def __init__(
        self,
        key: str,
        name: str,
        default: str,
        label: str,
        options: Mapping[str, str],
        *,
        help: str = "",
    ) -> None:
        super().__init__(key, name, default, label, fields.choice(*options), help=help)
        self.options = options

    def _widget(self, value: str, given: Given) -> str:
        labels = {option: _(label) for option, label in self.options.items()}
        chosen = st.segmented_control(
            options=list(labels), format_func=labels.__getitem__, required=True, **given
        )
        return str(chosen)

    def ask_inline(self) -> str:
        """The same after its label, on its line: a line of the screen saved."""
        with st.container(
            key=f"{self.key}.line",
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            width="content",
        ):
            st.markdown(f"**{self.told}**", width="content")
            return self.ask()


class Menu(Control[str]):
    """One of many, in a list that opens; what there is to choose may change from run to run."""

    def __init__(
        self,
        key: str,
        name: str,
        default: str,
        label: str,
        parse: Callable[[str], str] = str,
        *,
        help: str = "",
    ) -> None:
        super().__init__(key, name, default, label, parse, help=help)

    def _widget(
        self,
        value: str,
        given: Given,
        options: Sequence[str],
        called: Callable[[str], str] = str,
        *,
        otherwise: str | None = None,
    ) -> str:
        """What is chosen, or `otherwise` where the address names none of `options`.

        That is the first of them by default; the page then says what it could not find.
        """
        if value not in options:
            shown = options[0] if otherwise is None else otherwise
            state.change(self, shown)
            if value:
                missing.note(self, self.told, value, called(shown))
        return str(st.selectbox(options=options, format_func=called, **given))


class Several(Control[tuple[str, ...]]):
    """Some of many, in the order in which they were chosen.

    Args:
        most: that can be chosen; None for any number.
        new: whether what is none of the options can be typed.
    """

    def __init__(
        self,
        key: str,
        name: str,
        default: tuple[str, ...],
        label: str,
        parse: Callable[[str], tuple[str, ...]] = fields.words,
        *,
        most: int | None = None,
        new: bool = False,
        help: str = "",
    ) -> None:
        super().__init__(key, name, default, label, parse, ",".join, help=help)
        self.most, self.new = most, new

    def _widget(
        self,
        value: tuple[str, ...],
        given: Given,
        options: Iterable[str],
        called: Callable[[str], str] = str,
        *,
        placeholder: str | None = None,
    ) -> tuple[str, ...]:
        """What is chosen of `options`; the rest of the address is forgotten."""
        known = list(options)
        kept = tuple(name for name in value if name in known)
        if others := [name for name in value if name not in known]:
            missing.note(self, self.told, ", ".join(others), ", ".join(map(called, kept)))
        state.change(self, kept[: self.most])
        st.session_state[self.key] = list(st.session_state[self.key])  # the widget's own type
        chosen = st.multiselect(
            options=known,
            format_func=called,
            max_selections=self.most,
            accept_new_options=self.new,
            placeholder=placeholder,
            **given,
        )
        return tuple(chosen)


class Whole(Control[int]):
    """A whole number between two bounds."""

    def __init__(
        self,
        key: str,
        name: str,
        default: int,
        label: str,
        low: int,
        high: int,
        *,
        step: int = 1,
        help: str = "",
    ) -> None:
        super().__init__(key, name, default, label, fields.integer(low, high), help=help)
        self.low, self.high, self.step = low, high, step

    def _widget(
        self,
        value: int,
        given: Given,
        *,
        high: int | None = None,
        icon: str | None = None,
    ) -> int:
        """The number; `high` is the upper bound where there is less to choose from."""
        high = self.high if high is None else high
        if value > high:
            value = high
            state.change(self, value)
        chosen = st.number_input(
            min_value=self.low,
            max_value=high,
            value=value,  # also its default: a closed popover learns of it when it is opened
            step=self.step,
            icon=icon,
            **given,
        )
        return int(chosen)


class Slider(Control[float]):
    """A number between two bounds, in steps of 0.05."""

    def __init__(
        self,
        key: str,
        name: str,
        default: float,
        label: str,
        low: float,
        high: float,
        *,
        parse: Callable[[str], float] | None = None,
        help: str = "",
    ) -> None:
        parse = parse or fields.number(low, high)
        super().__init__(key, name, default, label, parse, fields.brief, help=help)
        self.low, self.high = low, high

    def _widget(self, value: float, given: Given) -> float:
        chosen = st.slider(
            min_value=self.low,
            max_value=self.high,
            value=value,  # also its default, see `Whole`
            step=0.05,
            format="localized",
            **given,
        )
        return round(float(chosen), 2)


class Text(Control[str]):
    """A short text.

    Args:
        placeholder: what stands there as long as it is empty, marked with `N_`.
        most: characters that can be typed.
        kept: characters of it that an address may hold; `most` by default.
    """

    def __init__(
        self,
        key: str,
        name: str,
        default: str,
        label: str,
        *,
        placeholder: str = "",
        most: int = fields.MAX_PROMPT,
        kept: int | None = None,
        help: str = "",
    ) -> None:
        kept = most if kept is None else kept
        super().__init__(key, name, default, label, lambda text: text[:kept], help=help)
        self.placeholder, self.most = placeholder, most

    def _widget(
        self,
        value: str,
        given: Given,
        *,
        on_change: Callable[[], None] | None = None,
    ) -> str:
        """What is typed, "" where there is nothing."""
        placeholder = _(self.placeholder) if self.placeholder else None
        typed = st.text_input(
            value=value,  # also its default: a browser that missed a run learns of it in the next
            max_chars=self.most,
            on_change=on_change,
            placeholder=placeholder,
            **given,
        )
        return typed or ""


class Flag(Control[bool]):
    """Something that is so, or not: 1 or 0 in an address."""

    def __init__(self, key: str, name: str, default: bool, label: str, *, help: str = "") -> None:
        super().__init__(
            key,
            name,
            default,
            label,
            lambda text: text == "1",
            lambda value: "01"[value],
            help=help,
        )

    def _widget(self, value: bool, given: Given) -> bool:
        return bool(st.toggle(**given))
