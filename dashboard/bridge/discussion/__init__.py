"""The Bridge page's discussion: its caches and its views."""
