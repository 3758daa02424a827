"""A model taken home: what its engine computes in Node is what Python computes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from moliere_core.assets import ASSETS
from moliere_core.config import SamplingConfig
from moliere_core.models.sampling import gumbel_noise
from moliere_core.text.normalise import normalise
from moliere_core.text.vocabulary import Vocabulary
from tests import taken_home
from tests.node import node, run_node

ENGINE = (ASSETS / "takehome" / "engine.js").as_uri()
SAMPLINGS = tuple(SamplingConfig(temperature) for temperature in (0.0, 0.5, 0.8, 1.5))
FILTERS = (
    SamplingConfig(0.8, top_k=5),
    SamplingConfig(1.2, top_p=0.9),
    SamplingConfig(1.0, 20, 0.6),
    SamplingConfig(0.0, 3, 0.5),
)
MODELS = {
    "petit": SAMPLINGS + FILTERS,
    "petit-rnn": SAMPLINGS[1:],
    "petit-gpt": SAMPLINGS[2:3] + FILTERS[2:3],
    **dict.fromkeys(("rnn", "lstm", "gru", "transformer"), SAMPLINGS + FILTERS[:1]),
}


@node
@pytest.mark.parametrize("model", MODELS)
def test_it_writes_letter_for_letter_what_python_writes(model: str, tmp_path: Path) -> None:
    file = taken_home.page(tmp_path, model)
    expected = taken_home.texts(tmp_path, model, MODELS[model])
    asked = json.dumps(
        [
            [{"temperature": s.temperature, "topK": s.top_k, "topP": s.top_p}, text.seed]
            for text in expected
            for s in [text.sampling]
        ]
    )
    prompt = json.dumps(taken_home.PROMPT)
    told = run_node(
        f"""
        import {{ readFileSync }} from "node:fs";
        import {{ weightsOf, Writer }} from "{ENGINE}";
        const page = readFileSync({json.dumps(str(file))}, "utf8");
        const part = (id) => page.match(new RegExp(`id="${{id}}">([^<]*)<`))[1];
        const model = JSON.parse(part("model"));
        const weights = weightsOf(model, part("weights"));
        const texts = {asked}.map(([sampling, seed]) => {{
          const writer = new Writer(model, weights, {prompt}, sampling, seed);
          return Array.from({{ length: {taken_home.CHARS} }}, () => writer.step()).join("");
        }});
        console.log(JSON.stringify(texts));
        """
    )
    assert json.loads(told) == [text.text for text in expected]


@node
def test_the_luck_of_a_character_is_the_same() -> None:
    alphabet = Vocabulary(tuple("\n aeé😀"))
    expected = [
        gumbel_noise(seed, range(step, step + 1), alphabet.codepoints)[0].tolist()
        for seed, step in [(0, 0), (85, 3), (2**63 - 1, 100_000)]
    ]
    chars = json.dumps(alphabet.chars)
    told = run_node(
        f"""
        import {{ gumbelNoise, offsetsOf }} from "{ENGINE}";
        const found = [[0n, 0], [85n, 3], [{2**63 - 1}n, 100000]].map(([seed, step]) =>
          [...gumbelNoise(seed, step, offsetsOf({chars}))]);
        console.log(JSON.stringify(found));
        """
    )
    np.testing.assert_allclose(json.loads(told), expected, rtol=3e-7)


@node
def test_a_prompt_is_spelt_as_python_spells_it() -> None:
    prompts = ["a\r\nb\rc", "l\u2019été\u00a0! … \ufeff", "e\u0301COEUR coeur soeur coexiste"]
    told = run_node(
        f"""
        import {{ normalise }} from "{ENGINE}";
        console.log(JSON.stringify({json.dumps(prompts)}.map(normalise)));
        """
    )
    assert json.loads(told) == [normalise(prompt) for prompt in prompts]
