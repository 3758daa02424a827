"""The Preferences page: the class votes on two continuations, and the network learns to please."""
