"""A run on disk, the index of all of them, and who may change one."""
