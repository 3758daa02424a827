"""The Bridge page's one axis: its settings with an address, its caches and its views."""
