"""Text on its way into a model: normalised, its alphabet, tokens, windows, verse."""
