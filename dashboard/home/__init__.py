"""Home: a model that writes by itself, and the choice behind each of its characters."""
