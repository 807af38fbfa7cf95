"""The command line: `twin COMMAND`. Every command imports what it needs when it runs."""

from twin.cli import running, comparing, profiling, forecasting, quality, documents, exchange, studies  # isort: skip  the order of `twin --help`
from twin.cli.commands import app

__all__ = [
    "app", "comparing", "documents", "exchange", "forecasting", "main", "profiling", "quality", "running", "studies",
]  # fmt: skip


def main() -> None:
    """The `twin` command."""
    app()
