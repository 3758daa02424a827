"""What the Temperature page compares, and what its columns show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import i18n, widgets
from dashboard.shared.components import Component
from dashboard.shared.i18n import _
from dashboard.shared.views import chosen
from dashboard.temperature import controls, results
from dashboard.temperature.results import Column
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_, ConfigError, MoliereError
from moliere_core.judging import judgement
from moliere_core.judging.judgement import Judgement

_texts = Component(__file__, "texts")  # in columns, their first differences and loops marked


@dataclass(frozen=True)
class Comparison:
    """What is written side by side: one heading, prompt and settings a column."""

    headings: tuple[str, ...]
    prompts: tuple[str, ...]
    configs: tuple[SamplingConfig, ...]

    @property
    def read(self) -> str:
        """Everything that the model reads."""
        return "\n".join(dict.fromkeys(self.prompts))


def temperatures(
    main: DeltaGenerator, second: DeltaGenerator, filters: SamplingConfig
) -> Comparison:
    """One prompt at several temperatures.

    Args:
        main: place of the prompt.
        second: place of the temperatures.
        filters: top_k and top_p of all columns.

    Raises:
        ConfigError: no temperature is chosen, or what was typed is none.
    """
    with main:
        prompt = widgets.prompt(labelled=False)
    with second:
        found = controls.TEMPERATURES.ask()
    if not found:
        raise ConfigError(_("aucune température n’est choisie, prenez-en une dans la liste"))
    return Comparison(
        tuple(f"T = {controls.decimal(t)}" for t in found),
        (prompt,) * len(found),
        tuple(replace(filters, temperature=t) for t in found),
    )


def prompts(main: DeltaGenerator, second: DeltaGenerator, filters: SamplingConfig) -> Comparison:
    """Several prompts at one temperature; see `temperatures`."""
    with main:
        typed = controls.PROMPTS.each()
    with second:
        config = replace(filters, temperature=controls.ONE_TEMPERATURE.ask())
    headings = tuple(
        _("« {text} »").format(text=p.strip()) if p.strip() else _("(vide)") for p in typed
    )
    return Comparison(headings, typed, (config,) * len(typed))


@dataclass(frozen=True)
class Mode:
    """Something that can be compared.

    Attributes:
        label: what it is called, marked with `N_`.
        ask: its controls; what they compare.
        legend: how to read its columns, marked with `N_`.
    """

    label: str
    ask: Callable[[DeltaGenerator, DeltaGenerator, SamplingConfig], Comparison]
    legend: str


MODES = {
    "temperatures": Mode(
        N_("des températures"),
        temperatures,
        N_("Surligné : la première divergence avec la colonne de gauche."),
    ),
    "prompts": Mode(N_("des débuts"), prompts, N_("Mêmes tirages, débuts différents.")),
}
COMPARED = chosen("temperature.mode", "compare", N_("Comparer"), MODES)


def as_in_notebook() -> None:
    """The course's notebook: its five temperatures, with its other settings."""
    widgets.as_in_notebook(
        "temperature",
        {
            COMPARED: COMPARED.default,
            controls.TEMPERATURES: controls.TEMPERATURES.default,
            controls.LENGTH: widgets.COURSE_CHARS,
            controls.TOP_K: widgets.COURSE_SAMPLING.top_k,
            controls.TOP_P: widgets.COURSE_SAMPLING.top_p,
        },
    )


def show(reference: str, compared: str, comparison: Comparison, seed: int, chars: int) -> None:
    """Write the columns, `chars` characters each, and show them with their legend."""
    configs = comparison.configs
    columns = results.columns(reference, comparison.prompts, configs, seed, chars)
    judged = results.judged(reference, tuple(column.text for column in columns))
    _texts(_payload(comparison, columns, judged), "temperature.texts")
    same = _("{chars} caractères, les mêmes tirages dans chaque colonne (graine {seed}).")
    legend = _(MODES[compared].legend)
    st.caption(f"{same.format(chars=i18n.number(chars), seed=seed)} {legend} {_beside(judged)}")


def tried(comparison: Comparison) -> dict[str, bool]:
    """Which items of the lesson's list the class has just done."""
    hot = [config for config in comparison.configs if config.temperature >= 1.3]
    return {
        "cold": any(config.temperature <= 0.2 for config in comparison.configs),
        "hot": bool(hot),
        "prompts": len(set(comparison.prompts)) > 1,
        "topk": any(config.top_k for config in hot),
    }


def _payload(
    comparison: Comparison,
    columns: Sequence[Column],
    judged: Sequence[Judgement] | MoliereError,
) -> dict[str, Any]:
    """What texts.js needs."""
    worth = [] if isinstance(judged, MoliereError) else [_worth(one) for one in judged]
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
                "worth": worth[place] if worth else [],
            }
            for place, (heading, config, column) in enumerate(
                zip(comparison.headings, comparison.configs, columns, strict=True)
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


def _worth(judged: Judgement) -> list[str]:
    """What stands under a text: its words, the longest passage already read, its verse."""
    found, said = judged.figures, []
    if found.long_words is not None:
        said.append(
            _("longs mots qui existent : {share}").format(share=i18n.percent(found.long_words))
        )
    if judged.words.invented:
        first = judged.words.invented[0]
        said.append(
            _("inventé : « {word} » ({near} ?)").format(word=first.word, near=first.near)
            if first.near
            else _("inventé : « {word} »").format(word=first.word)
        )
    if judged.passages:
        longest = judged.passages[0]
        chars = i18n.ngettext("{n} caractère", "{n} caractères", longest.chars).format(
            n=i18n.number(longest.chars)
        )
        said.append(
            (
                _("plus long passage lu : {chars}")
                if longest.exact
                else _("passage lu : {chars} au moins")
            ).format(chars=chars)
        )
        said.append(
            _("« {text} », {play}").format(
                text=" / ".join(judged.text[longest.start : longest.stop].strip().split("\n")),
                play=longest.place.play,
            )
        )
    if found.alexandrines is not None:
        said.append(
            _("lignes de 12 syllabes : {share} (au hasard : {chance})").format(
                share=i18n.percent(found.alexandrines), chance=i18n.percent(found.chance or 0)
            )
        )
    return said


def _beside(judged: Sequence[Judgement] | MoliereError) -> str:
    """What real plays score, or why nothing is said of what was read."""
    if isinstance(judged, MoliereError):
        return i18n.sentence(judged)
    real = judgement.yardstick().of("all", all(one.exact for one in judged))
    return _(
        "Le vrai Molière, qu’aucun modèle n’a lu : {words} de longs mots connus, un plus long "
        "passage de {longest} caractères (sur 2 000)."
    ).format(words=i18n.percent(real["long_words"].mean), longest=i18n.number(real["longest"].mean))
