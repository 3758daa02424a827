"""Windows on a text: the pairs (input, target) that training reads, as views of one array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from moliere_core.errors import TrainingError
from moliere_core.text.vocabulary import Ids

Window = tuple[Ids, Ids]  # inputs and targets, the same shape (batch, time)


@dataclass(frozen=True)
class EpochPlan:
    """What an epoch reads, before anything is read.

    Attributes:
        windows: pairs (input, target) that the text gives.
        updates: batches, that is corrections of the weights.
        chars_read: characters read, and as many predicted, each time it is in a window.
        mean_context: characters that a prediction can see on average, the one just read included;
            of streams, as if none began afresh on the way (`TrainingConfig.fresh_starts`).
    """

    windows: int
    updates: int
    chars_read: int
    mean_context: float


def window_count(chars: int, seq_length: int, shift: int) -> int:
    """Number of windows that `sliding_windows` gives for a text of `chars` characters.

    Raises:
        TrainingError: the text is shorter than one window and its last target.
    """
    if chars <= seq_length:
        raise TrainingError(
            "the text has {chars} characters and a window needs {needed}: "
            "choose a sequence length of at most {longest}, or more text",
            chars=chars,
            needed=seq_length + 1,
            longest=max(chars - 1, 0),
        )
    return 1 + (chars - seq_length - 1) // shift


def coverage(chars: int, seq_length: int, shift: int) -> NDArray[np.int32]:
    """How many windows read each character of a text, as input; shape (chars,).

    Far from both ends it is `seq_length` / `shift`, rounded down or up. The last character is
    never read, only predicted; those after the last window are not even that.
    """
    starts = np.arange(window_count(chars, seq_length, shift)) * shift
    steps = np.zeros(chars + 1, np.int32)
    steps[starts] += 1  # no two windows start, or end, at the same place
    steps[starts + seq_length] -= 1
    return np.cumsum(steps[:-1], dtype=np.int32)


def epoch_plan(chars: int, seq_length: int, shift: int | None, batch_size: int) -> EpochPlan:
    """What an epoch reads of a text of `chars` characters.

    Args:
        chars: of the text.
        seq_length: characters a window.
        shift: from a window to the next; None for contiguous streams with carried state.
        batch_size: windows a batch, or streams.

    Raises:
        TrainingError: the text is too short.
    """
    if shift is None:
        updates = stream_updates(chars, batch_size, seq_length)
        # The state goes on through the whole stream: its i-th character is read after i - 1.
        context = (updates * seq_length + 1) / 2
        return EpochPlan(updates * batch_size, updates, updates * batch_size * seq_length, context)
    windows = window_count(chars, seq_length, shift)
    batch = min(batch_size, windows)
    updates = windows // batch
    return EpochPlan(windows, updates, updates * batch * seq_length, (seq_length + 1) / 2)


def sliding_windows(ids: Ids, seq_length: int, shift: int) -> Window:
    """Windows of `seq_length` characters that start every `shift` characters, as in the course.

    Args:
        ids: the text, shape (chars,).
        seq_length: characters a window.
        shift: from the start of a window to the start of the next.

    Returns:
        Inputs and targets, each of shape (windows, seq_length) with
        windows = 1 + (chars - seq_length - 1) // shift; the targets are the inputs one character
        later. Both are read-only views of `ids`: nothing is copied.

    Raises:
        TrainingError: the text is shorter than one window and its last target.
    """
    window_count(len(ids), seq_length, shift)  # a sentence where the text is too short
    windows = sliding_window_view(ids, seq_length + 1)[::shift]
    return windows[:, :-1], windows[:, 1:]


def shuffled_batches(windows: Window, batch_size: int, seed: int, epoch: int) -> Iterator[Window]:
    """One epoch of batches of `windows`, in an order that depends on the seed and the epoch alone.

    Only whole batches are given: the windows left over differ from one epoch to the next. Where
    there are fewer windows than `batch_size`, all of them make the one batch.

    Args:
        windows: inputs and targets, each (windows, time).
        batch_size: windows a batch.
        seed: the run's seed.
        epoch: number of the epoch.

    Yields:
        Inputs and targets, each (batch, time), copied from the views.
    """
    inputs, targets = windows
    batch = min(batch_size, len(inputs))
    order = np.random.default_rng([seed, epoch]).permutation(len(inputs))
    for start in range(0, len(order) - batch + 1, batch):
        chosen = order[start : start + batch]
        yield inputs[chosen], targets[chosen]


def buffered_order(
    windows: int, buffer: int, needed: int, seed: int, epoch: int
) -> NDArray[np.int64]:
    """The first windows that `tf.data`'s `shuffle(buffer)` gives, as in the course's notebook.

    The buffer holds the first `buffer` windows; one of them is drawn, the next window of the text
    takes its place, and so on: the k-th to come out never starts after window buffer + k.

    Args:
        windows: how many there are.
        buffer: how many are held; 1 leaves the order of the text.
        needed: how many are wanted.
        seed: of the draws.
        epoch: number of the epoch.

    Returns:
        Numbers of windows, shape (min(needed, windows),).
    """
    random = np.random.default_rng([seed, epoch])
    held = list(range(min(buffer, windows)))
    order = np.empty(min(needed, windows), np.int64)
    for k in range(len(order)):
        drawn = int(random.integers(len(held)))
        order[k] = held[drawn]
        following = buffer + k
        if following < windows:
            held[drawn] = following
        else:
            held[drawn] = held[-1]
            held.pop()
    return order


def contiguous_streams(ids: Ids, batch_size: int, seq_length: int) -> Iterator[Window]:
    """Cut the text into `batch_size` streams and read them side by side, window after window.

    Row i of a batch goes on where row i of the batch before stopped, so that a network may carry
    its state from one batch to the next (truncated back-propagation through time).

    Args:
        ids: the text, shape (chars,).
        batch_size: number of streams.
        seq_length: characters a window.

    Returns:
        An iterator over `stream_updates(...)` batches: inputs and targets, the targets one
        character later, each a view of shape (batch_size, seq_length). Of the text only the last
        (chars - 1) % batch_size characters, and of each stream only the characters after its last
        whole window, are left out.

    Raises:
        TrainingError: the text is too short for one window in each stream.
    """
    updates = stream_updates(len(ids), batch_size, seq_length)
    length = (len(ids) - 1) // batch_size  # characters a stream
    inputs = ids[: batch_size * length].reshape(batch_size, length)
    targets = ids[1 : batch_size * length + 1].reshape(batch_size, length)
    starts = range(0, updates * seq_length, seq_length)
    return ((inputs[:, s : s + seq_length], targets[:, s : s + seq_length]) for s in starts)


def stream_updates(chars: int, batch_size: int, seq_length: int) -> int:
    """Number of batches that `contiguous_streams` gives for a text of `chars` characters."""
    updates = (chars - 1) // batch_size // seq_length
    if updates < 1:
        raise TrainingError(
            "the text has {chars} characters and {batch_size} streams of {seq_length} need "
            "{needed}: choose a smaller batch size or sequence length, or more text",
            chars=chars,
            batch_size=batch_size,
            seq_length=seq_length,
            needed=batch_size * seq_length + 1,
        )
    return updates


def rotated(ids: Ids, seed: int, epoch: int) -> Ids:
    """The text from a place that depends on the seed and the epoch, its beginning put at the end.

    Streams and windows then begin elsewhere in each epoch: a character is not always predicted
    from the same truncated past.
    """
    return np.roll(ids, -int(np.random.default_rng([seed, epoch]).integers(len(ids))))
