"""Studies of a line: running it, its capacity, benchmarks."""
