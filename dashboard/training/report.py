"""A training on one page to take away: settings, curves, what it wrote, and what that is worth."""

from __future__ import annotations

import json

from dashboard.shared import cached, i18n, naming, paper
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.judging import emergence, judgement
from moliere_core.judging.judgement import Judgement, judge
from moliere_core.judging.sources import sources
from moliere_core.runs.run import Run
from moliere_core.system.records import Record


def document(run: Run) -> bytes:
    """The report of a run; whoever asked for it is not named in it."""
    history = run.history
    parts = {
        _("Réglages"): _settings(run),
        _("Courbes"): _curves(history),
        _("Ce qu’il a écrit, époque par époque"): _samples(history),
        _("Ce que vaut son dernier texte"): _worth(run, history),
        _("Quand viennent les mots et les vers"): _appears(run),
    }
    body = "".join(paper.heading(title) + told for title, told in parts.items() if told)
    return paper.document(run.label or naming.architecture(run.config), body)


def _settings(run: Run) -> str:
    told = {**run.config.to_json()["model"], **run.config.to_json()["training"]}
    rows = [[name, json.dumps(value, ensure_ascii=False)] for name, value in told.items()]
    return paper.table([_("réglage"), _("valeur")], rows)


def _curves(history: list[Record]) -> str:
    measures = {
        "validation_bits_per_char": _("bits par caractère, sur un texte jamais lu"),
        "loss": _("perte pendant l’apprentissage, en nats par caractère"),
    }
    found = []
    for name, told in measures.items():
        points = [(float(r["epoch"]), float(r[name])) for r in history if r.get(name) is not None]
        if points:
            found.append(paper.curve(points, _("époques"), told))
    return "".join(found)


def _samples(history: list[Record]) -> str:
    return "".join(
        paper.asked(_("Époque {number}").format(number=r["epoch"]), paper.paragraph(text, "kept"))
        for r in history
        if (text := str(r.get("sample") or ""))
    )


def _worth(run: Run, history: list[Record]) -> str:
    """The last text held against what the model has read; why not, where that is not here."""
    text = str(history[-1].get("sample") or "") if history else ""
    if not text:
        return ""
    try:
        judged = judge(text, sources(f"run:{run.id}", cached.known_corpora()))
    except MoliereError as error:
        return paper.paragraph(i18n.sentence(error))
    return _beside_real(judged)


def _beside_real(judged: Judgement) -> str:
    """The figures of a text beside those of real plays that no model here has read."""
    found, real = judged.figures, judgement.yardstick().of("all", judged.exact)
    told = {
        "words": _("mots que connaît le lexique"),
        "long_words": _("longs mots qui existent"),
        "new_12": _("suites de 12 caractères jamais lues"),
        "alexandrines": _("lignes qui peuvent se lire en douze syllabes"),
        "chance": _("les mêmes mots, dans le désordre"),
    }
    rows = [
        [label, i18n.percent(share), i18n.percent(real[name].mean)]
        for name, label in told.items()
        if (share := getattr(found, name)) is not None
    ]
    if judged.words.long_french is not None:
        theirs = judgement.yardstick().long_french
        rows.append(
            [
                _("longs mots du français d’aujourd’hui"),
                i18n.percent(judged.words.long_french),
                i18n.percent(theirs),
            ]
        )
    longest = _("plus long passage recopié, en caractères")
    rows.append([longest, i18n.number(found.longest), i18n.number(real["longest"].mean)])
    return paper.table([_("mesure"), _("ce texte"), _("Molière jamais lu")], rows)


def _appears(run: Run) -> str:
    """When words and verse appear, where somebody has had that measured on the Film page."""
    moments = emergence.find(f"run:{run.id}", run)
    names = {
        "real": _("longs mots qui existent"),
        "twelve": _("lignes qui peuvent se lire en douze syllabes"),
        "shuffled": _("les mêmes mots, dans le désordre"),
        "rhymed": _("lignes qui riment"),
        "mixed": _("lignes mélangées"),
    }
    rows = [
        [
            i18n.number(moment.update),
            *(i18n.share(moment.share(name)) for name in names),
        ]
        for moment in moments
    ]
    return paper.table([_("mises à jour"), *names.values()], rows) if rows else ""
