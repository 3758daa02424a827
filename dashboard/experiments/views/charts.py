"""The charts of a plan: from its runs to the data that `figures` draws."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from dashboard.experiments import figures, results, wording
from dashboard.experiments.trained import Live
from dashboard.shared import charts, i18n
from dashboard.shared.i18n import _
from moliere_core.config import RunConfig
from moliere_core.measures.context import VisibleContext
from moliere_core.training.experiments import COMMON, COMMON_TEXT, REFERENCE, Plan, Result


def past(plan: Plan, found: list[Result], rows: list[Live]) -> None:
    """What each more visible character is worth to each run."""
    curves = []
    for result in found:
        context = result.measures.context
        if context is not None:
            curves.append(
                figures.Past(
                    wording.variant_name(plan, result.variant),
                    _seen(result.run.config, context),
                    tuple(map(float, context.bits)),
                )
            )
    for row in rows:
        measured = row.context()
        if not measured.done():
            continue
        context = measured.result()
        curves.append(
            figures.Past(
                _("{name}, ici").format(name=wording.variant_name(plan, row.variant)),
                _seen(row.variant.config, context),
                tuple(map(float, context.bits)),
                live=True,
            )
        )
    missing = len(curves) < len(found) + len(rows)
    longer = results.longer() if plan.name == "length" else None
    if longer is not None:
        name = _("{model}, douze passages").format(model=REFERENCE)
        curves.append(figures.Past(name, None, tuple(map(float, longer.bits))))
    data = pd.DataFrame(
        [
            {_("réseau"): c.name, _("caractères visibles"): k, _("bits par caractère"): b}
            for c in curves
            for k, b in enumerate(c.bits, start=1)
        ]
    )
    last = curves[-1]
    alt = _(
        "Bits par caractère selon le nombre de caractères visibles, de 1 à {longest} : "
        "de {start} à {end} pour {name}."
    ).format(
        longest=len(last.bits),
        start=i18n.bits(last.bits[0]),
        end=i18n.bits(last.bits[-1]),
        name=last.name,
    )
    charts.show(
        figures.past(curves, charts.dark(), wording.text_name(COMMON_TEXT)),
        "experiments.past",
        data,
        alt,
    )
    if missing:
        st.caption(_("L’entraînement fait ici est en train d’être mesuré : encore un moment."))


def _seen(config: RunConfig, context: VisibleContext) -> int:
    """Characters of the past that a run has seen in training, of those that were measured."""
    training = config.training
    return training.seq_length if training.shift else context.longest


def parameters(plan: Plan, found: list[Result], rows: list[Live]) -> None:
    """Bits against the size of each network."""
    _cost(plan, found, rows, "parameters")


def seconds(plan: Plan, found: list[Result], rows: list[Live]) -> None:
    """Bits against the time that they took."""
    _cost(plan, found, rows, "seconds")


def _cost(plan: Plan, found: list[Result], rows: list[Live], kind: str) -> None:
    name = COMMON_TEXT if plan.name == "plays" else wording.winner_text(plan)
    points = []
    for result in found:
        bits = _history_bits(plan, result)
        x = result.measures.seconds[-len(bits) :]
        if kind == "parameters":
            bits, x = bits[-1:], (result.parameters,)
        points.append(figures.Cost(wording.variant_name(plan, result.variant), x, bits))
    for row in rows:
        run = row.run
        if run is None or plan.name == "plays":
            continue
        records = run.history
        bits = tuple(float(r["validation_bits_per_char"]) for r in records)
        x = tuple(float(r["seconds"]) for r in records)
        if kind == "parameters":
            bits = bits[-1:]
            x = (row.variant.config.model.parameter_count(len(run.vocabulary)),)
        told = _("{name}, ici").format(name=wording.variant_name(plan, row.variant))
        points.append(figures.Cost(told, x, bits, live=True))
    title = _("paramètres") if kind == "parameters" else _("secondes de calcul sur un cœur")
    data = pd.DataFrame(
        [
            {_("réseau"): p.name, title: x, _("bits par caractère"): bits}
            for p in points
            for x, bits in zip(p.x, p.bits, strict=True)
        ]
    )
    best = min(points, key=lambda point: point.bits[-1])
    alt = _("Bits par caractère selon {axis} : le plus bas est {name}, à {bits}.").format(
        axis=title, name=best.name, bits=i18n.bits(best.bits[-1], 3)
    )
    charts.show(
        figures.cost(points, charts.dark(), wording.text_name(name), kind, title),
        f"experiments.{kind}",
        data,
        alt,
    )


def _history_bits(plan: Plan, result: Result) -> tuple[float, ...]:
    """Bits at the end of each epoch on the text of the chart; the last alone where only it is."""
    if plan.name == "plays":
        return (result.measures.scores[COMMON_TEXT].bits,)
    return tuple(float(record["validation_bits_per_char"]) for record in result.run.history)


def matrix(plan: Plan, found: list[Result], _rows: list[Live]) -> None:
    """Who predicts what."""
    tenths = [f"tenth:{play}" for v in plan for play in v.config.plays]
    columns = [name for name in (*tenths, *COMMON) if name in found[0].measures.scores]
    rows = [wording.variant_name(plan, result.variant) for result in found]
    bits = [[result.measures.scores[name].bits for name in columns] for result in found]
    told = [wording.text_name(name) for name in columns]
    data = pd.DataFrame(bits, columns=told)
    data.insert(0, _("réseau entraîné sur"), rows)
    alt = _("Bits par caractère de chaque réseau sur chaque texte. {cells}").format(
        cells=" ".join(
            f"{row}, {text} : {i18n.number(value, 2)}."
            for row, values in zip(rows, bits, strict=True)
            for text, value in zip(told, values, strict=True)
        )
    )
    charts.show(figures.matrix(rows, told, bits, charts.dark()), "experiments.matrix", data, alt)


def learning(plan: Plan, found: list[Result], rows: list[Live]) -> None:
    """Bits after each epoch, on what is read and on what is not."""
    runs = [(wording.variant_name(plan, result.variant), result.run) for result in found]
    for row in rows:
        if row.run is not None:
            told = _("{name}, ici").format(name=wording.variant_name(plan, row.variant))
            runs.append((told, row.run))
    curves = [
        figures.Learned(
            name,
            tuple(record["train_loss"] / math.log(2) for record in run.history),
            tuple(record["validation_bits_per_char"] for record in run.history),
        )
        for name, run in runs
    ]
    data = pd.DataFrame(
        [
            {_("réseau"): c.name, _("époques"): i, _("lu"): read, _("jamais lu"): held}
            for c in curves
            for i, (read, held) in enumerate(zip(c.train, c.validation, strict=True), start=1)
        ]
    )
    first = curves[0]
    lowest = min(first.validation)
    alt = _(
        "{name} : sur ce qu’il lit, de {a} à {b} ; sur ce qu’il ne lit pas, {c} au mieux, à "
        "l’époque {epoch}, puis {d} à la fin."
    ).format(
        name=first.name,
        a=i18n.bits(first.train[0]),
        b=i18n.bits(first.train[-1]),
        c=i18n.bits(lowest),
        epoch=first.validation.index(lowest) + 1,
        d=i18n.bits(first.validation[-1]),
    )
    text = wording.text_name(wording.winner_text(plan))
    charts.show(figures.learning(curves, charts.dark(), text), "experiments.learning", data, alt)
