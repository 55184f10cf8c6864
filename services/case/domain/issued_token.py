"""A token that was issued: on record, because it is the right to read customers' data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import Role
from services.case.domain.issued_token_facts import TokenIssued


class IssuedToken(Stream):
    """One token, by its jti."""

    TOPIC = "token"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "token.created.never"

    def __init__(self) -> None:
        """Hold nothing: a token is its first fact."""

    @classmethod
    def issue(
        cls,
        *,
        token_id: UUID,
        role: Role,
        subject: str,
        name: str | None,
        expires_at: datetime,
        at: datetime,
        scopes: tuple[str, ...] = (),
    ) -> IssuedToken:
        """A token was handed out."""
        return cls._create(
            TokenIssued,
            id=token_id,
            timestamp=at,
            role=role,
            subject=subject,
            name=name,
            expires_at=expires_at,
            scopes=scopes,
        )
