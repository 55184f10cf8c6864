"""Times as people's formats write them: ISO 8601 as in Atom, RFC 822 as in mail and RSS, or a Unix time."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services.channels.providers.json_values import moment


def written_moment(written: str | None, received_at: datetime) -> tuple[datetime, bool]:
    """The time, never in the future, and whether to trust it. One without a zone is meant in UTC."""
    return moment(_seconds(written), received_at)


def _seconds(written: str | None) -> str | None:
    written = (written or "").strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(written)
            return str((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError, TypeError):
            continue
    return written
