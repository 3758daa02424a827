"""When do words and verse appear: what a run writes at each moment, counted beside chance."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.film import figures, results, wording
from dashboard.film.figures import Curve
from dashboard.shared import cached, charts, i18n, naming, tables
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.judging import emergence, judgement
from moliere_core.judging.emergence import ERRORS, Moment
from moliere_core.runs.run import Run
from moliere_core.system.progress import Progress

HALF = 0.5  # of the long words: from there on, most are words


def show(reference: str) -> None:
    """The curves, the sentence that they say, and how to measure a run that was not."""
    base = reference.partition("@")[0]
    run = cached.open_run(base)[0]
    moments = emergence.find(base, run)
    there = {moment.name for moment in moments}
    if lacking := [name for s in run.snapshots if (name := s.name) not in there]:
        moments = _measured(base, run, lacking) or moments
    if not moments:
        return
    st.markdown(sentence(moments))
    if len(moments) == 1:
        _table(base, moments[0])
    else:
        left, right = st.columns(2, gap="medium")
        with left:
            _words(moments)
        with right:
            _verse(moments)
    st.caption(_caption())


def sentence(moments: Sequence[Moment]) -> str:
    """What the counts say: when words are there, and whether verse is."""
    return " ".join([_said_of_words(moments), _said_of_verse(moments), _said_of_rhymes(moments)])


def _said_of_words(moments: Sequence[Moment]) -> str:
    end = moments[-1].share("real")
    shares = {"end": i18n.share(end), "real": i18n.share(_real("real", "verse", "prose"))}
    first = emergence.lasting(moments, lambda moment: (moment.share("real") or 0) >= HALF)
    if first is None or len(moments) == 1:
        return _("**Les mots :** {end} de ses longs mots existent (Molière : {real}).").format(
            **shares
        )
    return _(
        "**Les mots viennent.** {when} : plus de la moitié de ses longs mots existent ; à la fin, "
        "{end} (Molière : {real})."
    ).format(when=wording.title(first), **shares)


def _said_of_verse(moments: Sequence[Moment]) -> str:
    last, first = moments[-1], emergence.lasting(moments, _in_verse)
    if last.share("twelve") is None:
        return _("**L’alexandrin n’apparaît pas :** il n’écrit pas une ligne entière.")
    shares = {
        "share": i18n.share(last.share("twelve")),
        "chance": i18n.share(last.share("shuffled")),
        "real": i18n.share(_real("twelve", "verse")),
    }
    if first is None and _in_verse(last):
        return _(
            "**L’alexandrin, peut-être :** seul le dernier moment dépasse le hasard, avec {share} "
            "de lignes en 12 syllabes, {chance} si l’on mélange ses mots ; un seul ne prouve rien. "
            "Dans *L’École des maris* : {real}."
        ).format(**shares)
    if first is None:
        return _(
            "**L’alexandrin n’apparaît pas :** à la fin, {share} de ses lignes peuvent se lire en "
            "12 syllabes, {chance} si l’on mélange ses mots ; ce n’est pas plus que le hasard. "
            "Dans *L’École des maris* : {real}."
        ).format(**shares)
    if len(moments) == 1:
        return _(
            "**Plus d’alexandrins que par hasard :** {share} de ses lignes peuvent se lire en 12 "
            "syllabes, {chance} si l’on mélange ses mots. Dans *L’École des maris* : {real}."
        ).format(**shares)
    return _(
        "**L’alexandrin apparaît.** {when}, et depuis : plus de lignes en 12 syllabes que le "
        "hasard n’en donne ; à la fin {share}, et {chance} si l’on mélange ses mots. Dans "
        "*L’École des maris* : {real}."
    ).format(when=wording.title(first), **shares)


def _said_of_rhymes(moments: Sequence[Moment]) -> str:
    last, first = moments[-1], emergence.lasting(moments, _in_rhyme)
    if last.share("rhymed") is None:
        return ""
    shares = {
        "share": i18n.share(last.share("rhymed")),
        "chance": i18n.share(last.share("mixed")),
        "real": i18n.share(_real("rhymed", "verse")),
    }
    if first is None:
        return _(
            "**La rime n’apparaît pas :** {share} de lignes qui riment, {chance} si on les mélange "
            "(*L’École des maris* : {real})."
        ).format(**shares)
    return _(
        "**La rime apparaît.** {when}, et depuis, plus que le hasard ; à la fin {share} de lignes "
        "qui riment, {chance} si on les mélange (*L’École des maris* : {real})."
    ).format(when=wording.title(first), **shares)


def _in_verse(moment: Moment) -> bool:
    return moment.above("twelve", "shuffled")


def _in_rhyme(moment: Moment) -> bool:
    return moment.above("rhymed", "mixed")


def _real(name: str, *parts: str) -> float | None:
    return emergence.share((emergence.real()[part] for part in parts), name)


def _table(base: str, moment: Moment) -> None:
    """The counts of a run that has kept a single moment, beside those of real verse."""
    labels = {
        "real": _("longs mots qui existent"),
        "lengthy": _("lignes de 10 à 14 syllabes"),
        "twelve": _("lignes de 12 syllabes"),
        "shuffled": _("mots mélangés"),
        "rhymed": _("lignes qui riment"),
        "mixed": _("lignes mélangées"),
    }
    rows = [
        [label, i18n.share(moment.share(name)), i18n.share(_real(name, "verse"))]
        for name, label in labels.items()
    ]
    tables.show([_("mesure"), naming.model(base), "L’École des maris"], rows)


# The curves


def _words(moments: Sequence[Moment]) -> None:
    curves = [
        _curve(moments, "real", _("longs mots qui existent"), 0),
        _curve(moments, "lengthy", _("lignes de 10 à 14 syllabes"), 1),
    ]
    title = _("Des mots, et des lignes longues comme un vers")
    _figure(curves, moments, title, "film.words")


def _verse(moments: Sequence[Moment]) -> None:
    curves = [
        _curve(moments, "twelve", _("lignes de 12 syllabes"), 0),
        _curve(moments, "shuffled", _("mots mélangés"), 0, chance=True),
        _curve(moments, "rhymed", _("lignes qui riment"), 1),
        _curve(moments, "mixed", _("lignes mélangées"), 1, chance=True),
    ]
    _figure(curves, moments, _("Des vers ? En pointillé, le hasard"), "film.verse")


def _curve(
    moments: Sequence[Moment], name: str, label: str, colour: int, chance: bool = False
) -> Curve:
    errors = [0.0 if chance else ERRORS * moment.error(name) for moment in moments]
    return Curve(label, [moment.share(name) for moment in moments], errors, colour, chance)


def _figure(curves: Sequence[Curve], moments: Sequence[Moment], title: str, key: str) -> None:
    table = pd.DataFrame({_("moment"): [wording.title(moment) for moment in moments]})
    for curve in curves:
        table[curve.name] = curve.shares
    ends = ", ".join(f"{curve.name} {i18n.share(curve.shares[-1])}" for curve in curves)
    figure = figures.along(
        curves,
        [_short(moment) for moment in moments],
        (title, _("mises à jour, puis époques"), ""),
        charts.dark(),
    )
    charts.show(
        figure, key, table, _("{title} ; à la fin : {ends}.").format(title=title, ends=ends)
    )


def _short(moment: Moment) -> str:
    """When it is, under its mark."""
    if moment.epoch:
        return _("ép. {number}").format(number=moment.epoch)
    return i18n.number(moment.update)


def _caption() -> str:
    return _(
        "À chaque moment, {texts} textes de {chars} caractères écrits à partir de rien, à la "
        "température {temperature}, avec les mêmes graines. Les barres : deux erreurs types. "
        "« Apparaît » veut dire : de ce moment au dernier, deux moments au moins, au-delà de ces "
        "deux erreurs types. *L’École des maris* est en vers, et aucun modèle d’ici ne l’a lue."
    ).format(
        texts=len(emergence.SEEDS),
        chars=i18n.number(judgement.PIECE),
        temperature=i18n.number(emergence.TEMPERATURE, 1),
    )


# A run that was not measured


def _measured(base: str, run: Run, names: Sequence[str]) -> tuple[Moment, ...]:
    """What a run writes at the moments that nobody has measured, once somebody asks for it."""
    place = st.empty()
    with place.container():
        st.caption(
            i18n.ngettext(
                "{count} moment de ce modèle n’a pas été mesuré : il écrira {texts} textes, en "
                "quelques secondes.",
                "{count} moments de ce modèle n’ont pas été mesurés : il écrira {texts} textes "
                "pour chacun, en quelques secondes.",
                len(names),
            ).format(count=len(names), texts=len(emergence.SEEDS))
        )
        if not st.button(_("Mesurer"), key="film.measure"):
            return ()
        try:
            _measure(base, tuple(names))
        except MoliereError as error:
            st.error(i18n.sentence(error))
            return ()
    place.empty()
    return emergence.find(base, run)


@cached.computed(max_entries=8)
def _measure(base: str, names: tuple[str, ...]) -> cached.Task[None]:
    """Measure some of a run's moments, and keep them on this machine for all who ask again."""
    run, known = cached.open_run(base)[0], results.words(base).lexicon.__contains__
    wanted = [snapshot for snapshot in run.snapshots if snapshot.name in names]

    def task(told: Progress) -> None:
        found = emergence.measure(run, wanted, known, told)
        emergence.store(base, [*emergence.find(base, run), *found])

    return task
