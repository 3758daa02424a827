"""What is said of the one axis, computed from its figures."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import i18n
from dashboard.axis.marks import family, shown
from dashboard.i18n import _
from moliere_core import verse
from moliere_core.axis import Point


def caption(
    drawn: Mapping[str, Point],
    points: Mapping[str, Point],
    other: Mapping[str, Point],
    name: str,
    part: str,
) -> str:
    """What the figures say: nobody leaves with "the LSTM beats GPT".

    Args:
        drawn: on what is drawn, the text or a part of it.
        points: on the whole text.
        other: on a text of today, or on Molière where that is the text.
        name: of the text, one of those of `fields.TEXT`.
        part: which part of a text that has verse and prose; "" of another.
    """
    best = min(drawn.values(), key=lambda point: point.bits_per_char)
    said = _("Ici, le meilleur est **{model}** ({bits} par caractère).").format(
        model=shown(best.model), bits=i18n.bits(best.bits_per_char)
    )
    if name != "own":
        return f"{said} {_specialised(points, other, name)}".strip()
    return f"{said} {_easier(points[best.model], points)}".strip() if part else said


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


def _specialised(points: Mapping[str, Point], other: Mapping[str, Point], name: str) -> str:
    both = [m for m in points if m in other and family(m) in ("recurrent", "small", "large")]
    if not both:
        return ""
    moliere, modern = (other, points) if name == "modern" else (points, other)
    gaps = {m: modern[m].bits_per_char - moliere[m].bits_per_char for m in both}
    widest = max(gaps, key=gaps.__getitem__)
    said = _(
        "Mais de Molière au texte d’aujourd’hui, **{model}** passe de {low} à {high} : "
        "il est spécialisé, il n’est pas plus intelligent."
    ).format(
        model=shown(widest),
        low=i18n.number(moliere[widest].bits_per_char, 2),
        high=i18n.number(modern[widest].bits_per_char, 2),
    )
    large = [m for m in both if family(m) == "large"]
    if large:
        steady = min(large, key=lambda m: abs(gaps[m]))
        said += " " + _("**{model}**, qui a lu de tout, passe de {low} à {high}.").format(
            model=shown(steady),
            low=i18n.number(moliere[steady].bits_per_char, 2),
            high=i18n.number(modern[steady].bits_per_char, 2),
        )
    return said


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
        said.append(_("Un grand modèle a pu lire ce texte sur le Web : personne ne le sait."))
    if any(point.recorded for point in points.values()):
        said.append(
            _("Enregistré : mesuré ailleurs, sur un modèle qui n’est pas sur cette machine.")
        )
    if not any(family(model) == "large" for model in points):
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
