"""The Reading page: how surprised a model is by each character of a text."""
