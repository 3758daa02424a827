"""Character-level language models in French: corpus, training, sampling, inspection."""

__version__ = "0.1.0"
