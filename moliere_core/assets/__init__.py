"""What is shipped: the embedded corpus, trained models, recordings, lists."""

from pathlib import Path

ASSETS = Path(__file__).parent
