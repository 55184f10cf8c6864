"""How a command says that it could not do what was asked."""

from __future__ import annotations


class CommandFailed(Exception):  # noqa: N818  (it is an answer to a person: exit code 1)
    """The command failed; the text says why and, where there is one, the way out."""


class CommandMisused(CommandFailed):
    """What was asked for makes no sense, whatever the data: exit code 2."""
