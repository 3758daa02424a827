"""What is said of minimal pairs, computed from their margins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.shared import i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.errors import N_
from moliere_core.measures import pairs
from moliere_core.measures.pairs import Parting, Test

AGAINST = "grand"  # the model of Molière that those of the hub are put beside
Margins = Mapping[str, Mapping[str, float]]  # model -> sentence -> bits


@dataclass(frozen=True)
class About:
    """What is said of a test, marked with `N_`: its name, and what it asks, in a sentence."""

    name: str
    asks: str


TESTS = {
    "near": About(N_("Accord, tout près"), N_("avec le mot d’à côté.")),
    "far": About(N_("Accord, de loin"), N_("malgré un mot plus proche, qui trompe.")),
    "world": About(N_("Savoir"), N_("une chose du monde, que la grammaire ne dit pas.")),
    "formula": About(N_("Tours de Molière"), N_("les formules toutes faites de son théâtre.")),
    "rhyme": About(N_("Rime"), N_("finir le second vers par le mot qui rime avec le premier.")),
    "order": About(N_("Ordre des mots"), N_("préférer celui de Molière à celui d’aujourd’hui.")),
}


def end(text: str) -> str:
    """The end of a sentence, without its full stop."""
    return text.rstrip(".!? \N{NO-BREAK SPACE}")


def couples(test: Test) -> dict[str, str]:
    """What a pair is called in a chart: its ends."""
    found: dict[str, str] = {}
    for pair in pairs.of(test):
        found.setdefault(pair.couple, f"{end(pair.good)} / {end(pair.bad)}")
    return found if test != "order" else {c: name.split(" / ")[0] for c, name in found.items()}


def tallies(test: Test, found: Margins, shown: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A row a model: how many are right, the mean margin, and its margin of error."""
    rows: list[tuple[str, ...]] = []
    for model, margins in found.items():
        tally = pairs.tally(margins, test)
        low, high = i18n.number(tally.low, 1), i18n.number(tally.high, 1)
        rows.append(
            (
                shown[model],
                f"{tally.right}{i18n.NBSP}/{i18n.NBSP}{tally.sentences}",
                i18n.number(tally.mean, 1),
                f"{low} … {high}",
            )
        )
    return rows


def alternative(test: Test, found: Margins, shown: Mapping[str, str]) -> str:
    """The chart in a sentence, for those who cannot see it."""
    means = {model: pairs.tally(margins, test).mean for model, margins in found.items()}
    told = (f"{shown[model]} {i18n.bits(mean, 1)}" for model, mean in means.items())
    return _("Marge moyenne : {means}.").format(means=", ".join(told))


def proof(test: Test, found: Margins, shown: Mapping[str, str]) -> str:
    """What these figures prove, and what luck would do as well."""
    said = []
    if AGAINST in found:
        for model in filter(lambda name: name.startswith("hf:"), found):
            parting = pairs.parting(found[model], found[AGAINST], test)
            said.append(_parted(parting, shown[model]))
    low, high = pairs.coin(len(pairs.of(test)))
    said.append(
        _(
            "À pile ou face, on aurait de {low} à {high} réponses justes, 19 fois sur 20. « De … "
            "à … » : où tomberait la marge avec d’autres phrases du même genre, 19 fois sur 20 ; "
            "si 0 est dedans, elle ne prouve rien."
        ).format(low=low, high=high)
    )
    if twins(test):
        said.append(
            _(
                "Chaque fin est la bonne dans une phrase et la mauvaise dans sa jumelle : préférer "
                "un mot parce qu’il est fréquent ne rapporte rien."
            )
        )
    return " ".join(said)


def twins(test: Test) -> bool:
    """Whether the sentences of a test go by two."""
    return all(pair.couple != pair.name for pair in pairs.of(test))


def _parted(parting: Parting, model: str) -> str:
    """Whether a model of the hub and one of Molière part by more than luck."""
    values = {
        "model": widgets.plain(model),
        "other": AGAINST,
        "ahead": parting.ahead,
        "behind": parting.couples - parting.ahead,
        "all": parting.couples,
        "rare": i18n.number(_rounded(1 / parting.chance)),
    }
    if not parting.sure:
        return _(
            "**{model}** devance **{other}** sur {ahead} des {all} paires : le hasard en ferait "
            "autant."
        ).format(**values)
    if parting.ahead > parting.couples / 2:
        return _(
            "**{model}** devance **{other}** sur {ahead} des {all} paires : le hasard n’en ferait "
            "autant qu’une fois sur {rare}."
        ).format(**values)
    return _(
        "**{other}** devance **{model}** sur {behind} des {all} paires : le hasard n’en ferait "
        "autant qu’une fois sur {rare}."
    ).format(**values)


def _rounded(value: float) -> int:
    """A number that is no more precise than it is: two figures at most."""
    size = 10 ** max(len(str(int(value))) - 2, 0)
    return round(value / size) * size
