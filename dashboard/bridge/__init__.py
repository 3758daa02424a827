"""The Bridge page: its settings with an address, its caches and its views."""
