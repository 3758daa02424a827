"""What people call the plans, their runs and the texts; what is asked, in the reader's language."""

from __future__ import annotations

from dashboard.shared import i18n, naming
from dashboard.shared.i18n import _
from moliere_core.training.experiments import COMMON, COMMON_TEXT, Plan, Variant

TITLES = {
    "tartuffe": "Tartuffe",
    "avare": "L’Avare",
    "fourberies-de-scapin": "Les Fourberies",
    "ecole-des-maris": "L’École des maris",
    "medecin-malgre-lui": "Le Médecin malgré lui",
}


def question(plan: Plan) -> str:
    """What the class is asked before it sees anything."""
    return {
        "length": _("Des fenêtres de 40, 60, 100 ou 150 caractères : laquelle apprend le mieux ?"),
        "architecture": _(
            "Plus large, à deux étages, d’une autre sorte : quel réseau prédit le mieux ?"
        ),
        "plays": _(
            "Trois réseaux, une pièce chacun : lequel prédit le mieux la fin des Fourberies ?"
        ),
        "embedding": _(
            "Chaque caractère devient 64, 128 ou 256 nombres : lesquels suffisent pour prédire ?"
        ),
        "overfitting": _("Tartuffe trente fois, sauf la fin : lequel prédira le mieux cette fin ?"),
        "epochs": _("Tartuffe relu 5, 15 ou 30 fois : qui prédira le mieux la fin de la pièce ?"),
        "last_only": _(
            "Deviner la dernière lettre de chaque fenêtre, ou toutes : qui prédit le mieux ?"
        ),
        "transformer": _("Autant de paramètres : qui prédit le mieux, un LSTM ou un transformer ?"),
    }[plan.name]


def equal(plan: Plan) -> str:
    """What is the same for all runs of a plan, so that they may be compared."""
    return {
        "length": _(
            "Autant de mises à jour, les mêmes graines, le réseau du « cours rapide » (LSTM 128). "
            "Chaque fenêtre part d’une mémoire vide : le réseau ne voit rien de plus."
        ),
        "architecture": _(
            "Un passage sur les sept pièces les plus connues pour tous, en flux, mémoire gardée, "
            "les mêmes graines et le même taux d’apprentissage."
        ),
        "plays": _(
            "Douze passages pour chacun sur les neuf premiers dixièmes de sa pièce ; personne n’a "
            "lu la fin d’aucune. Plus la pièce est longue, plus il y a de mises à jour."
        ),
        "overfitting": _(
            "Trente passages sur les neuf premiers dixièmes de Tartuffe, les mêmes graines ; "
            "seul le dropout change."
        ),
        "embedding": _(
            "Quatre passages sur les sept pièces les plus connues, en flux, mémoire gardée ; les "
            "mêmes graines, le même LSTM de 128 unités. Seule change la largeur du plongement."
        ),
        "epochs": _(
            "Les neuf premiers dixièmes de Tartuffe, la même graine, le LSTM du « cours rapide ». "
            "Ce sont trois entraînements : le taux d’apprentissage descend jusqu’à presque rien à "
            "la fin de chacun. S’il restait constant, ce serait le même, regardé trois fois."
        ),
        "last_only": _(
            "Autant de mises à jour, sur les mêmes fenêtres de 60 caractères, la même graine, le "
            "LSTM du « cours rapide ». L’un est corrigé sur le dernier caractère de la fenêtre, "
            "comme dans le cours ; l’autre sur les 60."
        ),
        "transformer": _(
            "Autant de paramètres, à 2 % près ; les sept pièces les plus connues, la même graine. "
            "À chacun les réglages qui lui vont. Un transformer lit les pièces deux fois, pendant "
            "que le LSTM les lit quatre fois ; l’autre les lit quatre fois, et prend son temps."
        ),
    }[plan.name]


def variant_name(plan: Plan, variant: Variant) -> str:
    """A run, among those of its plan."""
    config = variant.config
    if plan.name == "length":
        return _("{count} caractères").format(count=config.training.seq_length)
    if plan.name == "architecture":
        return naming.architecture(config)
    if plan.name == "plays":
        return TITLES[config.plays[0]]
    if plan.name == "embedding":
        return _("plongement {count}").format(count=config.model.embedding_dim)
    if plan.name == "epochs":
        return _("{count} passages").format(count=config.training.epochs)
    if plan.name == "last_only":
        last = config.training.last_only
        return _("la dernière position") if last else _("toutes les positions")
    if plan.name == "transformer":
        return _("{network}, {count} passages").format(
            network=naming.cell(config.model.cell), count=config.training.epochs
        )
    if config.model.dropout:
        return _("dropout {share}").format(share=i18n.percent(config.model.dropout))
    return _("sans dropout")


def text_name(name: str) -> str:
    """A text of `experiments.texts`."""
    if name == COMMON_TEXT:
        return _("{first} et {second}").format(first=TITLES[COMMON[0]], second=TITLES[COMMON[1]])
    play = name.removeprefix("tenth:")
    if play == name:
        return TITLES.get(play, play)
    ends = {
        "tartuffe": _("fin de Tartuffe"),
        "avare": _("fin de L’Avare"),
        "fourberies-de-scapin": _("fin des Fourberies"),
    }
    return ends.get(play) or _("fin de {title}").format(title=play)


def winner_text(plan: Plan) -> str:
    """The text that decides the vote, by its name in `Measures.scores`."""
    return {
        "plays": "tenth:fourberies-de-scapin",
        "overfitting": "tenth:tartuffe",
        "epochs": "tenth:tartuffe",
    }.get(plan.name, COMMON_TEXT)
