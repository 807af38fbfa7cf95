"""The command line: `twin COMMAND`. Every command imports what it needs when it runs."""

from twin.cli import (  # isort: skip  the order of `twin --help`
    running, comparing, curving, stations, profiling, forecasting, quality, looking, asking, validating, documents,
    exchange, studies,
)  # fmt: skip
from twin.cli.commands import app

__all__ = [
    "app", "asking", "comparing", "curving", "documents", "exchange", "forecasting", "looking", "main", "profiling",
    "quality", "running", "stations", "studies", "validating",
]  # fmt: skip


def main() -> None:
    """The `twin` command."""
    app()
