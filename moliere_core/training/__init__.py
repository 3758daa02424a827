"""A training: its session, its job, its learning curve, plans of several."""
