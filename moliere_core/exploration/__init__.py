"""What a corpus is made of: words, characters, who speaks and who meets whom.

`TokenIndex.build` reads a corpus once; `TokenIndex.part` then takes a selection of its cues, and
every other function answers about such a part, or compares two, within milliseconds.
"""

from moliere_core.exploration.index import Part, Selection, TokenIndex

__all__ = ["Part", "Selection", "TokenIndex"]
