"""The Training page: set one up, watch it learn, look at those that are stored."""
