"""The version a client says it saw."""

from __future__ import annotations

from contracts.stored import CommandContext, Stream
from contracts.vocabulary import Refusal, RefusalCode


def check_version(stream: Stream, context: CommandContext) -> None:
    """Let pass when the client expects nothing, or the stream is as the client saw it.

    Raises:
        Refusal: VERSION_CONFLICT with the current version.
    """
    if context.expected_version is not None and context.expected_version != stream.version:
        raise Refusal(
            RefusalCode.VERSION_CONFLICT,
            f"expected version {context.expected_version}, it is at {stream.version}",
            "expectedVersion",
            current_version=stream.version,
        )
