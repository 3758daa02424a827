"""The Temperature page: the same prompt and the same draws at several temperatures."""
