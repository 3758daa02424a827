"""Who says how much."""

from __future__ import annotations

import numpy as np
import pandas as pd

from moliere_core.exploration.index import Part


def shares(part: Part) -> pd.DataFrame:
    """Share of the words of each character, whoever says most first.

    Characters of one name in two plays are two. A cue said together has its own line.

    Returns:
        Columns `play` (slug), `title`, `speaker`, `words`, `cues`, `words_per_cue`, and `share` of
        the words of the part in that play, from 0 to 1. No row where nobody is named.
    """
    frame = part.frame[["play_name", "speaker"]].assign(
        words=part.index.words_of_cue[part.rows], cues=1
    )
    totals = frame.groupby("play_name")["words"].sum()
    table = (
        frame[frame["speaker"] != ""]
        .groupby(["play_name", "speaker"], sort=False)[["words", "cues"]]
        .sum()
        .reset_index()
        .rename(columns={"play_name": "play"})
    )
    titles = part.index.corpus.titles
    table.insert(1, "title", [titles[play] for play in table["play"]])
    table["words_per_cue"] = table["words"] / table["cues"]
    table["share"] = table["words"] / np.maximum(totals.loc[table["play"]].to_numpy(), 1)
    return table.sort_values("words", ascending=False, kind="stable", ignore_index=True)
