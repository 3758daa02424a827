"""The character bridge at GPT-2's size: a new prompt, then typing, on the cores that there are.

The model is random, of GPT-2's architecture and sizes (124M parameters, 50,257 tokens). Its tokens
are GPT-2's own where the hub's cache has them (`moliere models fetch gpt2`); otherwise a byte-level
BPE learns what it can from the corpus, and tokens that never come fill up the vocabulary. Those
that the corpus never uses are improbable. What a character costs is a forward's time, times the
forwards it takes: with the distributions of a trained model (mini-gpt, French plays) that was 0.76
a typed character and 2.9 a new prompt, against the figures of this random one in the last column.
GPT-2 cuts French into shorter tokens, so that it takes more forwards a character.
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from benchmarks.table import Row
from moliere_core.machine import usable_cores
from moliere_core.pretrained import catalogue

VOCAB, CONTEXT, LAYERS, WIDTH, HEADS = 50_257, 1024, 12, 768, 12
UNLIKELY = 20  # nats by which the others are less probable
PROMPT_CHARS, TYPED, PROMPTS = 300, 60, 5

WORKER = {  # the worker's own settings
    "OMP_NUM_THREADS": str(usable_cores()),
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
}


def make(folder: Path) -> str:
    """A random GPT-2 and a tokenizer of its size; whose tokens they are."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    real = catalogue.folder("hf:gpt2")
    source = real / "tokenizer.json" if real is not None else None
    if source is not None and source.is_file():
        whose, end = "GPT-2's own tokens", VOCAB - 1
        unused = copied(source, folder)
    else:
        whose, end = "tokens of the corpus", 0
        unused = learned(folder)
    settings = {"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=VOCAB,
        n_positions=CONTEXT,
        n_embd=WIDTH,
        n_layer=LAYERS,
        n_head=HEADS,
        bos_token_id=end,
        eos_token_id=end,
    )
    network = GPT2LMHeadModel(config)
    with torch.no_grad():  # along one direction, every state is one way and these tokens the other
        network.transformer.ln_f.bias[0] = UNLIKELY
        network.transformer.wte.weight[unused, 0] = -1
    network.save_pretrained(folder)
    return whose


def copied(source: Path, folder: Path) -> list[int]:
    """A tokenizer as it is; the tokens that the corpus does not use."""
    from tokenizers import Tokenizer

    shutil.copyfile(source, folder / "tokenizer.json")
    used = Tokenizer.from_file(str(source)).encode(text(), add_special_tokens=False).ids
    return sorted(set(range(VOCAB)) - set(used))


def learned(folder: Path) -> list[int]:
    """A tokenizer trained on the corpus; its tokens that only fill up the vocabulary."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB,
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
    from moliere_core.normalise import normalise

    return normalise(load_corpus(None).text())


def work(folder: Path) -> dict[str, float]:
    """Milliseconds a new prompt and a typed character take in the worker's own code."""
    import torch

    from moliere_core.pretrained.causal import LanguageModel

    torch.set_num_threads(usable_cores())
    began = time.perf_counter()
    model = LanguageModel("benchmark", folder, "float32")
    loading = time.perf_counter() - began
    forwards = 0
    plain = model.forward_rows

    def counted(*args, **keywords):  # type: ignore[no-untyped-def]
        nonlocal forwards
        forwards += 1
        return plain(*args, **keywords)

    model.forward_rows = counted  # type: ignore[method-assign]
    whole = text()
    model.bridge.characters("Avant de mesurer, ")  # what is done once
    cold, typed = [], []

    def timed(text: str) -> tuple[float, float, int]:
        """Milliseconds on the clock, milliseconds of processor, forwards."""
        before, began, used = forwards, time.perf_counter(), time.process_time()
        model.bridge.characters(text)
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


def measure() -> list[Row]:
    """Make the model, and measure it in a process of its own."""
    subject = "bridge, GPT-2's size"
    if not all(find_spec(name) for name in ("torch", "transformers")):
        return [Row(subject, "ms a character", "-", "torch or transformers is not installed")]
    with tempfile.TemporaryDirectory(prefix="moliere-") as name:
        folder = Path(name)
        with contextlib.redirect_stdout(sys.stderr):
            whose = make(folder)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.bridge", name],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **WORKER},
        )
    found = json.loads(done.stdout.splitlines()[-1])
    cores = f"{usable_cores()} cores"
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
        Row(f"{subject}: loading", "seconds", f"{found['loading']:.1f}", "without torch's import"),
    ]


if __name__ == "__main__":
    print(json.dumps(work(Path(sys.argv[1]))))
