"""The ground: files written whole, memory and cores, processes, what is read from disk."""
