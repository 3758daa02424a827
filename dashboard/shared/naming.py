"""What people call a corpus, a training and a model, in the reader's language."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from dashboard.shared.i18n import _, ngettext
from moliere_core.config import Cell, RunConfig
from moliere_core.corpus import EMBEDDED, MESSAGES, library
from moliere_core.errors import N_
from moliere_core.models.references import HUB
from moliere_core.networks.architecture import LayerPlan

LONGEST = 24  # characters of a model's name that charts and tables bear
RECORDED = "°"  # beside a model that is not here, whose figures are recorded
SERVER = "server"  # the corpus that `MOLIERE_CORPUS` names
PRESET_LABELS = {
    "cours": N_("cours"),
    "cours-rapide": N_("cours rapide"),
    "demo": N_("démo"),
    "meilleur": N_("meilleur"),
}


def sources() -> list[str]:
    """The corpora that everybody can read: see `cached.corpus`."""
    server = [SERVER] if os.environ.get("MOLIERE_CORPUS") else []
    return [EMBEDDED, *server, *(entry.id for entry in library.entries())]


def source(name: str) -> str:
    """A corpus, by its identifier."""
    if name == SERVER:
        return Path(os.environ.get("MOLIERE_CORPUS", "")).name or _("celui du serveur")
    if name == MESSAGES:
        return _("messages")
    if name == library.COURSE:
        return _("Molière, CSV du cours")
    if name == library.TEI:
        return _("Molière, édition TEI")
    if name == library.CORNEILLE:
        return _("Corneille, DraCor")
    entry = library.entry(name)
    return entry.name.removesuffix(".txt") if entry else _("pastiches")


def cell(kind: Cell) -> str:
    """A kind of network: LSTM, Transformer."""
    return "Transformer" if kind == "transformer" else kind.upper()


def architecture(config: RunConfig) -> str:
    """The network in a few symbols: LSTM 2 × 256."""
    model = config.model
    layers = f"{model.layers} × " if model.layers > 1 else ""
    return f"{cell(model.cell)} {layers}{model.units}"


def described(kind: Cell, layers: int, units: int) -> str:
    """The same in words: LSTM de 2 couches de 256 unités."""
    if kind == "transformer":
        told = ngettext(
            "transformer d’un bloc, large de {units}",
            "transformer de {n} blocs, large de {units}",
            layers,
        )
    else:
        told = ngettext(
            "{cell} d’une couche de {units} unités",
            "{cell} de {n} couches de {units} unités",
            layers,
        )
    return told.format(cell=cell(kind), n=layers, units=units)


def training(config: RunConfig, label: str, asked_by: str = "") -> str:
    """A training: its name, or what it is made of; then whose it is, where they said so."""
    plays = ", ".join(config.plays[:2]) + ("…" if len(config.plays) > 2 else "")
    name = label or architecture(config) + (f", {plays}" if plays else "")
    return f"{name} · {asked_by}" if asked_by and asked_by != label else name


def trainings_apart(trainings: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Names of trainings that are different, by identifier: those of one name with their seed.

    Args:
        trainings: of each its identifier, its name, and the seed of its training.

    Returns:
        Where name and seed are the same, the beginning of the identifier follows.
    """
    found = list(trainings)
    names = Counter(name for _identifier, name, _seed in found)
    seeds = Counter((name, seed) for _identifier, name, seed in found)
    apart = {}
    for identifier, name, seed in found:
        if names[name] > 1:
            own = seeds[name, seed] == 1
            mark = _("graine {seed}").format(seed=seed) if own else identifier[:4]
            apart[identifier] = f"{name} ({mark})"
        else:
            apart[identifier] = name
    return apart


def clipped(name: str) -> str:
    """A name whose middle gives way where it is too long: both ends tell models apart."""
    if len(name) <= LONGEST:
        return name
    end = (LONGEST - 1) // 2
    return f"{name[: LONGEST - 1 - end]}…{name[-end:]}"


def model(reference: str) -> str:
    """A model in a chart: one of the hub without its owner, and no longer than `LONGEST`."""
    if not reference.startswith(HUB):
        return clipped(reference)
    return clipped(reference.removeprefix(HUB).rpartition("/")[2])


def told_apart(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names that are different: charts would draw two models of one name as one.

    Args:
        names: references, and what each would be called alone.

    Returns:
        Names by reference: of those that share one, with the owner, then with a number.
    """
    called = dict(names)
    shared = Counter(called.values())
    found: dict[str, str] = {}
    for reference, name in called.items():
        if shared[name] > 1:
            name = clipped(reference.removeprefix(HUB))
        number, alone = 2, name
        while name in found.values():
            name, number = f"{alone} ({number})", number + 1
        found[reference] = name
    return found


def layer(plan: LayerPlan, layers: int) -> str:
    """A layer of the network, numbered where there are several alike."""
    if plan.kind == "embedding":
        return _("Plongement")
    if plan.kind == "dense":
        return _("Sortie")
    if plan.kind == "positions":
        return _("Positions")
    if plan.kind == "norm":
        return _("Normalisation")
    kind = _("Bloc") if plan.kind == "block" else plan.kind.upper()
    return kind + (f" {plan.number}" if layers > 1 else "")


def product(plan: LayerPlan) -> str:
    """The sum with its numbers: 4 × 256 × (128 + 256 + 1); of a block, 12 × 92² + 13 × 92."""
    if plan.kind in ("embedding", "positions"):
        return f"{plan.inputs} × {plan.outputs}"
    if plan.kind == "norm":
        return f"2 × {plan.outputs}"
    if plan.kind == "block":
        others = plan.others // plan.outputs
        return f"{plan.blocks} × {plan.outputs}² + {others} × {plan.outputs}"
    if plan.kind == "dense":
        return f"{plan.outputs} × ({plan.inputs} + {plan.biases})"
    return f"{plan.blocks} × {plan.outputs} × ({plan.inputs} + {plan.recurrent} + {plan.biases})"
