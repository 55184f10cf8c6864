"""X, what it could not deliver: the call by which it is asked to deliver it once more, to the same webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.channels.domain.outbound import HttpCall

KEPT_FOR = timedelta(days=5)
"""X delivers again what is no older."""

_MINUTE = "%Y%m%d%H%M"


def replay(api_base: str, *, webhook_id: str, bearer_token: str, since: datetime, until: datetime) -> HttpCall:
    """Ask for what was to come between these moments; X counts in whole minutes, the last one excluded."""
    first, last = since.astimezone(UTC), until.astimezone(UTC) + timedelta(minutes=1)
    body = {"webhook_id": webhook_id, "from_date": first.strftime(_MINUTE), "to_date": last.strftime(_MINUTE)}
    return HttpCall(f"{api_base.rstrip('/')}/2/webhooks/replay", body, {"Authorization": f"Bearer {bearer_token}"})
