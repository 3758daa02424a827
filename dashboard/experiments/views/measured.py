"""The results of a plan: a chart, and a table of what varies, what it cost, what it gave."""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard.experiments import figures, results, trained, verdict, wording
from dashboard.experiments.trained import Live
from dashboard.experiments.views import bet, charts
from dashboard.shared import charts as shared_charts
from dashboard.shared import following, i18n
from dashboard.shared.i18n import _
from moliere_core.measures.context import REACH
from moliere_core.training.experiments import COMMON_TEXT, Plan, Result

Chart = Callable[[Plan, list[Result], list[Live]], None]


def show(plan: Plan, chart: Chart) -> None:
    """The chart on the left, the table on the right."""
    found = results.shipped(plan.name)
    if not found:
        st.info(
            _(
                "Les entraînements de cette expérience manquent dans cette copie de "
                "l’application : installez-la de nouveau, ou entraînez-les dans « En direct »."
            )
        )
        return
    rows = [row for row in trained.found(plan) if row.run is not None]
    with st.container(key="experiments-measured"):
        left, right = st.columns([1.35, 1], gap="medium")
    with left:
        same = [row for row in rows if row.same_text]
        waited = [row.context() for row in same] if chart is charts.past else []
        following.follow(waited, partial(chart, plan, found, same), following.SELDOM)
    with right:
        bet.told(plan)
        st.html(_table(plan, found, rows, chart))
        if (told := verdict.sentence(plan, found)) is not None:
            st.markdown(told)
        st.caption(_measured_on(plan))


def _measured_on(plan: Plan) -> str:
    """On what text, and how the seconds were counted."""
    found = results.shipped(plan.name)
    scores = found[0].measures.scores
    seconds = _("Secondes de calcul, sur un cœur.")
    chars = i18n.number(scores[COMMON_TEXT].chars)
    if plan.name == "length":
        context = found[0].measures.context
        told = _(
            "Bits par caractère sur {chars} caractères, mémoire gardée. Portée : avec plus de "
            "caractères visibles que cela, il ne gagne plus {gain} (sur {targets} caractères). "
            "Pointillés : plus qu’il n’en voyait en apprenant."
        ).format(
            chars=chars,
            targets=i18n.number(context.targets) if context else "",
            gain=i18n.bits(REACH),
        )
    elif plan.name in ("architecture", "embedding", "transformer"):
        told = _("Bits par caractère sur {chars} caractères, mémoire gardée.").format(chars=chars)
    elif plan.name == "last_only":
        told = _(
            "Bits par caractère sur {chars} caractères, mémoire gardée. Cibles : les lettres sur "
            "lesquelles il a été corrigé. Pointillés : plus qu’il n’en voyait en apprenant."
        ).format(chars=chars)
    elif plan.name == "plays":
        told = _(
            "Bits par caractère, mémoire gardée : sur la fin de sa pièce, puis sur {text}, l’une "
            "en vers comme Tartuffe, l’autre en prose. Une lettre qu’il ne connaît pas lui coûte "
            "20 bits."
        ).format(text=wording.text_name(COMMON_TEXT))
    else:
        name = wording.winner_text(plan)
        told = _(
            "Bits par caractère : sur 50 000 caractères qu’il a lus, puis sur {chars} jamais lus "
            "({text})."
        ).format(text=wording.text_name(name), chars=i18n.number(scores[name].chars))
    return told if plan.name == "overfitting" else f"{told} {seconds}"


def _table(plan: Plan, found: list[Result], rows: list[Live], chart: Chart) -> str:
    """One line a run: what varies, what it cost, what it gave; those trained here come last."""
    votes = bet.counted(plan)
    dots = chart in (charts.past, charts.parameters, charts.seconds)  # where a colour is a run
    head = [_("fenêtre") if plan.name == "length" else _("réseau"), *_columns(plan)]
    if any(votes.values()):
        head.append(_("mains"))
    best = bet.winner(plan)
    lines = [
        _line(
            [wording.variant_name(plan, result.variant), *_cells(plan, result)],
            votes[result.variant.name] if any(votes.values()) else None,
            result.variant.name == best,
            dot=figures.run_colour(place, shared_charts.dark()) if dots else "",
        )
        for place, result in enumerate(found)
    ]
    for row in rows:
        if row.same_text:
            name = _("{name}, ici").format(name=wording.variant_name(plan, row.variant))
            lines.append(_line([name, *_live_cells(plan, row)], None, False, len(head)))
    cells = "".join(f"<td>{html.escape(name)}</td>" for name in head)
    kind = f"results {plan.name}"
    return f'<table class="{kind}"><tr class="head">{cells}</tr>{"".join(lines)}</table>'


def _line(cells: list[str], votes: int | None, best: bool, width: int = 0, dot: str = "") -> str:
    told = [*cells] if votes is None else [*cells, i18n.number(votes)]
    told += [""] * (width - len(told))
    kind = ' class="best"' if best else ""
    first, *others = (f"<td>{html.escape(text)}</td>" for text in told)
    if dot:
        first = first.replace("<td>", f'<td><span style="color:{dot}">⬤</span> ', 1)
    return f"<tr{kind}>{first}{''.join(others)}</tr>"


def _columns(plan: Plan) -> list[str]:
    seconds = _("secondes")
    return {
        "length": [seconds, _("portée"), _("bits")],
        "architecture": [_("paramètres"), seconds, _("bits")],
        "embedding": [_("paramètres"), seconds, _("bits")],
        "transformer": [_("paramètres"), seconds, _("bits")],
        "plays": [_("mises à jour"), seconds, _("fin de la sienne"), _("deux autres")],
        "epochs": [seconds, _("lu"), _("jamais lu")],
        "last_only": [_("cibles"), seconds, _("bits")],
        "overfitting": [_("lu"), _("jamais lu, au mieux"), _("époque"), _("à la fin")],
    }[plan.name]


def _cells(plan: Plan, result: Result) -> list[str]:
    measures, history = result.measures, result.run.history
    seconds = i18n.number(measures.seconds[-1]) if measures.seconds else ""
    common = i18n.number(measures.scores[COMMON_TEXT].bits, 3)
    if plan.name == "length":
        reach = str(measures.context.reach()) if measures.context else ""
        return [seconds, reach, common]
    if plan.name in ("architecture", "embedding", "transformer"):
        return [i18n.number(result.parameters), seconds, common]
    if plan.name == "epochs":
        return [seconds, *_ends(history)]
    if plan.name == "last_only":
        return [i18n.number(verdict.targets(result)), seconds, common]
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
        measured = row.context()
        return [seconds, str(measured.result().reach()) if measured.done() else "", bits]
    if plan.name == "epochs":
        return [seconds, *_ends(history)]
    if plan.name == "last_only":
        return ["", seconds, bits]
    if plan.name in ("architecture", "embedding", "transformer"):
        parameters = row.variant.config.model.parameter_count(len(run.vocabulary)) if run else 0
        return [i18n.number(parameters), seconds, bits]
    if plan.name == "plays":
        return [i18n.number(history[-1]["updates"]), seconds, bits, ""]
    return _turn(history)


def _ends(history: list[dict[str, Any]]) -> list[str]:
    """Bits at the end, on what it reads and on what it does not."""
    read, held = history[-1]["train_loss"] / math.log(2), history[-1]["validation_bits_per_char"]
    return [i18n.number(read, 3), i18n.number(held, 3)]


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
