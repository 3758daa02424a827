"""What one more character costs as the text grows: see `moliere_core.measures.context_cost`.

The networks are `petit` and `petit-gpt`, as large as each other within 2 %, over one alphabet.
"""

from __future__ import annotations

from benchmarks.table import Row
from moliere_core.measures.context_cost import context_cost
from moliere_core.models.networks import TransformerModel
from moliere_core.models.references import load_network_model, load_recurrent

SECONDS = 0.3  # for each figure


def measure() -> list[Row]:
    petit, gpt = load_recurrent("petit").network, load_network_model("petit-gpt")
    assert isinstance(gpt, TransformerModel)
    rows = []
    for cost in context_cost(petit, gpt.network.transformer, seconds=SECONDS):
        after = f"after {cost.context} characters"
        steps = {
            "LSTM, step": cost.recurrent_step,
            "transformer, step": cost.transformer_step,
            "transformer, again": cost.transformer_again,
        }
        reads = {"LSTM, read": cost.recurrent_read, "transformer, read": cost.transformer_again}
        rows += [Row(f"{after}: {name}", "µs", f"{1e6 * s:,.0f}") for name, s in steps.items()]
        rows += [
            Row(f"{after}: {name}", "characters / s", f"{cost.context / s:,.0f}")
            for name, s in reads.items()
        ]
    size = f"{petit.parameters:,} and {gpt.parameters:,} parameters"
    return [*rows, Row("LSTM and transformer", "parameters", size)]
