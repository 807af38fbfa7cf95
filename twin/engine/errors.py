"""What the engine says when a world cannot go on."""


class RunError(RuntimeError):
    """A run that cannot go on; `str()` names the replication, the time, the toolgroup and the likely cure."""
