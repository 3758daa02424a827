"""What remains of the hour: its votes, the texts that were kept and the curves, on one page.

Trainings are told by their networks, not by who asked for them, and lines that pupils wrote by
telephone are only counted. A text that was kept begins with whatever was typed.
"""

from __future__ import annotations

import contextlib
import datetime

from dashboard.shared import hour, i18n, naming, paper, rooms
from dashboard.shared.hour import Vote
from dashboard.shared.i18n import _
from moliere_core import classroom
from moliere_core.classroom import Tally
from moliere_core.classroom.questions import Kind
from moliere_core.errors import MoliereError
from moliere_core.runs.run import Run, run_path


def document() -> bytes:
    """The report of this window and of its browser's rooms, as it is now."""
    parts = {
        _("Votes et paris"): _votes(),
        _("Textes gardés"): [_text(about, text) for about, text in hour.texts()],
        _("Entraînements"): _trainings(),
    }
    body = "".join(paper.heading(title) + "".join(found) for title, found in parts.items() if found)
    day = i18n.date(datetime.date.today().isoformat())
    told = paper.paragraph(
        _("Votes et entraînements y sont sans nom ; relisez les textes gardés avant de le donner.")
    )
    nothing = paper.paragraph(_("Ni vote, ni texte gardé, ni entraînement pour l’instant."))
    title = _("Ce qui reste de l’heure · {day}").format(day=day)
    return paper.document(title, told + (body or nothing))


def _votes() -> list[str]:
    """Those of the telephones, then the raised hands of what they were not asked."""
    tallies = [t for room in reversed(classroom.kept(rooms.key())) for t in room.history()]
    by_telephone = {tally.question.key for tally in tallies}
    hands = [vote for key, vote in hour.votes().items() if key not in by_telephone]
    return [_tally(tally) for tally in tallies if tally.total] + [_choice(vote) for vote in hands]


def _tally(tally: Tally) -> str:
    question, right = tally.question, None if tally.outcome is None else tally.outcome.right
    if question.kind is Kind.CHOICE:
        place = right if isinstance(right, int) else None
        return _choice(Vote(question.text, question.options, tuple(tally.by_option), place))
    told = [
        i18n.ngettext("{count} réponse", "{count} réponses", tally.total).format(count=tally.total)
    ]
    if tally.median is not None:
        told.append(_("médiane {value}").format(value=i18n.number(tally.median, 2)))
    if question.kind is Kind.LETTER:
        most = tally.counts.most_common(5)
        told += [_("« {letter} » : {count}").format(letter=char, count=n) for char, n in most]
    if right is not None:
        shown = right if isinstance(right, str) else i18n.number(right, 2)
        told.append(_("réponse {right}").format(right=shown))
    return paper.asked(question.text, paper.paragraph(" · ".join(told)))


def _choice(vote: Vote) -> str:
    total = max(sum(vote.hands), 1)
    rows = [
        (said + (" ✓" if place == vote.right else ""), count, count / total)
        for place, (said, count) in enumerate(zip(vote.options, vote.hands, strict=True))
    ]
    return paper.asked(vote.asked, paper.bars(rows))


def _text(about: str, text: str) -> str:
    return paper.paragraph(text, "kept") + paper.paragraph(about, "about")


def _trainings() -> list[str]:
    found = []
    for run_id in hour.runs():
        with contextlib.suppress(MoliereError):  # it has not begun, or somebody has deleted it
            found.append(_training(Run.open(run_path(run_id))))
    return [told for told in found if told]


def _training(run: Run) -> str:
    """The curve of a training and what it writes now; "" before its first epoch has ended."""
    points = [
        (float(record["epoch"]), float(bits))
        for record in run.history
        if (bits := record.get("validation_bits_per_char")) is not None
    ]
    if not points:
        return ""
    last = i18n.bits(points[-1][1])
    epochs = len(run.history)
    told = i18n.ngettext(
        "{network}, {epochs} époque : {bits} par caractère sur un texte jamais lu",
        "{network}, {epochs} époques : {bits} par caractère sur un texte jamais lu",
        epochs,
    ).format(network=naming.architecture(run.config), epochs=epochs, bits=last)
    curve = paper.curve(points, _("époques"), _("bits par caractère"))
    sample = str(run.history[-1].get("sample") or "")
    return paper.asked(told, curve + (paper.paragraph(sample, "kept") if sample else ""))
