"""The Characters page: its settings with an address, its caches and its four views."""
