"""The Experiments page: one setting at a time, what the class expects of it, what it gave."""
