"""What the Inside page calls the parts of a cell, what units follow, and sorts of characters."""

from __future__ import annotations

from dashboard.shared.i18n import _


def features() -> dict[str, str]:
    """What a unit can follow, after "suit", by its name in `inspection.features`."""
    return {
        "line_position": _("la position dans la ligne"),
        "in_word": _("l’intérieur des mots"),
        "word_length": _("le nombre de lettres du mot"),
        "after_apostrophe": _("l’apostrophe"),
        "capital_expected": _("l’attente d’une majuscule"),
        "after_capital": _("la majuscule"),
        "vowel_expected": _("l’attente d’une voyelle"),
        "sentence_position": _("la position dans la phrase"),
        "in_question": _("la question en cours"),
        "in_parentheses": _("la parenthèse ouverte"),
        "in_negation": _("la négation ouverte (ne … pas)"),
        "in_plural": _("le mot au pluriel (les, des …)"),
        "verse": _("le vers, contre la prose"),
    }


def series() -> dict[str, str]:
    """The gates and the states of a cell."""
    return {
        "forget": _("porte d’oubli"),
        "input": _("porte d’entrée"),
        "output": _("porte de sortie"),
        "update": _("porte de mise à jour"),
        "reset": _("porte de remise à zéro"),
        "candidate": _("candidat"),
        "cell": _("état de cellule"),
        "hidden": _("état caché"),
    }


def roles() -> dict[str, str]:
    """What each of them does, in a sentence."""
    return {
        "forget": _("**Porte d’oubli** : la part de l’ancienne mémoire qui est gardée (1 : tout)."),
        "input": _("**Porte d’entrée** : la part du candidat qui entre dans la mémoire."),
        "output": _("**Porte de sortie** : la part de la mémoire qui se montre aux couches après."),
        "update": _("**Porte de mise à jour** : la part de l’ancien état qui est gardée."),
        "reset": _("**Porte de remise à zéro** : ce que le candidat voit de l’ancien état."),
        "candidate": _("**Candidat** : ce que ce caractère propose d’écrire, entre −1 et 1."),
        "cell": _("**État de cellule** : la mémoire, sans bornes ; des nombres, pas du texte."),
        "hidden": _("**État caché** : ce que la cellule laisse voir, entre −1 et 1."),
    }


def gates() -> dict[str, str]:
    """The gates, and the candidate, as short as a formula wants them."""
    return {
        "forget": _("oubli"),
        "input": _("entrée"),
        "output": _("sortie"),
        "candidate": _("candidat"),
        "update": _("mise à jour"),
        "reset": _("remise à zéro"),
        "hidden": _("état caché"),
    }


def kinds() -> dict[str, str]:
    """Sorts of characters, by their names in `inspection.vectors`."""
    return {
        "vowel": _("voyelles"),
        "accented": _("accents, cédilles, œ"),
        "consonant": _("consonnes"),
        "capital": _("majuscules"),
        "punctuation": _("ponctuation"),
        "digit": _("chiffres"),
        "space": _("espace, fin de ligne"),
    }


def heads() -> dict[str, str]:
    """What a head does, by its name in `inspection.heads`, as short as a thumbnail wants it."""
    return {
        "previous": _("juste avant"),
        "nearby": _("tout près"),
        "word_start": _("début du mot"),
        "line_start": _("début de la ligne"),
        "after_same": _("après le même"),
        "same_before": _("le même, avant"),
        "first": _("le tout premier"),
        "itself": _("lui-même"),
        "everywhere": _("partout"),
        "": _("sans nom"),
    }


def gazes() -> dict[str, str]:
    """The same in a few words, after "regarde"."""
    return {
        "previous": _("ce qui est juste avant"),
        "nearby": _("tout près : de 2 à 8 places avant"),
        "word_start": _("le début du mot"),
        "line_start": _("le début de la ligne"),
        "after_same": _("ce qui suivait la même chose, plus tôt"),
        "same_before": _("la même chose, plus tôt"),
        "first": _("la toute première place, où se reposent les têtes qui ne trouvent rien"),
        "itself": _("sa propre place"),
    }
