"""Data in, plotly Figure out: the only place that imports plotly."""
