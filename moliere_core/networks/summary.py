"""`model.summary()` before there is a model: Keras' table of the layers, from the settings alone.

The server imports no framework, and a class wants to see what it is about to train. A test holds
every line to what Keras itself prints of the same network (`model.summary`).
"""

from __future__ import annotations

from collections.abc import Sequence

from moliere_core.config import CELLS, ModelConfig
from moliere_core.networks.architecture import layer_plans

WIDTHS = (31, 22, 13)  # of the columns, as Keras shares out the 76 characters of a line
Row = tuple[str, str, str]  # name and kind, output shape, parameters


def summary(
    config: ModelConfig,
    vocab_size: int,
    batch_size: int | None = None,
    seq_length: int | None = None,
) -> str:
    """The layers, their output shapes and their parameters, as Keras prints them.

    Args:
        config: the architecture.
        vocab_size: number of symbols, the unknown one included.
        batch_size: rows a batch, None for any.
        seq_length: characters a row, None for any; a transformer's are its context, and it takes
            any number of rows.

    Returns:
        Lines of 76 characters at most, drawn with box characters, to be shown in a fixed width.
    """
    found = rows(config, vocab_size, batch_size, seq_length)
    table = [
        _rule("┏", "━", "┳", "┓"),
        _line("┃", ("Layer (type)", "Output Shape", "Param #")),
        _rule("┡", "━", "╇", "┩"),
    ]
    for number, row in enumerate(found):
        if number:
            table.append(_rule("├", "─", "┼", "┤"))
        table.append(_line("│", row))
    table.append(_rule("└", "─", "┴", "┘"))
    count = config.parameter_count(vocab_size)
    total = f"params: {count:,} ({_memory(4 * count)})"
    feet = [f" Total {total}", f" Trainable {total}", " Non-trainable params: 0 (0.00 B)"]
    return "\n".join(['Model: "moliere"', *table, *feet, ""])


def rows(
    config: ModelConfig, vocab_size: int, batch_size: int | None, seq_length: int | None
) -> list[Row]:
    """The layers from the input on, see `summary`."""
    if config.is_transformer:
        return _transformer_rows(config, vocab_size)
    read = f"{batch_size}, {seq_length}"
    found = [("ids (InputLayer)", f"({read})", "0")]
    for plan in layer_plans(config, vocab_size):
        shape, number = f"({read}, {plan.outputs})", plan.number - 1
        if plan.kind in CELLS:
            named = f"{plan.kind}_{number} ({_CLASSES[plan.kind]})"
        else:
            named = f"{plan.kind} ({plan.kind.capitalize()})"
        found.append((named, shape, f"{plan.parameters:,}"))
        if plan.kind in CELLS and config.dropout:
            found.append((f"dropout_{number} (SpatialDropout1D)", shape, "0"))
    return found


def _transformer_rows(config: ModelConfig, vocab_size: int) -> list[Row]:
    """The layers of a transformer; the scores have the embedding's own weights."""
    read = f"None, {config.context}"
    stream = f"({read}, {config.units})"
    found = [("ids (InputLayer)", f"({read})", "0")]
    for plan in layer_plans(config, vocab_size):
        number = f"_{plan.number - 1}" if plan.kind == "block" else ""
        named = f"{plan.kind}{number} ({_CLASSES[plan.kind]})"
        found.append((named, stream, f"{plan.parameters:,}"))
        if plan.kind == "positions" and config.dropout:
            found.append(("dropout (Dropout)", stream, "0"))
    return [*found, ("scores (Scores)", f"({read}, {vocab_size})", "0")]


# Of the layers, as `keras_model` and `keras_attention` name them.
_CLASSES = {
    "embedding": "Embedding",
    "positions": "Positions",
    "rnn": "SimpleRNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "block": "Block",
    "norm": "Norm",
}


def _rule(left: str, line: str, middle: str, right: str) -> str:
    return left + middle.join(line * (width + 2) for width in WIDTHS) + right


def _line(bar: str, row: Sequence[str]) -> str:
    name, shape, count = row
    cells = f"{name:<{WIDTHS[0]}}", f"{shape:<{WIDTHS[1]}}", f"{count:>{WIDTHS[2]}}"
    return bar + bar.join(f" {cell} " for cell in cells) + bar


def _memory(size: float) -> str:
    """Bytes in the unit that Keras chooses."""
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} GB"
