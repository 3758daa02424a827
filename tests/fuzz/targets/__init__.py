"""What is fuzzed: each module lists its targets in `TARGETS`."""
