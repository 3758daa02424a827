"""The Bridge page's ladder: its caches and its view."""
