"""Editions in TEI that are fetched play by play: their addresses, and their files' names.

`MOLIERE` is Molière's by LABEX OBVIL: the names are those that the edition's own README lists, at
github.com/dramacode/moliere; each is served as `NAME.xml`. The slugs are the ones of this
project, so that a play has one name wherever it comes from, and the validation plays are held out
of this edition as of any other. On its licence, which is unclear, see `tei`.

`CORNEILLE` is Pierre Corneille's in DraCor's French corpus, github.com/dracor-org/fredracor, after
Paul Fièvre's Théâtre classique, under CC BY-NC-SA 4.0.

Files are fetched on demand and never shipped.
"""

from __future__ import annotations

from dataclasses import dataclass

PLAYS = {
    "moliere_amantsmagnifiques": "amants-magnifiques",
    "moliere_amourmedecin": "amour-medecin",
    "moliere_amphitryon": "amphitryon",
    "moliere_avare": "avare",
    "moliere_bourgeoisgentilhomme": "bourgeois-gentilhomme",
    "moliere_comtesseescarbagnas": "comtesse-escarbagnas",
    "moliere_critiqueecoledesfemmes": "critique-ecole-des-femmes",
    "moliere_depitamoureux": "depit-amoureux",
    "moliere_domgarciedenavarre": "dom-garcie",
    "moliere_ecoledesfemmes": "ecole-des-femmes",
    "moliere_ecoledesmaris": "ecole-des-maris",
    "moliere_etourdi": "etourdi",
    "moliere_facheux": "facheux",
    "moliere_femmessavantes": "femmes-savantes",
    "moliere_festindepierre": "dom-juan",
    "moliere_fourberiesdescapin": "fourberies-de-scapin",
    "moliere_georgedandin": "george-dandin",
    "moliere_impromptuversailles": "impromptu-versailles",
    "moliere_jalousiedubarbouille": "jalousie-du-barbouille",
    "moliere_maladeimaginaire": "malade-imaginaire",
    "moliere_mariageforce": "mariage-force",
    "moliere_medecinmalgrelui": "medecin-malgre-lui",
    "moliere_medecinvolant": "medecin-volant",
    "moliere_melicerte": "melicerte",
    "moliere_misanthrope": "misanthrope",
    "moliere_monsieurpourceaugnac": "monsieur-de-pourceaugnac",
    "moliere_precieusesridicules": "precieuses-ridicules",
    "moliere_princessedelide": "princesse-d-elide",
    "moliere_psyche": "psyche",
    "moliere_sganarelle": "sganarelle",
    "moliere_sicilien": "sicilien",
    "moliere_tartuffe": "tartuffe",
}


@dataclass(frozen=True)
class Edition:
    """Plays that are fetched one by one, and kept as one file.

    Attributes:
        file: its name.
        address: of the folder that serves the plays.
        plays: names of their files, without ".xml".
    """

    file: str
    address: str
    plays: tuple[str, ...]


MOLIERE = Edition("moliere-tei.zip", "http://dramacode.github.io/moliere", tuple(PLAYS))
CORNEILLE = Edition(
    "corneille-tei.zip",
    "https://raw.githubusercontent.com/dracor-org/fredracor/main/tei",
    tuple(
        f"corneillep-{name}"
        for name in (
            *("cid", "cinna", "clitandre", "galerie-du-palais", "horace", "illusion-comique"),
            *("medee", "menteur", "nicomede", "place-royale", "polyeucte", "rodogune"),
            *("suite-menteur", "suivante", "veuve"),
        )
    ),
)


def usual(name: str) -> str:
    """A play's name in this project; `name` itself where it is none of the edition's.

    Tables made from the edition call plays after its files, with or without the author.
    """
    return PLAYS.get(name) or PLAYS.get(f"moliere_{name}", name)
