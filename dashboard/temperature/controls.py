"""What is set on the Temperature page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.shared import fields, snippets, state, widgets
from dashboard.shared.controls import Control, Given, Several, Slider, Whole
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_, ConfigError
from moliere_core.judging import compromise

MAX_COLUMNS = 6
SUGGESTED = (0.0, 0.2, 0.5, 0.8, 1.0, 1.3, 1.6, 2.0)


class Temperatures(Control[tuple[float, ...]]):
    """Up to `MAX_COLUMNS` temperatures, chosen from `SUGGESTED` or typed."""

    labelled = False

    def _widget(self, value: tuple[float, ...], given: Given) -> tuple[float, ...]:
        """The temperatures in order.

        Raises:
            ConfigError: what was typed is no temperature.
        """
        st.session_state[self.key] = list(value)[:MAX_COLUMNS]
        typed = st.multiselect(
            options=sorted({*SUGGESTED, *(c for c in value if isinstance(c, float))}),
            format_func=decimal,
            max_selections=MAX_COLUMNS,
            accept_new_options=True,
            select_all=False,  # Streamlit would offer it in English, and beyond the six
            placeholder=_("Choisir ou taper un nombre"),
            **given,
        )
        return tuple(sorted({_number(t) for t in typed}))


class Prompts(Control[str]):
    """Up to `MAX_COLUMNS` prompts, one a line."""

    def _widget(self, value: str, given: Given) -> str:
        return st.text_area(height=132, max_chars=fields.MAX_PROMPT, **given) or ""

    def each(self) -> tuple[str, ...]:
        """Show it; the prompts, each once."""
        return tuple(dict.fromkeys(self.ask().split("\n")[:MAX_COLUMNS]))


def decimal(value: float | str) -> str:
    """A temperature, or what was typed as one, as the reader's language writes it.

    Raises:
        ConfigError: it is no temperature.
    """
    return f"{_number(value):g}".replace(".", "," if state.language() == "fr" else ".")


def _number(typed: float | str) -> float:
    try:
        value = float(str(typed).replace(",", "."))
    except ValueError as error:
        raise ConfigError(
            _("« {typed} » n’est pas un nombre, tapez par exemple 0,7").format(typed=typed)
        ) from error
    return SamplingConfig(value).temperature


TEMPERATURES = Temperatures(
    "temperature.t",
    "t",
    (0.2, 0.5, 0.8, 1.0, 1.3),
    N_("Températures (six au plus)"),
    fields.temperatures(MAX_COLUMNS),
    fields.show_numbers,
)
PROMPTS = Prompts(
    "temperature.prompts",
    "prompts",
    "Mon frère, \nAh ! \nQuoi ! ",
    N_("Débuts, un par ligne (six au plus)"),
    fields.clip,
)
TOP_K, TOP_P = widgets.top_k("temperature"), widgets.top_p("temperature")
LENGTH = Whole("temperature.chars", "chars", 200, N_("Nombre de caractères"), 20, 2000)
ONE_TEMPERATURE = Slider(
    "temperature.one",
    "temperature",
    0.8,
    N_("Température"),
    0.0,
    2.0,
    parse=fields.temperature(2),
)
CRITERIA = {  # of `compromise.CRITERIA`
    "long_words": N_("longs mots qui existent"),
    "new_12": N_("suites de 12 nouvelles"),
    "words": N_("mots qui existent"),
    "alexandrines": N_("lignes de 12 syllabes"),
    "bits": N_("bits par caractère"),
}
WEIGHED = Several(
    "temperature.weighed",
    "weighed",
    compromise.WEIGHED,
    N_("Ce qui compte"),
    help=N_("À la classe de dire ce qu’elle cherche : la phrase et l’écart suivent."),
)


def code(
    reference: str, prompts: Sequence[str], configs: Sequence[SamplingConfig], seed: int, chars: int
) -> str:
    """Several texts side by side, with the same draws."""
    return snippets.filled(
        "temperature",
        model=reference,
        columns=snippets.columns(zip(prompts, configs, strict=True)),
        seed=seed,
        chars=chars,
    )
