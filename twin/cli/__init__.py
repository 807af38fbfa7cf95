"""The command line: `twin COMMAND`. Every command imports what it needs when it runs."""

from twin.cli import running, comparing, validating, quality, documents, exchange, studies  # isort: skip  the order of `twin --help`
from twin.cli.commands import app

__all__ = ["app", "comparing", "documents", "exchange", "main", "quality", "running", "studies", "validating"]


def main() -> None:
    """The `twin` command."""
    app()
