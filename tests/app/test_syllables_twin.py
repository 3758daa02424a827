"""The counter in Python and its twin in the browser give the same answers, line by line."""

from __future__ import annotations

import json
import random
from pathlib import Path

from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.judging.alexandrines import lines_of
from moliere_core.text import rhyme, syllables
from moliere_core.text.normalise import normalise
from tests.node import node, run_node

TWIN = Path(__file__).parents[2] / "dashboard/shared/components/syllables.js"
MADE, SCRAMBLED = 1_500, 500
VERSE = """\
Je suis l'hier impie, et l'aïeul inquiet ; ayez foi !
Rare envie, dieu ! prierai-je encore ce héros haï ?
Oui, l'ouïe, ouais ! — du moins, dis-je, voient-ils la nuit ?
Ils rient, ils se fient, et content leurs actions patientes,
Nous voudrions, vous meurtriez, nous niions, ruine et poète.
Mon fils, ma femme ; ta fille, la ville, une feuille, un œil.
ÉTUDIER L'HONNEUR, ŒUVRE D'ÂME, ÇÀ ! 3e ½ _a_"""


def lines() -> list[str]:
    """The pastiches' lines, their words in random order, words made of the letters of the rules."""
    read = lines_of(load_corpus(EMBEDDED)) + normalise(VERSE).split("\n")
    rng = random.Random(1)
    words = sorted({word for line in read for word in line.split()})
    pieces = [*"aeiouyéèêïœsrtlnmpcdqvgfbhjxz", "ie", "ue", "ou", "ent", "es", "qu", "gn", "eur"]
    made = [
        " ".join(
            "".join(rng.choices(pieces, k=rng.randint(1, 6))) for _ in range(rng.randint(1, 9))
        )
        for at in range(MADE)
    ]
    mixed = [" ".join(rng.choices(words, k=rng.randint(1, 12))) for _ in range(SCRAMBLED)]
    return [*read, *mixed, *made]


@node
def test_python_and_javascript_count_and_rhyme_alike(tmp_path: Path) -> None:
    asked = lines()
    assert len(asked) > 2_000
    fixture = tmp_path / "lines.json"
    fixture.write_text(
        json.dumps({"tables": syllables.tables(), "lines": asked}, ensure_ascii=False),
        encoding="utf-8",
    )
    told = run_node(
        f"""
        import {{ readFileSync }} from "node:fs";
        import {{ counter, spans }} from {json.dumps(TWIN.as_uri())};
        const {{ tables, lines }} = JSON.parse(readFileSync(process.argv[2], "utf-8"));
        const {{ count, sound, neighbours }} = counter(tables);
        const counted = lines.map(count);
        console.log(JSON.stringify({{
          counts: counted.map((one) => [
            one.best,
            [...one.readings].map(([n, r]) => [n, r.licences, r.caesura, r.counted]),
            sound(one),
            spans(one),
          ]),
          neighbours: neighbours(counted),
        }}));
        """,
        "-",
        str(fixture),
    )
    found = json.loads(told)
    for line, theirs in zip(asked, found["counts"], strict=True):
        ours = syllables.count(line)
        readings = [
            [n, r.licences, r.caesura, list(r.counted)] for n, r in sorted(ours.readings.items())
        ]
        spans = [list(span) for span in ours.spans()]
        assert theirs == [ours.best, readings, rhyme.sound(line), spans], line
    assert found["neighbours"] == list(rhyme.neighbours(asked))
