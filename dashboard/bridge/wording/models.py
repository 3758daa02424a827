"""What models are called on the Bridge page, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.shared import guessed, i18n, naming
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig
from moliere_core.measures import axis
from moliere_core.models.protocol import CharModel
from moliere_core.models.references import HUB
from moliere_core.pretrained import Card, RequestStatus
from moliere_core.pretrained.recorded import Voice, Written

MEGABYTE = 1e6


def name(reference: str) -> str:
    """A model where there is little room, as in a drawing."""
    if reference == axis.UNIFORM:
        return _("hasard")
    if reference.startswith(guessed.CLASS):
        count = reference.removeprefix(guessed.CLASS)
        return _("la classe ({count} lettres)").format(count=count)
    if reference in axis.NGRAMS:
        return _("{order}-gramme").format(order=reference.removeprefix("kn-"))
    return naming.model(reference)


def full_name(reference: str) -> str:
    """A model where there is room for all of its name."""
    return reference.removeprefix(HUB) if reference.startswith(HUB) else name(reference)


def names(references: Iterable[str]) -> dict[str, str]:
    """The names of several models on one drawing, all different."""
    return naming.told_apart((reference, name(reference)) for reference in references)


def listed(reference: str, recorded: bool) -> str:
    """A model in the list of those to choose from, marked where it is recorded."""
    return _("{model} (enregistré)").format(model=reference) if recorded else reference


def facts(model: CharModel) -> list[str]:
    """What a model of characters is, in a few words: size, context, alphabet."""
    # Counted n-grams see their order less one; a transformer has a window, others a state.
    seen = getattr(model, "order", 1) - 1 or getattr(getattr(model, "network", None), "context", 0)
    context = (
        _("contexte : {count} caractères").format(count=seen)
        if seen or hasattr(model, "order")
        else _("contexte : un état, sans limite")
    )
    known = _("{count} caractères connus").format(count=len(model.vocabulary) - 1)
    return [_size(model.parameters, model.parameters * 4 / MEGABYTE), context, known]


def recorded_facts(voice: Voice) -> list[str]:
    """The same of a model that is not here."""
    counted = _("{count} paramètres").format(count=i18n.number(voice.parameters))
    return [counted, _context(voice.context_length), _known(voice.vocab_size), may_have_read()]


def pretrained_facts(card: Card, ours: bool) -> list[str]:
    """The same of a pretrained model; `ours` has read what we know of."""
    if not card.parameters:
        return [_("taille inconnue avant d’être ici")]
    context = _context(card.context_length)
    if card.context_used < card.context_length:
        context += " " + _("({count} lus ici)").format(count=card.context_used)
    found = [_size(card.parameters, card.megabytes), context, _known(card.vocab_size)]
    return found if ours else [*found, may_have_read()]


def _context(tokens: int) -> str:
    return _("contexte : {count} tokens").format(count=i18n.number(tokens))


def _size(parameters: int, megabytes: float) -> str:
    counted = _("{count} paramètres").format(count=i18n.number(parameters))
    size = i18n.number(megabytes, 0 if megabytes >= 10 else 1)
    return f"{counted} · " + _("{size} Mo").format(size=size)


def _known(tokens: int) -> str:
    return _("{count} tokens connus").format(count=i18n.number(tokens))


def may_have_read() -> str:
    """What is to be known of every model of the Web beside a figure on Molière."""
    return _("a pu lire Molière")


def standing(status: RequestStatus) -> str:
    """Where a request stands, in a few words; "" once it is done."""
    if status.place:
        return _("dans la file, place {place}").format(place=status.place)
    stages = {
        "starting": _("le modèle se prépare…"),
        "loading": _("le modèle se charge…"),
        "running": _("il travaille…"),
    }
    if status.active:
        return stages.get(status.stage, "…")
    return "" if status.share else _("abandonné : changez un réglage pour le redemander")


def recorded_on(voice: Voice) -> str:
    """When a model was recorded, and with how precise weights."""
    return _("enregistré le {date} · {bits}").format(
        date=i18n.date(voice.date), bits=i18n.bits(voice.stored_bits, 0)
    )


def recorded_with(found: Written, config: SamplingConfig, seed: int) -> str:
    """With which settings a text was written, where these are not the ones asked for; else ""."""
    if (found.config, found.seed) == (config, seed):
        return ""
    return _(
        "Enregistré à T = {temperature}, graine {seed} : le plus proche de vos réglages."
    ).format(temperature=i18n.number(found.config.temperature, 1), seed=found.seed)
