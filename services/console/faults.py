"""What goes wrong outside of this program while a command is carried out, in words."""

from __future__ import annotations


def in_words(error: Exception) -> str | None:
    """A sentence for whoever typed the command; None: it is a fault of ours, and the trace is wanted."""
    import asyncpg  # noqa: PLC0415  (`--help` does without)

    from infra.sealing import KekError  # noqa: PLC0415

    match error:
        case KekError():
            return str(error)
        case asyncpg.UndefinedTableError():
            return f"this is no database of the service that was asked for: {error.args[0]}"
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            return f"the database does not do it: {error.args[0]}"
        case OSError():
            return str(error) or "it took too long"
        case _:
            return None
