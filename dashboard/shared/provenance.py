"""Where a corpus comes from, under which licence, and with which defects: what is said of it."""

from __future__ import annotations

import re

from dashboard.shared import i18n, state
from dashboard.shared.i18n import _
from moliere_core.corpus import EMBEDDED, MESSAGES, Corpus, library
from moliere_core.corpus.left_out import LeftOut
from moliere_core.errors import MoliereError

SHOWN_DIGITS = 16  # of a checksum
MEGABYTE = 1_000_000


def one_line(identifier: str, corpus: Corpus) -> str:
    """The essential: when it was copied, its licence, how many defects, what was left out."""
    entry, said = library.entry(identifier), []
    if entry is not None and entry.url:
        said.append(_("copié le {date}").format(date=_date(entry)))
    said.append(_licence(identifier, entry))
    if count := len(defects(corpus)) - len(corpus.left_out):
        said.append(i18n.ngettext("{n} remarque", "{n} remarques", count).format(n=count))
    if corpus.left_out:
        kinds = [f"{_kind(kind)} ({i18n.number(kind.count)})" for kind in corpus.left_out]
        said.append(_("laissé de côté : {what}").format(what=", ".join(kinds)))
    return " · ".join(said)


def sentence(identifier: str) -> str:
    """Origin and licence, in one sentence of Markdown."""
    if identifier == EMBEDDED:
        return _(
            "Pièces écrites pour cette application, à la manière de Molière : des pastiches, "
            "sous licence MIT."
        )
    if identifier == MESSAGES:
        return _(
            "Messages entre élèves d’aujourd’hui, écrits pour cette application, sous licence MIT."
        )
    entry = library.entry(identifier)
    if entry is None:
        return _("Fichier choisi par le responsable de ce serveur, qui en connaît la licence.")
    if not entry.url:
        return _(
            "Votre fichier {name}, gardé sur ce serveur pour cette session et pour qui en reçoit "
            "le lien ; il est effacé après {days} jours sans lecture."
        ).format(name=_code(entry.name), days=round(library.UPLOAD_SECONDS / 86_400))
    sentence = {
        library.COURSE: _(
            "CSV publié par le cours, {url}, copié le {date}. Le texte est dans le domaine "
            "public ; le fichier ne dit rien de sa licence."
        ),
        library.TEI: _(
            "Édition TEI du LABEX OBVIL, {url}, copiée le {date}. Le texte est dans le domaine "
            "public ; la licence de l’encodage n’est pas claire : ne la redistribuez pas."
        ),
        library.CORNEILLE: _(
            "Pièces de Pierre Corneille dans DraCor, d’après Théâtre classique, {url}, copiées le "
            "{date}. Le texte est dans le domaine public, l’encodage sous licence CC BY-NC-SA 4.0."
        ),
    }.get(identifier, _("Copié de {url} le {date} ; sa licence est à chercher à cette adresse."))
    return sentence.format(url=_code(entry.url), date=_date(entry))


def defects(corpus: Corpus) -> list[str]:
    """What reading had to leave out or guess, and what the source does not say."""
    said = [i18n.sentence(note) for note in corpus.notes]
    names = {
        "speaker": _("personnages"),
        "act": _("actes"),
        "scene": _("scènes"),
        "form": _("vers ou prose"),
    }
    lacking = [label for column, label in names.items() if (corpus.frame[column] == "").all()]
    if lacking:
        said.append(_("La source ne dit rien de : {what}.").format(what=", ".join(lacking)))
    return said


def copy(entry: library.Entry) -> str:
    """How large the copy of a corpus is, and the beginning of its checksum."""
    digits = entry.sha256[:SHOWN_DIGITS]
    if entry.size < MEGABYTE / 10:
        size = i18n.number(entry.size / 1000, 1)
        return _("{size} ko, empreinte SHA-256 {digits}…").format(size=size, digits=digits)
    size = i18n.number(entry.size / MEGABYTE, 1)
    return _("{size} Mo, empreinte SHA-256 {digits}…").format(size=size, digits=digits)


def _licence(identifier: str, entry: library.Entry | None) -> str:
    if identifier == EMBEDDED:
        return _("pastiches de Molière écrits pour cette application, licence MIT")
    if entry is None:
        return _("licence : voir avec le responsable du serveur")
    if not entry.url:
        return _("votre fichier")
    return {
        library.COURSE: _("texte du domaine public, licence du fichier non précisée"),
        library.TEI: _("texte du domaine public, licence de l’encodage peu claire"),
        library.CORNEILLE: _("texte du domaine public, encodage CC BY-NC-SA 4.0"),
    }.get(identifier, _("licence à chercher à la source"))


def _kind(kind: LeftOut) -> str:
    """What was left out of a corpus, in the reader's language."""
    return i18n.sentence(MoliereError(kind.what))


def _date(entry: library.Entry) -> str:
    """The day of a copy, as the reader's language writes it in figures."""
    day = entry.date[:10]
    return day if state.language() == "en" else "/".join(reversed(day.split("-")))


def _code(text: str) -> str:
    """A stranger's text between backquotes, which it cannot close."""
    return "`" + re.sub("[`\n]", " ", text) + "`"
