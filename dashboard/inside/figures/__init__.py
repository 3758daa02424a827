"""The figures of the Inside page."""
