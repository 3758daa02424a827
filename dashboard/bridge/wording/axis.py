"""What is said of the one axis, computed from its figures."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.bridge.marks import MAY_HAVE_READ, family
from dashboard.bridge.wording.models import name as called
from dashboard.shared import i18n
from dashboard.shared.i18n import _
from dashboard.shared.naming import RECORDED
from moliere_core.measures.axis import Point
from moliere_core.text import verse

LEAST_GAP = 0.05  # bits per character: below, a model is as well on one text as on the other


def caption(
    drawn: Mapping[str, Point],
    points: Mapping[str, Point],
    other: Mapping[str, Point],
    name: str,
    part: str,
) -> str:
    """What the figures say, whoever wins: nobody leaves with "the LSTM beats GPT", or the reverse.

    Args:
        drawn: on what is drawn, the text or a part of it.
        points: on the whole text.
        other: on a text of today, or on Molière where that is the text.
        name: of the text, one of those of `controls.TEXT`.
        part: which part of a text that has verse and prose; "" of another.
    """
    best = min(drawn.values(), key=lambda point: point.bits_per_char)
    said = [
        _("Ici, le meilleur est **{model}** ({bits} par caractère).").format(
            model=called(best.model), bits=i18n.bits(best.bits_per_char)
        )
    ]
    if best.may_have_read:
        said.append(
            _(
                "Il a peut-être déjà lu ce texte : sa note mêle ce qu’il devine et ce qu’il a "
                "retenu."
            )
        )
    if name != "own":
        said += _elsewhere(best.model, points, other, name)
    elif part:
        said.append(_easier(points[best.model], points))
    return " ".join(filter(None, said))


def _easier(best: Point, points: Mapping[str, Point]) -> str:
    """Which of verse and prose the best model predicts better, and how many others do."""
    told = [p for p in points.values() if set(p.parts) == set(verse.FORMS)]
    told = [p for p in told if family(p.model) != "chance"]
    if best not in told:
        return ""
    easy = sum(p.parts["verse"] < p.parts["prose"] for p in told)
    return _(
        "Il donne **{verse}** à ce qui a l’air de vers et **{prose}** au reste ; {count} modèles "
        "sur {all} devinent mieux les vers."
    ).format(
        verse=i18n.number(best.parts["verse"], 2),
        prose=i18n.number(best.parts["prose"], 2),
        count=easy,
        all=len(told),
    )


def _elsewhere(
    best: str, points: Mapping[str, Point], other: Mapping[str, Point], name: str
) -> list[str]:
    """What becomes of the models on the other text: who is best there, who changes most."""
    shared = [model for model in points if model in other]
    both = [model for model in shared if family(model) in ("recurrent", "small", "large")]
    if not both:
        return []
    there = min(shared, key=lambda model: other[model].bits_per_char)
    bits = i18n.number(other[there].bits_per_char, 2)
    if there != best:
        heading = _("Sur Molière") if name == "modern" else _("Sur le texte d’aujourd’hui")
        said = [
            _("{text}, c’est **{model}** ({bits}).").format(
                text=heading, model=called(there), bits=bits
            )
        ]
    elif name == "modern":
        said = [_("Sur Molière aussi ({bits}).").format(bits=bits)]
    else:
        said = [_("Sur le texte d’aujourd’hui aussi ({bits}).").format(bits=bits)]
    moliere, modern = (other, points) if name == "modern" else (points, other)
    gaps = {m: modern[m].bits_per_char - moliere[m].bits_per_char for m in both}
    most, least = max(gaps, key=gaps.__getitem__), min(gaps, key=gaps.__getitem__)
    if gaps[most] > LEAST_GAP:
        said.append(
            _(
                "De Molière au texte d’aujourd’hui, **{model}** passe de {low} à {high} : il s’est "
                "spécialisé."
            ).format(model=called(most), **_both(most, moliere, modern))
        )
    if gaps[least] < -LEAST_GAP:
        said.append(
            _(
                "**{model}** fait le chemin inverse, de {low} à {high} : le français d’aujourd’hui "
                "lui est plus familier."
            ).format(model=called(least), **_both(least, moliere, modern))
        )
    elif least != most and family(least) == "large":
        said.append(
            _("**{model}** passe de {low} à {high}.").format(
                model=called(least), **_both(least, moliere, modern)
            )
        )
    return said


def _both(model: str, moliere: Mapping[str, Point], modern: Mapping[str, Point]) -> dict[str, str]:
    return {
        "low": i18n.number(moliere[model].bits_per_char, 2),
        "high": i18n.number(modern[model].bits_per_char, 2),
    }


def looks(text: str) -> str:
    """How much of a pasted text looks like verse, and how much like prose."""
    found = verse.lines(text)
    of = {
        form: [line.stop - line.start for line in found if line.verse == (form == "verse")]
        for form in verse.FORMS
    }
    counted = {
        form: i18n.ngettext(
            "{count} ligne, {chars} caractères", "{count} lignes, {chars} caractères", len(sizes)
        ).format(count=len(sizes), chars=i18n.number(sum(sizes)))
        for form, sizes in of.items()
    }
    if not of["verse"]:
        told = _("Rien n’a l’air de vers : tout compte comme prose ({prose}).")
    elif not of["prose"]:
        told = _("Tout a l’air de vers ({verse}) : il n’y a pas de prose à part.")
    else:
        told = _("Vers : {verse} ; prose : {prose}.")
    estimate = _("Estimé à la longueur et à la majuscule des lignes.")
    return f"{told.format(**counted)} {estimate}"


def notes(points: Mapping[str, Point], drawn: Mapping[str, Point], wanted: tuple[str, ...]) -> str:
    """What is to be known of the figures.

    Args:
        points: on the text.
        drawn: those that are drawn: fewer where a part of the text is.
        wanted: models that could not be measured, because the text is not here.
    """
    said = [
        _(
            "Même texte, même début (un retour à la ligne), même unité. Les perplexités par token, "
            "elles, ne se comparent pas."
        )
    ]
    if len(drawn) < len(points):
        said.append(
            _(
                "Chaque caractère est prédit d’après tout ce qui le précède, vers ou prose. Un "
                "compresseur ne donne qu’une taille pour le tout : il n’a pas de note par partie."
            )
        )
    if not any(family(model) == "compressor" for model in points):
        said.append(
            _(
                "Les compresseurs manquent : il leur faut les pièces d’apprentissage, qui viennent "
                "avec le corpus (page Corpus)."
            )
        )
    if any(point.upper_bound for point in points.values()):
        said.append(_("≤ : majorant, une seule façon de découper le texte en tokens est comptée."))
    if any(point.may_have_read for point in points.values()):
        said.append(
            _("{mark} : ce modèle a pu lire ce texte sur le Web, personne ne le sait.").format(
                mark=MAY_HAVE_READ
            )
        )
    if any(point.recorded for point in points.values()):
        said.append(
            _("{mark} : enregistré, mesuré ailleurs sur un modèle qui n’est pas ici.").format(
                mark=RECORDED
            )
        )
    if not any(family(model) == "large" and not p.recorded for model, p in points.items()):
        said.append(
            _(
                "gpt2 et gpt-fr ne sont pas sur cette machine : téléchargez-les dans « Même "
                "début », ils seront mesurés ici."
            )
        )
    if wanted:
        said.append(
            _(
                "Le texte de cette pièce n’est pas sur cette machine : seuls les modèles livrés "
                "ont leur note. Récupérez le corpus dans la page Corpus pour mesurer les autres."
            )
        )
    return " ".join(said)
