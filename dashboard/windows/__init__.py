"""The Windows page: how a text becomes pairs of inputs and targets, and what their length costs."""
