"""The figures of the Bridge page."""
