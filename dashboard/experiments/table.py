"""The table of a plan: one line a run, what varies, what it cost, what it gave."""

from __future__ import annotations

import html
import math
from typing import Any

from dashboard.experiments import guess, words
from dashboard.experiments.trained import Live
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from moliere_core.training.experiments import COMMON_TEXT, Plan, Result


def table(plan: Plan, found: list[Result], rows: list[Live]) -> str:
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
        measured = row.context()
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
