"""Inside a network: gates over a text, units that track something, what mattered and why."""
