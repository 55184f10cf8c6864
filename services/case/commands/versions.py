"""The version a client says it saw."""

from __future__ import annotations

from contracts.stored import CommandContext, Stream
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.case import Case
from services.case.domain.customer import Customer


def check_version(stream: Stream, context: CommandContext) -> None:
    """Let pass when the client expects nothing, or the stream is as the client saw it.

    What a guard rail said since changed nothing: whoever confirms a warning still means the same version.

    Raises:
        Refusal: VERSION_CONFLICT with the current version.
    """
    if context.expected_version is not None and not _as_seen(stream, context.expected_version):
        raise Refusal(
            RefusalCode.VERSION_CONFLICT,
            f"expected version {context.expected_version}, it is at {stream.version}",
            "expectedVersion",
            current_version=stream.version,
        )


def _as_seen(stream: Stream, expected: int) -> bool:
    aside = stream.aside if isinstance(stream, Case | Customer) else set()
    return 0 < expected <= stream.version and all(each in aside for each in range(expected + 1, stream.version + 1))
