"""The Inside page: what happens in the network while it reads a text."""
