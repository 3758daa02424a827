"""What one more character costs as the text grows, in seconds of processor.

A recurrent network's state has one size; a transformer keeps the keys and values of all that it has
read, and looks at all of them. "step" reads one symbol after a context that is remembered;
"again" reads the whole context anew, as is done without a memory of it; "read" is what can be read
at once, all places side by side, as while training: a recurrent network cannot, each step waits for
the one before. The networks are `petit` and, as large as it within 1 %, a transformer of random
weights over the same alphabet: what a step costs does not depend on what was learned.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.table import Row
from moliere_core.models.references import load_recurrent
from moliere_core.networks.transformer import TransformerConfig, TransformerNetwork

CONTEXTS = (16, 64, 256, 1024, 4096)
LAYERS, WIDTH, HEADS = 4, 93, 3  # about as many parameters as `petit`, without its positions
LEAST_SECONDS = 0.3  # of processor, for each figure


def transformer(symbols: int, context: int = CONTEXTS[-1]) -> TransformerNetwork:
    """GPT-2's architecture with weights that nobody trained."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return (0.02 * rng.standard_normal(shape)).astype(np.float32)

    weights = {"wte.weight": normal(symbols, WIDTH), "wpe.weight": normal(context + 1, WIDTH)}
    for block in (f"h.{i}" for i in range(LAYERS)):
        for name, inputs, outputs in (
            ("attn.c_attn", WIDTH, 3 * WIDTH),
            ("attn.c_proj", WIDTH, WIDTH),
            ("mlp.c_fc", WIDTH, 4 * WIDTH),
            ("mlp.c_proj", 4 * WIDTH, WIDTH),
        ):
            weights[f"{block}.{name}.weight"] = normal(inputs, outputs)
            weights[f"{block}.{name}.bias"] = normal(outputs)
        for norm in (f"{block}.ln_1", f"{block}.ln_2"):
            weights[f"{norm}.weight"], weights[f"{norm}.bias"] = 1 + normal(WIDTH), normal(WIDTH)
    weights["ln_f.weight"], weights["ln_f.bias"] = 1 + normal(WIDTH), normal(WIDTH)
    return TransformerNetwork(weights, TransformerConfig(HEADS))


def measure() -> list[Row]:
    petit = load_recurrent("petit").network
    gpt = transformer(petit.vocab_size)
    ids = np.random.default_rng(1).integers(1, petit.vocab_size, (1, CONTEXTS[-1])).astype(np.int32)
    last = ids[:, :1]
    rows = []
    for context in CONTEXTS:
        read = ids[:, :context]
        _, state = petit.run(read, petit.zero_state(1))
        _, past = gpt.run(read)
        works: dict[str, Callable[[], object]] = {
            "LSTM, step": lambda state=state: petit.step(last[0], state),  # type: ignore[misc]
            "transformer, step": lambda past=past: gpt.run(last, past),  # type: ignore[misc]
            "LSTM, read": lambda read=read: petit.run(read, petit.zero_state(1)),  # type: ignore[misc]
            "transformer, read": lambda read=read: gpt.run(read),  # type: ignore[misc]
        }
        for name, work in works.items():
            seconds = processor_seconds(work)
            if name.endswith("read"):
                value, unit = f"{context / seconds:,.0f}", "characters / s of processor"
            else:
                value, unit = f"{1e6 * seconds:,.0f}", "µs of processor"
            rows.append(Row(f"after {context} characters: {name}", unit, value))
        again = processor_seconds(works["transformer, read"])
        rows.append(
            Row(
                f"after {context} characters: transformer, again",
                "µs of processor",
                f"{1e6 * again:,.0f}",
            )
        )
    size = f"{petit.parameters:,} and {gpt.parameters - gpt.positions.size:,} parameters"
    return [*rows, Row("LSTM and transformer", "parameters, positions apart", size)]


def processor_seconds(work: Callable[[], object]) -> float:
    """Of one call, the mean of as many as take `LEAST_SECONDS`, after one that does not count."""
    work()
    began, calls = time.process_time(), 0
    while (taken := time.process_time() - began) < LEAST_SECONDS:
        work()
        calls += 1
    return taken / calls
