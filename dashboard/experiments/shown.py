"""The results of a plan: one table, one chart, and what each run writes."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import figures, i18n, state, widgets
from dashboard.charts import experiments as charts
from dashboard.experiments import cached as experiment_cache
from dashboard.experiments import fields, guess, live, words
from dashboard.experiments.live import Live
from dashboard.i18n import _
from moliere_core.context import REACH, VisibleContext
from moliere_core.experiments import (
    COMMON,
    COMMON_TEXT,
    REFERENCE,
    SAMPLE_PROMPT,
    SAMPLE_SEED,
    SAMPLE_TEMPERATURE,
    Plan,
    Result,
)


def view(plan: Plan) -> str:
    """Which of the charts, or the texts, or a training."""
    names = {
        "past": _("Caractères visibles"),
        "parameters": _("Paramètres"),
        "seconds": _("Secondes"),
        "matrix": _("Qui prédit quoi"),
        "learning": _("Époques"),
        "texts": _("Textes"),
        "live": _("En direct"),
    }
    offered = (*fields.CHARTS[plan.name], "texts", "live")
    return widgets.segmented(
        fields.view(plan), _("Vue"), {name: names[name] for name in offered}, visible=False
    )


def results(plan: Plan, chart: str) -> None:
    """The chart on the left, the table on the right."""
    found = experiment_cache.results(plan.name)
    if not found:
        st.info(
            _(
                "Les entraînements de cette expérience manquent dans cette copie de "
                "l’application : installez-la de nouveau, ou entraînez-les dans « En direct »."
            )
        )
        return
    rows = [row for row in live.found(plan) if row.run is not None]
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        same = [row for row in rows if row.same_text]
        ticking = chart == "past" and any(not _context(row).done() for row in same)
        st.fragment(_chart, run_every=live.PERIOD if ticking else None)(
            plan, found, same, chart, ticking
        )
    with right:
        guess.told(plan)
        st.html(_table(plan, found, rows))
    st.caption(_measured_on(plan) + " " + words.equal(plan))


def texts(plan: Plan) -> None:
    """What each run writes after the same prompt, with the same draws."""
    with st.container(horizontal=True, vertical_alignment="center"):
        prompt = widgets.prompt(labelled=False)
        with st.popover(_("Réglages"), icon=":material/tune:"):
            seed = widgets.seed()
    found = experiment_cache.results(plan.name)
    cards = [(words.variant_name(plan, result.variant), result) for result in found]
    columns = st.columns(max(len(cards), 1), gap="small")
    for place, (name, result) in zip(columns, cards, strict=False):
        with place:
            st.markdown(f"**{widgets.plain(name)}**")
            if result.has_weights:
                text = experiment_cache.written(result.reference, prompt, SAMPLE_TEMPERATURE, seed)
                st.html(_said(prompt, text))
            else:
                st.html(_said(SAMPLE_PROMPT, result.measures.sample))
                st.caption(
                    _(
                        "Ses poids sont trop lourds pour être livrés : voici ce qu’il écrivait, "
                        "sans début, avec la graine {seed}."
                    ).format(seed=SAMPLE_SEED)
                )
    st.caption(
        _("Mêmes tirages pour tous, température {temperature}.").format(
            temperature=i18n.number(SAMPLE_TEMPERATURE, 1)
        )
    )


def _said(prompt: str, text: str) -> str:
    return (
        '<div class="sample"><div class="said"><span style="opacity:.65">'
        f"{html.escape(prompt)}</span>{html.escape(text)}</div></div>"
    )


# The table


def _table(plan: Plan, found: list[Result], rows: list[Live]) -> str:
    """One line a run: what varies, what it cost, what it gave; those trained here come last."""
    votes = guess.counted(plan)
    head = [_("fenêtre") if plan.name == "length" else _("réseau"), *_columns(plan)]
    if any(votes.values()):
        head.append(_("mains"))
    best = guess.winner(plan)
    lines = [
        _line(
            [words.variant_name(plan, result.variant), *_cells(plan, result)],
            votes[result.variant.name] if any(votes.values()) else None,
            result.variant.name == best,
        )
        for result in found
    ]
    for row in rows:
        if row.same_text:
            name = _("{name}, ici").format(name=words.variant_name(plan, row.variant))
            lines.append(_line([name, *_live_cells(plan, row)], None, False, len(head)))
    cells = "".join(f"<td>{html.escape(name)}</td>" for name in head)
    return f'<table class="results"><tr class="head">{cells}</tr>{"".join(lines)}</table>'


def _line(cells: list[str], votes: int | None, best: bool, width: int = 0) -> str:
    told = [*cells] if votes is None else [*cells, i18n.number(votes)]
    told += [""] * (width - len(told))
    kind = ' class="best"' if best else ""
    return f"<tr{kind}>" + "".join(f"<td>{html.escape(text)}</td>" for text in told) + "</tr>"


def _columns(plan: Plan) -> list[str]:
    seconds = _("secondes")
    return {
        "length": [seconds, _("portée"), _("bits")],
        "architecture": [_("paramètres"), seconds, _("bits")],
        "plays": [_("mises à jour"), seconds, _("fin de la sienne"), _("deux autres")],
        "overfitting": [_("lu"), _("jamais lu, au mieux"), _("époque"), _("à la fin")],
    }[plan.name]


def _cells(plan: Plan, result: Result) -> list[str]:
    measures, history = result.measures, result.run.history
    seconds = i18n.number(measures.seconds[-1]) if measures.seconds else ""
    common = i18n.number(measures.scores[COMMON_TEXT].bits, 3)
    if plan.name == "length":
        reach = str(measures.context.reach()) if measures.context else ""
        return [seconds, reach, common]
    if plan.name == "architecture":
        return [i18n.number(result.parameters), seconds, common]
    if plan.name == "plays":
        own = history[-1]["validation_bits_per_char"]
        return [i18n.number(result.updates), seconds, i18n.number(own, 3), common]
    return _turn(history)


def _live_cells(plan: Plan, row: Live) -> list[str]:
    run = row.run
    history = run.history if run else []
    seconds = i18n.number(row.seconds or 0)
    bits = i18n.number(row.bits or 0, 3)
    if plan.name == "length":
        measured = _context(row)
        return [seconds, str(measured.result().reach()) if measured.done() else "", bits]
    if plan.name == "architecture":
        parameters = row.variant.config.model.parameter_count(len(run.vocabulary)) if run else 0
        return [i18n.number(parameters), seconds, bits]
    if plan.name == "plays":
        return [i18n.number(history[-1]["updates"]), seconds, bits, ""]
    return _turn(history)


def _turn(history: list[dict[str, Any]]) -> list[str]:
    """Bits on what it reads at the end; on what it does not, the lowest, when, and at the end."""
    held = [record["validation_bits_per_char"] for record in history]
    train = history[-1]["train_loss"] / math.log(2)
    return [
        i18n.number(train, 2),
        i18n.number(min(held), 2),
        str(held.index(min(held)) + 1),
        i18n.number(held[-1], 2),
    ]


def _measured_on(plan: Plan) -> str:
    """On what text, and how the seconds were counted."""
    found = experiment_cache.results(plan.name)
    scores = found[0].measures.scores
    seconds = _("Secondes : de calcul, sur un cœur, mesures non comprises.")
    common = _("{text} ({chars} caractères)").format(
        text=words.text_name(COMMON_TEXT), chars=i18n.number(scores[COMMON_TEXT].chars)
    )
    if plan.name == "length":
        context = found[0].measures.context
        targets = i18n.number(context.targets) if context else ""
        told = _(
            "Bits par caractère sur {text}, mémoire gardée. Portée : le nombre de caractères "
            "visibles au-delà duquel il ne gagne plus {gain} bit, sur {targets} caractères de ce "
            "texte. Pointillés : plus de caractères que pendant l’apprentissage."
        ).format(text=common, targets=targets, gain=i18n.number(REACH, 2))
    elif plan.name == "architecture":
        told = _("Bits par caractère sur {text}, mémoire gardée.").format(text=common)
    elif plan.name == "plays":
        told = _(
            "Bits par caractère, mémoire gardée : sur le dernier dixième de sa pièce, puis sur "
            "{text}, l’une en vers comme Tartuffe, l’autre en prose. Une lettre absente de son "
            "alphabet lui coûte 20 bits."
        ).format(text=common)
    else:
        name = words.winner_text(plan)
        told = _(
            "Bits par caractère : sur 50 000 caractères qu’il a lus, puis sur {chars} jamais lus "
            "({text})."
        ).format(text=words.text_name(name), chars=i18n.number(scores[name].chars))
    return told if plan.name == "overfitting" else f"{told} {seconds}"


# The chart


def _chart(
    plan: Plan, found: list[Result], rows: list[Live], kind: str, ticking: bool = False
) -> None:
    if kind == "past":
        if ticking and all(_context(row).done() for row in rows):
            st.rerun()  # so that nothing ticks any longer
        _past(plan, found, rows)
    elif kind == "matrix":
        _matrix(plan, found)
    elif kind == "learning":
        _learning(plan, found, rows)
    else:
        _cost(plan, found, rows, kind)


def _past(plan: Plan, found: list[Result], rows: list[Live]) -> None:
    curves = []
    for result in found:
        context = result.measures.context
        if context is not None:
            curves.append(
                charts.Past(
                    words.variant_name(plan, result.variant),
                    result.run.config.training.seq_length,
                    tuple(map(float, context.bits)),
                )
            )
    for row in rows:
        measured = _context(row)
        if not measured.done():
            continue
        context = measured.result()
        curves.append(
            charts.Past(
                _("{name}, ici").format(name=words.variant_name(plan, row.variant)),
                row.variant.config.training.seq_length,
                tuple(map(float, context.bits)),
                live=True,
            )
        )
    missing = len(curves) < len(found) + len(rows)
    longer = experiment_cache.longer()
    if longer is not None:
        name = _("{model}, douze passages").format(model=REFERENCE)
        curves.append(charts.Past(name, None, tuple(map(float, longer.bits))))
    data = pd.DataFrame(
        [
            {_("réseau"): c.name, _("caractères visibles"): k, _("bits par caractère"): b}
            for c in curves
            for k, b in enumerate(c.bits, start=1)
        ]
    )
    last = curves[-1]
    alt = _(
        "Bits par caractère selon le nombre de caractères visibles, de 1 à 150 : "
        "de {start} à {end} pour {name}."
    ).format(start=i18n.number(last.bits[0], 2), end=i18n.number(last.bits[-1], 2), name=last.name)
    figures.show(
        charts.past(curves, figures.dark(), words.text_name(COMMON_TEXT)),
        "experiments.past",
        data,
        alt,
    )
    if missing:
        st.caption(_("L’entraînement fait ici est en train d’être mesuré : encore un moment."))


def _context(row: Live) -> Future[VisibleContext]:
    """What the past is worth to a run trained here, once it is measured."""
    return experiment_cache.context(
        f"run:{row.job.id}", row.plan.name, row.variant.name, row.source
    )


def _cost(plan: Plan, found: list[Result], rows: list[Live], kind: str) -> None:
    name = words.winner_text(plan) if plan.name == "overfitting" else COMMON_TEXT
    points = []
    for result in found:
        bits = _history_bits(plan, result)
        x = result.measures.seconds[-len(bits) :]
        if kind == "parameters":
            bits, x = bits[-1:], (result.parameters,)
        points.append(charts.Cost(words.variant_name(plan, result.variant), x, bits))
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
        told = _("{name}, ici").format(name=words.variant_name(plan, row.variant))
        points.append(charts.Cost(told, x, bits, live=True))
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
        axis=title, name=best.name, bits=i18n.number(best.bits[-1], 3)
    )
    figures.show(
        charts.cost(points, figures.dark(), words.text_name(name), kind, title),
        f"experiments.{kind}",
        data,
        alt,
    )


def _history_bits(plan: Plan, result: Result) -> tuple[float, ...]:
    """Bits at the end of each epoch on the text of the chart; the last alone where only it is."""
    if plan.name == "plays":
        return (result.measures.scores[COMMON_TEXT].bits,)
    return tuple(float(record["validation_bits_per_char"]) for record in result.run.history)


def _matrix(plan: Plan, found: list[Result]) -> None:
    tenths = [f"tenth:{play}" for v in plan for play in v.config.plays]
    columns = [name for name in (*tenths, *COMMON) if name in found[0].measures.scores]
    rows = [words.variant_name(plan, result.variant) for result in found]
    bits = [[result.measures.scores[name].bits for name in columns] for result in found]
    told = [words.text_name(name) for name in columns]
    data = pd.DataFrame(bits, columns=told)
    data.insert(0, _("réseau entraîné sur"), rows)
    alt = _("Bits par caractère de chaque réseau sur chaque texte. {cells}").format(
        cells=" ".join(
            f"{row}, {text} : {i18n.number(value, 2)}."
            for row, values in zip(rows, bits, strict=True)
            for text, value in zip(told, values, strict=True)
        )
    )
    figures.show(charts.matrix(rows, told, bits, figures.dark()), "experiments.matrix", data, alt)


def _learning(plan: Plan, found: list[Result], rows: list[Live]) -> None:
    runs = [(words.variant_name(plan, result.variant), result.run) for result in found]
    for row in rows:
        if row.run is not None:
            told = _("{name}, ici").format(name=words.variant_name(plan, row.variant))
            runs.append((told, row.run))
    curves = [
        charts.Learned(
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
        "{name} : sur ce qu’il lit, de {a} à {b} bits ; sur ce qu’il ne lit pas, {c} au mieux, à "
        "l’époque {epoch}, puis {d} à la fin."
    ).format(
        name=first.name,
        a=i18n.number(first.train[0], 2),
        b=i18n.number(first.train[-1], 2),
        c=i18n.number(lowest, 2),
        epoch=first.validation.index(lowest) + 1,
        d=i18n.number(first.validation[-1], 2),
    )
    text = words.text_name(words.winner_text(plan))
    figures.show(charts.learning(curves, figures.dark(), text), "experiments.learning", data, alt)


def tried(plan: Plan, view: str) -> Mapping[str, bool]:
    """Which items of the lesson's list the class has just done."""
    votes = guess.counted(plan)
    shown = guess.revealed(plan)
    return {
        "bet": shown and any(votes.values()),
        "past": shown and view == "past",
        "texts": shown and view == "texts" and state.value(state.PROMPT) != state.PROMPT.default,
        "live": any(row.run is not None for row in live.found(plan)),
    }
