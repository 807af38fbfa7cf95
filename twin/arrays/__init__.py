"""A line as arrays: compiled tables, flat memory, the state of worlds, totals."""
