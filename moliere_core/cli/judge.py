"""Judge what a model writes, or a file: is it quoted, are its words words, is it verse."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from moliere_core.cli import judging, options
from moliere_core.cli.progress import progress_bar
from moliere_core.config import check_range
from moliere_core.errors import ConfigError

if TYPE_CHECKING:
    from moliere_core.judging.judgement import Spread

NAME = "judge"
MOST_TEMPERATURES, MOST_SEEDS = 20, 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_model(parser)
    parser.add_argument("--file", help="judge this text, and have nothing written")
    parser.add_argument(
        "--temperatures", default="", metavar="T,T,...", help="(default: 0.2 to 1.5)"
    )
    parser.add_argument("--top-ps", default="", metavar="P,P,...", help="(default: 1,0.9)")
    parser.add_argument("--seeds", type=int, default=4, metavar="N", help="texts of each setting")
    parser.add_argument("--chars", type=int, default=2_000, metavar="N", help="length of each text")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of a file, or of a model at each temperature, beside those of real plays."""
    from moliere_core.judging import judgement

    if args.file:
        from moliere_core.judging.alexandrines import lines_of

        corpus = judging.text_of(args.file)
        read = judging.what_was_read(args.model)
        found = judgement.judge(corpus.text(), read, lines_of(corpus))
        figures = {**asdict(found.figures), "invented": [asdict(w) for w in found.words.invented]}
        result: dict[str, Any] = {"file": args.file, "figures": figures, "exact": read.exact}
    else:
        result = _compromise(args)
    real = judgement.yardstick().of("all", result["exact"])
    return {"model": args.model, **result, "real": _spreads(real)}


def _compromise(args: argparse.Namespace) -> dict[str, Any]:
    from moliere_core.judging import compromise
    from moliere_core.measures.axis import VALIDATION

    temperatures = _numbers("temperatures", args.temperatures, 0.01, 10) or compromise.TEMPERATURES
    top_ps = _numbers("top-ps", args.top_ps, 0.01, 1) or compromise.TOP_PS
    check_range("seeds", args.seeds, 1, MOST_SEEDS)
    check_range("chars", args.chars, 100, 100_000)
    read = judging.what_was_read(args.model)
    real: list[str] = []
    for corpus in judging.known_corpora():
        if set(VALIDATION.values()) <= set(corpus.plays):
            text = corpus.select(tuple(VALIDATION.values())).text()
            real = compromise.passages_of(text)
            break
    with progress_bar("writing") as update:
        found = compromise.measure(
            args.model,
            read,
            real,
            update,
            temperatures,
            top_ps,
            range(1, args.seeds + 1),
            args.chars,
        )
    points = [
        {
            "temperature": point.temperature,
            "top_p": point.top_p,
            "bits_per_char": found.bits.get(point.temperature) if point.top_p == 1 else None,
            "gap": found.gap(point),
            "figures": _spreads(point.spread),
        }
        for point in found.points
    ]
    nearest = found.best()
    best = {"temperature": nearest.temperature, "top_p": nearest.top_p}
    return {"points": points, "best": best, "exact": read.exact}


def render(result: dict[str, Any]) -> str:
    """A table: a line a setting, the best marked, and one for real plays."""
    real = {name: value["mean"] for name, value in result["real"].items()}
    head = "   T  top_p  words 5+  new 12  longest  12 syll.  by chance"
    if "figures" in result:
        return "\n".join([head, _row("  file", result["figures"]), _row("  real", real)])
    lines = [head]
    for point in result["points"]:
        means = {name: value["mean"] for name, value in point["figures"].items()}
        chosen = {"temperature": point["temperature"], "top_p": point["top_p"]} == result["best"]
        label = f"{point['temperature']:4.2f} {point['top_p']:5.2f}"
        lines.append(_row(label, means) + ("  <- nearest to real plays" if chosen else ""))
    return "\n".join([*lines, _row("real", real)])


def _row(label: str, means: Mapping[str, float | None]) -> str:
    shares = [means.get(name) for name in ("long_words", "new_12", "alexandrines", "chance")]
    words, new, verses, chance = ("  -  " if s is None else f"{s:6.1%}" for s in shares)
    return f"{label:10}   {words}   {new}  {means['longest']:6.0f}   {verses}   {chance}"


def _spreads(found: Mapping[str, Spread]) -> dict[str, dict[str, float]]:
    return {name: {"mean": s.mean, "deviation": s.deviation} for name, s in found.items()}


def _numbers(name: str, listed: str, low: float, high: float) -> tuple[float, ...]:
    """The numbers of a list, ascending, each once; none of an empty one."""
    try:
        found = tuple(sorted({float(part) for part in listed.split(",") if part.strip()}))
    except ValueError as error:
        raise ConfigError(
            "{name} is {value!r}: give numbers parted by commas, such as 0.5,1",
            name=name,
            value=listed,
        ) from error
    for number in found:
        check_range(name, number, low, high)
    check_range(f"number of {name}", len(found), 0, MOST_TEMPERATURES)
    return found
