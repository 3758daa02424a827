"""The figures of the Corpus page, a module for those that are drawn alike."""
