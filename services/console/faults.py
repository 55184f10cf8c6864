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
        case UnicodeEncodeError() if error.reason == "surrogates not allowed":
            return "what was given is no UTF-8 text"
        case OSError():
            return os_words(error)
        case _:
            return None


def os_words(error: OSError) -> str:
    """What the system says, without its number: which file, and what is the matter with it."""
    if error.strerror is None:
        return str(error) or "it took too long"
    return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
