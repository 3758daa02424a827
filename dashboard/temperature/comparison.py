"""The Temperature page's controls, and what its columns show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard.shared import i18n, state
from dashboard.shared.i18n import _
from dashboard.temperature import fields
from dashboard.temperature.columns import Column
from moliere_core.config import SamplingConfig
from moliere_core.errors import ConfigError

SUGGESTED = (0.0, 0.2, 0.5, 0.8, 1.0, 1.3, 1.6, 2.0)


@dataclass(frozen=True)
class Streams:
    """What is written side by side: one heading, prompt and settings a column."""

    headings: tuple[str, ...]
    prompts: tuple[str, ...]
    configs: tuple[SamplingConfig, ...]

    @property
    def read(self) -> str:
        """Everything that the model reads."""
        return "\n".join(dict.fromkeys(self.prompts))


def tried(streams: Streams) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    hot = [config for config in streams.configs if config.temperature >= 1.3]
    return {
        "cold": any(config.temperature <= 0.2 for config in streams.configs),
        "hot": bool(hot),
        "prompts": len(set(streams.prompts)) > 1,
        "topk": any(config.top_k for config in hot),
    }


def temperatures() -> tuple[float, ...]:
    """Up to six temperatures, in order."""
    chosen = state.restore(fields.TEMPERATURES)
    st.session_state[fields.TEMPERATURES.key] = list(chosen)[: fields.MAX_COLUMNS]
    typed = st.multiselect(
        _("Températures (six au plus)"),
        sorted({*SUGGESTED, *(c for c in chosen if isinstance(c, float))}),
        format_func=_decimal,
        key=fields.TEMPERATURES.key,
        max_selections=fields.MAX_COLUMNS,
        accept_new_options=True,
        select_all=False,  # Streamlit would offer it in English, and beyond the six
        placeholder=_("Choisir ou taper un nombre"),
        label_visibility="collapsed",
    )
    return state.keep(fields.TEMPERATURES, tuple(sorted({_number(t) for t in typed})))


def prompts() -> tuple[str, ...]:
    """Up to six prompts, one a line."""
    state.restore(fields.PROMPTS)
    text = st.text_area(
        _("Débuts, un par ligne (six au plus)"),
        key=fields.PROMPTS.key,
        height=132,
        max_chars=state.MAX_PROMPT,
    )
    state.keep(fields.PROMPTS, text or "")
    return tuple(dict.fromkeys((text or "").split("\n")[: fields.MAX_COLUMNS]))


def by_temperature(prompt: str, temperatures: Sequence[float], filters: SamplingConfig) -> Streams:
    """One prompt at several temperatures."""
    if not temperatures:
        raise ConfigError(_("aucune température n’est choisie, prenez-en une dans la liste"))
    return Streams(
        tuple(_heading(t) for t in temperatures),
        (prompt,) * len(temperatures),
        tuple(replace(filters, temperature=t) for t in temperatures),
    )


def by_prompt(prompts: Sequence[str], temperature: float, filters: SamplingConfig) -> Streams:
    """Several prompts at one temperature."""
    config = replace(filters, temperature=temperature)
    headings = tuple(_("« {text} »").format(text=p) if p else _("(vide)") for p in prompts)
    return Streams(headings, tuple(prompts), (config,) * len(prompts))


def payload(streams: Streams, columns: Sequence[Column]) -> dict[str, Any]:
    """What components/texts.js needs."""
    return {
        "columns": [
            {
                "heading": heading,
                "long": len(heading) > 12,
                "figures": _figures(config, column),
                "loop": _("tourne en rond") if column.loop else "",
                "text": column.text,
                "differs_at": column.differs_at,
                "cycle": column.loop,
            }
            for heading, config, column in zip(
                streams.headings, streams.configs, columns, strict=True
            )
        ]
    }


def _figures(config: SamplingConfig, column: Column) -> str:
    if config.temperature == 0:
        return _("glouton : toujours le plus probable")
    count = round(column.hesitation, 1)
    return i18n.ngettext(
        "hésite comme entre {count} caractère",
        "hésite comme entre {count} caractères",
        2 if count >= 2 else 1,
    ).format(count=i18n.number(count, 1))


def legend(compared: str, seed: int, chars: int) -> str:
    """How to read the columns."""
    told = (
        _("Surligné : la première divergence avec la colonne de gauche.")
        if compared == "temperatures"
        else _("Mêmes tirages, débuts différents.")
    )
    return (
        _("{chars} caractères, les mêmes tirages dans chaque colonne (graine {seed}).").format(
            chars=i18n.number(chars), seed=seed
        )
        + " "
        + told
    )


def _heading(temperature: float) -> str:
    return f"T = {_decimal(temperature)}"


def _decimal(value: float | str) -> str:
    return f"{_number(value):g}".replace(".", "," if state.language() == "fr" else ".")


def _number(typed: float | str) -> float:
    try:
        value = float(str(typed).replace(",", "."))
    except ValueError as error:
        raise ConfigError(
            _("« {typed} » n’est pas un nombre, tapez par exemple 0,7").format(typed=typed)
        ) from error
    return SamplingConfig(value).temperature
