"""Who meets whom: the characters of a play, joined where they share a scene."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from moliere_core.errors import CorpusError
from moliere_core.exploration.index import Selection, WordIndex
from moliere_core.exploration.voices import voices

STEPS = 300  # of the layout: enough for forty characters to come to rest
REPULSION, ATTRACTION = 0.012, 0.9
NAME_SHAPE = 0.6  # how much less a horizontal gap is worth than a vertical one


@dataclass(frozen=True, eq=False)
class Network:
    """Characters of a play and their meetings.

    Attributes:
        names: (nodes,) who speaks, whoever says most first.
        words: (nodes,) how many words each says; a cue said together counts for nobody.
        scenes: how many scenes the play has.
        present: (nodes,) in how many scenes each speaks.
        edges: (edges, 2) pairs of places in `names`.
        weights: (edges,) how many scenes each pair shares.
        positions: (nodes, 2) where to draw them, between -1 and 1, float64.
    """

    names: tuple[str, ...]
    words: NDArray[np.int64]
    scenes: int
    present: NDArray[np.int64]
    edges: NDArray[np.int64]
    weights: NDArray[np.int64]
    positions: NDArray[np.float64]

    @property
    def density(self) -> float:
        """Share of the possible pairs that meet."""
        pairs = len(self.names) * (len(self.names) - 1) / 2
        return len(self.edges) / pairs if pairs else 0.0

    @property
    def degrees(self) -> NDArray[np.int64]:
        """(nodes,) how many others each meets."""
        return np.bincount(self.edges.ravel(), minlength=len(self.names)).astype(np.int64)


def co_presence(index: WordIndex, play: str) -> Network:
    """The network of a play.

    To be there is to speak: the corpus does not tell who stands by and is silent. A cue said by
    several ("Clitandre et Acaste") counts for each of them, if each also speaks alone.

    Raises:
        CorpusError: no such play, or no scenes or speakers in it.
    """
    if play not in index.corpus.plays:
        index.corpus.select([play])  # says which plays there are
    part = index.part(Selection(play=play))
    frame = part.frame
    for column in ("scene", "speaker"):
        if not (frame[column] != "").any():
            raise CorpusError(
                "the corpus does not say the {column} of the cues of {play!r}: "
                "choose a play whose column {column!r} is filled",
                column=column,
                play=play,
            )
    cast = set(frame["speaker"])
    together: dict[tuple[str, str], set[str]] = {}  # who speaks in each scene
    said: Counter[str] = Counter()
    cues = zip(
        frame["act"], frame["scene"], frame["speaker"], index.words_of_cue[part.rows], strict=True
    )
    for act, scene, speaker, words in cues:
        here = voices(speaker, cast)
        if here:
            together.setdefault((act, scene), set()).update(here)
            alone = int(words) if len(here) == 1 else 0
            said.update(dict.fromkeys(here, alone))
    names = tuple(name for name, _ in said.most_common())
    meetings = Counter(
        pair
        for scene in together.values()
        for pair in combinations([i for i, name in enumerate(names) if name in scene], 2)
    )
    edges = np.array(sorted(meetings), dtype=np.int64).reshape(-1, 2)
    weights = np.array([meetings[pair] for pair in sorted(meetings)], dtype=np.int64)
    present = [sum(name in scene for scene in together.values()) for name in names]
    return Network(
        names=names,
        words=np.array([said[name] for name in names], dtype=np.int64),
        scenes=len(together),
        present=np.array(present, dtype=np.int64),
        edges=edges,
        weights=weights,
        positions=layout(len(names), edges, weights),
    )


def layout(nodes: int, edges: NDArray[np.int64], weights: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places for the nodes of a network, the same at each call: (nodes, 2), within -1 and 1.

    Springs between those that meet, repulsion between all, as T. Fruchterman and E. Reingold
    (1991) have it, from a spiral with the first nodes in its middle.
    """
    if nodes == 0:
        return np.zeros((0, 2))
    turn = np.arange(nodes) * np.pi * (3 - np.sqrt(5))  # the golden angle: no two alike
    radius = np.sqrt((np.arange(nodes) + 0.5) / nodes)
    positions = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    pull = np.zeros((nodes, nodes))
    if len(edges):
        strength = 0.5 + 0.5 * weights / weights.max()
        pull[edges[:, 0], edges[:, 1]] = pull[edges[:, 1], edges[:, 0]] = strength
    for heat in np.linspace(0.12, 0.004, STEPS):
        gaps = positions[:, None] - positions[None]  # (nodes, nodes, 2)
        distances = np.maximum(np.linalg.norm(gaps, axis=-1), 0.02)
        away = REPULSION * np.sqrt(nodes) / distances**2
        towards = ATTRACTION * pull * distances / np.sqrt(nodes)
        forces = ((away - towards)[..., None] * gaps / distances[..., None]).sum(1)
        forces -= 0.25 * positions  # nobody drifts off who meets no one
        sizes = np.maximum(np.linalg.norm(forces, axis=-1, keepdims=True), 1e-9)
        positions = positions + forces / sizes * np.minimum(sizes, heat)
    return _fitted(_apart(_fitted(positions)))


def _apart(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nodes pushed from each other until their discs and names have room: names are wide."""
    wide = np.array([NAME_SHAPE, 1.0])
    room = min(0.34, 1.6 / np.sqrt(len(positions)))
    for _ in range(STEPS):
        gaps = (positions[:, None] - positions[None]) * wide
        distances = np.linalg.norm(gaps, axis=-1)
        np.fill_diagonal(distances, np.inf)
        short = np.maximum(room - distances, 0) / np.maximum(distances, 1e-6)
        if not short.any():
            break
        positions = positions + 0.25 * (short[..., None] * gaps / wide).sum(1)
    return positions


def _fitted(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same picture, as large as fits between -1 and 1 each way."""
    low, high = positions.min(0), positions.max(0)
    return (positions - (low + high) / 2) / max(float((high - low).max()) / 2, 1e-9)
