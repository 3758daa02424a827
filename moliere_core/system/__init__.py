"""What all rooms stand on: files on disk, locks, memory and cores, worker processes."""
