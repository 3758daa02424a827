"""Which temperature is the best compromise: a model from cold to hot, beside real plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.shared import cached, charts, i18n
from dashboard.shared.i18n import _
from dashboard.temperature import controls, figures
from dashboard.temperature.figures import Line, Mark, Path, Step
from moliere_core.config import SamplingConfig
from moliere_core.errors import MoliereError
from moliere_core.judging import compromise, judgement
from moliere_core.judging.compromise import Compromise, Point
from moliere_core.judging.judgement import Spread
from moliere_core.judging.sources import sources
from moliere_core.measures.axis import VALIDATION
from moliere_core.system.progress import Progress

BESIDE = ("kn-5", "kn-8")  # n-grams in the same figure
NEAR = 0.051  # of a temperature that the class has chosen: the mark that stands for it


def show(reference: str, configs: Sequence[SamplingConfig]) -> None:
    """The figures, the sentence that they say, and how to measure a model that was not."""
    st.subheader(_("Quelle est la meilleure température ?"))
    found = compromise.find(reference)
    if found is None:
        found = _measured(reference)
    if found is None:
        return
    criteria = _criteria(found)
    if not criteria:
        return
    st.markdown(sentence(found, configs, criteria))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _figure(found, configs, criteria)
    with right:
        _distance(found, configs, criteria)
    st.caption(
        _(
            "Chaque point : {texts} textes de {chars} caractères, écrits à partir de rien ; les "
            "barres montrent l’écart type. « Existent » : les mots de cinq lettres et plus qu’ont "
            "les pièces lues, Corneille ou Racine. L’étoile : deux pièces de Molière qu’aucun "
            "modèle d’ici n’a lues, par morceaux de {chars} caractères. Le plus proche d’elle, "
            "compté en écarts types, n’est qu’une réponse : à la classe de dire ce qu’elle cherche."
        ).format(texts=len(found.seeds), chars=i18n.number(found.chars))
    )


def _criteria(found: Compromise) -> tuple[str, ...]:
    """What the class weighs, of what was measured of a model."""
    labels = {name: _(label) for name, label in controls.CRITERIA.items()}
    asked = controls.WEIGHED.ask(labels, labels.__getitem__)
    weighed = found.weighable(asked)
    if len(weighed) < len(asked):
        st.caption(
            _("Ce modèle n’a pas de bits par caractère à chaque température : ils ne comptent pas.")
        )
    if not weighed:
        st.info(_("Choisissez ce qui compte : au moins une mesure."))
    return weighed


def sentence(
    found: Compromise,
    configs: Sequence[SamplingConfig],
    criteria: Sequence[str] = compromise.WEIGHED,
) -> str:
    """What the figures say of a model, and of the temperatures that the class has chosen."""
    best = found.best(criteria)
    measured = _(" ; ").join([*(_said(found, best, name) for name in criteria), _longest(best)])
    said = [
        _("Le plus près du vrai Molière : **{setting}**.").format(setting=_setting(best)),
        measured[:1].upper() + measured[1:] + ".",
    ]
    as_good = [point.temperature for point in found.as_good(best.top_p, criteria)]
    if len(as_good) > 1:
        said.append(
            _("Ces essais ne le distinguent pas de {others}.").format(
                others=", ".join(
                    f"T = {figures.named(t)}" for t in as_good if t != best.temperature
                )
            )
        )
    if found.bits and "bits" not in criteria:
        least = min(found.bits, key=lambda temperature: found.bits[temperature])
        said.append(
            _(
                "C’est à T = {temperature} que le vrai texte lui coûte le moins : {bits} par "
                "caractère."
            ).format(temperature=figures.named(least), bits=i18n.bits(found.bits[least], 2))
        )
    if chosen := [p for p in found.points if _is_chosen(p, configs)]:
        nearest = min(chosen, key=lambda point: found.gap(point, criteria))
        said.append(
            _("De vos températures, la plus proche : {setting}.").format(setting=_setting(nearest))
        )
    return " ".join(said)


def _said(found: Compromise, best: Point, name: str) -> str:
    """One measure of a setting beside real Molière's."""
    if name == "bits":
        bits = found.bits[best.temperature]
        return _("le vrai texte lui coûte {bits} par caractère").format(bits=i18n.bits(bits, 2))
    told = {
        "long_words": _("{share} de ses longs mots existent (Molière : {real})"),
        "words": _("{share} de ses mots existent (Molière : {real})"),
        "new_12": _("{share} de ses suites de 12 caractères sont nouvelles (Molière : {real})"),
        "alexandrines": _(
            "{share} de ses lignes se lisent en 12 syllabes, {chance} si l’on mélange ses mots "
            "(Molière, en vers : {real})"
        ),
    }[name]
    spread = best.spread
    return told.format(
        share=_percent(spread, name),
        chance=_percent(spread, "chance"),
        real=_percent(judgement.yardstick().of(compromise.CRITERIA[name]), name),
    )


def _longest(best: Point) -> str:
    return _(
        "son plus long passage déjà lu a en moyenne {longest} caractères (Molière : {real})"
    ).format(
        longest=i18n.number(best.spread["longest"].mean),
        real=i18n.number(judgement.yardstick().of("all")["longest"].mean),
    )


def _percent(spread: Mapping[str, Spread], name: str) -> str:
    return i18n.percent(spread[name].mean) if name in spread else "–"


def _figure(found: Compromise, configs: Sequence[SamplingConfig], criteria: Sequence[str]) -> None:
    real = judgement.yardstick().of("all")
    star = Mark(
        _("vrai Molière"),
        real["long_words"].mean,
        real["long_words"].deviation,
        real["new_12"].mean,
        real["new_12"].deviation,
    )
    paths = [_path(found, top_p, configs) for top_p in sorted({p.top_p for p in found.points})]
    for name in BESIDE:
        if name != found.model and (other := compromise.shipped().get(name)):
            paths.append(_path(other, 1.0, (), quiet=True))
    charts.show(
        figures.compromise(paths, star, charts.dark()),
        "temperature.compromise",
        _table(found),
        _(
            "Pour chaque température, la part des longs mots qui existent et la part des suites de "
            "12 caractères jamais lues ; au plus près du vrai Molière : {setting}."
        ).format(setting=_setting(found.best(criteria))),
    )


def _distance(
    found: Compromise, configs: Sequence[SamplingConfig], criteria: Sequence[str]
) -> None:
    """How far each setting is from real plays, by what the class weighs."""
    lines = []
    for top_p in sorted({point.top_p for point in found.points}, reverse=True):
        points = [p for p in found.points if p.top_p == top_p]
        steps = [_step(found, point, configs, criteria) for point in points]
        if any(step.gap is not None for step in steps):
            lines.append(Line(_name(found, top_p), steps, dashed=top_p < 1))
    labels = ", ".join(_(controls.CRITERIA[name]) for name in criteria)
    table = pd.DataFrame({"T": sorted({point.temperature for point in found.points})})
    for line in lines:
        table[line.name] = [step.gap for step in line.steps]
    charts.show(
        figures.distance(lines, charts.dark()),
        "temperature.distance",
        pd.DataFrame(table),
        _(
            "Écart au vrai Molière selon la température ({criteria}) ; le moindre : {setting}."
        ).format(criteria=labels, setting=_setting(found.best(criteria))),
    )


def _step(
    found: Compromise, point: Point, configs: Sequence[SamplingConfig], criteria: Sequence[str]
) -> Step:
    gaps = np.array(found.gaps(point, criteria))
    known = bool(np.isfinite(gaps).all())
    return Step(
        point.temperature,
        float(gaps.mean()) if known else None,
        float(gaps.std(ddof=1)) if known and len(gaps) > 1 else 0.0,
        _is_chosen(point, configs),
        point is found.best(criteria),
    )


def _name(found: Compromise, top_p: float) -> str:
    return found.model if top_p == 1 else f"{found.model}, top_p = {i18n.number(top_p, 1)}"


def _path(
    found: Compromise, top_p: float, configs: Sequence[SamplingConfig], quiet: bool = False
) -> Path:
    marks = []
    for point in found.points:
        if point.top_p != top_p:
            continue
        words, new = point.spread["long_words"], point.spread["new_12"]
        marks.append(
            Mark(
                figures.named(point.temperature),
                words.mean,
                words.deviation,
                new.mean,
                new.deviation,
                _is_chosen(point, configs),
            )
        )
    return Path(_name(found, top_p), marks, quiet, dashed=top_p < 1)


def _table(found: Compromise) -> pd.DataFrame:
    points = found.points
    spreads = [point.spread for point in points]
    columns = {
        _("mots"): "words",
        _("longs mots"): "long_words",
        _("nouvelles suites de 8"): "new_8",
        _("nouvelles suites de 12"): "new_12",
        _("nouvelles suites de 20"): "new_20",
        _("plus long passage"): "longest",
        _("lignes de 12 syllabes"): "alexandrines",
        _("par hasard"): "chance",
    }
    table = {
        "T": [point.temperature for point in points],
        "top_p": [point.top_p for point in points],
        _("bits par caractère"): [
            found.bits.get(point.temperature) if point.top_p == 1 else None for point in points
        ],
    }
    for label, name in columns.items():
        table[label] = [spread[name].mean if name in spread else None for spread in spreads]
    return pd.DataFrame(table)


def _is_chosen(point: Point, configs: Sequence[SamplingConfig]) -> bool:
    return any(
        config.top_p == point.top_p
        and not config.top_k
        and abs(config.temperature - point.temperature) < NEAR
        for config in configs
    )


def _setting(point: Point) -> str:
    setting = f"T = {figures.named(point.temperature)}"
    return setting if point.top_p == 1 else f"{setting}, top_p = {i18n.number(point.top_p, 1)}"


# A model that was not measured: a run


def _measured(reference: str) -> Compromise | None:
    """The figures of a model, measured here once somebody asks for them."""
    st.caption(
        _(
            "Ce modèle n’a pas encore été mesuré du froid au chaud : il écrira {texts} textes, ce "
            "qui prend une minute environ."
        ).format(
            texts=len(compromise.TEMPERATURES) * len(compromise.TOP_PS) * len(compromise.SEEDS)
        )
    )
    if not st.button(_("Mesurer"), key="temperature.measure"):
        return None
    try:
        return _measure(reference)
    except MoliereError as error:
        st.error(i18n.sentence(error))
        return None


@cached.computed(max_entries=8)
def _measure(reference: str) -> cached.Task[Compromise]:
    """A model from cold to hot, kept on this machine for all who ask again."""
    known = cached.known_corpora()
    read = sources(reference, known)
    plays = set(VALIDATION.values())
    held = next((corpus for corpus in known if plays <= set(corpus.plays)), None)
    text = held.select(tuple(VALIDATION.values())).text() if held else ""

    def task(told: Progress) -> Compromise:
        found = compromise.measure(reference, read, compromise.passages_of(text), told)
        compromise.store(found)
        return found

    return task
