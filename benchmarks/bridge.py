"""The beam over characters at GPT-2's size: a new prompt, then typing, on the cores that there are.

The model is random, of GPT-2's architecture and sizes (124M parameters, 50,257 tokens), run by the
product's own engine in NumPy. Its tokens are GPT-2's own where the hub's cache has them (`moliere
models fetch gpt2`); otherwise a byte-level BPE learns what it can from the corpus, and tokens that
never come fill up the vocabulary. Those that the corpus never uses are improbable. What a character
costs is a forward's time, times the forwards it takes: with the distributions of a trained model
(mini-gpt, French plays) that was 0.76 a typed character and 2.9 a new prompt, against the figures
of this random one in the last column. GPT-2 cuts French into shorter tokens, so that it takes more
forwards a character.

Where torch and transformers are installed, the same weights run there too, in turns with NumPy.
"""

import contextlib
import functools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from benchmarks.table import Row
from moliere_core.pretrained import catalogue
from moliere_core.system.machine import usable_cores

VOCAB, CONTEXT, LAYERS, WIDTH, HEADS = 50_257, 1024, 12, 768, 12
UNLIKELY = 20  # nats by which the others are less probable
PROMPT_CHARS, TYPED, PROMPTS = 300, 60, 5
READ = 100  # tokens, of what is timed in turns with torch
TURNS = 7

WORKER = {  # the worker's own settings
    "OMP_NUM_THREADS": str(usable_cores()),
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
}


def make(folder: Path, tokens: int = VOCAB) -> str:
    """A random GPT-2 and a tokenizer of its size; whose tokens they are.

    Args:
        folder: where its files are written.
        tokens: learned from the corpus at most, where GPT-2's own are not here; fewer are shorter.
    """
    real = catalogue.folder("hf:gpt2")
    source = real / "tokenizer.json" if real is not None else None
    if source is not None and source.is_file():
        whose, end = "GPT-2's own tokens", VOCAB - 1
        unused = copied(source, folder)
    else:
        whose, end = "tokens of the corpus", 0
        unused = learned(folder, tokens)
    settings = {"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    config = {
        "architectures": ["GPT2LMHeadModel"],
        "model_type": "gpt2",
        "vocab_size": VOCAB,
        "n_positions": CONTEXT,
        "n_embd": WIDTH,
        "n_layer": LAYERS,
        "n_head": HEADS,
        "bos_token_id": end,
        "eos_token_id": end,
    }
    (folder / "config.json").write_text(json.dumps(config))
    weights = random_weights()
    # Along one direction, every state is one way and these tokens the other.
    weights["ln_f.bias"][0] = UNLIKELY
    weights["wte.weight"][unused, 0] = -1
    save_file(weights, folder / "model.safetensors")
    return whose


def random_weights() -> dict[str, np.ndarray]:
    """As GPT-2's are before training: normal, of deviation 0.02, biases of zero, norms of one."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return 0.02 * rng.standard_normal(shape, np.float32)

    weights = {"wte.weight": normal(VOCAB, WIDTH), "wpe.weight": normal(CONTEXT, WIDTH)}
    for block in (f"h.{i}" for i in range(LAYERS)):
        for name, inputs, outputs in (
            ("attn.c_attn", WIDTH, 3 * WIDTH),
            ("attn.c_proj", WIDTH, WIDTH),
            ("mlp.c_fc", WIDTH, 4 * WIDTH),
            ("mlp.c_proj", 4 * WIDTH, WIDTH),
        ):
            weights[f"{block}.{name}.weight"] = normal(inputs, outputs)
            weights[f"{block}.{name}.bias"] = np.zeros(outputs, np.float32)
    for norm in ["ln_f", *(f"h.{i}.ln_{j}" for i in range(LAYERS) for j in (1, 2))]:
        weights[f"{norm}.weight"] = np.ones(WIDTH, np.float32)
        weights[f"{norm}.bias"] = np.zeros(WIDTH, np.float32)
    return weights


def copied(source: Path, folder: Path) -> list[int]:
    """A tokenizer as it is; the tokens that the corpus does not use."""
    from tokenizers import Tokenizer

    shutil.copyfile(source, folder / "tokenizer.json")
    used = Tokenizer.from_file(str(source)).encode(text(), add_special_tokens=False).ids
    return sorted(set(range(VOCAB)) - set(used))


def learned(folder: Path, tokens: int) -> list[int]:
    """A tokenizer trained on the corpus; its tokens that only fill up the vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=tokens,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text()], trainer)
    size = tokenizer.get_vocab_size()
    tokenizer.add_tokens([f"¤{i}" for i in range(VOCAB - size)])
    tokenizer.save(str(folder / "tokenizer.json"))
    return list(range(size, VOCAB))


def text() -> str:
    """What is typed, and what the tokenizer learns from."""
    from moliere_core.corpus import load_corpus
    from moliere_core.text.normalise import normalise

    return normalise(load_corpus(None).text())


def work(folder: Path) -> dict[str, float]:
    """Milliseconds a new prompt and a typed character take in the worker's own code."""
    from moliere_core.pretrained.operations import opened

    began = time.perf_counter()
    model = opened("benchmark", folder)
    loading = time.perf_counter() - began
    forwards = 0
    plain = model.forward

    def counted(*args, **keywords):  # type: ignore[no-untyped-def]
        nonlocal forwards
        forwards += 1
        return plain(*args, **keywords)

    model.forward = counted  # type: ignore[method-assign]
    whole = text()
    model.beam.characters("Avant de mesurer, ")  # what is done once
    cold, typed = [], []

    def timed(text: str) -> tuple[float, float, int]:
        """Milliseconds on the clock, milliseconds of processor, forwards."""
        before, began, used = forwards, time.perf_counter(), time.process_time()
        model.beam.characters(text)
        clock, processor = time.perf_counter() - began, time.process_time() - used
        return clock * 1000, processor * 1000, forwards - before

    for i in range(PROMPTS):
        at = 10_000 + 9_000 * i
        cold.append(timed(whole[at : at + PROMPT_CHARS]))
        for more in range(1, TYPED // PROMPTS + 1):
            typed.append(timed(whole[at : at + PROMPT_CHARS + more]))
    sample = whole[: PROMPT_CHARS * PROMPTS]
    found = {
        "chars_per_token": len(sample) / len(model.encode(sample)),
        "loading": loading,
        "slowest": max(clock for clock, _, _ in typed),
    }
    for name, rows in (("cold", cold), ("typed", typed)):
        for column, figure in enumerate(("clock", "processor", "forwards")):
            found[f"{name}_{figure}"] = statistics.mean(row[column] for row in rows)
    found["cold_clock"] = statistics.median(clock for clock, _, _ in cold)
    return found


def turns(folder: Path) -> dict[str, list[float]]:
    """Median milliseconds of NumPy and of plain torch, in turns: a token, a prompt, eight rows."""
    import torch
    from transformers import AutoModelForCausalLM

    from moliere_core.pretrained.network import PlainNetwork

    torch.set_num_threads(usable_cores())
    ours = PlainNetwork("benchmark", folder)
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    prompt = np.random.default_rng(0).integers(0, VOCAB, READ).tolist()

    def with_torch(rows: list[list[int]], past: object = None) -> Any:
        with torch.inference_mode():
            ids = torch.tensor(rows)
            return theirs(ids, past_key_values=past, use_cache=True, logits_to_keep=1)

    def after(rows: int) -> tuple[Any, object]:
        """What both remember of as many rows of the prompt."""
        return ours.forward([prompt] * rows, ())[1], with_torch([prompt] * rows).past_key_values

    def timed(call: Callable[[], object]) -> float:
        began = time.perf_counter()
        call()
        return 1000 * (time.perf_counter() - began)

    found = {}
    for name, count in (("one token", 1), ("8 contexts, a token each", 8)):
        mine, _ = after(count)
        pairs = []
        for _ in range(TURNS):
            _, other = after(count)  # torch's grows as it is used
            pairs.append(
                (
                    timed(functools.partial(ours.forward, [[7]] * count, mine)),
                    timed(functools.partial(with_torch, [[7]] * count, other)),
                )
            )
        found[name] = [statistics.median(side) for side in zip(*pairs, strict=True)]
    pairs = [
        (timed(lambda: ours.forward([prompt], ())), timed(lambda: with_torch([prompt])))
        for _ in range(TURNS)
    ]
    medians = [statistics.median(side) for side in zip(*pairs, strict=True)]
    found[f"a prompt of {READ} tokens"] = medians
    return found


def first_character() -> dict[str, float]:
    """Seconds from asking `mini-gpt` to its first character: with no worker yet, and with one."""
    from moliere_core import pretrained
    from moliere_core.config import SamplingConfig
    from moliere_core.pretrained import client
    from moliere_core.system.machine import resident_megabytes

    def asked(seed: int) -> float:
        began = time.perf_counter()
        request = pretrained.generate(pretrained.MINI, "Mon frère, ", SamplingConfig(0.8), seed)
        while not request.value.text:
            if request.status.error is not None:
                raise request.status.error
            time.sleep(0.002)
        return time.perf_counter() - began

    cold = asked(0)
    warm = [asked(seed) for seed in range(1, 1 + TURNS)]
    pid = client.shared().pid
    megabytes = resident_megabytes(pid) if pid else 0
    client.close()
    return {"cold": cold, "warm": statistics.median(warm), "megabytes": megabytes}


def measure() -> list[Row]:
    """Make the model, and measure it in processes of their own."""
    subject = "bridge, GPT-2's size"
    cores = f"{usable_cores()} cores"
    small = _in_a_process("first_character")
    with tempfile.TemporaryDirectory(prefix="moliere-") as name:
        folder = Path(name)
        with contextlib.redirect_stdout(sys.stderr):
            whose = make(folder)
        found = _in_a_process("work", name)
        compared = {}
        if catalogue.has_frameworks():
            compared = _in_a_process("turns", name)
    rows = [
        Row(
            f"{subject}: {what}",
            f"ms, median, {cores}",
            f"{ours:.0f}",
            f"plain torch, in turns: {theirs:.0f} ({ours / theirs:.2f} of its time)",
        )
        for what, (ours, theirs) in compared.items()
    ]
    subject += f", {whose}"
    return [
        Row(
            f"{subject}: a typed character",
            f"ms, mean, {cores}",
            f"{found['typed_clock']:.0f}",
            f"goal 60; {found['typed_processor']:.0f} ms of processor, all cores together, "
            f"{found['chars_per_token']:.1f} characters a token, "
            f"{found['typed_forwards']:.1f} forwards; slowest {found['slowest']:.0f}",
        ),
        Row(
            f"{subject}: a new prompt of {PROMPT_CHARS}",
            f"ms, median, {cores}",
            f"{found['cold_clock']:.0f}",
            f"goal 500; {found['cold_processor']:.0f} ms of processor, all cores together, "
            f"{found['cold_forwards']:.1f} forwards",
        ),
        Row(f"{subject}: loading", "seconds", f"{found['loading']:.1f}", ""),
        *rows,
        Row(
            "mini-gpt, asked of a server that has no worker yet, then of one that has",
            "seconds to the first character",
            f"{small['cold']:.2f} / {small['warm']:.3f}",
            f"goal 2 / 0.3; the worker takes {small['megabytes']:.0f} MB",
        ),
    ]


def _in_a_process(task: str, *folder: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.bridge", task, *folder],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **WORKER},
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    tasks: dict[str, Callable[..., Any]] = {
        "work": work,
        "turns": turns,
        "first_character": first_character,
    }
    print(json.dumps(tasks[sys.argv[1]](*map(Path, sys.argv[2:]))))
