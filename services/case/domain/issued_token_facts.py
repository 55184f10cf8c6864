"""What can become of an issued token.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import datetime

from contracts.stored import FirstFact
from contracts.vocabulary import Role


class TokenIssued(FirstFact):
    """Somebody was given a token of this installation's own issuer: what it allows, and until when."""

    TOPIC = "token.issued.v1"
    role: Role
    subject: str
    name: str | None
    expires_at: datetime
    scopes: tuple[str, ...] = ()
