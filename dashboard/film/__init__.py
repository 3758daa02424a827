"""The Film page: the same prompt and the same draws at every moment of a training."""
